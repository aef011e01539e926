//! From ranked shares to a verdict in fixed words.

use super::{RankedFamily, RankedReference, UnknownSummary, Verdict, VerdictKind};

/// A corpus needs so many traces, prompts and words to be judged.
pub(crate) const LEAST_TRACES: usize = 3;
/// See [`LEAST_TRACES`].
pub(crate) const LEAST_PROMPTS: usize = 3;
/// See [`LEAST_TRACES`].
pub(super) const LEAST_WORDS: usize = 300;

/// How often a reference or family must stay first when prompts are drawn again.
const CONFIDENCE: f64 = 0.95;
/// The share of the evidence that a reference or a family needs to be named alone: as much as all others together. With
/// less, a model that the atlas does not know is named wrongly too often (`docs/lineage.md`).
const LEAST_SHARE: f64 = 0.5;
/// "None of these" where the share of traces that look strange to every reference is surely over
/// this. For traces of a reference it is about 0.05.
const STRANGE_SHARE: f64 = 0.2;

/// What the verdict is drawn from.
pub(super) struct Findings<'a> {
    pub traces: usize,
    pub prompts: usize,
    pub words: usize,
    pub ranking: &'a [RankedReference],
    pub families: &'a [RankedFamily],
    /// Share of resamples in which the first reference stays first.
    pub first_stays: f64,
    /// Share of resamples in which the first family stays first.
    pub family_stays: f64,
    pub unknown: &'a UnknownSummary,
    /// Whether the first reference is known from other subject matter only.
    pub other_domain: bool,
}

/// What a verdict says in place of a name where the subject matter is new to the first reference.
/// Measured across domains, the first place is wrong for two traces in three and more, and pooling
/// traces hardly helps, so that no reference or family is named alone there.
const OTHER_DOMAIN: &str = ": the first is known from other subject matter only, and across domains \
                            the first place is wrong more often than right, however large its share.";
const NO_SHARE: &str = ": no single reference or family holds enough of the evidence.";

/// What shares of the evidence are enough to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// The first reference.
    Reference,
    /// The first family.
    Family,
    /// Neither.
    Nobody,
}

/// What may be named alone. `first` is the share of the first reference, and how often it stays first when prompts are drawn
/// again; `family` the same of the first family, `None` where that has one member only.
pub(crate) fn named(first: (f64, f64), family: Option<(f64, f64)>) -> Named {
    let enough = |(share, stays): (f64, f64)| share >= LEAST_SHARE && stays >= CONFIDENCE;
    if enough(first) {
        Named::Reference
    } else if family.is_some_and(enough) {
        Named::Family
    } else {
        Named::Nobody
    }
}

/// Draws the verdict.
pub(super) fn decide_verdict(findings: &Findings<'_>) -> Verdict {
    let Findings { traces, prompts, words, ranking, families, .. } = *findings;
    let verdict =
        |kind, references: Vec<&RankedReference>, family: Option<&str>, sentence| Verdict {
            kind,
            references: references.iter().map(|r| r.reference.clone()).collect(),
            family: family.map(str::to_owned),
            sentence,
        };
    let Some(first) = ranking.first().filter(|_| traces > 0) else {
        let sentence = "Too little text: no trace was long enough to be judged.".to_owned();
        return verdict(VerdictKind::TooLittleText, vec![], None, sentence);
    };
    if traces < LEAST_TRACES || prompts < LEAST_PROMPTS || words < LEAST_WORDS {
        let sentence = format!(
            "Too little text for a verdict: {} on {} with {}, where {LEAST_TRACES} traces on \
             {LEAST_PROMPTS} prompts with {LEAST_WORDS} words are needed. The ranking starts with {}.",
            counted(traces, "trace"),
            counted(prompts, "prompt"),
            counted(words, "word"),
            first.reference
        );
        return verdict(VerdictKind::TooLittleText, vec![first], None, sentence);
    }
    if findings.unknown.low > STRANGE_SHARE {
        let sentence = format!(
            "None of these: {} of the traces are unlike every one of the {} references (about 5 % of \
             a known model's own traces are). The nearest is {}.",
            percent(findings.unknown.share_below_5_percent),
            ranking.len(),
            first.reference
        );
        return verdict(VerdictKind::None, vec![first], None, sentence);
    }
    let shared = families.first().filter(|family| family.members.len() > 1);
    let named = match findings.other_domain {
        true => Named::Nobody,
        false => named(
            (first.score, findings.first_stays),
            shared.map(|family| (family.score, findings.family_stays)),
        ),
    };
    if named == Named::Reference {
        let sentence = format!(
            "The traces resemble {}: it holds {} of the evidence (95 % interval {} to {}).",
            first.reference,
            percent(first.score),
            percent(first.low),
            percent(first.high)
        );
        return verdict(VerdictKind::Resembles, vec![first], first.family.as_deref(), sentence);
    }
    if let Some(family) = shared.filter(|_| named == Named::Family) {
        let members: Vec<&RankedReference> = ranking
            .iter()
            .filter(|r| family.members.contains(&r.reference) && r.score >= 0.1 * family.score)
            .collect();
        let sentence = format!(
            "The traces resemble the family {}: it holds {} of the evidence (95 % interval {} to {}), \
             and its members cannot be told apart with certainty here.",
            family.family,
            percent(family.score),
            percent(family.low),
            percent(family.high)
        );
        return verdict(VerdictKind::Family, members, Some(&family.family), sentence);
    }
    let sharing: Vec<&RankedReference> =
        ranking.iter().take(3).filter(|r| r.score >= 0.5 * first.score).collect();
    let sharing = if sharing.len() < 2 { ranking.iter().take(2).collect() } else { sharing };
    let names: Vec<String> =
        sharing.iter().map(|r| format!("{} ({})", r.reference, percent(r.score))).collect();
    let why = if findings.other_domain { OTHER_DOMAIN } else { NO_SHARE };
    let sentence = format!("The traces stand between {}{why}", names.join(" and "));
    verdict(VerdictKind::Between, sharing, None, sentence)
}

