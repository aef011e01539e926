//! How a long run tells how far it is.

use super::reading_messages::dropped_lines;
use crate::ingest::Summary;

/// Hears of the progress of a run. Every method does nothing unless it is written anew.
pub trait Progress: Sync {
    /// A stage begins that reads no input, such as `growing trees`.
    fn stage(&self, _name: &str) {}
    /// A stage begins that reads input of this many bytes, or of unknown size.
    fn reading(&self, _name: &str, _total_bytes: Option<u64>) {}
    /// This many bytes of the input were read.
    fn position(&self, _bytes: u64) {}
    /// The stage has ended.
    fn done(&self) {}
    /// Something a person should know.
    fn say(&self, _line: &str) {}
    /// The inputs were read, with this result. Says a line for each reason why records were dropped.
    fn dropped(&self, summary: &Summary) {
        dropped_lines(summary).iter().for_each(|line| self.say(line));
    }
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {}
