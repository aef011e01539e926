//! The seam between what predicts and what measures: a [`Method`] learns a [`Classifier`] from
//! labelled traces, a classifier turns a text into a probability per reference, and
//! [`cross_validate`] gives its predictions for traces whose prompts it has not seen.
//!
//! The program's own method is [`AtlasMethod`], which is what `cotprint fit` and `cotprint score`
//! do. Any other that implements [`Method`] can be measured next to it ([`super::evaluate`] takes a
//! list of them).

use super::{Cases, Error, Split, TooLittle, perturbations::View};
use crate::{
    atlas::{self, Atlas, LearnOptions, learn},
    attribution::{MINIMUM_WORDS, Scored, pool::Pooling},
    features::{NgramCounter, embed::Source},
    trace::Trace,
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What a classifier predicts for one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Probability per reference of the classifier; sums to one.
    pub probabilities: Vec<f32>,
    /// The p-value that some reference wrote it, where the classifier gives one.
    pub unknown: Option<f64>,
}

/// Anything that turns a text into a probability per reference.
pub trait Classifier: Sync {
    /// The names of the references, in the order of the probabilities; each at most once.
    fn references(&self) -> &[String];
    /// Judges a text, or `None` where it has too few words. `counter` is memory to work in, for
    /// classifiers that count n-grams.
    fn predict(&self, text: &str, counter: &mut NgramCounter) -> Option<Prediction>;
    /// Classifies a whole trace, whose text this is. A classifier that uses more of a trace than its
    /// text, such as a vector from a file, overrides this; the others classify the text.
    fn predict_trace(
        &self,
        _trace: &Trace,
        text: &str,
        counter: &mut NgramCounter,
    ) -> Option<Prediction> {
        self.predict(text, counter)
    }
    /// Scores a whole trace as an atlas does, where it is one; `None` for other classifiers and for a text
    /// with too few words.
    fn score_trace(
        &self,
        _trace: &Trace,
        _text: &str,
        _counter: &mut NgramCounter,
    ) -> Option<Scored> {
        None
    }
    /// The atlas by which it judges, where it is one: it can give a verdict on a corpus.
    fn atlas(&self) -> Option<&Atlas> {
        None
    }
    /// How it pools several traces; `None` where it has no way of its own, and the
    /// geometric mean of their probabilities stands.
    fn pooling(&self) -> Option<&Pooling> {
        None
    }
}

/// Anything that learns a classifier from labelled traces.
pub trait Method {
    /// What to call it in a table.
    fn name(&self) -> &str;
    /// Learns from traces that name their model. `stage` is called with a few words at each step.
    ///
    /// # Errors
    /// [`atlas::Error::TooLittle`] where there are too few traces; other errors end the evaluation.
    fn learn(
        &self,
        training: &[&Trace],
        stage: &dyn Fn(&str),
    ) -> Result<Box<dyn Classifier>, atlas::Error>;
}

/// The program's own method: an atlas is learned, as `cotprint fit` does.
#[derive(Debug, Clone)]
pub struct AtlasMethod {
    /// How.
    pub options: LearnOptions,
}

struct AtlasClassifier {
    references: Vec<String>,
    atlas: Atlas,
    /// Where the vectors of traces come from, if the atlas needs any.
    vectors: Option<Source>,
}

impl From<&Scored> for Prediction {
    fn from(scored: &Scored) -> Self {
        Self { probabilities: scored.probabilities.clone(), unknown: Some(scored.unknown) }
    }
}

impl Method for AtlasMethod {
    fn name(&self) -> &str {
        "cotprint"
    }

    fn learn(
        &self,
        training: &[&Trace],
        stage: &dyn Fn(&str),
    ) -> Result<Box<dyn Classifier>, atlas::Error> {
        let atlas = learn(training, &self.options, stage)?.atlas;
        let references = atlas.names().map(str::to_owned).collect();
        let vectors = self.options.vectors.clone();
        Ok(Box::new(AtlasClassifier { references, atlas, vectors }))
    }
}

impl Classifier for AtlasClassifier {
    fn references(&self) -> &[String] {
        &self.references
    }

    fn predict(&self, text: &str, counter: &mut NgramCounter) -> Option<Prediction> {
        Some(Prediction::from(&self.atlas.model.score(text, counter).ok()?))
    }

    fn predict_trace(
        &self,
        trace: &Trace,
        text: &str,
        counter: &mut NgramCounter,
    ) -> Option<Prediction> {
        Some(Prediction::from(&self.score_trace(trace, text, counter)?))
    }

    fn score_trace(&self, trace: &Trace, text: &str, counter: &mut NgramCounter) -> Option<Scored> {
        // That every trace has a vector is seen to before anything is learned.
        let vector = self.vectors.as_ref().and_then(|source| source.vector_of(trace).ok()?);
        self.atlas.model.score_with(text, vector, counter).ok()
    }

    fn atlas(&self) -> Option<&Atlas> {
        Some(&self.atlas)
    }

