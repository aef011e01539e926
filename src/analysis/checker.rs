//! A corpus against a policy.

use super::{
    AnalysisOptions, Error, Inputs, Progress, Scorer, baseline::read_baseline,
    controls::read_control, corpus_texts::CorpusTexts, surveyed_traces::SurveyedTraces,
};
use crate::{
    atlas::Atlas,
    gate::{CheckOptions, Checked, CheckedRecords, Seen, check},
    lineage::{
        CompareOptions, Comparison, ControlCorpus, Limit, ScoredCorpus, VerdictKind, add_drift,
        compare, drift_across_languages,
    },
    policy::{Policy, validate},
};

/// Resamples of the comparison that is shown with the results of the rules.
const COMPARISON_RESAMPLES: usize = 1000;

/// What a policy says of a corpus, and the comparison with the references.
#[derive(Debug)]
pub struct CheckResult {
    /// The answer of every rule.
    pub checked: Checked,
    /// The comparison, with the sections that were asked for.
    pub comparison: Comparison,
}

/// Checks corpora by a policy.
///
/// ```no_run
/// use cotprint::{analysis::{AnalysisOptions, Checker}, atlas::Atlas, policy};
///
/// let atlas = Atlas::embedded()?;
/// let policy = policy::open("cotprint.toml".as_ref())?;
/// let options = AnalysisOptions::for_atlas(&atlas);
/// let checker = Checker::new(&atlas, policy, options, None)?;
/// let result = checker.check("traces.jsonl")?;
/// println!("{}", result.checked.sentence());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Checker<'a> {
    scorer: Scorer<'a>,
    policy: Policy,
    options: AnalysisOptions,
    baseline: Option<Inputs>,
    controls: Vec<ControlCorpus>,
}

impl<'a> Checker<'a> {
    /// Checks by a policy; its rules on drift measure against `baseline`, traces or profiles.
    /// Nothing is read yet.
    ///
    /// # Errors
    /// Where the atlas cannot score so, the policy names references that the atlas does not have, or
    /// a rule needs what is not there: a baseline, a panel of shared prompts, a step of cleaning.
    pub fn new(
        atlas: &'a Atlas,
        mut policy: Policy,
        options: AnalysisOptions,
        baseline: Option<Inputs>,
    ) -> Result<Self, Error> {
        options.check()?;
        let scorer = Scorer::with_options(atlas, &options.atlas_name, options.scoring.clone())?;
        let references: Vec<(&str, Option<&str>)> = (atlas.about.references.iter())
            .map(|reference| (reference.name.as_str(), reference.family.as_deref()))
            .collect();
        validate(&mut policy, &references, baseline.is_some())?;
        for &step in &options.scoring.reading.cleaning.skip {
            if let Some(rule) = policy.rule_that_needs(step) {
                return Err(Error::SkippedStep {
                    rule: rule.id.clone(),
                    file: rule.file.clone(),
                    line: rule.line,
                });
            }
        }
        if atlas.panel.width() == 0 && policy.needs_baseline() {
            return Err(Error::PolicyNeedsPanel { atlas: options.atlas_name });
        }
        Ok(Self { scorer, policy, options, baseline, controls: Vec::new() })
    }

    /// Tells `progress` how far each reading is.
    #[must_use]
    pub fn progress(self, progress: &'a dyn Progress) -> Self {
        Self { scorer: self.scorer.progress(progress), ..self }
    }

    /// Reads traces of a model that the atlas knows, on the same prompts as the corpus: a control. Where
    /// the atlas does not know the prompts, rules on likeness are decided with controls only.
    ///
    /// # Errors
    /// Where the atlas has no reference of this name, or the traces cannot be read.
    pub fn control(mut self, reference: &str, inputs: impl Into<Inputs>) -> Result<Self, Error> {
        let reading = "a check with controls";
        self.controls.push(read_control(&self.scorer, reference, &inputs.into(), reading)?);
        Ok(self)
    }

