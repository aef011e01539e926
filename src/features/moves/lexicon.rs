//! The lexicon of moves: `lexicon.tsv`, read into an automaton.
//!
//! Comes in: the lexicon's text. Goes out: a [`Lexicon`] that says which move a sentence makes.
//! Called by [`super::tag`].
//!
//! A line of the file is `move<TAB>weight<TAB>pattern<TAB>note`; `#` begins a comment. A pattern is
//! a row of elements with spaces between them:
//!
//! | element | stands for |
//! | --- | --- |
//! | `word` | that word, without case |
//! | `a\|b` | one of these; an empty one (`a\|\|b`, `a\|`) makes the element optional |
//! | `不对` | these characters in a row |
//! | `#` | a number |
//! | `_` | any one word; not first |
//! | `...` | up to three words; not first |
//! | `:` `?` | that mark; marks that a pattern does not name are read over |
//! | `@name` | one of the phrases of a class |
//! | `^` | first of all: the sentence's beginning, or after openers ("okay", "so") and numbers |
//! | `{equation}` | alone in a pattern: a shape, see [`super::shapes`] |
//!
//! `class<TAB>name<TAB>phrase; phrase` names a class, and `opener<TAB><TAB>words` the openers. The
//! best pattern in a sentence says its move: the heaviest, among these the one with most elements,
//! among these the one that comes first in the file.

use super::automaton::{ANYWHERE, Automaton, BEGINNING, COLON, NUMBER, QUESTION, Room};
use super::kind::Move;
use super::shapes::Shape;
use super::words::{self, Token};
use crate::text::is_ideographic;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// The patterns of this program.
pub(super) static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::read(include_str!("lexicon.tsv")).0);

/// The largest weight of a pattern.
const LARGEST_WEIGHT: u32 = 9;
/// How many words the element `...` stands for at most.
const LONGEST_GAP: usize = 3;

/// Patterns, ready to be found in sentences.
#[derive(Debug)]
pub(super) struct Lexicon {
    automaton: Automaton,
    /// The rank of each shape, in the order of [`Shape::NAMED`].
    shapes: [u32; Shape::NAMED.len()],
    /// The move of each rank.
    moves: Vec<Move>,
}

impl Lexicon {
    /// Reads a lexicon, and says what could not be read; those lines are left out.
    pub(super) fn read(file: &str) -> (Self, Vec<LexiconError>) {
        let mut reader = Reader::default();
        let mut problems = Vec::new();
        for (number, line) in file.lines().enumerate() {
            if let Err(error) = reader.line(line) {
                problems.push(LexiconError::Line { number: number + 1, error });
            }
        }
        let lexicon = reader.finish(&mut problems);
        (lexicon, problems)
    }

    /// The move of a sentence.
    pub(super) fn tag(&self, sentence: &str, room: &mut Room) -> Move {
        let shape = Shape::of(sentence);
        let of_shape = Shape::NAMED
            .iter()
            .position(|&(_, named)| named == shape)
            .map_or(0, |place| self.shapes[place]);
        let rank = self.automaton.best(sentence, room).max(of_shape);
        self.moves[rank as usize]
    }
}

/// What cannot be read of a lexicon.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum LexiconError {
    #[error("line {number} of the lexicon: {error}")]
    Line { number: usize, error: LineError },
    #[error("the opener \"{opener}\" is not one word")]
    Opener { opener: String },
    #[error("the pattern \"{pattern}\": {error}")]
    Pattern { pattern: String, error: PatternError },
}

/// What is wrong with a line.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum LineError {
    #[error("expected move, weight and pattern with tabs between them")]
    Cells,
    #[error("\"{name}\" is no move, expected one of {}", Move::names().join(", "))]
    NoMove { name: String },
    #[error("\"{found}\" is no weight, expected 1 to {LARGEST_WEIGHT}")]
    NoWeight { found: String },
    #[error("the pattern is empty")]
    EmptyPattern,
}

/// What is wrong with a pattern.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum PatternError {
    #[error("it can be empty; make one of its elements necessary")]
    MayBeEmpty,
    #[error("\"{element}\" cannot stand first")]
    NotFirst { element: String },
    #[error("there is no class {class}")]
    NoClass { class: String },
    #[error("\"{part}\" is not one word")]
    NotOneWord { part: String },
    #[error("\"{part}\" is too long a word")]
    LongWord { part: String },
}

struct Pattern {
    of: Move,
    weight: u32,
    elements: Vec<String>,
    number: usize,
}

