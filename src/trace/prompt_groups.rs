//! Prompts → groups of near-duplicate prompts.
//!
//! Benchmarks often ask one question in dozens of variants: another persona, another name, another
//! order of the answers. A model that was trained on nine variants is not tested by the tenth. So
//! `fit` and `evaluate` hold out whole groups.
//!
//! Two prompts of one source are near duplicates from a Jaccard similarity of [`ALIKE`] between
//! their sets of three words in a row, estimated by MinHash. Such pairs connect the prompts of a
//! group (single linkage). Words that more than half of the prompts of a source share are its
//! template (how to format the answer, for example) and do not count. Across sources, only identical
//! prompts share a group.

use super::{Trace, prompt_hash};
use crate::text::{
    count_words,
    minhash::{Sketch, shingles},
};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64;

/// The lowest Jaccard similarity of near-duplicate prompts.
pub const ALIKE: f64 = 0.5;
/// Words in a row.
const SHINGLE: usize = 3;
/// The words of a prompt that are compared: the rest is mostly the document it asks about.
const MOST_WORDS: usize = 2_000;
/// Values in a band: a pair at the threshold shares a band with a probability of 0.996.
const ROWS: usize = 3;
/// Words in more than this share of a source's prompts are its template.
const TEMPLATE: f64 = 0.5;
/// A later question of a session with fewer words than this may be asked in any (`go on`).
const LEAST_WORDS_LATER: usize = 8;
/// With fewer prompts than this no template is looked for.
const FEWEST_WITH_TEMPLATE: usize = 8;
/// Prompts of a source that its template is learned from.
const SAMPLE: usize = 512;
/// The most earlier prompts with the same key that a prompt is compared with.
const MOST_COMPARED: usize = 16;

/// What grouping needs to know of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prompt<'a> {
    /// The data set or file that it comes from. Prompts of two sources share a group only where they
    /// are identical.
    pub source: &'a str,
    /// Its text, where it is known. A prompt without text is a group of its own.
    pub text: Option<&'a str>,
}

/// The groups of some prompts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptGroups {
    /// The group of each prompt, in `0..count`, numbered as they first appear.
    pub group_of: Vec<u32>,
    /// The number of groups.
    pub count: usize,
}

