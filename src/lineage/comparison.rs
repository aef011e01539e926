//! A tally of scored traces → the whole answer of `compare`.

use super::{
    Comparison, Drift, InputSummary, Limit, Pairing, Provenance, RankedFamily, RankedReference,
    SimilarityMatrix, UnknownSummary, breakdown,
    by_data_set::by_data_set,
    candidate::{ControlCorpus, verify},
    drift::{DriftError, MainLanguage, drift},
    evidence, habits,
    limits::{Overlap, limits, overlap},
    pairing,
    residuals::Residuals,
    scored_corpus::ScoredCorpus,
    verdict_rules::{Findings, decide_verdict},
};
use crate::{
    atlas::{About, Atlas},
    attribution::{classic::Method, delta::similarity, panel::Panel},
    stats::{Interval, bootstrap::Resamples},
    text::language_code,
};
use std::{cmp::Reverse, collections::BTreeMap};

/// References in the similarity matrix.
const MATRIX_REFERENCES: usize = 20;
/// References that phrases are shown for, and phrases for each.
const EVIDENCE: (usize, usize) = (3, 8);

/// What `compare` is asked.
#[derive(Debug, Clone)]
pub struct CompareOptions {
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Bootstrap resamples.
    pub resamples: usize,
    /// The command, as it was given.
    pub command: String,
    /// The atlas: `embedded` or its file name.
    pub atlas: String,
    /// What gave the scores.
    pub method: Method,
    /// The share of models that the atlas does not know that may be named.
    pub error_rate: f64,
    /// Traces of known models on the same prompts.
    pub controls: Vec<ControlCorpus>,
}

/// Compares a corpus with the references of an atlas.
pub fn compare(
    atlas: &Atlas,
    tally: &ScoredCorpus,
    input: InputSummary,
    options: &CompareOptions,
) -> Comparison {
    let references = atlas.about.references.len();
    // Columns: a probability per reference, the same without layout, whether it looks strange.
    let rows = tally.by_prompt(|kept| {
        let strange = f64::from(u8::from(kept.unknown <= 0.05));
        let all = kept.probabilities.iter().chain(&kept.without_layout).map(|&p| f64::from(p));
        all.chain([strange]).collect()
    });
    // Of a single prompt or session nothing says how another would come out.
    let count = if rows.len() > 1 { options.resamples } else { 0 };
    let resamples = Resamples::draw(&rows, count, options.seed);
    let means: Vec<f64> = match rows.len() {
        0 => vec![0.0; 2 * references + 1],
        count => (0..=2 * references)
            .map(|column| rows.iter().map(|row| row[column]).sum::<f64>() / count as f64)
            .collect(),
    };

    let profile = atlas.model.profiles.standardize(&tally.mean_profile());
    let mut order: Vec<usize> = (0..references).collect();
    order.sort_by(|&a, &b| means[b].total_cmp(&means[a]).then(a.cmp(&b)));
    let (log_sum, pooled_prompts) = tally.log_sum();
    let pooled = atlas.model.pooling.probabilities(&log_sum, pooled_prompts);
    let ranking: Vec<RankedReference> = order
        .iter()
        .map(|&index| RankedReference {
            pooled: pooled.get(index).copied().map(f64::from).filter(|_| tally.is_in_domain()),
            ..rank(atlas, index, &means, &resamples, &profile, tally.traces())
        })
        .collect();
    let families = rank_families(&ranking, atlas, &resamples);
    let unknown = summarize_unknown(tally, &means, &resamples, 2 * references);
    let first = order.first().copied().unwrap_or(0);
    let first_stays = resamples.share(|means| {
        means.get(first).is_some_and(|own| means[..references].iter().all(|m| m <= own))
    });
    let family_stays = first_family_stays(&families, atlas, &resamples);
    // Another method has scores of its own, and nothing that was calibrated on them.
    let verified = Some(options.error_rate)
        .filter(|_| options.method == Method::Default)
        .and_then(|error_rate| verify(atlas, tally, &options.controls, error_rate));
    let verdict = decide_verdict(&Findings {
        traces: tally.traces(),
        prompts: tally.prompts.len(),
        words: tally.words,
        ranking: &ranking,
        families: &families,
        first_stays,
        family_stays,
        unknown: &unknown,
        other_domain: ranking
            .first()
            .is_some_and(|first| overlap(atlas, tally, first) == Overlap::None),
        seen_before: tally.seen_before,
        verified: verified.as_ref(),
        error_rate: options.error_rate,
    });
    let pairing =
        compare_paired(&atlas.panel, &atlas.about, tally, options.resamples, options.seed);
    let mut evidence = Vec::new();
    let named = if tally.traces() > 0 { EVIDENCE.0 } else { 0 };
    for &index in order.iter().take(named).filter(|&&index| means[index] >= 0.05) {
        let phrases = evidence::strongest(atlas, tally, index, EVIDENCE.1, &evidence);
        evidence.extend(phrases);
    }
    let mut limits = limits(atlas, tally, &ranking, verdict.kind, input.names_masked);
    let leader = ranking.first().map(|first| &first.reference);
    if let Some((first, candidate)) = leader.zip(verdict.candidate.as_ref())
        && *first != candidate.reference
    {
        let (first, candidate) = (first.clone(), candidate.reference.clone());
        limits.push(Limit::RankingDiffers { first, candidate });
    }
    if options.method != Method::Default && tally.traces() > 0 {
        limits.insert(0, Limit::OtherMethod(options.method));
    }
    let verdict_by_data_set = match options.method {
        Method::Default => by_data_set(atlas, tally, options.error_rate),
        _ => Vec::new(),
    };
    Comparison {
        verdict,
        verdict_by_data_set,
        families,
        unknown,
        evidence,
        similarity: matrix(atlas, &order, &profile, tally.traces()),
        floors: atlas.about.floors.clone(),
        pairing,
        drift: None,
        holds: breakdown::holds(atlas, tally, first, options.resamples, options.seed),
        habits: habits::habits(atlas, tally, &order, options.resamples, options.seed),
        neighbourhood: None,
        examples: Vec::new(),
        tree: None,
        traces: tally.traces(),
        prompts: tally.prompts.len(),
        words: tally.words,
        input,
        limits,
        provenance: provenance(atlas, options),
        ranking: if tally.traces() > 0 { ranking } else { Vec::new() },
    }
}