    fn pooling(&self) -> Option<&Pooling> {
        Some(&self.atlas.model.pooling)
    }
}

/// The prediction for one held-out case.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The case, an index.
    pub case: usize,
    /// The part in which it was held out.
    pub part: usize,
    /// Probability per model of the evaluation; 0 for one that the classifier does not know.
    pub probabilities: Vec<f32>,
    /// The classifier's p-value that some reference wrote it.
    pub unknown: Option<f64>,
    /// Per view, the probabilities after the text was changed; `None` where too few words were
    /// left.
    pub views: Vec<Option<Vec<f32>>>,
}

/// What became of the cases of one part.
#[derive(Debug, Clone, PartialEq)]
pub struct PartOutcome {
    /// Per model of the evaluation, its share of the traces that were learned from; 0 where the
    /// classifier does not know it.
    pub shares: Vec<f64>,
    /// Why nothing could be learned; `None` where it could.
    pub failure: Option<String>,
}

/// All held-out outcomes.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldOut {
    /// The outcomes, by case.
    pub outcomes: Vec<Outcome>,
    /// What became of each part.
    pub parts: Vec<PartOutcome>,
    /// How the classifiers of the parts pool, where they have a way of their own.
    pub poolings: Vec<Pooling>,
    /// Cases with too few words, ascending; a classifier gives no answer to them.
    pub too_short: Vec<usize>,
    /// Cases by model whose classifier did not know the model, so that it could not have been right.
    pub vanished: BTreeMap<String, usize>,
}