impl PromptGroups {
    /// Groups the prompts. Where this gives fewer than `fewest` groups, every prompt becomes a group
    /// of its own: otherwise nothing could be held out.
    pub fn new(prompts: &[Prompt<'_>], fewest: usize) -> Self {
        Self::with_later(prompts, &[], fewest)
    }

    /// `later` has prompts and hashes of further questions that were asked in the same session.
    fn with_later(prompts: &[Prompt<'_>], later: &[(usize, u64)], fewest: usize) -> Self {
        let mut links = Links::new(prompts.len());
        let mut sources: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut same: FxHashMap<u64, usize> = FxHashMap::default();
        for (i, prompt) in prompts.iter().enumerate() {
            let known = prompt.text.filter(|text| !text.trim().is_empty());
            let Some(text) = known else { continue };
            sources.entry(prompt.source).or_default().push(i);
            links.join(*same.entry(prompt_hash(text)).or_insert(i), i);
        }
        for &(i, question) in later {
            links.join(*same.entry(question).or_insert(i), i);
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
            return Self { group_of: (0..count as u32).collect(), count };
        }
        found
    }

    /// The index of each trace's prompt, and the groups of these prompts. An item is the
    /// [group key](Trace::group_key) of a trace and the trace; traces of one key must be next to each
    /// other. A prompt takes its source and text from its first trace that answers it and has a text;
    /// what was asked later in its session connects it with whoever asks the same.
    pub fn from_traces<'a>(
        traces: impl IntoIterator<Item = (&'a str, &'a Trace)>,
        fewest: usize,
    ) -> (Vec<u32>, Self) {
        let mut prompts: Vec<Prompt<'a>> = Vec::new();
        let mut later = Vec::new();
        let mut last = None;
        let numbers = traces
            .into_iter()
            .map(|(key, trace)| {
                let text = trace.prompt.as_deref().filter(|text| !text.trim().is_empty());
                let is_first = trace.session_prompt().is_none();
                let own = Prompt { source: &trace.source, text: text.filter(|_| is_first) };
                match prompts.last_mut() {
                    Some(prompt) if last == Some(key) => {
                        if prompt.text.is_none() {
                            *prompt = own;
                        }
                    }
                    _ => prompts.push(own),
                }
                last = Some(key);
                let says_enough = |text: &&str| count_words(text) >= LEAST_WORDS_LATER;
                if let Some(question) = text.filter(|_| !is_first).filter(says_enough) {
                    later.push((prompts.len() - 1, prompt_hash(question)));
                }
                prompts.len() as u32 - 1
            })
            .collect();
        (numbers, Self::with_later(&prompts, &later, fewest))
    }

    /// How many prompts are near duplicates of an earlier one.
    pub fn repeated(&self) -> usize {
        self.group_of.len() - self.count
    }
}

/// Pairs of near-duplicate texts, enough of them to connect each group.
fn alike(texts: &[&str]) -> Vec<(usize, usize)> {
    let template = template(texts);
    let sketches: Vec<Option<Sketch>> = texts
        .iter()
        .map(|text| {
            Sketch::of(shingles(text, SHINGLE, MOST_WORDS).filter(|hash| !template.contains(hash)))
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

/// The template: hashes of the words in a row that most of the texts share.
fn template(texts: &[&str]) -> BTreeSet<u64> {
    let step = texts.len().div_ceil(SAMPLE).max(1) as u64;
    // A pseudo-random sample: prompts are sorted by id, and ids often tell the topic.
    let drawn = |i: usize| xxh3_64(&(i as u64).to_le_bytes()).is_multiple_of(step);
    let sample: Vec<&str> =
        texts.iter().enumerate().filter(|(i, _)| drawn(*i)).map(|(_, text)| *text).collect();
    let most = (TEMPLATE * sample.len() as f64).max(FEWEST_WITH_TEMPLATE as f64);
    let mut counts: FxHashMap<u64, usize> = FxHashMap::default();
    for text in sample {
        let own: BTreeSet<u64> = shingles(text, SHINGLE, MOST_WORDS).collect();
        own.into_iter().for_each(|hash| *counts.entry(hash).or_default() += 1);
    }
    counts.into_iter().filter(|&(_, count)| count as f64 > most).map(|(hash, _)| hash).collect()
}

/// Which prompts are connected: a disjoint-set forest. Each entry is an earlier member of the same
/// group, or the prompt itself.
struct Links(Vec<usize>);

impl Links {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            // Path halving.
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }

    fn groups(mut self) -> PromptGroups {
        let mut numbers: BTreeMap<usize, u32> = BTreeMap::new();
        let group_of = (0..self.0.len())
            .map(|i| {
                let (root, next) = (self.root(i), numbers.len() as u32);
                *numbers.entry(root).or_insert(next)
            })
            .collect();
        PromptGroups { group_of, count: numbers.len() }
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

    fn group<'a>(texts: impl IntoIterator<Item = &'a str>, fewest: usize) -> PromptGroups {
        let prompts: Vec<Prompt<'_>> =
            texts.into_iter().map(|text| Prompt { source: "s", text: Some(text) }).collect();
        PromptGroups::new(&prompts, fewest)
    }

    #[test]
    fn variants_of_one_question_are_one_group() {
        let texts: Vec<String> = PERSONAS
            .iter()
            .flat_map(|persona| {
                SCENARIOS.iter().map(move |scenario| format!("{persona} {scenario}"))
            })
            .collect();
        let found = group(texts.iter().map(String::as_str), 2);
        assert_eq!((found.count, found.repeated()), (3, 12));
        assert_eq!(found.group_of, (0..15).map(|i| i % 3).collect::<Vec<u32>>());
        // From different sources only the same text is the same prompt.
        let sources: Vec<String> = (0..15).map(|i| i.to_string()).collect();
        let prompts: Vec<Prompt<'_>> = texts
            .iter()
            .zip(&sources)
            .map(|(text, source)| Prompt { source, text: Some(text) })
            .collect();
        assert_eq!(PromptGroups::new(&prompts, 2).count, 15);
        let twice = [prompts[0], Prompt { source: "another", ..prompts[0] }, prompts[1]];
        assert_eq!(PromptGroups::new(&twice, 2).group_of, [0, 0, 1]);
    }

    #[test]
    fn questions_with_the_same_template_are_not_near_duplicates() {
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
    fn where_all_are_near_duplicates_each_is_its_own_group() {
        let texts: Vec<String> =
            PERSONAS.iter().map(|persona| format!("{persona} {}", SCENARIOS[0])).collect();
        assert_eq!(group(texts.iter().map(String::as_str), 2).count, 5);
        assert_eq!(group(texts.iter().map(String::as_str), 1).count, 1);
    }

    #[test]
    fn prompts_without_words_are_groups_of_their_own() {
        let prompt = |text| Prompt { source: "s", text };
        let prompts = [prompt(None), prompt(Some("")), prompt(Some("")), prompt(Some("a b"))];
        assert_eq!(PromptGroups::new(&prompts, 2).count, 4);
        assert_eq!(PromptGroups::new(&[], 2).count, 0);
        let same = [prompt(Some("a b")), prompt(Some("A b!")), prompt(None)];
        assert_eq!(PromptGroups::new(&same, 2).group_of, [0, 0, 1]);
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
        let (numbers, groups) = PromptGroups::from_traces(items, 2);
        assert_eq!((numbers, groups.group_of), (vec![0, 0, 1, 2, 3], vec![0, 1, 0, 2]));
    }

    #[test]
    fn a_session_is_one_group_with_whoever_asks_one_of_its_questions() {
        let trace = |prompt: &str, session: Option<&str>| {
            let mut trace = Trace { prompt: Some(prompt.into()), ..Trace::default() };
            if let Some(session) = session {
                trace.meta.insert(crate::trace::SESSION_PROMPT.into(), session.into());
            }
            trace
        };
        let traces = [
            ("a", trace(SCENARIOS[1], Some("a"))),
            ("a", trace("Go on.", Some("a"))),
            ("a", trace(SCENARIOS[0], None)),
            ("b", trace(SCENARIOS[1], None)),
            ("c", trace("Go on.", None)),
        ];
        let items = traces.iter().map(|(key, trace)| (*key, trace));
        let (numbers, groups) = PromptGroups::from_traces(items, 2);
        assert_eq!((numbers, groups.group_of), (vec![0, 0, 0, 1, 2], vec![0, 0, 1]));
    }
}
