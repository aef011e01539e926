//! What a check found → JUnit XML: a rule is a test case.
//!
//! It keeps to the schema of Jenkins's xUnit plugin (`tests/schemas/junit-10.xsd`), which that plugin enforces.
//! A rule that is reported as an error is a failure. One that failed as less, or cannot be told, is skipped with its reason: JUnit knows
//! no warnings, and a pass would hide it.

use crate::wording::gate as words;
use crate::{
    gate::{Checked, RuleAnswer, decide::Outcome},
    policy::Severity,
    report::escape::sentence,
};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The report as XML. It holds no time: the same answer gives the same bytes.
///
/// # Errors
/// When the XML cannot be written, which is a mistake in this program.
pub fn junit(checked: &Checked) -> Result<String, quick_junit::SerializeError> {
    let mut suite = TestSuite::new("cotprint check");
    suite.add_property(("policy", sentence(&checked.policy).as_str()));
    suite.add_property(("traces", checked.traces.to_string().as_str()));
    suite.add_property(("prompts", checked.prompts.to_string().as_str()));
    suite.add_test_cases(checked.rules.iter().map(case));
    let mut report = Report::new("cotprint");
    report.add_test_suite(suite);
    Ok(without_skipped(report.to_string()?))
}

/// The schema knows how many cases of a suite were skipped, and not of all suites together: a reader that keeps to it refuses a
/// file whose root element says so.
fn without_skipped(xml: String) -> String {
    let root = xml.find("<testsuites").and_then(|start| {
        let end = start + xml[start..].find('>')?;
        let from = start + xml[start..end].find(" skipped=\"")?;
        let value = from + " skipped=\"".len();
        let to = value + xml[value..end].find('"')? + 1;
        Some((from, to))
    });
    match root {
        Some((from, to)) => [&xml[..from], &xml[to..]].concat(),
        None => xml,
    }
}

fn case(rule: &RuleAnswer) -> TestCase {
    let why = words::rule(rule);
    let status = match (rule.outcome, rule.level) {
        (Outcome::Passed, _) => TestCaseStatus::success(),
        (_, Some(Severity::Error)) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let (listed, _) = words::offenders(rule);
            let records: Vec<String> = listed.into_iter().map(words::offender).collect();
            status
                .set_type(words::outcome(rule.outcome))
                .set_message(why.clone())
                .set_description(format!("{why}\n{}", records.join("\n")));
            status
        }
        _ => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{}: {why}", words::outcome(rule.outcome)));
            status
        }
    };
    let mut case = TestCase::new(rule.id.as_str(), status);
    case.set_classname(format!("cotprint.{}", rule.kind.name()));
    let conditions: Vec<String> = rule.conditions.iter().map(words::condition).collect();
    case.set_system_out(conditions.join("\n"));
    case
}

#[cfg(test)]
mod tests {
    use super::without_skipped;

    #[test]
    fn only_the_root_says_nothing_of_skipped_cases() {
        let xml = "<testsuites name=\"a\" skipped=\"2\" errors=\"0\"><testsuite skipped=\"2\"/></testsuites>";
        assert_eq!(
            without_skipped(xml.into()),
            "<testsuites name=\"a\" errors=\"0\"><testsuite skipped=\"2\"/></testsuites>"
        );
        assert_eq!(without_skipped("<testsuites/>".into()), "<testsuites/>");
    }
}
