//! Rules on mixtures.

use super::*;

/// A policy of one `[[mixture]]` rule.
fn mixture(reference: &str, share: f64, more: &str) -> String {
    format!("[[mixture]]\nid = \"m\"\nreference = \"{reference}\"\nshare = {share}\n{more}")
}

#[test]
fn a_mixture_is_estimated_as_by_audit_and_not_by_a_mean() {
    // 30 traces of the new model, 20 of ponder-1: two fifths.
    let mixed = fixture("gate/contamination.jsonl").display().to_string();
    let found =
        with_policy(&mixture("acme/ponder-1", 0.2, ""), &[&mixed, "--json"]).fails(1, &["m"]);
    let found = found.json();
    let condition = &rule(&found, "m")["conditions"][0];
    let number = |name: &str| condition[name].as_f64().unwrap();
    assert!((number("value") - 0.4).abs() < 0.05, "{condition}");
    assert!(number("low") > 0.2 && number("low") < 0.4 && number("high") > 0.4, "{condition}");
    let audit = Run::of(
        command()
            .arg("audit")
            .arg(fixture("new-model.jsonl"))
            .arg(&mixed)
            .arg("--atlas")
            .arg(atlas())
            .args(["--json", "--quiet"]),
    )
    .json();
    let share =
        audit["shares"].as_array().unwrap().iter().find(|one| one["reference"] == "acme/ponder-1");
    // `audit` also takes off what looks like none of the references; the gate asks among the references.
    let none = audit["none"]["share"].as_f64().unwrap();
    let share = share.unwrap()["share"].as_f64().unwrap() / (1.0 - none);
    assert!((share - number("value")).abs() < 0.05, "{share} {condition}");
    // The records that speak against it are those that were mixed in.
    let offenders = condition["offenders"].as_array().unwrap();
    assert!(!offenders.is_empty());
    for one in offenders {
        assert!(one["id"].as_str().unwrap().starts_with("mixed:"), "{one}");
        assert!(one["probability"].as_f64().unwrap() >= 0.5, "{one}");
    }
    // Without them nothing is found, and 30 prompts are too few to be sure of a small part.
    let clean = with_policy(&mixture("acme/ponder-1", 0.3, ""), &["--json"]).succeeds().json();
    assert_eq!(rule(&clean, "m")["outcome"], "passed", "{clean}");
    let small = with_policy(&mixture("acme/ponder-1", 0.03, ""), &["--json"]).succeeds().json();
    let small = rule(&small, "m");
    assert_eq!(small["outcome"], "cannot_tell", "{small}");
    assert!(small["conditions"][0]["more_prompts"].as_u64().unwrap() > 10, "{small}");
}

#[test]
fn a_rough_mixture_decides_nothing_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    // One prompt for nearly all traces.
    let records: Vec<String> = fixture_lines("new-model.jsonl")
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            if at > 12 {
                record["prompt_id"] = "the-same".into();
            }
            record.to_string()
        })
        .collect();
    let input = write(&folder, "in.jsonl", records.join("\n"));
    let policy = write(&folder, "p.toml", mixture("acme/ponder-1", 0.9, ""));
    let mut check = command();
    check.arg("check").arg("--policy").arg(policy).arg(input);
    let found = Run::of(check.arg("--atlas").arg(atlas()).args(["--quiet", "--json"])).succeeds();
    let found = found.json();
    let condition = &rule(&found, "m")["conditions"][0];
    assert_eq!(condition["outcome"], "cannot_tell", "{found}");
    assert_eq!(condition["low"], Value::Null);
    assert!(condition["note"].as_str().unwrap().contains("One prompt has"), "{condition}");
}
