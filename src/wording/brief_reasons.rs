//! The reasons for an answer: at most three, each a sentence with its figures.

use super::brief_answer::answer;
use super::escape::{name, sentence};
use super::how_sure::{first_and_second, share_with_interval, unknown, without_layout};
use super::numbers::{count, counted, fixed_interval, percent, rate, share, similarity};
use crate::lineage::{
    Comparison, Drift, Limit, PairedSimilarity, Pairing, Unfamiliar, VerdictFinding, VerdictKind,
};
use crate::text::language_name;

/// Reasons that are given.
const REASONS: usize = 3;
/// A phrase is a reason where it stands in this many times the share of the references' traces.
const TIMES: f64 = 1.5;

/// The reasons for the answer, the strongest first.
pub(super) fn reasons(comparison: &Comparison) -> Vec<String> {
    let found = match (&comparison.drift, comparison.verdict.kind) {
        (Some(drift), _) => vec![
            Some(format!("The input by itself: {}", answer(comparison))),
            shift(drift),
            came(drift),
            own_way(drift),
        ],
        (None, VerdictKind::Resembles | VerdictKind::Family) => vec![
            evidence_share(comparison),
            named_likeness(comparison),
            phrase(comparison),
            without_layout(&comparison.ranking),
            unknown(comparison),
        ],
        (None, VerdictKind::Between) => vec![
            first_and_second(&comparison.ranking),
            others_likeness(comparison),
            unknown(comparison),
        ],
        (None, VerdictKind::None) => vec![
            Some(
                "The atlas knows the subject matter, so a known model would be compared fairly."
                    .into(),
            ),
            Some(
                "Traces of several models together are like none of them: then an audit gives their \
                 shares."
                    .into(),
            ),
            likeliest(comparison),
            others_likeness(comparison),
        ],
        (None, VerdictKind::Unfamiliar) => vec![
            Some(unfamiliar(comparison)),
            ranking_differs(comparison),
            Some(
                "Answers to prompts that the references answered, or traces of known models on the \
                 same prompts, would let it judge."
                    .into(),
            ),
            unknown(comparison),
        ],
        (None, VerdictKind::TooLittleText) => {
            vec![dropped(comparison), Some("More or longer traces would give a verdict.".into())]
        }
    };
    found.into_iter().flatten().take(REASONS).collect()
}

/// Why the ranking begins with another reference than the one that the verdict looks at.
fn ranking_differs(comparison: &Comparison) -> Option<String> {
    let differs = |limit: &&Limit| matches!(limit, Limit::RankingDiffers { .. });
    comparison.limits.iter().find(differs).map(|limit| sentence(&limit.to_string()))
}

/// The named reference's or family's share of the evidence, and the next one's.
fn evidence_share(comparison: &Comparison) -> Option<String> {
    let verdict = &comparison.verdict;
    if verdict.kind == VerdictKind::Family {
        let family = verdict.family.as_ref()?;
        let own = comparison.families.iter().find(|one| one.family == *family)?;
        let next = comparison.families.iter().find(|one| one.family != *family);
        let next = next.map_or_else(String::new, |next| {
            format!("; the next family, {}, has {}", name(&next.family), share(next.score))
        });
        let own = share_with_interval(own.score, own.low, own.high, true);
        return Some(format!("Its members together have {own} of the evidence{next}."));
    }
    let named = verdict.references.first()?;
    if let Some(differs) = ranking_differs(comparison) {
        return Some(differs);
    }
    let own = comparison.ranking.iter().find(|one| one.reference == *named)?;
    let next = comparison.ranking.iter().find(|one| one.reference != *named);
    let next = next.map_or_else(String::new, |next| {
        format!("; the next, {}, has {}", name(&next.reference), share(next.score))
    });
    let own = share_with_interval(own.score, own.low, own.high, true);
    Some(format!("It has {own} of the evidence{next}."))
}

/// Whether the named reference is close on shared prompts.
fn named_likeness(comparison: &Comparison) -> Option<String> {
    let pairing = paired(comparison)?;
    let named = comparison.verdict.references.first()?;
    let own = pairing.similarities.iter().find(|one| one.reference == *named)?;
    let is_clear = pairing.clear().any(|one| one.reference == *named);
    let how =
        if is_clear { "clearly close" } else { "not clearly closer than unrelated models are" };
    Some(format!(
        "On {}, prompt effects removed, {} is {how}: likeness {}.",
        counted(pairing.prompts, "shared prompt", "shared prompts"),
        name(named),
        likeness(own)
    ))
}

