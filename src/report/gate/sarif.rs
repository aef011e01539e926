//! What a check found → SARIF 2.1.0 (OASIS 2020): rules, and a result for each that did not pass.
//!
//! A result points at the record that speaks most against the rule, or at the rule in the policy
//! where no record does; further records are related locations. Its fingerprint is of the rule
//! alone, so that the same finding is the same alert in every run.

use super::fingerprint;
use crate::wording::gate as words;
use crate::{
    gate::{Checked, Offender, RuleAnswer, decide::Outcome},
    policy::Severity,
    report::{Error, escape::sentence, escaped_json},
};
use serde_json::{Value, json};

/// Where the schema stands.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The log as JSON.
///
/// # Errors
/// When the JSON cannot be written, which is a mistake in this program.
pub fn sarif(checked: &Checked) -> Result<String, Error> {
    let rules: Vec<Value> = checked.rules.iter().map(descriptor).collect();
    let results: Vec<Value> = (checked.rules.iter().enumerate())
        .filter(|(_, rule)| rule.outcome != Outcome::Passed)
        .map(|(at, rule)| result(at, rule))
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cotprint",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // The program ran to its end, whatever it found.
            "invocations": [{ "executionSuccessful": true }],
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": {
                "passed": checked.passed,
                "summary": sentence(&checked.sentence()),
                "confidence": checked.confidence,
            },
        }],
    });
    Ok(escaped_json(&log)?)
}

/// A text as a message: what would be a link (section 3.11.6) or a placeholder (3.11.5) is none.
fn message(text: &str) -> Value {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '[' | ']' => plain.extend(['\\', c]),
            '{' | '}' => plain.extend([c, c]),
            c => plain.push(c),
        }
    }
    json!({ "text": plain })
}

fn descriptor(rule: &RuleAnswer) -> Value {
    let asked: Vec<String> = (rule.conditions.iter())
        .map(|one| format!("{}: {}", sentence(&one.what), words::bound(one.bound, one.unit)))
        .collect();
    let asked = asked.join("; ");
    let short = rule.message.as_deref().map_or_else(|| asked.clone(), sentence);
    json!({
        "id": rule.id,
        "name": rule.kind.name(),
        "shortDescription": message(&short),
        "fullDescription": message(&asked),
        "defaultConfiguration": { "level": words::severity(rule.severity) },
        "properties": { "tags": ["cotprint", rule.kind.name()] },
    })
}

fn result(at: usize, rule: &RuleAnswer) -> Value {
    let (listed, _) = words::offenders(rule);
    let level = rule.level.map_or("none", words::severity);
    let kind = match (rule.level, rule.outcome) {
        // SARIF asks for the level none where the kind is not fail.
        (None, _) => "open",
        _ => "fail",
    };
    let place = match listed.first() {
        Some(offender) => location(0, offender),
        None => json!({
            "id": 0,
            "physicalLocation": physical(&rule.file, Some(rule.line)),
        }),
    };
    let related: Vec<Value> =
        listed.iter().skip(1).zip(1..).map(|(offender, at)| location(at, offender)).collect();
    let mut result = json!({
        "ruleId": rule.id,
        "ruleIndex": at,
        "kind": kind,
        "level": level,
        "message": message(&words::rule(rule)),
        "locations": [place],
        "partialFingerprints": {
            "cotprintRule/v1": fingerprint(&[rule.kind.name(), &rule.id, &rule.slice]),
        },
        "properties": { "outcome": rule.outcome, "severity": severity_number(rule.severity) },
    });
    if !related.is_empty() {
        result["relatedLocations"] = Value::from(related);
    }
    result
}

fn location(at: usize, offender: &Offender) -> Value {
    json!({
        "id": at,
        "physicalLocation": physical(&offender.file, offender.line),
        "message": message(&words::offender(offender)),
    })
}

fn physical(file: &str, line: Option<usize>) -> Value {
    let mut place = json!({ "artifactLocation": { "uri": uri(file) } });
    // A region without a line would point at the file's first characters.
    if let Some(line) = line {
        place["region"] = json!({ "startLine": line });
    }
    place
}

/// A file name as the path of a URI reference (RFC 3986): with forward slashes, everything else
/// that is not plain as `%XX`.
pub(super) fn uri(file: &str) -> String {
    let mut uri = String::new();
    for byte in file.replace('\\', "/").trim_start_matches("./").bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    if uri.starts_with('/') { format!("file://{uri}") } else { uri }
}

fn severity_number(severity: Severity) -> u8 {
    match severity {
        Severity::Error => 3,
        Severity::Warning => 2,
        Severity::Note => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{message, uri};

    #[test]
    fn a_message_holds_no_link_and_no_placeholder() {
        assert_eq!(message("[a](http://b) {0} \\")["text"], "\\[a\\](http://b) {{0}} \\\\");
    }

    #[test]
    fn a_file_name_is_a_uri_whatever_stands_in_it() {
        assert_eq!(uri("./a b/c#d.jsonl"), "a%20b/c%23d.jsonl");
        assert_eq!(uri("/tmp/ü"), "file:///tmp/%C3%BC");
        assert_eq!(uri("javascript:x"), "javascript%3Ax");
        assert_eq!(uri("a\\b"), "a/b");
    }
}