/// Why there is no drift from `baseline` where the two corpora are mostly in different languages:
/// it would be the difference between the languages. Comes in: traces by language of the newer
/// corpus, as far as it could be told. `None` where both have the same language in front, or where
/// it was not told, as of profiles.
pub fn drift_across_languages(
    new: &BTreeMap<String, usize>,
    baseline: &ScoredCorpus,
) -> Option<DriftError> {
    let (new, old) = (most_spoken(new)?, most_spoken(&baseline.languages)?);
    (new.language != old.language).then_some(DriftError::OtherLanguages { new, old })
}

/// The language of most traces; `en`, `eng` and `English` are one.
fn most_spoken(languages: &BTreeMap<String, usize>) -> Option<MainLanguage> {
    let mut by_code: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, count) in languages {
        *by_code.entry(language_code(name).unwrap_or(name)).or_insert(0) += count;
    }
    let all = by_code.values().sum();
    let (name, count) = by_code.into_iter().max_by_key(|(name, n)| (*n, Reverse(*name)))?;
    Some(MainLanguage { language: name.to_owned(), traces: count, of: all })
}

/// Compares a corpus with a panel of references on shared prompts; `about` names the references. `None`
/// where the panel is empty or the corpus has too few prompts.
pub fn compare_paired(
    panel: &Panel,
    about: &About,
    tally: &ScoredCorpus,
    resamples: usize,
    seed: u64,
) -> Option<Pairing> {
    pairing::pair(panel, about, &Residuals::of(panel, tally), resamples, seed)
}

/// How a corpus moved away from an older one; both were scored with the same atlas.
///
/// # Errors
/// Where the two cannot be compared.
pub fn drift_between(
    atlas: &Atlas,
    new: &ScoredCorpus,
    baseline: &ScoredCorpus,
    resamples: usize,
    seed: u64,
) -> Result<Drift, DriftError> {
    drift(atlas, new, baseline, resamples, seed)
}

/// Adds to a comparison how the corpus moved away from an older one.
///
/// # Errors
/// Where the two cannot be compared or are in different languages.
pub(crate) fn add_drift(
    comparison: &mut Comparison,
    atlas: &Atlas,
    tally: &ScoredCorpus,
    baseline: &ScoredCorpus,
    options: &CompareOptions,
) -> Result<(), DriftError> {
    if let Some(why) = drift_across_languages(&comparison.input.languages, baseline) {
        return Err(why);
    }
    let CompareOptions { resamples, seed, .. } = *options;
    comparison.drift = Some(drift_between(atlas, tally, baseline, resamples, seed)?);
    Ok(())
}

/// How a result can be made again.
pub(super) fn provenance(atlas: &Atlas, options: &CompareOptions) -> Provenance {
    Provenance {
        program: concat!("cotprint ", env!("CARGO_PKG_VERSION")).into(),
        command: options.command.clone(),
        atlas: options.atlas.clone(),
        atlas_checksum: atlas.checksum.clone(),
        atlas_references: atlas.about.references.len(),
        atlas_traces: atlas.traces(),
        channels: (atlas.about.options.channels.channels().iter())
            .map(|options| options.channel.name().to_owned())
            .collect(),
        text: atlas.about.text.name().into(),
        seed: options.seed,
        resamples: options.resamples,
    }
}