/// How many references are close on shared prompts where nobody is named.
fn others_likeness(comparison: &Comparison) -> Option<String> {
    let pairing = paired(comparison)?;
    let first = pairing.similarities.first()?;
    let which = match pairing.clear().count() {
        0 => "no reference is clearly close".to_owned(),
        1 => "one reference is closer than unrelated models are".to_owned(),
        n => format!("{} references are closer than unrelated models are", count(n)),
    };
    Some(format!(
        "On {}, prompt effects removed, {which}; the most alike is {} with {}.",
        counted(pairing.prompts, "shared prompt", "shared prompts"),
        name(&first.reference),
        likeness(first)
    ))
}

/// The comparison on shared prompts, where the prompts are shared.
fn paired(comparison: &Comparison) -> Option<&Pairing> {
    comparison.pairing.as_ref().filter(|pairing| pairing.paired)
}

fn likeness(one: &PairedSimilarity) -> String {
    let interval = fixed_interval(one.low, one.high, 2);
    format!("{} (95 % interval {interval})", similarity(one.similarity))
}

/// The phrase that speaks most strongly for the named reference, where it is rarer elsewhere.
fn phrase(comparison: &Comparison) -> Option<String> {
    let named = &comparison.verdict.references;
    let tells = |here: f64, there: f64| here.is_finite() && here >= TIMES * there;
    let one = comparison.evidence.iter().find(|one| {
        named.contains(&one.reference)
            && tells(one.share_of_traces, one.share_of_reference_traces)
            && one.phrase.trim().chars().any(char::is_alphabetic)
    })?;
    Some(format!(
        "“{}” stands in {} of the traces, and in {} of the references' traces.",
        sentence(super::escape::phrase(one.phrase.trim()).replace(['␣', '↵', '⇥'], " ").trim()),
        percent(one.share_of_traces),
        percent(one.share_of_reference_traces)
    ))
}

/// Why a large share is no name.
fn likeliest(comparison: &Comparison) -> Option<String> {
    let first = comparison.ranking.first()?;
    Some(format!(
        "Shares say who is likeliest if a reference wrote this ({}, {}), never whether one did.",
        name(&first.reference),
        share(first.score)
    ))
}

/// Why the atlas cannot judge.
fn unfamiliar(comparison: &Comparison) -> String {
    match &comparison.verdict.basis.finding {
        VerdictFinding::Unfamiliar { why: Unfamiliar::Language { language }, nearest } => format!(
            "Most of the traces are in {}, in which the atlas does not know {}.",
            name(language_name(language)),
            name(nearest)
        ),
        _ => {
            "On subject matter that is new to the atlas, the first place is wrong more often than \
              right."
                .into()
        }
    }
}

/// The most frequent reason for which records were dropped.
fn dropped(comparison: &Comparison) -> Option<String> {
    let dropped = &comparison.input.dropped;
    let (why, n) = dropped.iter().max_by_key(|(_, n)| **n)?;
    let all = dropped.values().sum();
    Some(format!(
        "{} dropped, most because: {} ({}).",
        counted(all, "record was", "records were"),
        name(why),
        count(*n)
    ))
}

/// How far the style moved.
fn shift(drift: &Drift) -> Option<String> {
    drift.size.is_finite().then(|| {
        format!(
            "The shift is {} standard deviations of single traces long.",
            similarity(drift.size)
        )
    })
}

/// The clearest phrase that came.
fn came(drift: &Drift) -> Option<String> {
    let shown = |text: &str| {
        let shown = super::escape::phrase(text.trim()).replace(['␣', '↵', '⇥'], " ");
        sentence(shown.trim())
    };
    let one = drift.came.first()?;
    Some(format!(
        "“{}” came: from {} to {} per 1,000 words.",
        shown(&one.phrase),
        rate(one.before_per_thousand_words),
        rate(one.after_per_thousand_words)
    ))
}

/// How much of the shift leads towards nobody.
fn own_way(drift: &Drift) -> Option<String> {
    drift
        .own_share
        .is_finite()
        .then(|| format!("{} of the shift leads towards no reference.", percent(drift.own_share)))
}
