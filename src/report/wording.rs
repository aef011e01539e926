//! A comparison → the sentences around its numbers, the same in the terminal, the page and the
//! descriptions of its figures.
//!
//! Sentences state what the numbers show and no more: no sentence speaks of how a model was made.

mod parts;

pub use parts::*;

use super::escape::{name, sentence};
use super::numbers::{counted, interval, percent, share, similarity};
use crate::lineage::{
    Comparison, Drift, DriftChannel, DriftReference, Pairing, RankedReference, VerdictKind,
    audit::Audit,
    tree::{Consensus, LineageTree},
};

/// Stands in every report, beside the verdict.
pub const STYLE_IS_EVIDENCE: &str = "Style is evidence, not proof: this says whose writing the \
    traces resemble, not how the model came to write that way.";

/// Stands under every tree.
pub const STYLE_IS_NOT_DESCENT: &str = "Near in this tree means alike in style: it does not say \
    which model learned from which, and a fork is no ancestor.";
/// What no tree can show.
pub const TREE_IS_NESTED: &str = "A tree shows one nested story even where there is none: read groups with high support, \
    and the distances beside them.";
/// What the support of a tree does not hold.
pub const SUPPORT_IS_OF_FEATURES: &str = "Support draws features again, and prompts of the inputs, but \
    not the traces of references; features overlap, so that it is rather too high than too low.";

/// How a tree was made, in a sentence.
pub fn tree_basis(tree: &LineageTree) -> String {
    let mut method = tree.method.name().to_owned();
    if let Some(first) = method.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let kind = match tree.consensus {
        None => "",
        Some(Consensus::Majority) => ", majority-rule consensus",
        Some(Consensus::Extended) => ", extended majority-rule consensus",
    };
    let support = match tree.replicates {
        0 => "no support was computed".to_owned(),
        _ if tree.tree.nodes.iter().all(|node| node.support.is_none()) => {
            "there is but one tree of so few corpora".to_owned()
        }
        n => format!(
            "numbers are support in % over {}, from 50 % on",
            counted(n, "resample", "resamples")
        ),
    };
    format!(
        "{method}{kind} of distances by {} ({}); {support}.",
        tree.distance.name(),
        counted(tree.features, "feature", "features")
    )
}

/// The verdict's sentence; where it is empty, one that says so.
pub fn verdict(comparison: &Comparison) -> String {
    let text = sentence(&comparison.verdict.sentence);
    if text.trim().is_empty() { "No verdict was given.".into() } else { text }
}

