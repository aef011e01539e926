//! A scored trace → the record that `cotprint score` prints as a line of JSON.

use crate::{
    atlas::Atlas,
    attribution::{Scored, TooShort},
    trace::Trace,
};
use serde::Serialize;
use serde_json::{Map, Value};

/// What is said about one trace. As JSON it is a line of `cotprint score`: `top` and `unknown` are
/// null where the trace has too few words, and `why` says so.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ScoreRecord {
    /// The id of the trace.
    pub id: String,
    /// The id of its prompt, where it has one.
    pub prompt_id: Option<String>,
    /// The model that its record names, where it names one.
    pub model: Option<String>,
    /// The reference with the largest probability.
    pub top: Option<String>,
    /// The calibrated probability of each reference by name, largest first. They sum to 1, with
    /// `rest` where there is one.
    pub scores: Map<String, Value>,
    /// The sum of the probabilities that were left out ([`ScoreRecord::keep_largest`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest: Option<f64>,
    /// A conformal p-value in [0, 1]: small means that no reference writes like this.
    pub unknown: Option<f64>,
    /// Words of the text.
    pub words: usize,
    /// The probability that the atlas knows the subject matter.
    #[serde(rename = "familiar", skip_serializing_if = "Option::is_none")]
    pub in_domain: Option<f64>,
    /// Bytes that the tokenizer of the atlas gave up on; left out where there are none.
    #[serde(skip_serializing_if = "is_zero")]
    pub untokenized_bytes: usize,
    /// Whether the atlas needs a vector and had none; left out where it did not.
    #[serde(skip_serializing_if = "is_false")]
    pub without_vector: bool,
    /// The probability of each family, largest first, where families have several members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<Map<String, Value>>,
    /// Why there is no score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference.
fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference.
fn is_false(value: &bool) -> bool {
    !value
}

impl ScoreRecord {
    /// Whether the trace had words enough for a score.
    pub fn is_scored(&self) -> bool {
        self.top.is_some()
    }

    /// Keeps this many of the largest probabilities of references, and of families; `rest` is the sum
    /// of the references' others.
    pub fn keep_largest(&mut self, count: usize) {
        if !self.is_scored() {
            return;
        }
        let others = self.scores.values().skip(count).filter_map(Value::as_f64);
        self.rest = Some(rounded(self.rest.unwrap_or(0.0) + others.sum::<f64>()));
        for shares in [Some(&mut self.scores), self.family.as_mut()].into_iter().flatten() {
            *shares = std::mem::take(shares).into_iter().take(count).collect();
        }
    }
}

/// Makes records with the names of one atlas.
#[derive(Debug)]
pub(super) struct RecordMaker<'a> {
    names: Vec<&'a str>,
    families: Option<Families<'a>>,
}

/// The families of an atlas.
#[derive(Debug)]
struct Families<'a> {
    names: Vec<&'a str>,
    /// The family of each reference.
    of: Vec<usize>,
}

impl<'a> RecordMaker<'a> {
    pub fn new(atlas: &'a Atlas) -> Self {
        Self { names: atlas.names().collect(), families: Families::of(atlas) }
    }

    /// The record of a trace with its score, or with the number of its words where they are too few.
    pub fn record(&self, trace: &Trace, scored: &Result<Scored, TooShort>) -> ScoreRecord {
        let mut record = ScoreRecord {
            id: trace.id.clone(),
            prompt_id: trace.prompt_id.clone(),
            model: trace.model.clone(),
            ..ScoreRecord::default()
        };
        match scored {
            Ok(scored) => {
                record.top = self.names.get(scored.top()).map(|&name| name.to_owned());
                record.scores = ranked(&self.names, &scored.probabilities);
                record.unknown = Some(rounded(scored.unknown));
                record.words = scored.words;
                record.in_domain = Some(rounded(scored.in_domain));
                record.untokenized_bytes = scored.row.untokenized;
                record.without_vector = scored.row.without_vector;
                record.family =
                    self.families.as_ref().map(|families| families.ranked(&scored.probabilities));
            }
            Err(TooShort { words, needed }) => {
                record.words = *words;
                record.why =
                    Some(format!("{words} words; at least {needed} are needed to judge a trace"));
            }
        }
        record
    }
}

impl<'a> Families<'a> {
    /// The families; a reference without one is its own. `None` where no family holds more than one
    /// reference.
    fn of(atlas: &'a Atlas) -> Option<Self> {
        let own: Vec<&str> = (atlas.about.references.iter())
            .map(|reference| reference.family.as_deref().unwrap_or(&reference.name))
            .collect();
        let mut names = own.clone();
        names.sort_unstable();
        names.dedup();
        let of = own.iter().map(|own| names.binary_search(own).unwrap_or_default()).collect();
        (names.len() < own.len()).then_some(Self { names, of })
    }

    fn ranked(&self, probabilities: &[f32]) -> Map<String, Value> {
        let mut sums = vec![0.0_f32; self.names.len()];
        self.of.iter().zip(probabilities).for_each(|(&family, p)| sums[family] += p);
        ranked(&self.names, &sums)
    }
}

/// Names with their probabilities, largest first.
fn ranked(names: &[&str], probabilities: &[f32]) -> Map<String, Value> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]).then(a.cmp(&b)));
    order
        .into_iter()
        .map(|i| (names[i].to_owned(), rounded(f64::from(probabilities[i])).into()))
        .collect()
}

/// Six decimals: more would be noise.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_largest_are_kept_and_the_rest_is_summed() {
        let shares = |value: Value| value.as_object().cloned().unwrap_or_default();
        let all = ScoreRecord {
            top: Some("a".into()),
            scores: shares(json!({"a": 0.5, "b": 0.3, "c": 0.2})),
            family: Some(shares(json!({"f": 0.8, "c": 0.2}))),
            ..ScoreRecord::default()
        };
        let mut one = all.clone();
        one.keep_largest(1);
        assert_eq!(one.scores, shares(json!({"a": 0.5})));
        assert_eq!((one.rest, one.family), (Some(0.5), Some(shares(json!({"f": 0.8})))));
        let mut more = all.clone();
        more.keep_largest(9);
        assert_eq!((more.scores, more.rest), (all.scores, Some(0.0)));
        let mut short = ScoreRecord::default();
        short.keep_largest(1);
        assert_eq!(short.rest, None);
    }
}
