//! What a check found → annotations of GitHub Actions.
//!
//! A workflow command is a line of output, and whatever a rule or record is called must not become
//! one: values are escaped as GitHub's own toolkit does, and [`fenced`] switches commands off
//! around text that is for people.

use crate::wording::gate as words;
use crate::{gate::Checked, policy::Severity, report::escape::sentence};
use sha2::{Digest, Sha256};

/// A line for each rule that has to be reported: `::error file=…,line=…,title=…::…`.
pub fn annotations(checked: &Checked) -> String {
    let mut lines = String::new();
    for rule in &checked.rules {
        let Some(level) = rule.level else { continue };
        let command = match level {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let (listed, _) = words::offenders(rule);
        let (file, line) = match listed.first() {
            Some(offender) => (offender.file.as_str(), offender.line),
            None => (rule.file.as_str(), Some(rule.line)),
        };
        let line = line.map_or_else(String::new, |line| format!(",line={line}"));
        let title = format!("cotprint: {} {}", rule.id, words::outcome(rule.outcome));
        lines.push_str(&format!(
            "::{command} file={}{line},title={}::{}\n",
            property(&sentence(file.trim_start_matches("./"))),
            property(&title),
            data(&words::rule(rule))
        ));
    }
    lines
}

/// A text in which no line is taken for a command: the commands are stopped before it and resumed
/// after it, with a token that depends on the text, so that the text cannot hold it.
pub fn fenced(text: &str) -> String {
    let token: String =
        Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("::stop-commands::{token}\n{text}{end}::{token}::\n")
}

/// JSON in which the runner finds no command of its older form, `##[name]`, which it looks for
/// anywhere in a line. It is the same JSON: in it these signs are in texts only.
pub fn defused(json: &str) -> String {
    json.replace("##[", "#\\u0023[")
}

/// A message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_value_ends_it() {
        assert_eq!(property("a,b:c\n::error::d%"), "a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ad%25");
        assert_eq!(data("50 %\r\n::x"), "50 %25%0D%0A::x");
    }

    #[test]
    fn json_holds_no_command_and_stays_what_it_is() {
        let json = serde_json::json!({ "id": "##[set-output name=code]0" });
        let text = defused(&json.to_string());
        assert!(!text.contains("##["), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), json);
    }

    #[test]
    fn text_between_fences_cannot_open_them() {
        let fenced = fenced("::set-output name=x::y");
        let lines: Vec<&str> = fenced.lines().collect();
        let token = lines[0].strip_prefix("::stop-commands::").unwrap();
        assert_eq!(lines[1..], ["::set-output name=x::y", &format!("::{token}::")]);
        assert!(!lines[1].contains(token));
    }
}
