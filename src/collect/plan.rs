//! What is asked, in which order.
//!
//! Comes in: prompts in the order of how telling they are, how many of them and how often each. Goes
//! out: the [`Job`]s of a run. Called by `collector`. Every prompt is asked once before any is asked
//! twice: prompts are what a verdict counts.

use super::prompts::Prompt;

/// One answer that is wanted: a prompt, and which of its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sample {
    /// [`crate::trace::prompt_hash`] of the prompt.
    pub prompt: u64,
    /// The sample, from 0.
    pub number: u32,
}

/// A sample, and the prompt to ask for it.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub sample: Sample,
    /// The place of the prompt in the list.
    pub prompt: usize,
}

/// The jobs for prompts, each asked `samples` times. A prompt that is there twice is asked once.
pub(super) fn plan(prompts: &[Prompt], samples: u32) -> Vec<Job> {
    let mut seen = std::collections::BTreeSet::new();
    let unique: Vec<(usize, u64)> = prompts
        .iter()
        .map(|prompt| prompt.hash)
        .enumerate()
        .filter(|(_, hash)| seen.insert(*hash))
        .collect();
    let round = |number: u32| {
        let job = move |&(at, prompt): &(usize, u64)| Job {
            sample: Sample { prompt, number },
            prompt: at,
        };
        unique.iter().map(job).collect::<Vec<_>>()
    };
    (0..samples).flat_map(round).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prompt_is_asked_once_before_any_is_asked_twice() {
        let prompts = ["a b", "c d", "A  b."].map(|text| Prompt::new(text, "own", None));
        let jobs = plan(&prompts, 2);
        let order: Vec<(usize, u32)> =
            jobs.iter().map(|job| (job.prompt, job.sample.number)).collect();
        assert_eq!(order, [(0, 0), (1, 0), (0, 1), (1, 1)]);
    }
}
