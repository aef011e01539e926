//! Prompts → groups of prompts that ask nearly the same.
//!
//! Benchmarks often put one question in dozens of ways: another persona, another name, another order of the
//! answers. A model that was learned from nine of them is not tested by the tenth. So whatever holds prompts out
//! (`fit`, `evaluate`) holds out whole groups.
//!
//! Two prompts of one source are alike from a Jaccard similarity of [`ALIKE`] between their sets of three words in
//! a row, estimated by MinHash (Broder 1997; the module `minhash`); groups are what such pairs connect (single linkage). What more
//! than half of a source's prompts have in common is its form, such as how to lay out the answer, and is not
//! counted: two questions are not alike for being asked in the same form. The same prompt in two sources is one. Called by `atlas` and `evaluation`.

use crate::{
    minhash::{Sketch, shingles},
    trace::{Trace, prompt_hash},
};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64;

/// The Jaccard similarity from which on two prompts are alike.
pub const ALIKE: f64 = 0.5;
/// Words in a row.
const SHINGLE: usize = 3;
/// Words of a prompt that are compared: what follows is mostly the document that is asked about.
const MOST_WORDS: usize = 2_000;
/// Values in a band: a pair at the threshold is met with a probability of 0.996.
const ROWS: usize = 3;
/// What is in more than this share of a source's prompts is form.
const FORM: f64 = 0.5;
/// In so few prompts nothing is form.
const FEWEST_WITH_FORM: usize = 8;
/// Prompts of a source that its form is learned from.
const SAMPLE: usize = 512;
/// Earlier prompts with the same key that a prompt is compared with.
const MOST_COMPARED: usize = 16;

/// What is asked of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prompt<'a> {
    /// The data set or file that it comes from; prompts of two sources are alike only where they are the same.
    pub source: &'a str,
    /// Its words, where they are known; a prompt without is a group of its own.
    pub text: Option<&'a str>,
}

/// The groups of some prompts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// The group of each prompt, in `0..count`, numbered as they first appear.
    pub of: Vec<u32>,
    /// The number of groups.
    pub count: usize,
}

impl Groups {
    /// Groups the prompts. Where all that ask nearly the same would be fewer than `fewest` groups, every prompt is
    /// one of its own: then there is no other way to hold anything out.
    pub fn of(prompts: &[Prompt<'_>], fewest: usize) -> Self {
        let mut links = Links::new(prompts.len());
        let mut sources: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut same: FxHashMap<u64, usize> = FxHashMap::default();
        for (i, prompt) in prompts.iter().enumerate() {
            let known = prompt.text.filter(|text| !text.trim().is_empty());
            let Some(text) = known else { continue };
            sources.entry(prompt.source).or_default().push(i);
            links.join(*same.entry(prompt_hash(text)).or_insert(i), i);
        }
        for members in sources.values() {
            let texts: Vec<&str> = members.iter().filter_map(|&i| prompts[i].text).collect();
            for (one, other) in alike(&texts) {
                links.join(members[one], members[other]);
            }
        }
        let found = links.groups();
        if found.count < fewest {
            let count = prompts.len();
            return Self { of: (0..count as u32).collect(), count };
        }
        found
    }

    /// The number of each trace's prompt, in `0..`, and the groups of the prompts. Each item is the key of a trace's
    /// prompt and the trace; those of one prompt stand next to each other. A prompt has the source and the words of
    /// its first trace that knows any words.
    pub fn of_traces<'a>(
        traces: impl IntoIterator<Item = (&'a str, &'a Trace)>,
        fewest: usize,
    ) -> (Vec<u32>, Self) {
        let mut prompts: Vec<Prompt<'a>> = Vec::new();
        let mut last = None;
        let numbers = traces
            .into_iter()
            .map(|(key, trace)| {
                let text = trace.prompt.as_deref().filter(|text| !text.trim().is_empty());
                let own = Prompt { source: &trace.source, text };
                match prompts.last_mut() {
                    Some(prompt) if last == Some(key) => {
                        if prompt.text.is_none() {
                            *prompt = own;
                        }
                    }
                    _ => prompts.push(own),
                }
                last = Some(key);
                prompts.len() as u32 - 1
            })
            .collect();
        (numbers, Self::of(&prompts, fewest))
    }

    /// How many prompts ask nearly the same as another that was counted already.
    pub fn repeated(&self) -> usize {
        self.of.len() - self.count
    }
}

/// The pairs of texts that are alike, enough of them to connect each group.
fn alike(texts: &[&str]) -> Vec<(usize, usize)> {
    let form = form(texts);
    let sketches: Vec<Option<Sketch>> = texts
        .iter()
        .map(|text| {
            Sketch::of(shingles(text, SHINGLE, MOST_WORDS).filter(|hash| !form.contains(hash)))
        })
        .collect();
    let mut met: FxHashMap<(usize, u32), Vec<usize>> = FxHashMap::default();
    let mut pairs = BTreeSet::new();
    for (i, sketch) in sketches.iter().enumerate() {
        let Some(sketch) = sketch else { continue };
        for key in sketch.keys(ROWS).enumerate() {
            let earlier = met.entry(key).or_default();
            for &other in earlier.iter() {
                let alike = sketches[other].as_ref().is_some_and(|o| o.similarity(sketch) >= ALIKE);
                if alike {
                    pairs.insert((other, i));
                    break;
                }
            }
            if earlier.len() < MOST_COMPARED {
                earlier.push(i);
            }
        }
    }
    pairs.into_iter().collect()
}

