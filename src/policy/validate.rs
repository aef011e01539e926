//! Whether a policy makes sense: every name is known, and no two rules contradict each other.
//!
//! Called by `cli` with the names of the atlas, before a trace is read.

use super::{
    Bound, Condition, Contradiction, Error, Policy, Problem, Quantity, Rule, Suggestion, Target,
    nearest,
};
use std::collections::BTreeSet;

/// Sees that all names are known and that rules can hold together. A name of `not_towards` that is
/// a family's is put among the families. `references` are those of the atlas with their families.
///
/// # Errors
/// The first name that is not known, with the nearest that are; or rules that cannot all hold; or a
/// rule that needs a baseline where none is given.
pub fn validate(
    policy: &mut Policy,
    references: &[(&str, Option<&str>)],
    has_baseline: bool,
) -> Result<(), Error> {
    let names: Vec<&str> = references.iter().map(|(name, _)| *name).collect();
    let families: BTreeSet<&str> = references.iter().filter_map(|(_, family)| *family).collect();
    for rule in &mut policy.rules {
        let fail = |what| Error::of_line(&rule.file, rule.line, what);
        for condition in &mut rule.conditions {
            if condition.quantity.needs_baseline() && !has_baseline {
                return Err(fail(Problem::NoBaseline {
                    rule: rule.id.clone(),
                    quantity: condition.quantity.words(),
                }));
            }
            let towards = matches!(condition.quantity, Quantity::DriftTowards(_));
            let (Quantity::Share(target)
            | Quantity::Attributed(target)
            | Quantity::Mixture(target)
            | Quantity::DriftTowards(target)) = &mut condition.quantity
            else {
                continue;
            };
            if towards {
                let (own, others): (Vec<String>, Vec<String>) = (target.references.drain(..))
                    .partition(|name| !families.contains(name.as_str()));
                target.references = own;
                target.families.extend(others);
            }
            for (what, own, known) in [
                ("reference", &target.references, names.clone()),
                ("family", &target.families, families.iter().copied().collect()),
            ] {
                if let Some(name) = own.iter().find(|name| !known.contains(&name.as_str())) {
                    return Err(fail(unknown(&rule.id, what, name, &names, &families)));
                }
            }
        }
    }
    contradictions(&policy.rules, references)
}

fn unknown(
    id: &str,
    what: &'static str,
    name: &str,
    references: &[&str],
    families: &BTreeSet<&str>,
) -> Problem {
    let known: Vec<&str> = match what {
        "family" => families.iter().copied().collect(),
        _ => references.to_vec(),
    };
    let near = nearest(name, known.iter().copied(), 3);
    let suggestion = if what == "family" && references.contains(&name) {
        Some(Suggestion::IsReference)
    } else if what == "reference" && families.contains(name) {
        Some(Suggestion::IsFamily)
    } else if near.is_empty() {
        None
    } else {
        Some(Suggestion::Near(near.into_iter().map(str::to_owned).collect()))
    };
    Problem::UnknownName { rule: id.to_owned(), what, name: name.to_owned(), suggestion }
}

/// A condition of a rule, as far as another can contradict it.
struct Asked<'a> {
    rule: &'a Rule,
    condition: &'a Condition,
    /// The places in the atlas of those that it is about.
    members: BTreeSet<usize>,
}

/// Finds rules that cannot all hold whatever the traces are. Only rules on the same slice can
/// contradict each other.
fn contradictions(rules: &[Rule], references: &[(&str, Option<&str>)]) -> Result<(), Error> {
    let members = |target: &Target| {
        let is = |(name, family): &(&str, Option<&str>)| {
            target.references.iter().any(|own| own == name)
                || family.is_some_and(|family| target.families.iter().any(|own| own == family))
        };
        (0..).zip(references).filter(|(_, one)| is(one)).map(|(at, _)| at).collect()
    };
    let asked: Vec<Asked<'_>> = rules
        .iter()
        .flat_map(|rule| rule.conditions.iter().map(move |condition| (rule, condition)))
        .map(|(rule, condition)| Asked {
            rule,
            condition,
            members: condition.quantity.target().map(members).unwrap_or_default(),
        })
        .collect();
    for (at, one) in asked.iter().enumerate() {
        // Only later rules: each pair is reported once, at the later rule.
        for other in asked[at + 1..].iter().filter(|other| other.rule.only == one.rule.only) {
            let why = excluded(one, other).or_else(|| excluded(other, one));
            if let Some(why) = why {
                return Err(both(one.rule, other.rule, why));
            }
        }
        more_than_all(one, &asked[..at])?;
    }
    Ok(())
}

