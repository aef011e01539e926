//! Progress on a terminal, messages to standard error.

use super::{Common, actions, advice::about_dropped};
use crate::{analysis, ingest::Summary};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{IsTerminal, Write},
    time::Duration,
};

/// A progress bar where standard error is a terminal and `--quiet` was not given, else nothing.
pub(super) struct Progress {
    bar: ProgressBar,
    is_hidden: bool,
    quiet: bool,
}

impl Progress {
    /// A bar that shows nothing until a stage begins.
    pub fn new(common: &Common) -> Self {
        let is_hidden = common.quiet || !std::io::stderr().is_terminal();
        let bar = ProgressBar::no_length();
        bar.set_draw_target(ProgressDrawTarget::hidden());
        Self { bar, is_hidden, quiet: common.quiet }
    }

    /// Begins to count something; the rate gives the time that is left.
    #[cfg(feature = "collect")]
    pub fn counting(&self, name: &str, total: u64) {
        self.begin(name, Some(total), "{msg} {wide_bar} {pos}/{len} {eta} left");
    }

    /// So many of so many are counted.
    #[cfg(feature = "collect")]
    pub fn counted(&self, done: u64, total: u64) {
        if self.bar.length() != Some(total) {
            // What was there before this run says nothing about its rate.
            self.bar.set_length(total);
            self.bar.set_position(done);
            self.bar.reset_eta();
        }
        self.bar.set_position(done);
    }

    /// Takes the bar away.
    #[cfg(feature = "collect")]
    pub fn finished(&self) {
        self.bar.finish_and_clear();
    }

    /// A sentence on standard error.
    #[cfg(feature = "collect")]
    pub fn note(&self, line: &str) {
        analysis::Progress::say(self, line);
    }

    fn begin(&self, name: &str, total: Option<u64>, template: &str) {
        self.bar.reset();
        match total {
            Some(total) => self.bar.set_length(total),
            None => self.bar.unset_length(),
        }
        self.bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        self.bar.set_message(name.to_owned());
        if !self.is_hidden {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(Duration::from_millis(120));
        }
    }
}

impl analysis::Progress for Progress {
    fn stage(&self, name: &str) {
        self.begin(name, None, "{spinner} {msg} ({elapsed})");
    }

    fn reading(&self, name: &str, total_bytes: Option<u64>) {
        let template = match total_bytes {
            Some(_) => "{msg} {wide_bar} {bytes}/{total_bytes} {eta}",
            None => "{spinner} {msg} {bytes}",
        };
        self.begin(name, total_bytes, template);
    }

    fn position(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }

    fn done(&self) {
        self.bar.finish_and_clear();
    }

    fn dropped(&self, summary: &Summary) {
        for (line, &reason) in analysis::dropped_lines(summary).iter().zip(summary.dropped.keys()) {
            match about_dropped(reason) {
                Some(advice) => self.say(&format!("{line}. {advice}")),
                None => self.say(line),
            }
        }
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            self.bar.suspend(|| {
                // Nothing can be done where standard error is closed.
                let line = crate::report::escape::sentence(line);
                let _ = writeln!(anstream::stderr(), "{}", actions::message(&line));
            });
        }
    }
}
