//! What a check found → the code-quality report of GitLab: a list of findings.

use super::fingerprint;
use crate::wording::gate as words;
use crate::{
    gate::Checked,
    policy::Severity,
    report::{Error, escape::sentence, escaped_json},
};
use serde_json::{Value, json};

/// The findings as JSON: those rules that have to be reported.
///
/// # Errors
/// When the JSON cannot be written, which is a mistake in this program.
pub fn gitlab(checked: &Checked) -> Result<String, Error> {
    let findings: Vec<Value> = (checked.rules.iter())
        .filter_map(|rule| {
            let severity = match rule.level? {
                Severity::Error => "critical",
                Severity::Warning => "minor",
                Severity::Note => "info",
            };
            let (listed, _) = words::offenders(rule);
            let (file, line) = match listed.first() {
                Some(offender) => (offender.file.as_str(), offender.line.unwrap_or(1)),
                None => (rule.file.as_str(), rule.line),
            };
            Some(json!({
                "description": words::rule(rule),
                "check_name": format!("cotprint/{}", rule.id),
                "fingerprint": fingerprint(&[rule.kind.name(), &rule.id, &rule.slice]),
                "severity": severity,
                "location": {
                    "path": sentence(file.trim_start_matches("./")),
                    "lines": { "begin": line },
                },
            }))
        })
        .collect();
    Ok(escaped_json(&findings)?)
}