/// The kind of verdict in a few words.
pub fn kind(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Resembles => "Resembles one reference",
        VerdictKind::Family => "Resembles one family",
        VerdictKind::Between => "Between several references",
        VerdictKind::None => "Resembles no reference",
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
        VerdictKind::None => vec![unknown, first_and_second(ranking), without_layout(ranking)],
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

/// What an audit rests on: traces, prompts and words.
pub fn audit_rests_on(audit: &Audit) -> String {
    format!(
        "{} of {} with {}",
        counted(audit.traces, "trace", "traces"),
        counted(audit.prompts, "prompt", "prompts"),
        counted(audit.words, "word", "words")
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
        "more than the 5 % that traces of a known reference give"
    } else if summary.high < 0.05 {
        "fewer than the 5 % that traces of a known reference give"
    } else {
        "within what traces of a known reference give (5 %)"
    };
    let found = percent(summary.share_below_5_percent);
    Some(format!("{found} of the traces are unlike every reference{between}: {reading}."))
}

/// What the paired comparison found, as a heading.
pub fn pairing_title(pairing: &Pairing) -> String {
    let how = if pairing.paired {
        format!("Beyond the prompts ({} shared)", pairing.prompts)
    } else {
        "Beyond the subject matter (no shared prompts)".to_owned()
    };
    match pairing.similarities.first() {
        Some(first) => format!("{how}: nearest is {}", name(&first.reference)),
        None => how,
    }
}

/// What the paired comparison rests on.
pub fn pairing_basis(pairing: &Pairing) -> String {
    let sets: Vec<String> = pairing
        .data_sets
        .iter()
        .map(|(set, prompts)| {
            format!("{} of {}", counted(*prompts, "prompt", "prompts"), name(set))
        })
        .collect();
    if pairing.paired {
        format!(
            "What all references write on a prompt is taken off, prompt by prompt ({}); what is left is the \
             writer's own. 1: the same habits, 0: no more alike than two writers at random.",
            sets.join(", ")
        )
    } else {
        "The references did not answer these prompts, so that only the mean over a data set could be taken \
         off: what the traces are about is mixed in. `cotprint probes` lists prompts that can be compared."
            .to_owned()
    }
}

/// Which references the figure of the likeness shows, where it shows `shown` of them.
pub fn likeness_shown(pairing: &Pairing, shown: usize) -> String {
    let which = match pairing.similarities.len() {
        all if all > shown => format!("The {shown} most alike of {all} references. "),
        _ => String::new(),
    };
    let clear = pairing.clear().count();
    let clear = match clear {
        0 => "No reference is surely more like the input than unrelated models are to each other."
            .to_owned(),
        n => format!(
            "Blue: surely more like the input than unrelated models are to each other ({}).",
            counted(n, "reference", "references")
        ),
    };
    which + &clear
}

/// The drift's finding in one sentence: the title of its figure.
pub fn drift_title(drift: &Drift) -> String {
    let clear: Vec<&DriftReference> =
        drift.references.iter().filter(|one| one.is_clear() && one.after.is_finite()).collect();
    let Some(first) = clear.iter().max_by(|a, b| a.after.total_cmp(&b.after)) else {
        return "To no reference is the input clearly nearer than the baseline was".into();
    };
    let now = format!(
        "{} (similarity {}, before {})",
        name(&first.reference),
        similarity(first.after),
        similarity(first.before)
    );
    match clear.len() {
        1 => format!("The input is clearly nearer than the baseline was to {now}"),
        n => {
            format!(
                "The input is clearly nearer than the baseline was to {n} references, nearest to {now}"
            )
        }
    }
}

/// Which references the figure of the drift shows, where it shows `shown` of them.
pub fn drift_shown(drift: &Drift, shown: usize) -> String {
    let clear = drift.references.iter().filter(|one| one.is_clear()).count();
    let blue = if clear > 0 { "Blue: clearly nearer than before. " } else { "" };
    match drift.references.len() {
        all if all > shown => {
            format!(
                "{blue}Shown are {shown} of {all} references: the nearest of these, and the largest changes."
            )
        }
        _ => blue.trim_end().to_owned(),
    }
}

/// What the drift rests on.
pub fn shift_basis(drift: &Drift) -> String {
    let prompts = counted(drift.prompts, "prompt", "prompts");
    if drift.paired {
        format!("Based on {prompts} that both corpora answered.")
    } else {
        format!("Based on {prompts} that differ: what they are about is mixed in.")
    }
}

/// How far a corpus moved, in words.
pub fn drift_size(drift: &Drift) -> String {
    let mut channels: Vec<&DriftChannel> = drift.channels.iter().collect();
    channels.sort_by(|a, b| b.share.total_cmp(&a.share));
    let parts: Vec<String> = channels
        .iter()
        .take(3)
        .map(|c| format!("{} {}", name(&c.channel), percent(c.share)))
        .collect();
    format!(
        "The shift is {} long (1 is one standard deviation of single traces in every channel); by channel: {}.",
        similarity(drift.size),
        parts.join(", ")
    )
}

/// `0.61 (95 % interval 0.55–0.66)`, or the share alone where no interval is known.
fn share_with_interval(score: f64, low: f64, high: f64, first: bool) -> String {
    if !low.is_finite() || !high.is_finite() {
        return share(score);
    }
    let what = if first { "95 % interval " } else { "" };
    format!("{} ({what}{})", share(score), interval(low, high))
}

/// What the named family holds, where the verdict is a family.
fn family_share(comparison: &Comparison) -> Option<String> {
    if comparison.verdict.kind != VerdictKind::Family {
        return None;
    }
    let wanted = comparison.verdict.family.as_ref()?;
    let family = comparison.families.iter().find(|f| &f.family == wanted)?;
    Some(format!(
        "Together the {} of {} hold {} of the evidence.",
        counted(family.members.len(), "member", "members"),
        name(&family.family),
        share_with_interval(family.score, family.low, family.high, true)
    ))
}

/// How probable the most probable reference is, all traces taken together. Nothing of one prompt, where
/// the share says it.
fn together(comparison: &Comparison) -> Option<String> {
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

fn first_and_second(ranking: &[RankedReference]) -> Option<String> {
    let first = ranking.first()?;
    let mut text = format!(
        "{} holds {} of the evidence",
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

fn without_layout(ranking: &[RankedReference]) -> Option<String> {
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
            "Without layout (markdown, lists, line lengths) it holds {left}, and {} comes first \
             with {}.",
            name(&best.reference),
            share(best.score_without_layout)
        )
    })
}

/// The ranking's finding in one sentence: the title of its figure.
pub fn ranking_title(comparison: &Comparison) -> String {
    match comparison.ranking.as_slice() {
        [] => "No reference was ranked".into(),
        [only] => format!("{} is the only reference", name(&only.reference)),
        [first, second, ..] => {
            let (one, two) = (name(&first.reference), name(&second.reference));
            if first.low > second.high {
                format!("{one} holds the largest share of the evidence")
            } else if first.low <= second.high {
                format!("{one} and {two} lead, and their intervals overlap")
            } else {
                "The share of the evidence of each reference".into()
            }
        }
    }
}

/// The similarity matrix's finding in one sentence: the title of its figure.
pub fn similarity_title(comparison: &Comparison) -> String {
    match nearest(comparison) {
        Some((label, value)) => {
            format!("The input is most similar to {} ({})", name(label), similarity(value))
        }
        None => "No similarities were computed".into(),
    }
}

/// The title of the map.
pub fn map_title(comparison: &Comparison) -> String {
    let references = comparison.similarity.labels.len().saturating_sub(1);
    format!("The input among the {references} references that it is compared with")
}

/// What the map shows, where its two directions hold this share of all differences.
pub fn map_shown(held: f64) -> String {
    format!(
        "Near: alike by Cosine Delta. Two directions hold {} of all differences; what stands apart in the others \
         cannot be seen here.",
        percent(held)
    )
}

/// The reference that is most similar to the input, by the first row of the matrix.
pub fn nearest(comparison: &Comparison) -> Option<(&str, f64)> {
    let matrix = &comparison.similarity;
    let row = matrix.values.first()?.iter().zip(&matrix.labels).skip(1);
    let known = row.filter(|(value, _)| value.is_finite());
    known.max_by(|a, b| a.0.total_cmp(b.0)).map(|(value, label)| (label.as_str(), *value))
}

/// The method in plain words, one paragraph each.
pub fn method(comparison: &Comparison) -> Vec<String> {
    let from = &comparison.provenance;
    vec![
        format!(
            "Each trace’s {} is turned into numbers by the channels {}: how often words and \
             phrases stand in it, and habits such as layout and rhythm. Two learners, a linear \
             classifier and a style embedding that compares models within one data set only, were \
             learned from {} of {} and give each trace a probability for every reference. The \
             probabilities are calibrated on prompts that were not used for learning: among \
             answers given with 0.8, about 8 in 10 are right. Where the traces are about \
             something that the atlas does not know, the embedding speaks alone, and its \
             probabilities are calibrated on data sets that were left out, which is rougher.",
            match from.text.as_str() {
                "answer" => "answer",
                "both" => "reasoning and answer",
                _ => "reasoning",
            },
            from.channels.join(", "),
            counted(from.atlas_traces, "trace", "traces"),
            counted(from.atlas_references, "reference", "references"),
        ),
        format!(
            "A reference’s share of the evidence is its probability, averaged over the corpus; \
             every prompt has the same weight, however many traces answer it. The 95 % interval \
             comes from {} of whole prompts. “Without layout” is the same share when the \
             classifier sees no layout, since layout is easily changed by reformatting.",
            counted(from.resamples, "bootstrap resample", "bootstrap resamples"),
        ),
        "Similarity is Cosine Delta: how alike two corpora are in their use of frequent features, \
         from −1 (opposite habits) through 0 (unrelated) to 1 (the same). It does not depend on \
         the classifier. What a value means is shown by the floors: the values between corpora \
         whose relation is known."
            .into(),
        "A trace counts as unlike every reference when fewer than 5 % of the references’ own \
         traces, on prompts kept aside, fit their reference as badly as it fits its best one."
            .into(),
    ]
}
