//! What has to be known of a data set before its shares are read: checks, reasons for doubt, limits.
//!
//! Called by [`super::audit`]. Each rule is one condition and one sentence.

use super::{Checks, LEAST_PROMPTS, ReferenceShare, records::Records};
use crate::{
    atlas::Atlas,
    attribution::MINIMUM_WORDS,
    features::Channel,
    lineage::{InputSummary, limits::mixed_mediation, verdict_rules::counted},
    text::language,
};

/// Shorter traces, in the median, say too little each.
const SHORT_WORDS: usize = 50;
/// A prompt with more than this share of the traces makes them one observation.
const LARGE_PROMPT: f64 = 0.5;
/// With a larger share of traces in another language than the atlas's the shares are rough.
const OTHER_LANGUAGE: f64 = 0.2;
/// N-grams of the atlas that its language is told by.
const LANGUAGE_FORMS: usize = 400;

/// Looks at the records.
pub(super) fn checks(atlas: &Atlas, records: &Records, input: &InputSummary) -> Checks {
    let count = records.len().max(1) as f64;
    let mut lengths = records.lengths.clone();
    lengths.sort_unstable();
    let mut by_prompt = vec![0_usize; records.prompt_count()];
    records.prompts.iter().for_each(|&prompt| by_prompt[prompt as usize] += 1);
    Checks {
        seen_before: records.seen_before,
        repeated: input.duplicates.total(),
        too_short: records.too_short,
        mediation: records.mediation.clone(),
        largest_prompt: by_prompt.iter().max().copied().unwrap_or(0) as f64 / count,
        median_words: lengths.get(lengths.len().saturating_sub(1) / 2).map_or(0, |&n| n as usize),
        in_domain: records.in_domain / count,
        atlas_language: atlas_language(atlas).map(str::to_owned),
    }
}

/// The language of the longest of an atlas's most widespread word n-grams, written one after the other.
pub(crate) fn atlas_language(atlas: &Atlas) -> Option<&'static str> {
    let features = atlas.model.vectorizer.vocabulary().features();
    let mut words: Vec<(u32, usize)> = (features.iter().enumerate())
        .filter(|(_, f)| f.channel == Channel::Word && f.form.split(' ').count() >= 3)
        .map(|(index, f)| (f.traces, index))
        .collect();
    words.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    words.truncate(LANGUAGE_FORMS);
    let text: Vec<&str> = words.iter().map(|&(_, index)| features[index].form.as_str()).collect();
    language(&text.join(" "))
}

/// Why there can be no shares at all.
pub(super) fn too_little(records: &Records) -> Option<String> {
    if records.is_empty() {
        return Some(format!(
            "Too little text for shares: no trace has the {MINIMUM_WORDS} words that a score needs."
        ));
    }
    (records.prompt_count() < LEAST_PROMPTS).then(|| {
        format!(
            "Too little for shares: {} on {}, where {LEAST_PROMPTS} different prompts are needed, because \
             traces of one prompt are alike whoever wrote them. Give traces of more prompts, with \
             `prompt_id` or `prompt` in the records.",
            counted(records.len(), "trace"),
            counted(records.prompt_count(), "prompt")
        )
    })
}

/// Why the shares are rough. Also asked by `gate`, which decides nothing by such shares; of `checks` it reads the
/// median of the words, the largest prompt, how familiar the traces are and the atlas's language, of `input` the languages.
pub(crate) fn reasons(atlas: &Atlas, checks: &Checks, input: &InputSummary) -> Vec<String> {
    let mut reasons = Vec::new();
    if checks.median_words < SHORT_WORDS {
        reasons.push(format!(
            "Half of the traces have {} words or fewer: too few to tell references apart.",
            checks.median_words
        ));
    }
    if checks.largest_prompt > LARGE_PROMPT {
        reasons.push(format!(
            "One prompt has {:.0} % of the traces: they say little more than one of them does.",
            100.0 * checks.largest_prompt
        ));
    }
    if atlas.model.new.is_some() && checks.in_domain < 0.5 {
        reasons.push(
            "The traces are about something that the atlas does not know, by their words: across \
             domains the right reference is missed more often than found."
                .into(),
        );
    }
    reasons.extend(other_language(checks, input, OTHER_LANGUAGE));
    reasons
}

/// What to say where more than this share of the traces, as far as their language could be told, is in
/// another language than the atlas.
fn other_language(checks: &Checks, input: &InputSummary, most: f64) -> Option<String> {
    let own = checks.atlas_language.as_deref()?;
    let told: usize = input.languages.values().sum();
    let other = told - input.languages.get(own).copied().unwrap_or(0);
    (other as f64 > most * told as f64 && other > 0).then(|| {
        let named: Vec<&str> = input
            .languages
            .keys()
            .map(String::as_str)
            .filter(|name| *name != own)
            .take(3)
            .collect();
        format!(
            "{} in another language ({}) than the atlas was mostly learned from ({own}): it knows \
             nobody's habits there.",
            if other == 1 { "1 trace is".to_owned() } else { format!("{other} traces are") },
            named.join(", ")
        )
    })
}

