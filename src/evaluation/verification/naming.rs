//! Judged corpora → how many traces it takes until a model is named.

use super::{
    corpora::{JudgedCorpus, SIZES, Writer},
    detection::share,
};
use serde::{Deserialize, Serialize};

/// The share of a model's corpora that have to be named rightly: four in five, so that one who gives
/// so many traces can count on a name.
pub const NAMED_LEVEL: f64 = 0.8;

/// How many traces it takes until a model is named as what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamingPlan {
    /// The model.
    pub model: String,
    /// Its family, where it was given one.
    pub family: Option<String>,
    /// The smallest number of traces of which at least [`NAMED_LEVEL`] of its corpora were named
    /// rightly, its family by the bound of the program; `None` where no number that was tried is
    /// enough.
    pub needed: Option<usize>,
    /// The largest number of traces that was tried: it has no more in a round.
    pub most: usize,
    /// Each number that was tried, ascending.
    pub by_traces: Vec<NamedRightly>,
}

/// How often a model was named rightly with so many traces.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NamedRightly {
    /// Traces in a corpus.
    pub traces: usize,
    /// Corpora that were drawn.
    pub corpora: usize,
    /// The share of them of which the model's family was named.
    pub named_rightly: f64,
}

/// The plan of each model of which corpora were judged while the atlas knew it, in the order of
/// `models`: their names and families.
pub(super) fn plans(
    corpora: &[JudgedCorpus],
    models: &[(String, Option<String>)],
) -> Vec<NamingPlan> {
    let plan = |(number, (model, family)): (usize, &(String, Option<String>))| {
        let own: Vec<&JudgedCorpus> =
            corpora.iter().filter(|own| own.model == number && own.writer.is_known()).collect();
        let by_traces: Vec<NamedRightly> =
            SIZES.into_iter().filter_map(|size| named_rightly(&own, size)).collect();
        let enough = |size: &&NamedRightly| size.named_rightly >= NAMED_LEVEL - 1e-9;
        Some(NamingPlan {
            model: model.clone(),
            family: family.clone(),
            needed: by_traces.iter().find(enough).map(|size| size.traces),
            most: by_traces.last()?.traces,
            by_traces,
        })
    };
    models.iter().enumerate().filter_map(plan).collect()
}

/// The share of corpora of this size that were named rightly; `None` where there are none.
fn named_rightly(corpora: &[&JudgedCorpus], size: usize) -> Option<NamedRightly> {
    let own: Vec<&JudgedCorpus> =
        corpora.iter().copied().filter(|corpus| corpus.traces == size).collect();
    let is_right = |own: &JudgedCorpus| own.is_named && own.writer == Writer::KnownAndRight;
    let named_rightly = share(own.iter().map(|own| (own.weight, is_right(own))))?;
    Some(NamedRightly { traces: size, corpora: own.len(), named_rightly })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus(model: usize, traces: usize, writer: Writer, is_named: bool) -> JudgedCorpus {
        let (family, weight, probability) = (model, 1.0, Some(0.5));
        JudgedCorpus { model, family, traces, weight, writer, probability, is_named }
    }

    #[test]
    fn the_smallest_number_with_four_of_five_is_needed() {
        let known = Writer::KnownAndRight;
        let mut corpora = Vec::new();
        for i in 0..5 {
            corpora.push(corpus(0, 1, known, false));
            // Three of five are not enough, four are.
            corpora.push(corpus(0, 5, known, i < 3));
            corpora.push(corpus(0, 10, known, i < 4));
            corpora.push(corpus(0, 20, known, true));
            // A name of another family is none of its own.
            corpora.push(corpus(1, 5, Writer::KnownAndWrong, true));
            corpora.push(corpus(2, 5, Writer::Stranger, true));
        }
        let models: Vec<(String, Option<String>)> =
            ["a", "b", "c"].iter().map(|name| ((*name).to_owned(), None)).collect();
        let plans = plans(&corpora, &models);
        assert_eq!(plans.len(), 2, "one is a stranger only");
        assert_eq!((plans[0].model.as_str(), plans[0].needed, plans[0].most), ("a", Some(10), 20));
        let shares: Vec<f64> = plans[0].by_traces.iter().map(|own| own.named_rightly).collect();
        assert_eq!(shares, [0.0, 0.6, 0.8, 1.0]);
        assert_eq!((plans[1].needed, plans[1].most), (None, 5));
    }

    #[test]
    fn corpora_weigh_as_much_as_they_are_independent() {
        let one = |weight, is_named| JudgedCorpus {
            weight,
            ..corpus(0, 5, Writer::KnownAndRight, is_named)
        };
        let corpora = [one(1.0, true), one(0.2, false), one(0.2, false)];
        let found = named_rightly(&corpora.iter().collect::<Vec<_>>(), 5).unwrap();
        assert_eq!(found.corpora, 3);
        assert!((found.named_rightly - 1.0 / 1.4).abs() < 1e-12);
    }
}
