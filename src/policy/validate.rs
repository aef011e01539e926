//! Whether a policy makes sense: every name is known, and no two rules contradict each other.
//!
//! Called by `cli` with the names of the atlas, before a trace is read.

use super::{Bound, Condition, Error, Policy, Quantity, Rule, Target};
use std::collections::BTreeSet;

/// The least likeness (Jaro–Winkler; Winkler 1990) of a name that is suggested.
const LIKE: f64 = 0.7;

/// The names that are most like `name`, the most alike first, at most `count`.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>, count: usize) -> Vec<&'a str> {
    let lower = name.to_lowercase();
    let mut alike: Vec<(f64, &str)> = known
        .map(|known| (strsim::jaro_winkler(&lower, &known.to_lowercase()), known))
        .filter(|(alike, _)| *alike >= LIKE)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    alike.into_iter().take(count).map(|(_, known)| known).collect()
}

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
        let fail = |what: String| Error { file: rule.file.clone(), line: Some(rule.line), what };
        for condition in &mut rule.conditions {
            if condition.quantity.needs_baseline() && !has_baseline {
                return Err(fail(format!(
                    "rule {} asks for the {}, and there is no baseline: give one with --baseline, a profile or \
                     traces",
                    rule.id,
                    condition.quantity.words()
                )));
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
    what: &str,
    name: &str,
    references: &[&str],
    families: &BTreeSet<&str>,
) -> String {
    let known: Vec<&str> = match what {
        "family" => families.iter().copied().collect(),
        _ => references.to_vec(),
    };
    let near = nearest(name, known.iter().copied(), 3);
    let other = if what == "family" && references.contains(&name) {
        "; it is a reference: write `reference`".to_owned()
    } else if what == "reference" && families.contains(name) {
        "; it is a family: write `family`".to_owned()
    } else if near.is_empty() {
        "; `cotprint atlas show` lists those that it knows".to_owned()
    } else {
        format!("; did you mean {}?", near.join(", "))
    };
    format!("rule {id} names the {what} {name:?}, which the atlas does not know{other}")
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
                return Err(both(one.rule, other.rule, &why));
            }
        }
        more_than_all(one, &asked[..at])?;
    }
    Ok(())
}

/// Why two conditions cannot both hold; looked for one way round.
fn excluded(least: &Asked<'_>, most: &Asked<'_>) -> Option<String> {
    let (low, high) = match (least.condition.bound, most.condition.bound) {
        (Bound::AtLeast(low), Bound::AtMost(high)) => (low, high),
        (Bound::AtMost(_), Bound::AtMost(_)) => return kinds_excluded(least, most),
        _ => return None,
    };
    match (&least.condition.quantity, &most.condition.quantity) {
        (Quantity::Share(expected), Quantity::Share(forbidden))
        | (Quantity::Attributed(expected), Quantity::Attributed(forbidden)) => {
            // What is expected of a part is expected of the whole.
            (low > high && least.members.is_subset(&most.members)).then(|| {
                format!(
                    "one expects at least {low} of {} and the other forbids more than {high} of {}",
                    expected.words(),
                    forbidden.words()
                )
            })
        }
        (Quantity::InLanguage(asked), Quantity::LanguageShare(forbidden)) => {
            (asked == forbidden && low > 0.0 && high == 0.0)
                .then(|| format!("one asks for traces in {asked} and the other for none"))
        }
        _ => None,
    }
}

/// Two lists of kinds of reasoning that have none in common: no trace is both.
fn kinds_excluded(one: &Asked<'_>, other: &Asked<'_>) -> Option<String> {
    match (&one.condition.quantity, &other.condition.quantity) {
        (Quantity::OtherMediation(own), Quantity::OtherMediation(others)) => {
            let none = !own.iter().any(|kind| others.contains(kind));
            none.then(|| {
                "they allow kinds of reasoning (`mediation`) that have none in common".into()
            })
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
            let why = format!("together with others they expect {sum:.2}, more than all there is");
            return Err(both(other.rule, one.rule, &why));
        }
    }
    Ok(())
}

fn both(one: &Rule, other: &Rule, what: &str) -> Error {
    Error {
        file: other.file.clone(),
        line: Some(other.line),
        what: format!(
            "the rules {} and {} contradict each other: {what}; change one of them",
            one.id, other.id
        ),
    }
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
        assert!(refused("family = \"zzz\"").contains("cotprint atlas show"));
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
        assert!(validated(text, false).unwrap_err().contains("--baseline"));
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