/// Learns on each part's training cases and judges its held-out cases, as they are and as each view
/// shows them. `stage` is called with a few words at each step.
///
/// # Errors
/// [`Error::TooLittle`] where nothing could be learned in any part, or nothing could be judged; the
/// method's own error where it fails otherwise.
pub fn cross_validate(
    cases: &Cases<'_>,
    split: &Split,
    method: &dyn Method,
    views: &[View],
    stage: &dyn Fn(&str),
) -> Result<HeldOut, Error> {
    let mut held = HeldOut {
        outcomes: Vec::new(),
        parts: Vec::new(),
        poolings: Vec::new(),
        too_short: Vec::new(),
        vanished: BTreeMap::new(),
    };
    for (number, part) in split.parts.iter().enumerate() {
        let place = format!("{} of {}", number + 1, split.parts.len());
        let training: Vec<&Trace> = part.training.iter().map(|&i| cases.cases[i].trace).collect();
        let learned = method.learn(&training, &|step| stage(&format!("part {place}: {step}")));
        let classifier = match learned {
            Ok(classifier) => classifier,
            Err(error) if error.is_too_little() => {
                let why = error.to_string();
                let shares = vec![0.0; cases.models.len()];
                held.parts.push(PartOutcome { shares, failure: Some(why) });
                for &i in &part.held_out {
                    *held
                        .vanished
                        .entry(cases.models[cases.cases[i].model].clone())
                        .or_default() += 1;
                }
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        stage(&format!("part {place}: judging"));
        held.poolings.extend(classifier.pooling().cloned());
        let place_of: Vec<Option<usize>> = classifier
            .references()
            .iter()
            .map(|name| cases.models.binary_search(name).ok())
            .collect();
        let shares = shares(cases, &part.training, &place_of);
        let mut to_score = Vec::new();
        for &i in &part.held_out {
            let case = &cases.cases[i];
            if case.words < MINIMUM_WORDS {
                held.too_short.push(i);
            } else if shares[case.model] == 0.0 {
                *held.vanished.entry(cases.models[case.model].clone()).or_default() += 1;
            } else {
                to_score.push(i);
            }
        }
        let spread = |prediction: &Prediction| {
            let mut probabilities = vec![0.0; cases.models.len()];
            for (place, &p) in place_of.iter().zip(&prediction.probabilities) {
                if let Some(place) = *place {
                    probabilities[place] = p;
                }
            }
            probabilities
        };
        let judged: Vec<(usize, Option<Outcome>)> = to_score
            .par_iter()
            .map_init(NgramCounter::default, |counter, &case| {
                let text = &cases.cases[case].text;
                let trace = cases.cases[case].trace;
                let prediction = classifier.predict_trace(trace, text, counter);
                let outcome = prediction.map(|prediction| Outcome {
                    case,
                    part: number,
                    probabilities: spread(&prediction),
                    unknown: prediction.unknown,
                    views: views
                        .iter()
                        .map(|view| {
                            classifier.predict(&view.of(text), counter).as_ref().map(spread)
                        })
                        .collect(),
                });
                (case, outcome)
            })
            .collect();
        for (case, outcome) in judged {
            match outcome {
                Some(outcome) => held.outcomes.push(outcome),
                None => held.too_short.push(case),
            }
        }
        held.parts.push(PartOutcome { shares, failure: None });
    }
    held.outcomes.sort_by_key(|outcome| outcome.case);
    held.too_short.sort_unstable();
    if held.outcomes.is_empty() {
        let failure = held.parts.iter().find_map(|part| part.failure.clone());
        return Err(TooLittle::NothingJudged { failure }.into());
    }
    Ok(held)
}

/// Each model's share of the training cases with enough words, among the models that the judge
/// knows.
fn shares(cases: &Cases<'_>, training: &[usize], known: &[Option<usize>]) -> Vec<f64> {
    let mut counts = vec![0.0; cases.models.len()];
    for &i in training {
        let case = &cases.cases[i];
        if case.words >= MINIMUM_WORDS && known.contains(&Some(case.model)) {
            counts[case.model] += 1.0;
        }
    }
    let sum: f64 = counts.iter().sum();
    counts.iter_mut().for_each(|count| *count /= sum.max(1.0));
    counts
}

#[cfg(test)]
mod tests {
    use super::super::Group;
    use super::*;
    use crate::trace::TextKind;
    use std::sync::Mutex;

    /// Knows every model but one, and notes what it was given to learn from.
    struct Forgetful {
        forgets: &'static str,
        given: Mutex<Vec<Vec<String>>>,
    }

    struct Sure(Vec<String>);

    impl Method for Forgetful {
        fn name(&self) -> &str {
            "forgetful"
        }

        fn learn(
            &self,
            training: &[&Trace],
            _: &dyn Fn(&str),
        ) -> Result<Box<dyn Classifier>, atlas::Error> {
            let ids = training.iter().map(|trace| trace.id.clone()).collect();
            self.given.lock().unwrap().push(ids);
            let mut names: Vec<String> =
                training.iter().filter_map(|trace| trace.model.clone()).collect();
            names.sort();
            names.dedup();
            names.retain(|name| name != self.forgets);
            // Not in the order of the evaluation's models.
            names.reverse();
            Ok(Box::new(Sure(names)))
        }
    }

    impl Classifier for Sure {
        fn references(&self) -> &[String] {
            &self.0
        }

        /// Sure of the reference whose name the text begins with.
        fn predict(&self, text: &str, _: &mut NgramCounter) -> Option<Prediction> {
            let of = |name: &String| if text.starts_with(name.as_str()) { 1.0 } else { 0.0 };
            let probabilities = self.0.iter().map(of).collect();
            Some(Prediction { probabilities, unknown: None })
        }
    }

    #[test]
    fn what_is_judged_was_not_learned_from_and_what_is_not_known_is_counted() {
        let mut traces = Vec::new();
        for model in ["a", "b", "c"] {
            for prompt in 0..6 {
                traces.push(Trace {
                    id: format!("{model}{prompt}"),
                    model: Some(model.into()),
                    prompt_id: Some(prompt.to_string()),
                    reasoning: format!("{model} {prompt} ").repeat(if prompt == 5 {
                        4
                    } else {
                        40
                    }),
                    ..Trace::default()
                });
            }
        }
        let cases = Cases::new(&traces, TextKind::Reasoning).unwrap();
        let split = Split::new(&cases, Group::Prompt, 3, 2).unwrap();
        let method = Forgetful { forgets: "b", given: Mutex::default() };
        let views = View::of_evaluation(0);
        let held = cross_validate(&cases, &split, &method, &views, &|_| ()).unwrap();
        // Prompt 5 is too short for all three; the other ten traces of a and c are judged.
        assert_eq!((held.outcomes.len(), held.too_short.len()), (10, 3));
        assert_eq!(held.vanished, BTreeMap::from([("b".to_owned(), 5)]));
        for judged in &held.outcomes {
            let case = &cases.cases[judged.case];
            assert_eq!(judged.probabilities[case.model], 1.0);
            assert_eq!(judged.views.len(), views.len());
            assert!(!method.given.lock().unwrap()[judged.part].contains(&case.trace.id));
            assert_eq!(held.parts[judged.part].shares[1], 0.0);
        }
    }

    /// Never finds enough to learn from.
    struct Helpless;

    impl Method for Helpless {
        fn name(&self) -> &str {
            "helpless"
        }

        fn learn(
            &self,
            _: &[&Trace],
            _: &dyn Fn(&str),
        ) -> Result<Box<dyn Classifier>, atlas::Error> {
            Err(crate::attribution::FitError::OnePrompt.into())
        }
    }

    #[test]
    fn where_nothing_can_be_learned_the_reason_is_told() {
        let trace = |model: &str, prompt: usize| Trace {
            model: Some(model.into()),
            prompt_id: Some(prompt.to_string()),
            reasoning: format!("{model} {prompt} ").repeat(40),
            ..Trace::default()
        };
        let traces: Vec<Trace> =
            (0..8).map(|i| trace(if i % 2 == 0 { "a" } else { "b" }, i / 2)).collect();
        let cases = Cases::new(&traces, TextKind::Reasoning).unwrap();
        let split = Split::new(&cases, Group::Prompt, 2, 0).unwrap();
        let error = cross_validate(&cases, &split, &Helpless, &[], &|_| ()).unwrap_err();
        assert!(
            matches!(&error, Error::TooLittle(why) if why.to_string().contains("the same prompt")),
            "{error}"
        );
    }
}