    /// The policy, its names looked up in the atlas.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Reads the baseline and the corpus, and decides every rule.
    ///
    /// # Errors
    /// Where the inputs cannot be read, hold too little text, or are in another language than the
    /// baseline.
    pub fn check(&self, inputs: impl Into<Inputs>) -> Result<CheckResult, Error> {
        let (atlas, options) = (self.scorer.atlas(), &self.options);
        let baseline = match &self.baseline {
            None => None,
            Some(old) => {
                Some(read_baseline(&self.scorer, old, &options.atlas_name, &mut |_| Ok(()))?)
            }
        };
        let read = self.read(&inputs.into())?;
        let Read { records, corpus, texts, mut comparison } = read;
        if comparison.verdict.kind == VerdictKind::TooLittleText {
            return Err(Error::TooLittleText { sentence: comparison.verdict.sentence() });
        }
        if let Some(why) = (baseline.as_ref())
            .and_then(|old| drift_across_languages(&comparison.input.languages, old))
        {
            return Err(Error::TooLittleText { sentence: why.to_string() });
        }
        let asked = CheckOptions {
            seed: options.seed,
            resamples: options.resamples,
            controls: &self.controls,
        };
        let mut checked = check(&self.policy, atlas, &records, &corpus, baseline.as_ref(), asked);
        checked.verdict = Some(comparison.verdict.clone());
        checked.limits.clone_from(&comparison.limits);
        checked.provenance = Some(comparison.provenance.clone());
        checked.baseline = self.baseline.as_ref().map(|old| old.names().join(", "));
        if let Some(texts) = &texts {
            texts.add_sections(&mut comparison, atlas, &corpus, options.sections, options);
            // The rules have said what they could not measure; the page goes without the part.
            let asked = options.for_lineage(COMPARISON_RESAMPLES);
            if let Some(baseline) = &baseline
                && let Err(why) = add_drift(&mut comparison, atlas, &corpus, baseline, &asked)
            {
                comparison.limits.push(Limit::Text(why.to_string()));
            }
        }
        Ok(CheckResult { checked, comparison })
    }

    fn read(&self, inputs: &Inputs) -> Result<Read, Error> {
        let (atlas, options) = (self.scorer.atlas(), &self.options);
        let text = options.scoring.reading.text;
        let with_texts = options.sections.need_texts();
        let mut texts = with_texts.then(|| CorpusTexts::new(options.seed));
        let mut records = CheckedRecords::new(&self.policy, atlas);
        let mut corpus = ScoredCorpus::default();
        let mut traces = SurveyedTraces::open(&self.scorer, inputs)?;
        for one in traces.by_ref() {
            let one = one?;
            let (trace, marks, scored) = (&one.trace.trace, &one.trace.marks, one.trace.scored);
            records.add(Seen {
                trace,
                text,
                place: one.trace.place,
                marks,
                repeats: one.repeats,
                scored: scored.as_ref().ok(),
            });
            if let Some(language) = &marks.language {
                corpus.add_language(language);
            }
            match scored {
                Ok(scored) => {
                    if let Some(texts) = &mut texts {
                        texts.add(corpus.traces(), trace, text, &scored)?;
                    }
                    corpus.add(atlas, trace, text, scored);
                }
                Err(_) => corpus.add_too_short(),
            }
        }
        corpus.settle();
        records.settle();
        let input = traces.into_input_summary();
        let controls = self.controls.clone();
        let asked = CompareOptions { controls, ..options.for_lineage(COMPARISON_RESAMPLES) };
        let comparison = compare(atlas, &corpus, input, &asked);
        Ok(Read { records, corpus, texts, comparison })
    }
}

/// What came of reading the corpus.
struct Read {
    records: CheckedRecords,
    corpus: ScoredCorpus,
    /// For the sections, where any is asked for.
    texts: Option<CorpusTexts>,
    comparison: Comparison,
}
