//! What a check found → JUnit XML: a rule is a test case.
//!
//! The file follows the schema of Jenkins's xUnit plugin (`tests/schemas/junit-10.xsd`), which that
//! plugin enforces. A failed rule of severity `error` is a failure. A failed rule of lower
//! severity, and one that cannot be decided, is skipped with its reason: JUnit has no warnings, and
//! a pass would hide it.

use crate::wording::gate as words;
use crate::{
    gate::{Checked, RuleAnswer, decide::Outcome},
    policy::Severity,
    report::escape::sentence,
};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use std::io;

/// An XML document in memory.
type Document = Writer<Vec<u8>>;

/// How a rule is reported.
enum Status {
    Passed,
    Skipped { reason: String },
    Failed { kind: &'static str, message: String, details: String },
}

/// The report as XML. It contains no time: the same answer gives the same bytes.
///
/// # Errors
/// When the XML cannot be written, which is a mistake in this program.
pub fn junit(checked: &Checked) -> io::Result<String> {
    let cases: Vec<(&RuleAnswer, Status)> =
        checked.rules.iter().map(|rule| (rule, status(rule))).collect();
    let count = |counted: fn(&Status) -> bool| {
        cases.iter().filter(|(_, status)| counted(status)).count().to_string()
    };
    let failures = count(|status| matches!(status, Status::Failed { .. }));
    let skipped = count(|status| matches!(status, Status::Skipped { .. }));
    let tests = cases.len().to_string();

    let mut document = Writer::new_with_indent(Vec::new(), b' ', 4);
    document.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    // The schema allows the number of skipped cases in a suite only, not in the root element.
    let root = [("name", "cotprint"), ("tests", &tests), ("failures", &failures), ("errors", "0")];
    let suite = [
        ("name", "cotprint check"),
        ("tests", &tests),
        ("skipped", &skipped),
        ("errors", "0"),
        ("failures", &failures),
    ];
    element(&mut document, "testsuites", &root, |document| {
        element(document, "testsuite", &suite, |document| {
            properties(document, checked)?;
            cases.iter().try_for_each(|(rule, status)| case(document, rule, status))
        })
    })?;
    document.write_indent()?;
    String::from_utf8(document.into_inner()).map_err(io::Error::other)
}

fn properties(document: &mut Document, checked: &Checked) -> io::Result<()> {
    let properties = [
        ("policy", sentence(&checked.policy)),
        ("traces", checked.traces.to_string()),
        ("prompts", checked.prompts.to_string()),
    ];
    element(document, "properties", &[], |document| {
        properties.iter().try_for_each(|(name, value)| {
            empty(document, "property", &[("name", name), ("value", value)])
        })
    })
}

/// How the outcome of a rule is reported.
fn status(rule: &RuleAnswer) -> Status {
    let why = words::rule(rule);
    match (rule.outcome, rule.level) {
        (Outcome::Passed, _) => Status::Passed,
        (_, Some(Severity::Error)) => {
            let (listed, _) = words::offenders(rule);
            let records: Vec<String> = listed.into_iter().map(words::offender).collect();
            let details = format!("{why}\n{}", records.join("\n"));
            Status::Failed { kind: words::outcome(rule.outcome), message: why, details }
        }
        _ => Status::Skipped { reason: format!("{}: {why}", words::outcome(rule.outcome)) },
    }
}

fn case(document: &mut Document, rule: &RuleAnswer, status: &Status) -> io::Result<()> {
    let class = format!("cotprint.{}", rule.kind.name());
    let conditions: Vec<String> = rule.conditions.iter().map(words::condition).collect();
    let attributes = [("name", rule.id.as_str()), ("classname", &class)];
    element(document, "testcase", &attributes, |document| {
        match status {
            Status::Passed => {}
            Status::Skipped { reason } => empty(document, "skipped", &[("message", reason)])?,
            Status::Failed { kind, message, details } => {
                let attributes = [("message", message.as_str()), ("type", kind)];
                element(document, "failure", &attributes, |document| text(document, details))?;
            }
        }
        element(document, "system-out", &[], |document| text(document, &conditions.join("\n")))
    })
}

/// Writes an element and, between its tags, what `content` writes.
fn element(
    document: &mut Document,
    name: &str,
    attributes: &[(&str, &str)],
    content: impl FnOnce(&mut Document) -> io::Result<()>,
) -> io::Result<()> {
    document.write_event(Event::Start(tag(name, attributes)))?;
    content(document)?;
    document.write_event(Event::End(BytesEnd::new(name)))
}

/// Writes an element without content.
fn empty(document: &mut Document, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    document.write_event(Event::Empty(tag(name, attributes)))
}

fn text(document: &mut Document, text: &str) -> io::Result<()> {
    document.write_event(Event::Text(BytesText::new(&allowed(text))))
}

fn tag<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut tag = BytesStart::new(name);
    for (key, value) in attributes {
        tag.push_attribute((*key, allowed(value).as_str()));
    }
    tag
}

/// The text without the characters that XML 1.0 cannot contain, escaped or not.
fn allowed(text: &str) -> String {
    let is_allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(is_allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_stays_text() {
        let mut document = Writer::new(Vec::new());
        element(&mut document, "a", &[("b", "<\"&\u{7}")], |inner| text(inner, "]]></a>\u{0}é"))
            .unwrap();
        assert_eq!(
            String::from_utf8(document.into_inner()).unwrap(),
            "<a b=\"&lt;&quot;&amp;\">]]&gt;&lt;/a&gt;é</a>"
        );
    }
}