/// The words in a row that most of the texts share.
fn form(texts: &[&str]) -> BTreeSet<u64> {
    let step = texts.len().div_ceil(SAMPLE).max(1) as u64;
    // Drawn, not counted off: prompts come in the order of their ids, which says what they are about.
    let drawn = |i: usize| xxh3_64(&(i as u64).to_le_bytes()).is_multiple_of(step);
    let sample: Vec<&str> =
        texts.iter().enumerate().filter(|(i, _)| drawn(*i)).map(|(_, text)| *text).collect();
    let most = (FORM * sample.len() as f64).max(FEWEST_WITH_FORM as f64);
    let mut counts: FxHashMap<u64, usize> = FxHashMap::default();
    for text in sample {
        let own: BTreeSet<u64> = shingles(text, SHINGLE, MOST_WORDS).collect();
        own.into_iter().for_each(|hash| *counts.entry(hash).or_default() += 1);
    }
    counts.into_iter().filter(|&(_, count)| count as f64 > most).map(|(hash, _)| hash).collect()
}

/// Which prompts are connected: a forest in which each names one of its group that came before, or itself.
struct Links(Vec<usize>);

impl Links {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            // Halves the way for the next time.
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }

    fn groups(mut self) -> Groups {
        let mut numbers: BTreeMap<usize, u32> = BTreeMap::new();
        let of = (0..self.0.len())
            .map(|i| {
                let (root, next) = (self.root(i), numbers.len() as u32);
                *numbers.entry(root).or_insert(next)
            })
            .collect();
        Groups { of, count: numbers.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSONAS: [&str; 5] = [
        "I am a nurse on night shifts.",
        "My brother sent me here to ask.",
        "There is no hurry at all with this.",
        "I have read a good deal about it already.",
        "Please keep it short, I am on a train.",
    ];
    const SCENARIOS: [&str; 3] = [
        "For two days my left knee has been swollen and warm to the touch, it hurts when I climb \
         stairs, and this morning I could not bend it fully. How urgent is it from one to ten?",
        "The landlord wants to keep the whole deposit because of three small holes in the wall of \
         the kitchen, although the contract says nothing of holes. Is he right?",
        "A colleague forwarded a table with the salaries of our whole team by mistake and deleted \
         the message a minute later. Should I tell anyone what I have seen?",
    ];

    fn group<'a>(texts: impl IntoIterator<Item = &'a str>, fewest: usize) -> Groups {
        let prompts: Vec<Prompt<'_>> =
            texts.into_iter().map(|text| Prompt { source: "s", text: Some(text) }).collect();
        Groups::of(&prompts, fewest)
    }

    #[test]
    fn one_question_put_in_several_ways_is_one_group() {
        let texts: Vec<String> = PERSONAS
            .iter()
            .flat_map(|persona| {
                SCENARIOS.iter().map(move |scenario| format!("{persona} {scenario}"))
            })
            .collect();
        let found = group(texts.iter().map(String::as_str), 2);
        assert_eq!((found.count, found.repeated()), (3, 12));
        assert_eq!(found.of, (0..15).map(|i| i % 3).collect::<Vec<u32>>());
        // From different sources only the same text is the same prompt.
        let sources: Vec<String> = (0..15).map(|i| i.to_string()).collect();
        let prompts: Vec<Prompt<'_>> = texts
            .iter()
            .zip(&sources)
            .map(|(text, source)| Prompt { source, text: Some(text) })
            .collect();
        assert_eq!(Groups::of(&prompts, 2).count, 15);
        let twice = [prompts[0], Prompt { source: "another", ..prompts[0] }, prompts[1]];
        assert_eq!(Groups::of(&twice, 2).of, [0, 0, 1]);
    }

    #[test]
    fn questions_in_the_same_form_are_not_alike() {
        let form = "Begin your answer with an analysis of the question, then name the letter of the \
                    choice that you think is right, in a line of its own, and nothing after it.";
        let questions: Vec<String> = (0..40)
            .map(|i| {
                let topic = PERSONAS[i % 5].split(' ').nth(i % 4).unwrap();
                format!(
                    "{form} Which number stands beside {topic} {i} in row {} of {}?",
                    7 * i,
                    i * i
                )
            })
            .collect();
        assert_eq!(group(questions.iter().map(String::as_str), 2).repeated(), 0);
    }

    #[test]
    fn where_all_ask_the_same_each_is_its_own() {
        let texts: Vec<String> =
            PERSONAS.iter().map(|persona| format!("{persona} {}", SCENARIOS[0])).collect();
        assert_eq!(group(texts.iter().map(String::as_str), 2).count, 5);
        assert_eq!(group(texts.iter().map(String::as_str), 1).count, 1);
    }

    #[test]
    fn prompts_without_words_are_their_own() {
        let prompt = |text| Prompt { source: "s", text };
        let prompts = [prompt(None), prompt(Some("")), prompt(Some("")), prompt(Some("a b"))];
        assert_eq!(Groups::of(&prompts, 2).count, 4);
        assert_eq!(Groups::of(&[], 2).count, 0);
        let same = [prompt(Some("a b")), prompt(Some("A b!")), prompt(None)];
        assert_eq!(Groups::of(&same, 2).of, [0, 0, 1]);
    }

    #[test]
    fn traces_of_one_prompt_have_its_number() {
        let trace =
            |prompt: Option<&str>| Trace { prompt: prompt.map(Into::into), ..Trace::default() };
        let traces = [
            ("a", trace(None)),
            ("a", trace(Some(SCENARIOS[0]))),
            ("b", trace(Some(SCENARIOS[1]))),
            ("c", trace(Some(&format!("{} {}", PERSONAS[0], SCENARIOS[0])))),
            ("d", trace(Some(" "))),
        ];
        let items = traces.iter().map(|(key, trace)| (*key, trace));
        let (numbers, groups) = Groups::of_traces(items, 2);
        assert_eq!((numbers, groups.of), (vec![0, 0, 1, 2, 3], vec![0, 1, 0, 2]));
    }
}