fn rank(
    atlas: &Atlas,
    index: usize,
    means: &[f64],
    resamples: &Resamples,
    profile: &[f32],
    traces: usize,
) -> RankedReference {
    let reference = &atlas.about.references[index];
    let interval = if traces > 0 { resamples.interval(index) } else { Interval::UNIT };
    let Interval { low, high } = interval.containing(means[index]);
    RankedReference {
        reference: reference.name.clone(),
        family: reference.family.clone(),
        score: means[index],
        low,
        high,
        pooled: None,
        score_without_layout: means[atlas.about.references.len() + index],
        similarity: similarity(profile, atlas.model.profiles.reference(index)),
        reference_traces: reference.traces,
        domains: reference.domains.keys().cloned().collect(),
        mediation: reference.mediation.clone(),
    }
}

/// The indices of each family's members.
fn members(atlas: &Atlas) -> BTreeMap<&str, Vec<usize>> {
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, reference) in atlas.about.references.iter().enumerate() {
        if let Some(family) = reference.family.as_deref() {
            members.entry(family).or_default().push(index);
        }
    }
    members
}

fn rank_families(
    ranking: &[RankedReference],
    atlas: &Atlas,
    resamples: &Resamples,
) -> Vec<RankedFamily> {
    let mut families: Vec<RankedFamily> = members(atlas)
        .into_iter()
        .map(|(family, members)| {
            let own: Vec<&RankedReference> =
                ranking.iter().filter(|r| r.family.as_deref() == Some(family)).collect();
            let score = own.iter().map(|r| r.score).sum();
            let Interval { low, high } = resamples
                .interval_of(|means| members.iter().filter_map(|&m| means.get(m)).sum())
                .containing(score);
            RankedFamily {
                family: family.to_owned(),
                score,
                low,
                high,
                members: own.iter().map(|r| r.reference.clone()).collect(),
            }
        })
        .collect();
    families.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.family.cmp(&b.family)));
    families
}

/// The share of resamples in which the first family holds more than any other.
fn first_family_stays(families: &[RankedFamily], atlas: &Atlas, resamples: &Resamples) -> f64 {
    let Some(first) = families.first() else { return 0.0 };
    let members = members(atlas);
    resamples.share(|means| {
        let sum = |family: &str| members[family].iter().filter_map(|&m| means.get(m)).sum::<f64>();
        let own = sum(&first.family);
        members.keys().all(|family| sum(family) <= own)
    })
}

fn summarize_unknown(
    tally: &ScoredCorpus,
    means: &[f64],
    resamples: &Resamples,
    column: usize,
) -> UnknownSummary {
    let mut values: Vec<f64> = tally.kept.iter().map(|kept| kept.unknown).collect();
    values.sort_by(f64::total_cmp);
    let Interval { low, high } =
        if values.is_empty() { Interval::UNIT } else { resamples.interval(column) };
    UnknownSummary {
        median: values.get(values.len() / 2).copied().unwrap_or(1.0),
        share_below_5_percent: means[column],
        low,
        high,
    }
}

fn matrix(atlas: &Atlas, order: &[usize], profile: &[f32], traces: usize) -> SimilarityMatrix {
    if traces == 0 {
        return SimilarityMatrix { labels: Vec::new(), values: Vec::new() };
    }
    let shown = &order[..order.len().min(MATRIX_REFERENCES)];
    let profiles: Vec<&[f32]> = std::iter::once(profile)
        .chain(shown.iter().map(|&index| atlas.model.profiles.reference(index)))
        .collect();
    let labels = std::iter::once("input".to_owned())
        .chain(shown.iter().map(|&index| atlas.about.references[index].name.clone()))
        .collect();
    let values = (0..profiles.len())
        .map(|i| {
            (0..profiles.len())
                .map(|j| if i == j { 1.0 } else { similarity(profiles[i], profiles[j]) })
                .collect()
        })
        .collect();
    SimilarityMatrix { labels, values }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drift_between_languages_is_refused_and_within_one_is_not() {
        let of = |languages: &[(&str, usize)]| {
            languages.iter().map(|&(name, n)| (name.to_owned(), n)).collect::<BTreeMap<_, _>>()
        };
        let spoken =
            |languages| ScoredCorpus { languages: of(languages), ..ScoredCorpus::default() };
        let english = of(&[("eng", 28), ("deu", 2)]);
        assert_eq!(drift_across_languages(&english, &spoken(&[("eng", 30)])), None);
        // What a record says may be another name of the same language.
        assert_eq!(drift_across_languages(&english, &spoken(&[("en-GB", 20), ("deu", 10)])), None);
        assert_eq!(drift_across_languages(&english, &spoken(&[])), None);
        let new = of(&[("deu", 20), ("eng", 10)]);
        let said = drift_across_languages(&new, &spoken(&[("eng", 28), ("deu", 2)])).unwrap();
        let said = said.to_string();
        assert!(
            said.contains("(deu, 20 of 30 traces)") && said.contains("(eng, 28 of 30 traces)"),
            "{said}"
        );
    }
}
