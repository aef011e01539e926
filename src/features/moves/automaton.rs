//! The automaton that finds all patterns of the lexicon in a sentence in one pass.
//!
//! Comes in: paths of words, from [`super::lexicon`]; then sentences. Goes out: the rank of the
//! best pattern that stands in a sentence. It is a nondeterministic automaton over words (Thompson
//! 1968): patterns that begin alike share states, and every word moves all states that are alive.
//! The work for a word is bounded by the number of states, and only the first [`LONGEST_READ`]
//! words of a sentence are read.

use super::words::{self, Token};
use rustc_hash::FxHashMap;

/// How many tokens of a sentence are read. What a sentence does is said early; longer ones are
/// mostly data.
pub(super) const LONGEST_READ: usize = 48;

/// Words that stand for a class of tokens; the words of the lexicon follow.
pub(super) const UNKNOWN: u32 = 0;
pub(super) const NUMBER: u32 = 1;
pub(super) const COLON: u32 = 2;
pub(super) const QUESTION: u32 = 3;
const FIRST_WORD: u32 = 4;

/// Where patterns begin that may stand anywhere, and those that stand at a sentence's beginning.
pub(super) const ANYWHERE: u32 = 0;
pub(super) const BEGINNING: u32 = 1;

/// States, the words that lead from one to the next, and the ranks of the patterns that end in
/// them.
#[derive(Debug, Default)]
pub(super) struct Automaton {
    words: FxHashMap<u128, u32>,
    openers: Vec<bool>,
    /// Where a word leads from a state, while patterns are added.
    edges: FxHashMap<u64, Vec<u32>>,
    /// The same once [`Automaton::finish`] has laid it out: a range of `targets`.
    ranges: FxHashMap<u64, (u32, u32)>,
    targets: Vec<u32>,
    /// The ranges of a word from the two beginnings: most words have none.
    begins: Vec<[(u32, u32); 2]>,
    any: Vec<Vec<u32>>,
    /// Which words may lead on from a state, one bit for each remainder of 64: most states are left
    /// alone by most words.
    leads: Vec<u64>,
    rank: Vec<u32>,
}

/// Room for the states that are alive, kept from sentence to sentence.
#[derive(Debug, Default)]
pub(super) struct Room {
    alive: Vec<u32>,
    next: Vec<u32>,
    stamp: Vec<u32>,
    time: u32,
}

impl Automaton {
    /// An automaton with the two beginnings and no pattern.
    pub(super) fn new() -> Self {
        let mut automaton = Self::default();
        automaton.state();
        automaton.state();
        automaton.openers = vec![false; FIRST_WORD as usize];
        automaton.begins = vec![[(0, 0); 2]; FIRST_WORD as usize];
        automaton
    }

    /// A new state, which nothing leads to yet.
    pub(super) fn state(&mut self) -> u32 {
        self.any.push(Vec::new());
        self.leads.push(0);
        self.rank.push(0);
        (self.rank.len() - 1) as u32
    }

    /// The number of a word, given as [`Token::Word`] packs it.
    pub(super) fn word(&mut self, key: u128) -> u32 {
        let next = self.openers.len() as u32;
        let word = *self.words.entry(key).or_insert(next);
        if word == next {
            self.openers.push(false);
            self.begins.push([(0, 0); 2]);
        }
        word
    }

    /// Makes a word one that leaves the beginning of a sentence open.
    pub(super) fn set_opener(&mut self, word: u32) {
        self.openers[word as usize] = true;
    }

    /// Lets `word` lead from one state to another.
    pub(super) fn connect(&mut self, from: u32, word: u32, to: u32) {
        let states = self.edges.entry(edge(from, word)).or_default();
        if !states.contains(&to) {
            states.push(to);
        }
        self.leads[from as usize] |= bit(word);
    }

    /// Lets every word lead from one state to another.
    pub(super) fn connect_any(&mut self, from: u32, to: u32) {
        if !self.any[from as usize].contains(&to) {
            self.any[from as usize].push(to);
        }
    }

    /// Ends a pattern in `state`; the highest rank stays.
    pub(super) fn end(&mut self, state: u32, rank: u32) {
        let old = &mut self.rank[state as usize];
        *old = rank.max(*old);
    }

    /// Lays out the edges for reading. Call it once, when all patterns are there.
    pub(super) fn finish(&mut self) {
        let mut edges: Vec<(u64, Vec<u32>)> = std::mem::take(&mut self.edges).into_iter().collect();
        edges.sort_unstable();
        for (edge, targets) in edges {
            let start = self.targets.len() as u32;
            self.targets.extend(targets);
            let range = (start, self.targets.len() as u32);
            let (state, word) = ((edge >> 32) as usize, edge as u32 as usize);
            match self.begins[word].get_mut(state) {
                Some(begins) => *begins = range,
                None => {
                    self.ranges.insert(edge, range);
                }
            }
        }
    }

    /// The highest rank of the patterns that stand in `sentence`; 0 where there is none.
    pub(super) fn best(&self, sentence: &str, room: &mut Room) -> u32 {
        let mut best = 0;
        let mut read = 0;
        let mut beginning = true;
        room.stamp.resize(self.rank.len(), 0);
        room.alive.clear();
        words::for_each(sentence, |token| {
            let word = match token {
                Token::Word(key) => self.words.get(&key).copied().unwrap_or(UNKNOWN),
                Token::Number => NUMBER,
                Token::Colon => COLON,
                Token::Question => QUESTION,
            };
            let mark = word == COLON || word == QUESTION;
            room.time = room.time.wrapping_add(1);
            if room.time == 0 {
                room.stamp.fill(0);
                room.time = 1;
            }
            room.next.clear();
            let begins = self.begins[word as usize];
            let Room { alive, next, stamp, time } = &mut *room;
            let mut reach = |state: u32| {
                let seen = &mut stamp[state as usize];
                if *seen != *time {
                    *seen = *time;
                    if self.leads[state as usize] != 0 || !self.any[state as usize].is_empty() {
                        next.push(state);
                    }
                    best = best.max(self.rank[state as usize]);
                }
            };
            let mut follow = |(start, end): (u32, u32)| {
                self.targets[start as usize..end as usize].iter().copied().for_each(&mut reach);
            };
            follow(begins[ANYWHERE as usize]);
            if beginning {
                follow(begins[BEGINNING as usize]);
            }
            if word != UNKNOWN {
                for &state in alive.iter() {
                    if self.leads[state as usize] & bit(word) != 0
                        && let Some(&range) = self.ranges.get(&edge(state, word))
                    {
                        follow(range);
                    }
                }
            }
            for &state in alive.iter() {
                if mark {
                    // A mark that a pattern does not name is read over.
                    reach(state);
                } else {
                    self.any[state as usize].iter().copied().for_each(&mut reach);
                }
            }
            beginning &= mark || word == NUMBER || self.openers[word as usize];
            std::mem::swap(&mut room.alive, &mut room.next);
            read += 1;
            read < LONGEST_READ
        });
        best
    }

    /// The number of states, for tests and documentation.
    #[cfg(test)]
    pub(super) fn states(&self) -> usize {
        self.rank.len()
    }
}

/// The bit of a word in [`Automaton::leads`].
fn bit(word: u32) -> u64 {
    1 << (word % 64)
}

fn edge(from: u32, word: u32) -> u64 {
    u64::from(from) << 32 | u64::from(word)
}
