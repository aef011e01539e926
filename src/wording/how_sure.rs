//! How sure a verdict is, in sentences.

use super::escape::{name, sentence};
use super::numbers::{counted, interval, percent, share};
use crate::lineage::{Comparison, Limit, RankedReference, VerdictKind};

/// The verdict's sentence; where it is empty, one that says so.
pub fn verdict(comparison: &Comparison) -> String {
    let text = sentence(&comparison.verdict.sentence());
    if text.trim().is_empty() { "No verdict was given.".into() } else { text }
}

/// The kind of verdict in a few words.
pub fn kind(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Resembles => "Resembles one reference",
        VerdictKind::Family => "Resembles one family",
        VerdictKind::Between => "Between several references",
        VerdictKind::None => "Resembles no reference",
        VerdictKind::Unfamiliar => "Unfamiliar subject matter or language",
        VerdictKind::TooLittleText => "Too little text",
    }
}

/// How sure the verdict is, as sentences.
pub fn how_sure(comparison: &Comparison) -> Vec<String> {
    let ranking = &comparison.ranking;
    let unknown = unknown(comparison);
    let sentences = match comparison.verdict.kind {
        VerdictKind::TooLittleText => {
            vec![Some(format!("Only {} could be used.", rests_on(comparison)))]
        }
        // Who is first of these says nothing about a writer who is none of them.
        VerdictKind::None | VerdictKind::Unfamiliar => vec![unknown],
        _ => {
            vec![
                family_share(comparison),
                first_and_second(ranking),
                together(comparison),
                without_layout(ranking),
                unknown,
            ]
        }
    };
    sentences.into_iter().flatten().collect()
}

/// What the verdict rests on: traces, prompts and words.
pub fn rests_on(comparison: &Comparison) -> String {
    format!(
        "{} of {} with {}",
        counted(comparison.traces, "trace", "traces"),
        counted(comparison.prompts, "prompt", "prompts"),
        counted(comparison.words, "word", "words")
    )
}

/// What [`crate::lineage::UnknownSummary`] says, in words. Nothing where it was not measured.
pub fn unknown(comparison: &Comparison) -> Option<String> {
    let summary = &comparison.unknown;
    if !summary.share_below_5_percent.is_finite() || comparison.traces == 0 {
        return None;
    }
    let between = if summary.low.is_finite() && summary.high.is_finite() {
        format!(" (95 % interval {} to {})", percent(summary.low), percent(summary.high))
    } else {
        String::new()
    };
    let reading = if summary.low > 0.05 {
        "more than the 5 % of a known reference"
    } else if summary.high < 0.05 {
        "fewer than the 5 % of a known reference"
    } else {
        "consistent with a known reference (5 %)"
    };
    let found = percent(summary.share_below_5_percent);
    Some(format!("{found} of the traces are unlike every reference{between}: {reading}."))
}

/// The ranking's finding in one sentence: the title of its figure. A name in a title would be read as
/// the verdict, so that none has one.
pub fn ranking_title(comparison: &Comparison) -> String {
    match comparison.ranking.as_slice() {
        [] => "No reference was ranked".into(),
        [_] => "There is only one reference".into(),
        [first, second, ..] if first.low > second.high => {
            "One reference has the largest share of the evidence".into()
        }
        [first, second, ..] if first.low <= second.high => {
            "The first references share the evidence, and their intervals overlap".into()
        }
        _ => "The share of the evidence by reference".into(),
    }
}

/// `0.61 (95 % interval 0.55–0.66)`, or the share alone where no interval is known.
pub(super) fn share_with_interval(score: f64, low: f64, high: f64, first: bool) -> String {
    if !low.is_finite() || !high.is_finite() {
        return share(score);
    }
    let what = if first { "95 % interval " } else { "" };
    format!("{} ({what}{})", share(score), interval(low, high))
}

/// The share of the named family, where the verdict is a family.
fn family_share(comparison: &Comparison) -> Option<String> {
    if comparison.verdict.kind != VerdictKind::Family {
        return None;
    }
    let wanted = comparison.verdict.family.as_ref()?;
    let family = comparison.families.iter().find(|f| &f.family == wanted)?;
    Some(format!(
        "Together the {} of {} have {} of the evidence.",
        counted(family.members.len(), "member", "members"),
        name(&family.family),
        share_with_interval(family.score, family.low, family.high, true)
    ))
}

/// The most probable reference of all traces together, and its probability. `None` for one prompt,
/// where the share says the same, and where the first reference is known from other subject matter
/// only: the probability was calibrated on known subject matter, and would be a confident wrong name.
fn together(comparison: &Comparison) -> Option<String> {
    if comparison.limits.iter().any(|limit| matches!(limit, Limit::OtherDomain { .. })) {
        return None;
    }
    // One report gives one answer: where the verdict names nobody, nobody is named here.
    let named = matches!(comparison.verdict.kind, VerdictKind::Resembles | VerdictKind::Family);
    if comparison.verdict.candidate.is_some() && !named {
        return None;
    }
    let pooled = comparison.ranking.iter().filter_map(|r| Some((r, r.pooled?)));
    let (most, probability) = pooled.max_by(|a, b| a.1.total_cmp(&b.1))?;
    (comparison.prompts > 1).then(|| {
        format!(
            "If one reference wrote all of the traces, it is {} with a probability of {}.",
            name(&most.reference),
            // Nothing is certain.
            share(probability.min(0.999))
        )
    })
}

/// The first two shares, and whether their intervals overlap.
pub(super) fn first_and_second(ranking: &[RankedReference]) -> Option<String> {
    let first = ranking.first()?;
    let mut text = format!(
        "{} has {} of the evidence",
        name(&first.reference),
        share_with_interval(first.score, first.low, first.high, true)
    );
    if let Some(second) = ranking.get(1) {
        text.push_str(&format!(
            ", the next, {}, {}",
            name(&second.reference),
            share_with_interval(second.score, second.low, second.high, false)
        ));
        if first.low.is_finite() && second.high.is_finite() {
            text.push_str(match first.low > second.high {
                true => "; the two intervals do not overlap",
                false => "; the two intervals overlap",
            });
        }
    }
    Some(text + ".")
}

/// Whether the first reference stays first without layout.
pub(super) fn without_layout(ranking: &[RankedReference]) -> Option<String> {
    let first = ranking.first().filter(|r| r.score_without_layout.is_finite())?;
    let mut best = first;
    for other in ranking {
        if other.score_without_layout > best.score_without_layout {
            best = other;
        }
    }
    let left = share(first.score_without_layout);
    Some(if std::ptr::eq(best, first) {
        format!("Without layout (markdown, lists, line lengths) it still comes first, with {left}.")
    } else {
        format!(
            "Without layout (markdown, lists, line lengths) it has {left}, and {} comes first \
             with {}.",
            name(&best.reference),
            share(best.score_without_layout)
        )
    })
}