/// A share as a whole percentage; never 0 or 100.
pub(super) fn percent(share: f64) -> String {
    match 100.0 * share {
        over if over > 99.0 => ">99 %".to_owned(),
        under if under < 1.0 => "<1 %".to_owned(),
        between => format!("{between:.0} %"),
    }
}

/// A number with its noun, in the plural where it is not one.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn ranked(reference: &str, family: &str, score: f64) -> RankedReference {
        RankedReference {
            reference: reference.into(),
            family: Some(family.into()),
            score,
            low: score - 0.1,
            high: score + 0.1,
            pooled: None,
            score_without_layout: score,
            similarity: 0.5,
            reference_traces: 50,
            domains: vec![],
            mediation: BTreeMap::new(),
        }
    }

    fn kind_of(
        scores: &[(&str, &str, f64)],
        first_stays: f64,
        strange: f64,
        traces: usize,
        other_domain: bool,
    ) -> VerdictKind {
        let ranking: Vec<RankedReference> =
            scores.iter().map(|&(r, f, s)| ranked(r, f, s)).collect();
        let family = |name: &str| RankedFamily {
            family: name.into(),
            score: ranking
                .iter()
                .filter(|r| r.family.as_deref() == Some(name))
                .map(|r| r.score)
                .sum(),
            low: 0.0,
            high: 1.0,
            members: ranking
                .iter()
                .filter(|r| r.family.as_deref() == Some(name))
                .map(|r| r.reference.clone())
                .collect(),
        };
        let families = [family(scores[0].1)];
        let unknown = UnknownSummary {
            median: 0.5,
            share_below_5_percent: strange,
            low: strange,
            high: strange,
        };
        let findings = Findings {
            traces,
            prompts: traces,
            words: 100 * traces,
            ranking: &ranking,
            families: &families,
            first_stays,
            family_stays: 1.0,
            unknown: &unknown,
            other_domain,
        };
        let verdict = decide_verdict(&findings);
        let warned = verdict.sentence.contains("other subject matter");
        assert_eq!(warned, other_domain && verdict.kind == VerdictKind::Between);
        assert!(!verdict.sentence.contains("train") && !verdict.sentence.contains("distill"));
        verdict.kind
    }

    #[test]
    fn each_verdict_has_its_case() {
        let clear = [("a/x", "x", 0.8), ("b/y", "y", 0.2)];
        assert_eq!(kind_of(&clear, 1.0, 0.05, 50, false), VerdictKind::Resembles);
        assert_eq!(kind_of(&clear, 1.0, 0.6, 50, false), VerdictKind::None);
        assert_eq!(kind_of(&clear, 1.0, 0.05, 2, false), VerdictKind::TooLittleText);
        let siblings = [("a/x-1", "x", 0.45), ("a/x-2", "x", 0.4), ("b/y", "y", 0.15)];
        let most = [("a/x", "x", 0.49), ("b/y", "y", 0.26), ("c/z", "z", 0.25)];
        assert_eq!(kind_of(&most, 1.0, 0.05, 50, false), VerdictKind::Between);
        assert_eq!(kind_of(&siblings, 0.7, 0.05, 50, false), VerdictKind::Family);
        let shared = [("a/x", "x", 0.35), ("b/y", "y", 0.33), ("c/z", "z", 0.32)];
        assert_eq!(kind_of(&shared, 0.6, 0.05, 50, false), VerdictKind::Between);
        // Where the subject matter is new to the first, nothing is named alone.
        assert_eq!(kind_of(&clear, 1.0, 0.05, 50, true), VerdictKind::Between);
        assert_eq!(kind_of(&siblings, 0.7, 0.05, 50, true), VerdictKind::Between);
        assert_eq!(kind_of(&clear, 1.0, 0.6, 50, true), VerdictKind::None);
    }
}