#[derive(Default)]
struct Reader {
    classes: FxHashMap<String, Vec<Vec<String>>>,
    openers: Vec<String>,
    patterns: Vec<Pattern>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), LineError> {
        // "# percent" is a pattern and has its move before it: comments begin the line.
        if line.trim().is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let mut cells = line.split('\t');
        let (Some(name), Some(second), Some(third)) = (cells.next(), cells.next(), cells.next())
        else {
            return Err(LineError::Cells);
        };
        match name {
            "class" => {
                let phrases = third
                    .split(';')
                    .map(|phrase| phrase.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
                self.classes
                    .insert(format!("@{second}"), phrases.filter(|p| !p.is_empty()).collect());
            }
            "opener" => self.openers.extend(third.split_whitespace().map(str::to_owned)),
            _ => {
                let of = Move::ALL
                    .into_iter()
                    .find(|m| m.name() == name)
                    .ok_or_else(|| LineError::NoMove { name: name.to_owned() })?;
                let weight = second
                    .parse()
                    .ok()
                    .filter(|w| (1..=LARGEST_WEIGHT).contains(w))
                    .ok_or_else(|| LineError::NoWeight { found: second.to_owned() })?;
                let elements: Vec<String> = third.split_whitespace().map(str::to_owned).collect();
                if elements.is_empty() {
                    return Err(LineError::EmptyPattern);
                }
                self.patterns.push(Pattern { of, weight, elements, number: self.patterns.len() });
            }
        }
        Ok(())
    }

    fn finish(mut self, problems: &mut Vec<LexiconError>) -> Lexicon {
        self.patterns.sort_by_key(|pattern| {
            (pattern.weight, pattern.elements.len(), std::cmp::Reverse(pattern.number))
        });
        let mut builder = Builder {
            automaton: Automaton::new(),
            classes: &self.classes,
            prefixes: FxHashMap::default(),
        };
        for opener in &self.openers {
            if let [Token::Word(key)] = tokens(opener)[..] {
                let word = builder.automaton.word(key);
                builder.automaton.set_opener(word);
            } else {
                problems.push(LexiconError::Opener { opener: opener.clone() });
            }
        }
        let mut shapes = [0; Shape::NAMED.len()];
        let mut moves = vec![Move::Other];
        for pattern in &self.patterns {
            let rank = moves.len() as u32;
            moves.push(pattern.of);
            let shape = Shape::NAMED.iter().position(|(name, _)| pattern.elements == [*name]);
            if let Some(place) = shape {
                shapes[place] = rank;
            } else if let Err(error) = builder.add(&pattern.elements, rank) {
                let pattern = pattern.elements.join(" ");
                problems.push(LexiconError::Pattern { pattern, error });
            }
        }
        builder.automaton.finish();
        Lexicon { automaton: builder.automaton, shapes, moves }
    }
}

struct Builder<'a> {
    automaton: Automaton,
    classes: &'a FxHashMap<String, Vec<Vec<String>>>,
    /// Patterns that begin with the same elements share their states.
    prefixes: FxHashMap<String, Vec<u32>>,
}

