//! Progress on a terminal, messages to standard error.

use super::Common;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{IsTerminal, Write},
    time::Duration,
};

/// A progress bar where standard error is a terminal and `--quiet` was not given, else nothing.
pub(super) struct Progress {
    bar: ProgressBar,
    quiet: bool,
}

impl Progress {
    /// A bar over bytes, or a spinner where their number is not known.
    pub fn bytes(common: &Common, total: Option<u64>) -> Self {
        let template = match total {
            Some(_) => "{msg} {wide_bar} {bytes}/{total_bytes} {eta}",
            None => "{spinner} {msg} {bytes}",
        };
        Self::new(common, total.map_or_else(ProgressBar::no_length, ProgressBar::new), template)
    }

    /// A spinner with a message for each stage.
    pub fn stages(common: &Common) -> Self {
        Self::new(common, ProgressBar::no_length(), "{spinner} {msg} ({elapsed})")
    }

    fn new(common: &Common, bar: ProgressBar, template: &str) -> Self {
        if common.quiet || !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        } else {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Self { bar, quiet: common.quiet }
    }

    /// Says what is being done.
    pub fn stage(&self, message: &str) {
        self.bar.set_message(message.to_owned());
    }

    /// Says how many bytes were read.
    pub fn position(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }

    /// Ends the bar and leaves a clean line.
    pub fn done(&self) {
        self.bar.finish_and_clear();
    }

    /// Writes a line to standard error, unless `--quiet` was given.
    pub fn say(&self, message: &str) {
        if !self.quiet {
            self.bar.suspend(|| {
                // Nothing can be done where standard error is closed.
                let _ =
                    writeln!(anstream::stderr(), "{}", crate::report::escape::sentence(message));
            });
        }
    }
}
