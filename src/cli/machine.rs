//! What the system grants this process: threads and memory.
//!
//! Called by `main` before the verb runs, so that a machine that grants too little is told in a sentence
//! and not in the middle of the work.

use rayon::ThreadPoolBuilder;

/// The least address space that the program works in, in bytes: the atlas that is built in, unpacked,
/// and a batch of traces.
const LEAST_MEMORY: u64 = 256 << 20;

/// Makes the threads that share the work: so many, or one for each core. Where the system lets none be
/// made and one is enough, this thread does all the work.
pub(super) fn make_threads(asked: Option<u16>) -> anyhow::Result<()> {
    let one_is_enough = asked.is_none_or(|count| count == 1);
    if one_is_enough && std::thread::Builder::new().spawn(|| ()).is_err() {
        ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global()?;
        return Ok(());
    }
    let count = usize::from(asked.unwrap_or(0));
    ThreadPoolBuilder::new().num_threads(count).build_global().map_err(|error| {
        let wanted = asked.map_or("a thread for each core".to_owned(), |n| format!("{n} threads"));
        anyhow::anyhow!("cannot start {wanted} ({error}); give --threads 1, or raise `ulimit -u`")
    })
}

/// Refuses to begin where the process may not use as much address space as it needs: the system would
/// end it without a word.
pub(super) fn check_memory() -> anyhow::Result<()> {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    match address_space(&limits) {
        Some(granted) if granted < LEAST_MEMORY => anyhow::bail!(
            "this process may use {} MB of address space, and cotprint needs {} MB; raise `ulimit -v`",
            granted >> 20,
            LEAST_MEMORY >> 20
        ),
        _ => Ok(()),
    }
}

/// The limit of the address space in bytes; `None` where there is none, or the system does not say.
fn address_space(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_read_from_what_linux_says() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
            Max cpu time              unlimited            unlimited            seconds   \n\
            Max address space         104857600            unlimited            bytes     \n";
        assert_eq!(address_space(limits), Some(100 << 20));
        assert_eq!(address_space("Max address space         unlimited            unlimited"), None);
        assert_eq!(address_space(""), None);
    }
}
