//! A comparison → what `compare` prints for a person: at most 80 columns, no text unescaped.
//!
//! Called by `cli`, which decides where it goes and whether that place shows colour.

use crate::lineage::Comparison;
use crate::report::sections::SECTIONS;
use crate::report::terminal::{Ink, TerminalOptions, TerminalPage};
use crate::report::wording;
use std::io::{self, Write};

/// Prints the comparison.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_terminal(
    comparison: &Comparison,
    options: TerminalOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = TerminalPage { out, color: options.color, width: options.width };
    page.paragraph(&wording::verdict(comparison), "", Ink::Bold)?;
    for line in wording::how_sure(comparison) {
        page.paragraph(&line, "", Ink::Plain)?;
    }
    page.paragraph(wording::STYLE_IS_EVIDENCE, "", Ink::Dim)?;
    for first in [true, false] {
        for section in SECTIONS.iter().filter(|one| one.is_first_in_terminal() == first) {
            section.terminal(comparison, options, &mut page)?;
        }
    }
    Ok(())
}
