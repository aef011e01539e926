//! How inputs are read: the options that every verb with inputs has.

use crate::{
    ingest::{self, FieldMap, Limits, Turns, cleaning::Cleaning, format_named},
    trace::{CleaningStep, TextKind},
};
use clap::Args;

/// The heading of the options that say how inputs are read.
pub(super) const READING: &str = "Reading";

/// The options; [`ReadingArguments::options`] checks them.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = READING)]
pub struct ReadingArguments {
    /// reasoning, answer or both [default: reasoning]
    ///
    /// Which text of a trace is read. A trace that has none is dropped and counted.
    #[arg(long, value_name = "TEXT", value_enum, default_value_t, hide_default_value = true)]
    pub text: TextKind,
    /// last, run or all [default: run]
    ///
    /// Which turns of an agent's run or of a conversation are read; each turn with reasoning is a trace. last: of
    /// each run the last turn; run: all turns since the last question; all: those before it too.
    #[arg(long, value_name = "TURNS", value_enum, default_value_t, hide_default_value = true)]
    turns: Turns,
    /// Label of traces whose records name no model
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Read every record as this format
    ///
    /// Without it, the format is recognized by the shape of the record. `cotprint formats` lists the names.
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Where a field is, as a JSON Pointer
    ///
    /// For example reasoning=/output/thinking. May be given several times. `cotprint formats` lists the fields.
    #[arg(long, value_name = "FIELD=/POINTER")]
    map: Vec<String>,
    /// Stop at the first bad record
    ///
    /// Without it, bad records are dropped and counted.
    #[arg(long)]
    strict: bool,
    /// Drop longer records [default: 64M]
    ///
    /// A number of bytes, or with K, M or G for powers of 1,024.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_record_bytes: Option<usize>,
    /// Drop deeper records [default: 128]
    ///
    /// How deeply brackets of JSON may be nested, at most 128.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=128))]
    max_depth: Option<u8>,
    /// Largest unpacked archive member [default: 2G]
    ///
    /// Reading stops at a member of an archive, or a packed table, that unpacks to more bytes.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_unpacked_bytes: Option<usize>,
    /// Largest unpacked/packed ratio [default: 1000]
    ///
    /// Reading stops at a file that unpacks to more than this number of times its size.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_unpacked_ratio: Option<u64>,
    /// Most members of an archive [default: 100000]
    ///
    /// An archive with more is refused.
    #[arg(long, value_name = "N")]
    max_members: Option<usize>,
    /// Leave out these steps of cleaning
    ///
    /// Names of steps, with commas between them.
    #[arg(long, value_name = "STEP", value_enum, value_delimiter = ',')]
    skip_cleaning: Vec<CleaningStep>,
    /// Replace names of models and vendors by [NAME]
    #[arg(long)]
    pub mask_names: bool,
}

impl ReadingArguments {
    /// The options of the library.
    pub fn options(&self) -> Result<ingest::Options, ingest::Error> {
        let defaults = Limits::default();
        Ok(ingest::Options {
            text: self.text,
            turns: self.turns,
            model: self.model.clone(),
            format: self.format.as_deref().map(format_named).transpose()?,
            map: FieldMap::parse(self.map.iter().map(String::as_str))?,
            strict: self.strict,
            limits: Limits {
                record_bytes: self.max_record_bytes.unwrap_or(defaults.record_bytes),
                depth: self.max_depth.map_or(defaults.depth, usize::from),
                unpacked_bytes: self
                    .max_unpacked_bytes
                    .map_or(defaults.unpacked_bytes, |n| n as u64),
                unpacked_ratio: self.max_unpacked_ratio.unwrap_or(defaults.unpacked_ratio),
                members: self.max_members.unwrap_or(defaults.members),
            },
            cleaning: Cleaning { skip: self.skip_cleaning.clone(), mask_names: self.mask_names },
            ..ingest::Options::default()
        })
    }
}

/// A number of bytes: `1048576`, `64M`, `2GB`, `512KiB`. K, M and G are powers of 1,024.
fn size(text: &str) -> Result<usize, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let shift = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err("expected a number of bytes such as 1048576, 64M or 2G".into()),
    };
    let number: usize = text[..digits]
        .parse()
        .map_err(|_| "expected a number of bytes such as 1048576, 64M or 2G".to_owned())?;
    match number.checked_mul(1 << shift) {
        Some(0) | None => {
            Err("expected at least one byte, and no more than memory can hold".into())
        }
        Some(bytes) => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bytes_or_have_a_unit() {
        for (text, bytes) in [("7", 7), ("64M", 64 << 20), ("2gb", 2 << 30), ("1 KiB", 1024)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "M", "0", "-1", "1.5M", "9999999999999G", "64X", "中"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