/// Why two conditions cannot both hold; looked for one way round.
fn excluded(least: &Asked<'_>, most: &Asked<'_>) -> Option<Contradiction> {
    let (low, high) = match (least.condition.bound, most.condition.bound) {
        (Bound::AtLeast(low), Bound::AtMost(high)) => (low, high),
        (Bound::AtMost(_), Bound::AtMost(_)) => return kinds_excluded(least, most),
        _ => return None,
    };
    match (&least.condition.quantity, &most.condition.quantity) {
        (Quantity::Share(expected), Quantity::Share(forbidden))
        | (Quantity::Attributed(expected), Quantity::Attributed(forbidden)) => {
            // What is expected of a part is expected of the whole.
            (low > high && least.members.is_subset(&most.members)).then(|| Contradiction::Shares {
                low,
                expected: expected.words(),
                high,
                forbidden: forbidden.words(),
            })
        }
        (Quantity::InLanguage(asked), Quantity::LanguageShare(forbidden)) => {
            (asked == forbidden && low > 0.0 && high == 0.0)
                .then(|| Contradiction::Language { language: asked.clone() })
        }
        _ => None,
    }
}

/// Two lists of kinds of reasoning that have none in common: no trace is both.
fn kinds_excluded(one: &Asked<'_>, other: &Asked<'_>) -> Option<Contradiction> {
    match (&one.condition.quantity, &other.condition.quantity) {
        (Quantity::OtherMediation(own), Quantity::OtherMediation(others)) => {
            let none = !own.iter().any(|kind| others.contains(kind));
            none.then_some(Contradiction::Mediation)
        }
        _ => None,
    }
}

/// Sees that what this and earlier rules expect of references that have nothing in common is not
/// more than all there is.
fn more_than_all(one: &Asked<'_>, before: &[Asked<'_>]) -> Result<(), Error> {
    let kind = |asked: &Asked<'_>| match asked.condition.quantity {
        Quantity::Share(_) => 1,
        Quantity::Attributed(_) => 2,
        _ => 0,
    };
    let Bound::AtLeast(mut sum) = one.condition.bound else { return Ok(()) };
    if kind(one) == 0 {
        return Ok(());
    }
    let mut members = one.members.clone();
    for other in before.iter().rev() {
        let Bound::AtLeast(more) = other.condition.bound else { continue };
        let same = kind(other) == kind(one) && other.rule.only == one.rule.only;
        if !same || !members.is_disjoint(&other.members) {
            continue;
        }
        sum += more;
        members.extend(&other.members);
        // A little more than 1 may be a matter of rounding.
        if sum > 1.0 + 1e-9 {
            return Err(both(other.rule, one.rule, Contradiction::MoreThanAll { sum }));
        }
    }
    Ok(())
}

