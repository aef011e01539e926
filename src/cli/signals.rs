//! Ctrl-C, SIGTERM and SIGHUP: what is not whole is removed before the program ends.

/// Watches for signals in a thread of its own. Exit codes are those of a shell: 128 and the number of
/// the signal, so 130 for Ctrl-C and 143 for SIGTERM.
#[cfg(unix)]
pub(super) fn watch() {
    use crate::output::discard_unfinished;
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM},
        iterator::Signals,
    };
    let ignored = ignored();
    let watched = [SIGINT, SIGTERM, SIGHUP].into_iter();
    // `nohup` and the shell's `&` have them ignored: that stays.
    let watched = watched.filter(move |signal| ignored & (1 << (signal - 1)) == 0);
    // The thread is made first: a handler that nobody listens to would swallow the signals. Without
    // one, the program ends as it would; only hidden files stay.
    let (ready, is_ready) = std::sync::mpsc::channel::<()>();
    let watching = std::thread::Builder::new().name("signals".into()).spawn(move || {
        let signals = Signals::new(watched);
        drop(ready);
        let Ok(mut signals) = signals else { return };
        if let Some(signal) = signals.forever().next() {
            let _stopped = discard_unfinished();
            #[expect(clippy::exit, reason = "the other threads are in the middle of their work")]
            std::process::exit(128 + signal);
        }
    });
    if watching.is_ok() {
        // It ends when the other side is dropped.
        let _ = is_ready.recv();
    }
}

/// The signals that this process was started to ignore, a bit for each; none where the system does not say.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

/// Other systems end the program at once; hidden files may stay.
#[cfg(not(unix))]
pub(super) fn watch() {}
