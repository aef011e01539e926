//! An atlas and labelled traces of new references → an atlas with both.
//!
//! The traces of the older references are not needed: the atlas keeps what it takes, where it was
//! learned to be extendable. Called by `cli`. How the new references are told from the older ones
//! is said in [`attribution::added`](crate::attribution::added).

use super::{
    about::{Extension, Reference},
    describe::describe,
    error::{CannotExtend, Error, Needed},
    format,
    learning::{LearnOptions, Learned},
    opened::{Atlas, text_hash},
    training_traces::{examples, observed, usable},
};
use crate::{
    attribution::{
        NewReferences, added::Extendable, extend as extend_model, verification::Verification,
    },
    trace::Trace,
};
use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
};

/// Adds the models of labelled traces to an atlas. `name` is the atlas's in messages. Of `options`
/// the families and the seed count; which text is read and whether names are masked has to be as
/// the atlas was learned.
///
/// Traces are dropped, and counted, for the same reasons as when an atlas is learned, and where the
/// atlas was learned from the same text. The atlas loses the word frequencies of the classic
/// measures, where it had them.
///
/// # Errors
/// [`Error::Extend`] where the atlas was not learned to be extendable, where a model has a name
/// that the atlas knows, or where the texts are of another kind; [`Error::TooLittle`] where no
/// model has enough traces.
pub fn extend<T: Borrow<Trace>>(
    base: &Atlas,
    name: &str,
    traces: &[T],
    options: &LearnOptions,
    stage: &dyn Fn(&str),
) -> Result<Learned, Error> {
    let refused = |why| Err(Error::Extend { name: name.to_owned(), why });
    if options.text != base.about.text || options.masked_names != base.about.masked_names {
        return refused(CannotExtend::OtherText {
            learned: base.about.text,
            learned_masked: base.about.masked_names,
            given: options.text,
            given_masked: options.masked_names,
        });
    }
    let Some(packed) = &base.extendable else {
        return refused(CannotExtend::NotExtendable);
    };
    let extendable = Extendable::from_bytes(&format::unpack_extendable(packed, name)?);
    let Some(extendable) = extendable else {
        return refused(CannotExtend::Damaged);
    };
    if base.about.vectors.is_some() {
        return refused(CannotExtend::HasVectors);
    }
    let mut dropped = BTreeMap::new();
    let mut usable = usable(traces, options, &mut dropped);
    let before = usable.len();
    usable.retain(|u| !base.has_seen(&u.text));
    if usable.len() < before {
        dropped.insert("a text that the atlas was learned from".into(), before - usable.len());
    }
    let names: Vec<&str> =
        usable.iter().map(|u| u.model).collect::<BTreeSet<_>>().into_iter().collect();
    if names.is_empty() {
        let traces = traces.len();
        return Err(Error::TooLittle { needed: Needed::OneModel, only: None, traces, dropped });
    }
    if let Some(&known) = names.iter().find(|name| base.names().any(|other| other == **name)) {
        return refused(CannotExtend::KnownReference { reference: known.to_owned() });
    }
    let sources: BTreeSet<&str> = usable.iter().map(|u| u.trace.source.as_str()).collect();
    let data_set_of: Vec<usize> =
        usable.iter().map(|u| sources.range(..u.trace.source.as_str()).count()).collect();
    let (examples, near_duplicates) = examples(&usable, &names, &data_set_of);
    stage("adding references");
    let learned_from = base.about.learned().iter().map(|reference| reference.traces).sum();
    let seed = options.fit.seed;
    let new = NewReferences { examples: &examples, count: names.len(), seed };
    let extended = extend_model(&base.model, &extendable, learned_from, new)
        .map_err(|why| Error::Extend { name: name.to_owned(), why: why.into() })?;

    let older = base.about.references.len();
    let places = base.model.vectorizer.style_places();
    // No data set has the number of one that is not known: only a shared prompt gives such a trace
    // its place.
    let place = |i: usize| (older + examples[i].label, extended.data_sets[i].unwrap_or(usize::MAX));
    let observed = observed(&usable, &examples, &extended.rows, &places, place);
    let panel = base.panel.clone().with(&observed);
    let places = base.model.vectorizer.verification_places();
    let added = (0..examples.len()).map(|i| (place(i), extended.rows[i].dense_at(&places)));
    let verification = base.verification.clone().map(|own| with_added(own, added));

    let mut about = base.about.clone();
    about.program = concat!("cotprint ", env!("CARGO_PKG_VERSION")).into();
    let mut strange = 0;
    for (label, &model) in names.iter().enumerate() {
        let own: Vec<usize> = (0..examples.len()).filter(|&i| examples[i].label == label).collect();
        let members: Vec<_> = own.iter().map(|&i| &usable[i]).collect();
        let data_sets: BTreeSet<usize> =
            own.iter().filter_map(|&i| extended.data_sets[i]).collect();
        strange += own.iter().filter(|&&i| extended.data_sets[i].is_none()).count();
        let data_sets =
            data_sets.into_iter().filter_map(|data_set| about.data_sets.get(data_set).cloned());
        let described = describe(model, options.families.get(model), &members);
        about.references.push(Reference { data_sets: data_sets.collect(), ..described });
    }
    about.extensions.push(Extension {
        base: base.checksum.clone(),
        references: names.iter().map(|&name| name.to_owned()).collect(),
        traces: examples.len(),
        unfamiliar: strange,
        held_out: extended.held_out,
    });
    let mut seen = base.seen.clone();
    seen.extend(usable.iter().map(|u| text_hash(&u.text)));
    seen.sort_unstable();
    seen.dedup();
    stage("writing the atlas");
    let parts = format::Parts {
        about: &about,
        model: &extended.model,
        seen: &seen,
        classic: None,
        panel: &panel,
        verification: verification.as_ref(),
        extendable: Some(&extendable),
    };
    let bytes = format::write(&parts)?;
    let atlas = Atlas::from_bytes(&bytes, "the extended atlas")?;
    Ok(Learned { atlas, bytes, dropped, near_duplicates })
}

/// The verification with what was observed of new references on data sets that it knows.
fn with_added(
    mut verification: Verification,
    added: impl Iterator<Item = ((usize, usize), Vec<f32>)>,
) -> Verification {
    let mut sums: BTreeMap<(usize, usize), (Vec<f32>, usize)> = BTreeMap::new();
    for (place, values) in added {
        let (sum, traces) = sums.entry(place).or_insert_with(|| (vec![0.0; values.len()], 0));
        sum.iter_mut().zip(&values).for_each(|(sum, value)| *sum += value);
        *traces += 1;
    }
    for ((reference, data_set), (sum, traces)) in sums {
        let mean: Vec<f32> = sum.iter().map(|sum| sum / traces as f32).collect();
        verification.add(reference, data_set, &mean, traces);
    }
    verification
}
