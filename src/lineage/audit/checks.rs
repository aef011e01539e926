//! What to know of a data set before its shares are read: checks, reasons for doubt, limits.
//!
//! Called by [`super::audit`]. Each rule is one condition.

use super::{Checks, Doubt, LEAST_PROMPTS, ReferenceShare, records::Records};
use crate::{
    atlas::Atlas,
    attribution::MINIMUM_WORDS,
    features::Channel,
    lineage::{InputSummary, Limit, OtherLanguage, limits::mixed_mediation},
    text::language,
};

/// Shorter traces, in the median, say too little each.
const SHORT_WORDS: usize = 50;
/// A prompt with more than this share of the traces makes them one observation.
const LARGE_PROMPT: f64 = 0.5;
/// With a larger share of traces in another language than the atlas's the shares are rough.
const OTHER_LANGUAGE: f64 = 0.2;
/// N-grams of the atlas that its language is detected from.
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
pub(super) fn too_little(records: &Records) -> Option<Doubt> {
    if records.is_empty() {
        return Some(Doubt::NoTrace { words: MINIMUM_WORDS });
    }
    let prompts = records.prompt_count();
    (prompts < LEAST_PROMPTS).then(|| Doubt::FewPrompts {
        traces: records.len(),
        prompts,
        needed: LEAST_PROMPTS,
    })
}

/// Why the shares are rough. `gate` asks this too and decides nothing by such shares. Of `checks` it
/// reads the median of the words, the largest prompt, the in-domain probability and the atlas's
/// language; of `input` the languages.
pub(crate) fn reasons(atlas: &Atlas, checks: &Checks, input: &InputSummary) -> Vec<Doubt> {
    let mut reasons = Vec::new();
    if checks.median_words < SHORT_WORDS {
        reasons.push(Doubt::ShortTraces { median: checks.median_words });
    }
    if checks.largest_prompt > LARGE_PROMPT {
        reasons.push(Doubt::OnePrompt { share: checks.largest_prompt });
    }
    if atlas.model.new.is_some() && checks.in_domain < 0.5 {
        reasons.push(Doubt::OutOfDomain);
    }
    reasons.extend(other_language(checks, input, OTHER_LANGUAGE).map(Doubt::OtherLanguage));
    reasons
}

/// The traces in another language than the atlas, where they are more than the share `most` of those
/// with a known language.
fn other_language(checks: &Checks, input: &InputSummary, most: f64) -> Option<OtherLanguage> {
    let atlas = checks.atlas_language.as_deref()?;
    let known: usize = input.languages.values().sum();
    let traces = known - input.languages.get(atlas).copied().unwrap_or(0);
    (traces as f64 > most * known as f64 && traces > 0).then(|| OtherLanguage {
        traces,
        languages: input.languages.keys().filter(|name| *name != atlas).take(3).cloned().collect(),
        atlas: atlas.to_owned(),
    })
}

/// What this result cannot say, the most important first.
pub(super) fn limits(
    atlas: &Atlas,
    checks: &Checks,
    input: &InputSummary,
    shares: &[ReferenceShare],
    traces: usize,
) -> Vec<Limit> {
    let mut limits = Vec::new();
    if checks.seen_before > 0 {
        limits.push(Limit::SeenBefore { traces: checks.seen_before, of: traces });
    }
    if checks.repeated > 0 {
        limits.push(Limit::Repeated { traces: checks.repeated });
    }
    limits.extend(mixed_mediation(&checks.mediation));
    for share in shares.iter().filter(|share| share.unlike) {
        limits.push(Limit::UnlikeReference {
            reference: share.reference.clone(),
            similarity: share.similarity.unwrap_or_default(),
        });
    }
    if !shares.is_empty() {
        limits.extend([Limit::HiddenByRelative, Limit::IntervalsOfShares]);
        limits.extend(other_language(checks, input, 0.0).map(Limit::OtherLanguage));
    }
    if input.names_masked != atlas.about.masked_names {
        limits.push(Limit::NamesMasked { in_input: input.names_masked });
    }
    if checks.too_short > 0 {
        limits.push(Limit::TooShort { traces: checks.too_short, words: MINIMUM_WORDS });
    }
    limits.push(Limit::OnlyReferencesHaveShares { references: atlas.about.references.len() });
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!((some.traces, some.languages), (30, vec!["cmn".to_owned(), "fin".to_owned()]));
        assert_eq!(said(&[("eng", 99), ("cmn", 1)], 0.0).unwrap().traces, 1);
        assert_eq!(said(&[("eng", 5)], 0.0), None);
        assert_eq!(said(&[], 0.0), None);
        let unknown = Checks::default();
        assert_eq!(other_language(&unknown, &input(&[("cmn", 5)]), 0.2), None);
    }

    #[cfg(feature = "embedded-atlas")]
    #[test]
    fn the_embedded_atlas_is_in_english() {
        let atlas = Atlas::embedded().unwrap();
        assert_eq!(atlas_language(&atlas), Some("eng"));
        let good = Checks { median_words: 400, in_domain: 0.9, ..Checks::default() };
        assert_eq!(reasons(&atlas, &good, &input(&[])), []);
        let bad = Checks { median_words: 30, in_domain: 0.1, largest_prompt: 0.9, ..good };
        assert_eq!(reasons(&atlas, &bad, &input(&[])).len(), 3);
        assert_eq!(
            limits(&atlas, &Checks { seen_before: 2, repeated: 1, ..bad }, &input(&[]), &[], 9)[0],
            Limit::SeenBefore { traces: 2, of: 9 }
        );
        let mixed = Checks {
            mediation: std::collections::BTreeMap::from([("raw".into(), 3), ("summary".into(), 1)]),
            ..Checks::default()
        };
        let said = limits(&atlas, &mixed, &input(&[]), &[], 4);
        assert!(
            matches!(said[0], Limit::MixedMediation { summaries: 1, others: 3, .. }),
            "{said:?}"
        );
    }
}
