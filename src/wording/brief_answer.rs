//! The answer of a comparison in at most twelve words, a name counted as one.

use super::escape::{name, sentence};
use super::verdict::fixed;
use crate::lineage::{Comparison, DriftFinding, Unfamiliar, Verdict, VerdictFinding, VerdictKind};

/// Names that a verdict holds, and those of a drift before the rest is counted.
const NAMED: (usize, usize) = (3, 2);

/// The verdict in at most twelve words.
pub fn answer(comparison: &Comparison) -> String {
    let verdict = &comparison.verdict;
    let names: Vec<String> = verdict.references.iter().map(|own| name(own)).collect();
    match verdict.kind {
        VerdictKind::Resembles => match names.first() {
            Some(first) => format!("The traces resemble {first}."),
            None => "The traces resemble one reference.".into(),
        },
        VerdictKind::Family => match &verdict.family {
            Some(family) => format!("The traces resemble the family {}.", name(family)),
            None => "The traces resemble one family.".into(),
        },
        VerdictKind::Between if names.len() > 1 => {
            format!("Undecided between {}.", joined(&names, NAMED.0, 0))
        }
        VerdictKind::Between => {
            "Undecided: several references are possible, and none is sure.".into()
        }
        // Several known models together get this verdict, too.
        VerdictKind::None => "No reference is likely to have written all of these traces.".into(),
        VerdictKind::Unfamiliar => match &verdict.basis.finding {
            VerdictFinding::Unfamiliar { why: Unfamiliar::Language { .. }, .. } => {
                "Cannot tell: the atlas does not know this language well enough.".into()
            }
            _ => "Cannot tell: the atlas does not know this subject matter.".into(),
        },
        VerdictKind::TooLittleText => "Too little text for a verdict.".into(),
    }
}

/// The verdict in a few words, for a line of a table.
pub fn verdict_in_short(verdict: &Verdict) -> String {
    let names: Vec<String> = verdict.references.iter().map(|own| name(own)).collect();
    match verdict.kind {
        VerdictKind::Resembles => joined(&names, NAMED.0, 0),
        VerdictKind::Family => {
            format!("family {}", verdict.family.as_deref().map(name).unwrap_or_default())
        }
        VerdictKind::Between => format!("undecided: {}", joined(&names, NAMED.0, 0)),
        VerdictKind::None => "none of the references".into(),
        VerdictKind::Unfamiliar => "cannot tell: unfamiliar".into(),
        VerdictKind::TooLittleText => "too little text".into(),
    }
}

/// The probability of a verdict, where it has one: that of the reference it names, else that of the
/// candidate's family.
pub fn verdict_probability(verdict: &Verdict) -> String {
    match (&verdict.candidate, verdict.kind) {
        (None, _) | (_, VerdictKind::Unfamiliar | VerdictKind::TooLittleText) => "–".into(),
        (Some(one), VerdictKind::Resembles) => fixed(one.reference_probability),
        (Some(one), _) => fixed(one.probability),
    }
}

/// What a table of verdicts by data set says, in sentences.
pub const BY_DATA_SET: &str = "Each row is about the traces that are most like one data set of the atlas, as \
                               if there were no others. With several rows, one is wrong more often than a \
                               single verdict.";

/// The probability that a name needs; a dash where nobody can be named.
pub fn needed(bound: Option<f64>) -> String {
    bound.map_or_else(|| "–".into(), fixed)
}

/// What moved, in at most twelve words.
pub(super) fn drift_answer(finding: &DriftFinding) -> String {
    match finding {
        DriftFinding::ByChance(_) => "No drift from the baseline beyond chance.".into(),
        DriftFinding::TowardsNone(_) => {
            "The style moved, clearly towards none of the references.".into()
        }
        DriftFinding::StillUnrelated { nearest, .. } => format!(
            "The style moved nearer to {}, and stays unrelated to it.",
            name(&nearest.reference)
        ),
        DriftFinding::Towards { references, more, .. } => {
            let names: Vec<String> = references.iter().map(|one| name(&one.reference)).collect();
            format!("The style moved towards {}.", joined(&names, NAMED.1, *more))
        }
        DriftFinding::Text(text) => sentence(text),
    }
}

/// `a`, `a and b`, `a, b and c`; of more, the first `limit` and how many others: those of the list, and
/// `more` that it does not hold.
fn joined(names: &[String], limit: usize, more: usize) -> String {
    let (shown, hidden) = names.split_at(names.len().min(limit));
    let hidden = hidden.len() + more;
    match shown {
        [] => String::new(),
        _ if hidden > 0 => format!("{} and {hidden} more", shown.join(", ")),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lineage::{Approach, DriftBasis};

    #[test]
    fn a_drift_is_told_in_twelve_words() {
        let approach =
            |reference: &str| Approach { reference: reference.into(), before: 0.1, after: 0.5 };
        let basis = DriftBasis { paired: true, prompts: 30 };
        let towards = |names: &[&str], more| DriftFinding::Towards {
            references: names.iter().map(|own| approach(own)).collect(),
            more,
            own_share: 0.4,
            basis,
        };
        let said = |finding| drift_answer(&finding);
        assert_eq!(said(towards(&["a/x"], 0)), "The style moved towards a/x.");
        assert_eq!(said(towards(&["a/x", "b/y"], 0)), "The style moved towards a/x and b/y.");
        let many = said(towards(&["a/x", "b/y", "c/z"], 4));
        assert_eq!(many, "The style moved towards a/x, b/y and 5 more.");
        assert!(many.split(' ').count() <= 12);
        assert_eq!(
            said(DriftFinding::ByChance(basis)),
            "No drift from the baseline beyond chance."
        );
    }

    #[test]
    fn names_are_joined_as_people_do() {
        let names: Vec<String> = ["a", "b", "c", "d"].map(String::from).to_vec();
        assert_eq!(joined(&names[..3], 3, 0), "a, b and c");
        assert_eq!(joined(&names, 3, 0), "a, b, c and 1 more");
        assert_eq!(joined(&names[..1], 3, 0), "a");
        assert_eq!(joined(&[], 3, 0), "");
    }
}
