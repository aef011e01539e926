//! Labelled traces → an atlas.

use super::{
    About, Atlas, Error, Floor, OTHER_GROUND, Reference, UNKNOWN_DOMAIN, format, text_hash,
    usable::{MINIMUM_TRACES, Usable, examples, observed, usable},
};
use crate::{
    attribution::{
        ExternalInputs, FitOptions, MINIMUM_WORDS, classic,
        delta::{Profiles, mean_profile, similarity},
        fit,
        panel::Panel,
        style::MINIMUM_REFERENCES,
    },
    features::{Channel, Row, embed::Source, token_ngrams::TokenNgrams},
    trace::{TextKind, Trace},
};
use std::{
    borrow::Borrow,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use xxhash_rust::xxh3::xxh3_64;

/// A corpus needs so many traces to have a floor computed from it.
const FLOOR_TRACES: usize = 10;
/// With fewer references a profile is scaled by too few to say what a similarity means.
const FLOOR_REFERENCES: usize = 8;

/// What the floor of one model's corpus with itself is called.
pub(crate) const TWO_HALVES: &str = "two halves of one model's corpus, on different prompts";

/// How an atlas is learned.
#[derive(Debug, Clone, Default)]
pub struct LearnOptions {
    /// Which text of a trace is learned from.
    pub text: TextKind,
    /// Whether names of models and vendors were masked in the traces.
    pub masked_names: bool,
    /// Model → family. Where it is empty, references that are taken for each other on new prompts become families.
    pub families: BTreeMap<String, String>,
    /// Features, channels and seed.
    pub fit: FitOptions,
    /// The tokenizer of the channel `token`.
    pub tokens: Option<Arc<TokenNgrams>>,
    /// Where the vectors of the channel `vectors` come from; a file whose rows are matched by order has to
    /// know the traces ([`Source::for_traces`]).
    pub vectors: Option<Source>,
    /// Whether the word frequencies of the classic measures of stylometry are learned too.
    pub classic: bool,
}

/// A new atlas.
#[derive(Debug)]
pub struct Learned {
    /// The atlas, as it is read back from `bytes`.
    pub atlas: Atlas,
    /// The bytes of its file.
    pub bytes: Vec<u8>,
    /// Traces that were not learned from, by reason.
    pub dropped: BTreeMap<String, usize>,
    /// Prompts that ask nearly the same as another, with which they were held out together ([`crate::prompts`]).
    pub near_duplicates: usize,
}

/// Learns an atlas from labelled traces.
///
/// Traces without a model, with fewer than [`MINIMUM_WORDS`] words, or written twice by the same
/// model are dropped, as are models with fewer than [`MINIMUM_TRACES`] traces; all are counted.
/// The order of the traces does not matter. `stage` is called with a few words at each step.
///
/// # Errors
/// [`Error::TooLittle`] where fewer than two references or two prompts remain; [`Error::Tokenizer`] and
/// [`Error::Vectors`] where a channel and what it needs are not given together; [`Error::Embed`] where a file of
/// vectors lacks that of a trace.
pub fn learn<T: Borrow<Trace>>(
    traces: &[T],
    options: &LearnOptions,
    stage: &dyn Fn(&str),
) -> Result<Learned, Error> {
    let mut dropped = BTreeMap::new();
    let usable = usable(traces, options, &mut dropped);
    let names: Vec<&str> =
        usable.iter().map(|u| u.model).collect::<BTreeSet<_>>().into_iter().collect();
    if names.len() < 2 {
        return Err(too_little(
            "an atlas needs at least two models",
            &names,
            traces.len(),
            &dropped,
        ));
    }

    let has_channel = options.fit.channels.has(Channel::Token);
    if has_channel != options.tokens.is_some() {
        return Err(Error::Tokenizer { named: has_channel });
    }
    let has_channel = options.fit.channels.has(Channel::Vectors);
    if has_channel != options.vectors.is_some() {
        return Err(Error::Vectors { named: has_channel });
    }
    let source = options.vectors.as_ref();
    let mut fit_options = options.fit.clone();
    if let Some(source) = source {
        let length = source.info().dimensions;
        fit_options.channels = fit_options.channels.with_vectors_of(length);
    }
    let vector_of = |u: &Usable<'_>| source.map_or(Ok(None), |source| source.vector_of(u.trace));
    let vectors: Vec<Option<&[f32]>> = usable.iter().map(vector_of).collect::<Result<_, _>>()?;

    let (data_sets, data_set_of) = data_sets(&usable);
    let (mut examples, near_duplicates) = examples(&usable, &names, &data_set_of);
    for (example, vector) in examples.iter_mut().zip(vectors) {
        example.vector = vector;
    }
    let brought = ExternalInputs {
        tokens: options.tokens.clone(),
        embedder: source.and_then(Source::embedder).cloned(),
    };
    let fitted =
        fit(&examples, names.len(), &fit_options, &brought, stage).map_err(Error::TooLittle)?;

    let classic = options
        .classic
        .then(|| classic::learn_tables(&examples, names.len(), options.fit.seed, stage))
        .transpose()
        .map_err(Error::TooLittle)?;

    let untokenized: usize = fitted.rows.iter().map(|row| row.untokenized).sum();
    if untokenized > 0 {
        dropped.insert("byte of text that the tokenizer gave up on".into(), untokenized);
    }
    let without_vector = fitted.rows.iter().filter(|row| row.without_vector).count();
    if without_vector > 0 {
        dropped.insert("vector that the embedding model could not make".into(), without_vector);
    }

    stage("measuring the floors");
    let references: Vec<Reference> = names
        .iter()
        .map(|&name| {
            let own: Vec<&Usable<'_>> = usable.iter().filter(|u| u.model == name).collect();
            describe(name, options.families.get(name), &own)
        })
        .collect();
    let families_learned = options.families.is_empty();
    let references =
        if families_learned { with_families(references, &fitted.confused) } else { references };
    let floors = floors(&fitted.model.profiles, &references, &usable, &fitted.rows);
    let about = About {
        program: concat!("cotprint ", env!("CARGO_PKG_VERSION")).into(),
        text: options.text,
        masked_names: options.masked_names,
        options: fit_options,
        vectors: source.map(|source| source.info().clone()),
        cross_validation: fitted.cross_validation.clone(),
        floors,
        data_sets,
        families_learned: families_learned && references.iter().any(|r| r.family.is_some()),
        references,
        extensions: Vec::new(),
    };
    stage("writing the atlas");
    let mut seen: Vec<u64> = usable.iter().map(|u| text_hash(&u.text)).collect();
    seen.sort_unstable();
    seen.dedup();
    let places = fitted.model.vectorizer.style_places();
    // Empty where there is no style embedding, whose values it compares.
    let panel = if fitted.model.style.is_none() || places.is_empty() {
        Panel::default()
    } else {
        let place = |i: usize| (examples[i].label, examples[i].data_set);
        Panel::learn(
            &observed(&usable, &examples, &fitted.rows, &places, place),
            about.data_sets.len(),
        )
    };
    let parts = format::Parts {
        about: &about,
        model: &fitted.model,
        seen: &seen,
        classic: classic.as_ref(),
        panel: &panel,
        extendable: fitted.extendable.as_ref(),
    };
    let (bytes, _) = format::write(&parts)?;
    // Read back, so that what is used now is exactly what others will read.
    let mut atlas = format::read(&bytes, "the new atlas")?;
    if let Some(source) = source {
        atlas.set_vectors(source.clone(), "the new atlas")?;
    }
    Ok(Learned { atlas, bytes, dropped, near_duplicates })
}

/// The references with families of those that are taken for each other, named after the member with most traces; none for a reference that is
/// confused with nobody.
fn with_families(mut references: Vec<Reference>, groups: &[usize]) -> Vec<Reference> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (reference, &group) in groups.iter().enumerate().take(references.len()) {
        members.entry(group).or_default().push(reference);
    }
    for members in members.values().filter(|members| members.len() > 1) {
        let largest = members.iter().copied().max_by_key(|&i| (references[i].traces, Reverse(i)));
        let Some(largest) = largest else { continue };
        let family = format!("{} and its like", references[largest].name);
        members.iter().for_each(|&i| references[i].family = Some(family.clone()));
    }
    references
}

