//! Labelled traces → an atlas.

use super::{
    about::{About, OTHER_DATA_SET, Reference, vendor},
    describe::{describe, source_summaries},
    error::{Error, Needed},
    families::with_families,
    floors::floors,
    format,
    learning::{LearnOptions, Learned},
    opened::{Atlas, text_hash},
    training_traces::{TrainingTrace, examples, observed, usable},
};
use crate::{
    attribution::{
        Example, ExternalInputs, Fitted, classic,
        data_sets::MINIMUM_REFERENCES,
        fit,
        folds::Folds,
        panel::Panel,
        verification::{self, Kin, LabelledTraces, Verification},
    },
    features::{Channel, embed::Source},
    trace::Trace,
};
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
};

/// Learns an atlas from labelled traces.
///
/// Traces without a model, with fewer than `MINIMUM_WORDS` words, or written twice by the same
/// model are dropped, as are models with fewer than `MINIMUM_TRACES` traces; all are counted.
/// The order of the traces does not matter. `stage` is called with a few words at each step.
///
/// # Errors
/// [`Error::TooLittle`] where fewer than two references or two prompts remain; [`Error::Tokenizer`]
/// and [`Error::Vectors`] where a channel and what it needs are not given together;
/// [`Error::Embed`] where a file of vectors lacks that of a trace.
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
        let only = names.first().map(|&name| name.to_owned());
        let traces = traces.len();
        return Err(Error::TooLittle { needed: Needed::TwoModels, only, traces, dropped });
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
    let vector_of =
        |u: &TrainingTrace<'_>| source.map_or(Ok(None), |source| source.vector_of(u.trace));
    let vectors: Vec<Option<&[f32]>> = usable.iter().map(vector_of).collect::<Result<_, _>>()?;

    let (data_sets, data_set_of) = data_sets(&usable);
    let (mut examples, near_duplicates) = examples(&usable, &names, &data_set_of);
    for (example, vector) in examples.iter_mut().zip(vectors) {
        example.vector = vector;
    }
    let inputs = ExternalInputs {
        tokens: options.tokens.clone(),
        embedder: source.and_then(Source::embedder).cloned(),
    };
    let fitted = fit(&examples, names.len(), &fit_options, &inputs, stage)?;

    let classic = options
        .classic
        .then(|| classic::learn_tables(&examples, names.len(), options.fit.seed, stage))
        .transpose()?;

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
            let own: Vec<&TrainingTrace<'_>> = usable.iter().filter(|u| u.model == name).collect();
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
        sources: source_summaries(&usable),
        extensions: Vec::new(),
    };
    let verification = learn_verification(&fitted, &examples, &about, &names, stage);
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
        verification: verification.as_ref(),
        extendable: fitted.extendable.as_ref(),
    };
    let bytes = format::write(&parts)?;
    // Read back, so that what is used now is exactly what others will read.
    let mut atlas = Atlas::from_bytes(&bytes, "the new atlas")?;
    if let Some(source) = source {
        atlas.set_vectors(source.clone(), "the new atlas")?;
    }
    Ok(Learned { atlas, bytes, dropped, near_duplicates })
}

/// What decides whether a reference wrote a corpus; `None` without a style embedding, whose values it
/// reads, or with too few families.
fn learn_verification(
    fitted: &Fitted,
    examples: &[Example<'_>],
    about: &About,
    names: &[&str],
    stage: &dyn Fn(&str),
) -> Option<Verification> {
    let places = fitted.model.vectorizer.verification_places();
    let groups: Vec<u32> = examples.iter().map(|example| example.group).collect();
    let folds = Folds::by_prompt(&groups, about.options.seed)?;
    if fitted.model.style.is_none() || places.is_empty() {
        return None;
    }
    stage("learning when to name a model");
    let mut values = Array2::<f32>::zeros((fitted.rows.len(), places.len()));
    values.axis_iter_mut(Axis(0)).into_par_iter().zip(&fitted.rows).for_each(|(mut row, own)| {
        row.iter_mut().zip(&places).for_each(|(v, &(at, factor))| *v = own.dense[at] * factor);
    });
    let kin = kin(about.references.iter().map(|own| own.family.as_deref()), names);
    let traces = LabelledTraces {
        values: &values,
        labels: &examples.iter().map(|example| example.label).collect::<Vec<_>>(),
        data_sets: &examples.iter().map(|example| example.data_set).collect::<Vec<_>>(),
        data_set_count: about.data_sets.len(),
        folds: &folds.of,
        fold_count: folds.count,
    };
    verification::learn(&traces, &kin, about.options.seed)
}

/// The family and the vendor of each reference; one without a family is its own.
fn kin<'a>(families: impl Iterator<Item = Option<&'a str>>, names: &[&'a str]) -> Vec<Kin> {
    let mut numbers: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut number = |kind, name| {
        let next = numbers.len();
        *numbers.entry((kind, name)).or_insert(next)
    };
    families
        .zip(names)
        .map(|(family, &name)| Kin {
            family: match family {
                Some(family) => number("family", family),
                None => number("alone", name),
            },
            vendor: number("vendor", vendor(name)),
        })
        .collect()
}

/// The data sets that traces are compared on, by name, and the data set of each trace. A source
/// with traces of several references is a data set; all others are one data set together, as what
/// the traces of a source with one reference have in common may be that reference's own style.
fn data_sets(usable: &[TrainingTrace<'_>]) -> (Vec<String>, Vec<usize>) {
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
        names.push(OTHER_DATA_SET.to_owned());
    }
    (names, of)
}