impl Builder<'_> {
    fn add(&mut self, elements: &[String], rank: u32) -> Result<(), PatternError> {
        let (mut states, elements) = match elements.split_first() {
            Some((first, rest)) if first == "^" => (vec![BEGINNING], rest),
            _ => (vec![ANYWHERE], elements),
        };
        let begin = states[0];
        let mut prefix = begin.to_string();
        for element in elements {
            prefix.push(' ');
            prefix.push_str(element);
            states = match self.prefixes.get(&prefix) {
                Some(known) => known.clone(),
                None => {
                    let reached = self.element(&states, element)?;
                    self.prefixes.insert(prefix.clone(), reached.clone());
                    reached
                }
            };
        }
        if states.contains(&begin) {
            return Err(PatternError::MayBeEmpty);
        }
        for state in states {
            self.automaton.end(state, rank);
        }
        Ok(())
    }

    /// Adds one element after `states` and returns the states that are reached behind it.
    fn element(&mut self, states: &[u32], element: &str) -> Result<Vec<u32>, PatternError> {
        let mut reached = Vec::new();
        if element == "..." || element == "_" {
            if states.contains(&ANYWHERE) || states.contains(&BEGINNING) {
                return Err(PatternError::NotFirst { element: element.to_owned() });
            }
            let mut last = states.to_vec();
            for _ in 0..if element == "_" { 1 } else { LONGEST_GAP } {
                let next = self.automaton.state();
                for &state in &last {
                    self.automaton.connect_any(state, next);
                }
                last = vec![next];
                reached.push(next);
            }
            if element == "..." {
                reached.extend(states);
            }
            return Ok(reached);
        }
        let mut phrases: Vec<Vec<String>> = Vec::new();
        for part in element.split('|') {
            if part.is_empty() {
                reached.extend(states);
            } else if part.starts_with('@') {
                let class = self.classes.get(part);
                let class =
                    class.ok_or_else(|| PatternError::NoClass { class: part.to_owned() })?;
                phrases.extend(class.clone());
            } else {
                phrases.push(vec![part.to_owned()]);
            }
        }
        reached.sort_unstable();
        reached.dedup();
        let end = self.automaton.state();
        reached.push(end);
        let mut inside: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        for phrase in phrases {
            let words = self.words(&phrase)?;
            for &state in states {
                let mut from = state;
                for (place, &word) in words.iter().enumerate() {
                    let to = if place + 1 == words.len() {
                        end
                    } else {
                        *inside.entry((from, word)).or_insert_with(|| self.automaton.state())
                    };
                    self.automaton.connect(from, word, to);
                    from = to;
                }
            }
        }
        Ok(reached)
    }

    /// The numbers of the words of a phrase, none of which is optional.
    fn words(&mut self, phrase: &[String]) -> Result<Vec<u32>, PatternError> {
        let mut words = Vec::new();
        for part in phrase {
            if part == "#" {
                words.push(NUMBER);
                continue;
            }
            let found = tokens(part);
            if found.is_empty() || (found.len() > 1 && !part.contains(is_ideographic)) {
                return Err(PatternError::NotOneWord { part: part.clone() });
            }
            for token in found {
                words.push(match token {
                    Token::Word(0) => return Err(PatternError::LongWord { part: part.clone() }),
                    Token::Word(key) => self.automaton.word(key),
                    Token::Number => NUMBER,
                    Token::Colon => COLON,
                    Token::Question => QUESTION,
                });
            }
        }
        Ok(words)
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    words::for_each(text, |token| {
        found.push(token);
        true
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(file: &str, sentence: &str) -> &'static str {
        let (lexicon, problems) = Lexicon::read(file);
        assert_eq!(problems, []);
        lexicon.tag(sentence, &mut Room::default()).name()
    }

    #[test]
    fn the_lexicon_of_this_program_is_read_whole() {
        let (lexicon, problems) = Lexicon::read(include_str!("lexicon.tsv"));
        assert_eq!(problems, []);
        assert!(lexicon.moves.len() > 600, "{} patterns", lexicon.moves.len());
        assert!(lexicon.automaton.states() < 50_000, "{} states", lexicon.automaton.states());
    }

    #[test]
    fn elements_stand_for_what_the_table_says() {
        let file =
            "plan\t5\tlet|lets us|| go ... now\t\ncheck\t5\tit _ holds :\tnote\nother\t5\t第#步\n";
        for (sentence, name) in [
            ("Well, LET us go!", "other"),
            ("Well, LET us go now", "plan"),
            ("lets go a, b (c) now", "plan"),
            ("lets go a b c d now", "other"),
            ("golets go now", "other"),
            ("It always holds: yes", "check"),
            ("It always holds yes", "other"),
            ("It holds: yes", "other"),
        ] {
            assert_eq!(tag(file, sentence), name, "{sentence}");
        }
        assert_eq!(tag("doubt\t5\t不对|等等 # ?", "我们等等 3？"), "doubt");
    }

    #[test]
    fn the_beginning_is_open_after_openers_and_numbers() {
        let file = "opener\t\tso okay\nplan\t5\t^ first i\n";
        for (sentence, name) in [
            ("First, I look", "plan"),
            ("Okay, so: 1. **First** I", "plan"),
            ("At first I", "other"),
            ("And so first I", "other"),
        ] {
            assert_eq!(tag(file, sentence), name, "{sentence}");
        }
    }

    #[test]
    fn weight_then_length_then_order_decide() {
        assert_eq!(tag("plan\t4\ta b c\ncheck\t5\tb\n", "a b c"), "check");
        assert_eq!(tag("plan\t5\tb\ncheck\t5\ta b\n", "a b c"), "check");
        assert_eq!(tag("plan\t5\tb c\ncheck\t5\ta b\n", "a b c"), "plan");
        assert_eq!(
            tag("compute\t5\t{equation}\nplan\t6\tgot\n", "we got there at last: 1 + 1 = 2"),
            "plan"
        );
        assert_eq!(
            tag("compute\t5\t{equation}\nplan\t4\tgot\n", "we got there at last: 1 + 1 = 2"),
            "compute"
        );
    }

    #[test]
    fn what_cannot_be_read_is_said_in_a_sentence() {
        let file =
            "plan\t5\nguess\t5\ta\nplan\tx\ta\nplan\t5\ta| b|\nplan\t5\t@none\nplan\t5\tre-read\n";
        let (_, problems) = Lexicon::read(file);
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems.len(), 6, "{problems:?}");
        assert!(problems[1].starts_with("line 2 of the lexicon: \"guess\" is no move"));
        assert!(
            problems.iter().any(|p| p == "the pattern \"re-read\": \"re-read\" is not one word")
        );
    }
}