/// The data sets that traces are compared on, by name, and the data set of each trace. A source with traces of
/// several references is a data set; all others are one data set together, as what the traces of a source
/// with one reference have in common may be that reference's own style.
fn data_sets(usable: &[Usable<'_>]) -> (Vec<String>, Vec<usize>) {
    let mut models: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for u in usable {
        models.entry(&u.trace.source).or_default().insert(u.model);
    }
    models.retain(|_, models| models.len() >= MINIMUM_REFERENCES);
    let mut names: Vec<String> = models.keys().map(|&source| source.to_owned()).collect();
    let number = |source: &str| models.keys().position(|&own| own == source);
    let of: Vec<usize> =
        usable.iter().map(|u| number(&u.trace.source).unwrap_or(models.len())).collect();
    if of.contains(&models.len()) {
        names.push(OTHER_GROUND.to_owned());
    }
    (names, of)
}

/// Why nothing is learned: what needs how many models, as `needed` says, and that these were found.
pub(super) fn too_little(
    needed: &str,
    names: &[&str],
    traces: usize,
    dropped: &BTreeMap<String, usize>,
) -> Error {
    let found = match names {
        [] => format!("none of the {traces} traces could be used"),
        _ => format!("only one model, {}, has enough traces", names[0]),
    };
    let reasons: Vec<String> =
        dropped.iter().map(|(reason, count)| format!("{count} × {reason}")).collect();
    let reasons = if reasons.is_empty() {
        String::new()
    } else {
        format!(" Dropped: {}.", reasons.join(", "))
    };
    Error::TooLittle(format!(
        "{needed} with {MINIMUM_TRACES} traces of {MINIMUM_WORDS} words \
         each, and {found}.{reasons} Give more traces, or name the models with --label NAME=PATH."
    ))
}

/// What is known about a reference.
pub(super) fn describe(name: &str, family: Option<&String>, own: &[&Usable<'_>]) -> Reference {
    let count = |key: &dyn Fn(&Usable<'_>) -> String| {
        let mut counts = BTreeMap::new();
        for u in own {
            *counts.entry(key(u)).or_default() += 1;
        }
        counts
    };
    Reference {
        name: name.to_owned(),
        family: family.cloned(),
        traces: own.len(),
        words: own.iter().map(|u| u.words).sum(),
        prompts: own.iter().map(|u| u.prompt.as_str()).collect::<BTreeSet<_>>().len(),
        domains: count(&|u| u.trace.domain.clone().unwrap_or_else(|| UNKNOWN_DOMAIN.into())),
        mediation: count(&|u| u.trace.mediation().name().into()),
        sources: count(&|u| u.trace.source.clone()),
        licences: own
            .iter()
            .filter_map(|u| u.trace.meta.get("licence")?.as_str().map(str::to_owned))
            .collect(),
        data_sets: BTreeSet::new(),
    }
}

/// Similarities between corpora whose relation is known.
fn floors(
    profiles: &Profiles,
    references: &[Reference],
    usable: &[Usable<'_>],
    rows: &[Row],
) -> Vec<Floor> {
    if references.len() < FLOOR_REFERENCES {
        return Vec::new();
    }
    let mean_of = |members: &[usize]| {
        profiles.standardize(&mean_profile(members.iter().map(|&i| rows[i].profile())))
    };
    let mut halves = Vec::new();
    let mut domains = Vec::new();
    for reference in references {
        let own: Vec<usize> =
            (0..usable.len()).filter(|&i| usable[i].model == reference.name).collect();
        let (first, second): (Vec<usize>, Vec<usize>) =
            own.iter().partition(|&&i| xxh3_64(usable[i].prompt.as_bytes()).is_multiple_of(2));
        if first.len() >= FLOOR_TRACES && second.len() >= FLOOR_TRACES {
            halves.push(similarity(&mean_of(&first), &mean_of(&second)));
        }
        let mut by_source: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &i in &own {
            by_source.entry(&usable[i].trace.source).or_default().push(i);
        }
        by_source.retain(|_, members| members.len() >= FLOOR_TRACES);
        let means: Vec<Vec<f32>> = by_source.values().map(|members| mean_of(members)).collect();
        for (i, a) in means.iter().enumerate() {
            domains.extend(means[i + 1..].iter().map(|b| similarity(a, b)));
        }
    }
    let mut unrelated = Vec::new();
    for (i, a) in references.iter().enumerate() {
        for (j, b) in references.iter().enumerate().skip(i + 1) {
            if a.family.is_none() || a.family != b.family {
                unrelated.push(similarity(profiles.reference(i), profiles.reference(j)));
            }
        }
    }
    [
        (TWO_HALVES, halves),
        ("one model in two data sets of different domains", domains),
        ("two unrelated models", unrelated),
    ]
    .into_iter()
    .filter_map(|(what, values)| floor(what, values))
    .collect()
}

/// The quantiles of similarities between corpora whose relation is known; `None` of none.
pub(crate) fn floor(what: &str, mut values: Vec<f64>) -> Option<Floor> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let quantile = |q: f64| values[(q * last as f64).round() as usize];
    Some(Floor {
        what: what.to_owned(),
        pairs: values.len(),
        low: quantile(0.05),
        median: quantile(0.5),
        high: quantile(0.95),
    })
}

/// Reads a table of families: a line per model, the model and its family with a tab between them.
/// A first line that begins with `model` is a heading; empty lines and lines with `#` are skipped.
///
/// # Errors
/// A sentence with the line that is no such row, or that names a model for the second time.
pub fn read_families(text: &str, name: &str) -> Result<BTreeMap<String, String>, Error> {
    let mut families = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || (number == 0 && line.starts_with("model\t"))
        {
            continue;
        }
        let row = line.split_once('\t').map(|(m, f)| (m.trim(), f.trim()));
        let Some((model, family)) = row.filter(|(m, f)| !m.is_empty() && !f.is_empty()) else {
            return Err(Error::Families(format!(
                "{name}, line {}: found {line:?}, expected a model and its family with a tab between them",
                number + 1
            )));
        };
        if families.insert(model.to_owned(), family.to_owned()).is_some() {
            return Err(Error::Families(format!(
                "{name}, line {}: the model {model} stands there twice; keep one line of it",
                number + 1
            )));
        }
    }
    Ok(families)
}
