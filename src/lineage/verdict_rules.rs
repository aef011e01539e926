//! Ranked shares → the verdict, by fixed rules.
//!
//! Called by `comparison`; `evaluation` measures the same rules. The sentence is made in [`crate::wording`].

use super::{
    NamedShare, RankedFamily, RankedReference, UnknownSummary, Verdict, VerdictBasis,
    VerdictFinding, VerdictKind, Verified, candidate::POSSIBLE,
};

/// A verdict needs at least this many traces, [`LEAST_PROMPTS`] and [`LEAST_WORDS`].
pub(crate) const LEAST_TRACES: usize = 3;
/// See [`LEAST_TRACES`].
pub(crate) const LEAST_PROMPTS: usize = 3;
/// See [`LEAST_TRACES`].
pub(crate) const LEAST_WORDS: usize = 300;

/// How often a reference or family must stay first when prompts are drawn again.
const CONFIDENCE: f64 = 0.95;
/// A reference or a family needs this share of the evidence to be named alone: as much as all others
/// together. With less, an unknown model is named as a reference too often (`docs/lineage.md`).
const LEAST_SHARE: f64 = 0.5;
/// The verdict is "none of these" where the share of traces that are unlike every reference is above
/// this with its whole interval. For traces of a reference it is about 0.05.
const STRANGE_SHARE: f64 = 0.2;

/// Whether there is enough text for a verdict.
pub(crate) fn is_enough(traces: usize, prompts: usize, words: usize) -> bool {
    traces >= LEAST_TRACES && prompts >= LEAST_PROMPTS && words >= LEAST_WORDS
}

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
    /// Whether the first reference is known from other subject matter only. Measured across domains,
    /// the first place is wrong for two traces in three and more, and pooling traces hardly helps:
    /// no reference or family is named alone there.
    pub other_domain: bool,
    /// Traces that the atlas was learned from.
    pub seen_before: usize,
    /// What verification says; `None` where the atlas has none, and shares decide.
    pub verified: Option<&'a Verified>,
    /// The share of unknown models that may be named.
    pub error_rate: f64,
}

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

/// What may be named alone. `first`: the share of the first reference, and how often it stays first
/// when prompts are resampled. `family`: the same of the first family; `None` where it has one member.
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
        |kind, references: Vec<&RankedReference>, family: Option<&str>, finding| Verdict {
            kind,
            references: references.iter().map(|r| r.reference.clone()).collect(),
            family: family.map(str::to_owned),
            candidate: None,
            basis: VerdictBasis { seen_before: findings.seen_before, traces, finding },
        };
    let Some(first) = ranking.first().filter(|_| traces > 0) else {
        return verdict(VerdictKind::TooLittleText, vec![], None, VerdictFinding::NoTrace);
    };
    let nearest = first.reference.clone();
    if !is_enough(traces, prompts, words) {
        let finding = VerdictFinding::TooLittle { prompts, words };
        return verdict(VerdictKind::TooLittleText, vec![first], None, finding);
    }
    if let Some(verified) = findings.verified {
        return decide_verified(verified, findings.seen_before, traces, findings.error_rate);
    }
    if findings.unknown.low > STRANGE_SHARE {
        let share = findings.unknown.share_below_5_percent;
        let finding = VerdictFinding::NoneOfThese { share, references: ranking.len(), nearest };
        return verdict(VerdictKind::None, vec![first], None, finding);
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
        let family = first.family.as_deref();
        let finding = VerdictFinding::Reference {
            reference: nearest,
            share: first.score,
            low: first.low,
            high: first.high,
        };
        return verdict(VerdictKind::Resembles, vec![first], family, finding);
    }
    if let Some(family) = shared.filter(|_| named == Named::Family) {
        let members: Vec<&RankedReference> = ranking
            .iter()
            .filter(|r| family.members.contains(&r.reference) && r.score >= 0.1 * family.score)
            .collect();
        let finding = VerdictFinding::Family {
            family: family.family.clone(),
            share: family.score,
            low: family.low,
            high: family.high,
        };
        return verdict(VerdictKind::Family, members, Some(&family.family), finding);
    }
    let sharing: Vec<&RankedReference> =
        ranking.iter().take(3).filter(|r| r.score >= 0.5 * first.score).collect();
    let sharing = if sharing.len() < 2 { ranking.iter().take(2).collect() } else { sharing };
    let finding = VerdictFinding::Between {
        references: sharing
            .iter()
            .map(|r| NamedShare { name: r.reference.clone(), share: r.score })
            .collect(),
        other_domain: findings.other_domain,
    };
    verdict(VerdictKind::Between, sharing, None, finding)
}

/// The verdict by verification, of so many traces, of which the atlas was learned from some.
pub(super) fn decide_verified(
    verified: &Verified,
    seen_before: usize,
    traces: usize,
    error_rate: f64,
) -> Verdict {
    let Verified { candidate, bound, nearest, has_relatives, unfamiliar, .. } = verified;
    let reference = || candidate.reference.clone();
    let probability = candidate.probability;
    let alone = || vec![reference()];
    let family = candidate.family.clone();
    let (kind, references, family, finding) = if let Some(why) = unfamiliar {
        let finding = VerdictFinding::Unfamiliar { why: why.clone(), nearest: reference() };
        (VerdictKind::Unfamiliar, alone(), None, finding)
    } else if verified.names_reference() || (verified.names_family() && !has_relatives) {
        let probability = candidate.reference_probability;
        let finding = VerdictFinding::Named { reference: reference(), probability, error_rate };
        (VerdictKind::Resembles, alone(), family, finding)
    } else if let Some(named) = family.clone().filter(|_| verified.names_family()) {
        let finding = VerdictFinding::NamedFamily { family: named, probability, error_rate };
        (VerdictKind::Family, alone(), family, finding)
    } else if probability >= POSSIBLE {
        let finding =
            VerdictFinding::Possible { references: nearest.clone(), probability, bound: *bound };
        (VerdictKind::Between, nearest.clone(), None, finding)
    } else {
        let finding = VerdictFinding::NobodyKnown { nearest: reference(), probability };
        (VerdictKind::None, alone(), None, finding)
    };
    let basis = VerdictBasis { seen_before, traces, finding };
    Verdict { kind, references, family, candidate: Some(candidate.clone()), basis }
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
            seen_before: 0,
            verified: None,
            error_rate: 0.05,
        };
        let verdict = decide_verdict(&findings);
        let warned = verdict.sentence().contains("other subject matter");
        assert_eq!(warned, other_domain && verdict.kind == VerdictKind::Between);
        let sentence = verdict.sentence();
        assert!(!sentence.contains("train") && !sentence.contains("distill"));
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