fn both(one: &Rule, other: &Rule, why: Contradiction) -> Error {
    let what = Problem::Contradiction { one: one.id.clone(), other: other.id.clone(), why };
    Error::of_line(&other.file, other.line, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validated(text: &str, has_baseline: bool) -> Result<Policy, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.toml");
        std::fs::write(&path, text).unwrap();
        let mut policy = super::super::open(&path).unwrap();
        let references = [
            ("deepseek/deepseek-r1", Some("deepseek-r1")),
            ("deepseek/deepseek-r1-0528", Some("deepseek-r1")),
            ("qwen/qwen3-32b", Some("qwen3")),
            ("acme/lone", None),
        ];
        validate(&mut policy, &references, has_baseline).map_err(|e| e.to_string())?;
        Ok(policy)
    }

    #[test]
    fn an_unknown_name_is_told_with_the_nearest() {
        let rule = |key: &str| format!("[[forbid]]\nid = \"a\"\n{key}\nshare = 0.1");
        let refused = |key: &str| validated(&rule(key), false).unwrap_err();
        let message = refused("reference = \"deepseek/deepseek-r1-0582\"");
        assert!(message.contains("did you mean deepseek/deepseek-r1-0528"), "{message}");
        assert!(refused("reference = \"qwen3\"").contains("it is a family"));
        assert!(refused("family = \"qwen/qwen3-32b\"").contains("it is a reference"));
        assert!(refused("family = \"zzz\"").ends_with("does not know"));
        assert!(validated(&rule("family = \"qwen3\""), false).is_ok());
    }

    #[test]
    fn a_drift_towards_a_family_is_understood() {
        let text = "[[drift]]\nid = \"a\"\nnot_towards = [\"qwen3\", \"deepseek/deepseek-r1\"]";
        let policy = validated(text, true).unwrap();
        let words: Vec<String> =
            policy.rules[0].conditions.iter().map(|c| c.quantity.words()).collect();
        assert_eq!(
            words,
            ["change towards the family qwen3", "change towards deepseek/deepseek-r1"]
        );
        assert!(validated(text, false).unwrap_err().contains("there is no baseline"));
    }

    #[test]
    fn rules_that_cannot_both_hold_are_refused() {
        let rule = |kind: &str, id: &str, name: &str, share: f64, more: &str| {
            format!("[[{kind}]]\nid = \"{id}\"\nreference = \"{name}\"\nshare = {share}\n{more}\n")
        };
        let (qwen, r1) = ("qwen/qwen3-32b", "deepseek/deepseek-r1");
        let expected = rule("expect", "e", qwen, 0.5, "");
        let refused = |other: String| validated(&(expected.clone() + &other), false);
        let message = refused(rule("forbid", "f", qwen, 0.2, "")).unwrap_err();
        assert!(message.contains("rules e and f contradict"), "{message}");
        assert!(refused(rule("expect", "f", r1, 0.6, "")).unwrap_err().contains("more than all"));
        assert!(refused(rule("forbid", "f", qwen, 0.7, "")).is_ok());
        assert!(refused(rule("forbid", "f", r1, 0.2, "")).is_ok());
        // A family holds its references, and what is expected of several adds up.
        let family = |kind: &str, name: &str, share: f64| {
            format!("[[{kind}]]\nid = \"f\"\nfamily = \"{name}\"\nshare = {share}\n")
        };
        assert!(refused(family("forbid", "qwen3", 0.2)).unwrap_err().contains("contradict"));
        assert!(
            refused(family("expect", "deepseek-r1", 0.6)).unwrap_err().contains("more than all")
        );
        assert!(refused(family("expect", "qwen3", 0.6)).is_ok());
        let three = rule("expect", "f", r1, 0.3, "") + &rule("expect", "g", "acme/lone", 0.3, "");
        assert!(refused(three).unwrap_err().contains("more than all"));
        let elsewhere = rule("forbid", "f", qwen, 0.2, "only = { domain = \"law\" }");
        assert!(refused(elsewhere).is_ok());
    }

    #[test]
    fn counted_rules_can_contradict_each_other_too() {
        let refused = |text: &str| validated(text, false).unwrap_err();
        let kinds = refused(
            "[[require]]\nid = \"a\"\nmediation = \"raw\"\n[[require]]\nid = \"b\"\nmediation = \"summary\"\n",
        );
        assert!(kinds.contains("line 4: the rules a and b contradict"), "{kinds}");
        let languages = refused(
            "[[require]]\nid = \"a\"\nlanguages = { eng = 3 }\n[[quality]]\nid = \"b\"\nlanguages = { en = 0 }\n",
        );
        assert!(languages.contains("contradict"), "{languages}");
        assert!(validated("[[require]]\nid = \"a\"\nmediation = \"raw\"\n[[require]]\nid = \"b\"\nmediation = [\"raw\", \"summary\"]\n", false).is_ok());
    }
}
