//! How it was measured.

use super::section::{Question, Section};
use crate::lineage::Comparison;
use crate::report::Error;
use crate::report::page_parts::unbroken;
use crate::report::wording;
use minijinja::Value;

/// The section.
pub(super) struct Method;

impl Section for Method {
    fn id(&self) -> &'static str {
        "method"
    }

    fn question(&self) -> Question {
        Question::Read
    }

    fn template(&self) -> &'static str {
        include_str!("method.html")
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        Ok(Some(Value::from_serialize(unbroken(wording::method(comparison)))))
    }
}