/// What this result cannot say, the most important first.
pub(super) fn limits(
    atlas: &Atlas,
    checks: &Checks,
    input: &InputSummary,
    shares: &[ReferenceShare],
    traces: usize,
) -> Vec<String> {
    let mut limits = Vec::new();
    if checks.seen_before > 0 {
        limits.push(format!(
            "{} of the {traces} traces are among those that the atlas was learned from: for them the \
             figures are too sure. Leave them out to test the program.",
            checks.seen_before
        ));
    }
    if checks.repeated > 0 {
        limits.push(format!(
            "{} an earlier one, word by word or nearly; each counts as often as it stands there.",
            if checks.repeated == 1 {
                "1 trace repeats".to_owned()
            } else {
                format!("{} traces repeat", checks.repeated)
            }
        ));
    }
    limits.extend(mixed_mediation(&checks.mediation));
    for share in shares.iter().filter(|share| share.unlike) {
        limits.push(format!(
            "The traces that come nearest to {} resemble it less ({:.2}) than two halves of one model's \
             corpus resemble each other: they may be of a model that is not in the atlas, or about \
             other subject matter.",
            share.reference,
            share.similarity.unwrap_or_default()
        ));
    }
    if !shares.is_empty() {
        limits.push(
            "A model that is not in the atlas is hardly ever told as \"none of these\" where the atlas holds \
             one that writes like it: its share then stands with that one."
                .into(),
        );
        limits.push(
            "The intervals say how far the shares would move with other prompts, and leave out the error of \
             the calibration itself: of known mixtures, 7 to 9 of 10 held the true share. Near relatives \
             are best read as a family."
                .into(),
        );
    }
    if let Some(some) = other_language(checks, input, 0.0).filter(|_| !shares.is_empty()) {
        limits.push(some);
    }
    if input.names_masked != atlas.about.masked_names {
        limits.push(
            "Names of models and vendors were masked in the input and not in what the atlas was \
             learned from: a name that a model often writes counts as missing."
                .into(),
        );
    }
    if checks.too_short > 0 {
        limits.push(format!(
            "{} had fewer than {MINIMUM_WORDS} words and stand in no share.",
            counted(checks.too_short, "trace")
        ));
    }
    limits.push(format!(
        "Only the {} references of this atlas can have a share.",
        atlas.about.references.len()
    ));
    limits
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn input(languages: &[(&str, usize)]) -> InputSummary {
        let languages = languages.iter().map(|&(name, n)| (name.to_owned(), n)).collect();
        InputSummary { languages, ..InputSummary::default() }
    }

    #[test]
    fn another_language_is_told_where_there_is_enough_of_it() {
        let checks = Checks { atlas_language: Some("eng".into()), ..Checks::default() };
        let said =
            |languages: &[(&str, usize)], most| other_language(&checks, &input(languages), most);
        assert_eq!(said(&[("eng", 90), ("cmn", 10)], 0.2), None);
        let some = said(&[("eng", 70), ("cmn", 20), ("fin", 10)], 0.2).unwrap();
        assert!(some.starts_with("30 traces are in another language (cmn, fin)"), "{some}");
        assert!(said(&[("eng", 99), ("cmn", 1)], 0.0).unwrap().starts_with("1 trace is"));
        assert_eq!(said(&[("eng", 5)], 0.0), None);
        assert_eq!(said(&[], 0.0), None);
        let unknown = Checks::default();
        assert_eq!(other_language(&unknown, &input(&[("cmn", 5)]), 0.2), None);
    }

    #[test]
    fn the_embedded_atlas_is_in_english() {
        let atlas = Atlas::embedded().unwrap();
        assert_eq!(atlas_language(&atlas), Some("eng"));
        let good = Checks { median_words: 400, in_domain: 0.9, ..Checks::default() };
        assert_eq!(reasons(&atlas, &good, &input(&[])), [""; 0]);
        let bad = Checks { median_words: 30, in_domain: 0.1, largest_prompt: 0.9, ..good };
        assert_eq!(reasons(&atlas, &bad, &input(&[])).len(), 3);
        assert!(
            limits(&atlas, &Checks { seen_before: 2, repeated: 1, ..bad }, &input(&[]), &[], 9)[0]
                .starts_with("2 of the 9 traces")
        );
        let mixed = Checks {
            mediation: BTreeMap::from([("raw".into(), 3), ("summary".into(), 1)]),
            ..Checks::default()
        };
        let said = limits(&atlas, &mixed, &input(&[]), &[], 4);
        assert!(said[0].contains("two writers"), "{said:?}");
    }
}
