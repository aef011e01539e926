//! The examples of a report, in a few words.

use super::escape::name;
use crate::lineage::ExampleKind;

/// What stands over an example.
pub fn example_title(kind: ExampleKind, reference: &str) -> String {
    let reference = name(reference);
    match kind {
        ExampleKind::Typical => format!("Most like {reference}"),
        ExampleKind::Middling => "In the middle".into(),
        ExampleKind::Against => format!("Least like {reference}"),
    }
}
