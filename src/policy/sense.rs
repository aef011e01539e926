//! Whether a policy makes sense: every name is known, and no two rules contradict each other.
//!
//! Called by `cli` with the names of the atlas, before a trace is read.

use super::{Bound, Error, Policy, Quantity, Rule, Target};
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

/// Sees that all names are known and that rules can hold together. A name of `not_towards` that is a
/// family's is put among the families.
///
/// # Errors
/// The first name that is not known, with the nearest that are; or two rules that cannot both hold; or a rule that
/// needs a baseline where none is given.
pub fn validate(
    policy: &mut Policy,
    references: &[&str],
    families: &BTreeSet<&str>,
    has_baseline: bool,
) -> Result<(), Error> {
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
            for (what, names, known) in [
                ("reference", &target.references, references.to_vec()),
                ("family", &target.families, families.iter().copied().collect()),
            ] {
                if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
                    return Err(fail(unknown(&rule.id, what, name, references, families)));
                }
            }
        }
    }
    contradictions(&policy.rules)
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

/// Finds two rules that cannot both hold. Only shares can contradict each other: of the same slice, what is
/// forbidden beyond a bound cannot be expected above it.
fn contradictions(rules: &[Rule]) -> Result<(), Error> {
    struct Asked<'a> {
        rule: &'a Rule,
        /// 0: probability, 1: attributed, 2: mixture (a probability, too).
        what: u8,
        target: &'a Target,
        bound: Bound,
    }
    let mut asked: Vec<Asked<'_>> = Vec::new();
    for rule in rules {
        for condition in &rule.conditions {
            let what = match condition.quantity {
                Quantity::Share(_) => 0,
                Quantity::Attributed(_) => 1,
                _ => continue,
            };
            if let Some(target) = condition.quantity.target() {
                asked.push(Asked { rule, what, target, bound: condition.bound });
            }
        }
    }
    for least in &asked {
        let Bound::AtLeast(low) = least.bound else { continue };
        for other in &asked {
            let same = other.what == least.what && other.rule.only == least.rule.only;
            match other.bound {
                Bound::AtMost(high)
                    if same && low > high && other.target.includes(least.target) =>
                {
                    return Err(both(
                        least.rule,
                        other.rule,
                        &format!(
                            "the first expects at least {low} of {} and the second forbids more than {high} of {}",
                            least.target.words(),
                            other.target.words()
                        ),
                    ));
                }
                Bound::AtLeast(more)
                    if same && low + more > 1.0 && apart(least.target, other.target) =>
                {
                    return Err(both(
                        least.rule,
                        other.rule,
                        &format!(
                            "they expect {low} of {} and {more} of {}, more than all there is",
                            least.target.words(),
                            other.target.words()
                        ),
                    ));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Whether two targets surely have nothing in common: families may hold references.
fn apart(a: &Target, b: &Target) -> bool {
    let only_references = a.families.is_empty() && b.families.is_empty();
    let only_families = a.references.is_empty() && b.references.is_empty();
    (only_references || only_families)
        && !a.references.iter().any(|name| b.references.contains(name))
        && !a.families.iter().any(|name| b.families.contains(name))
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
        let families = BTreeSet::from(["deepseek-r1", "qwen3"]);
        let references = ["deepseek/deepseek-r1", "deepseek/deepseek-r1-0528", "qwen/qwen3-32b"];
        validate(&mut policy, &references, &families, has_baseline).map_err(|e| e.to_string())?;
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
        let elsewhere = rule("forbid", "f", qwen, 0.2, "only = { domain = \"law\" }");
        assert!(refused(elsewhere).is_ok());
    }
}
