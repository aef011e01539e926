//! A data set of mixed or unknown origin → the share of each reference in it.

use super::{
    AnalysisOptions, Error, Inputs, Progress, Scorer, controls::read_control,
    surveyed_traces::SurveyedTraces,
};
use crate::{
    atlas::Atlas,
    lineage::{
        CompareOptions, ControlCorpus,
        audit::{Audit, Records, audit},
    },
};

/// Estimates the share of each reference in data sets.
///
/// ```
/// use cotprint::{analysis::Auditor, atlas::Atlas};
///
/// let atlas = Atlas::embedded()?;
/// let audit = Auditor::new(&atlas).audit("fixtures/new-model.jsonl")?;
/// println!("{}", audit.sentence());
/// # Ok::<(), cotprint::analysis::Error>(())
/// ```
#[derive(Debug)]
pub struct Auditor<'a> {
    scorer: Scorer<'a>,
    options: AnalysisOptions,
    controls: Vec<ControlCorpus>,
}

impl<'a> Auditor<'a> {
    /// Audits with [`AnalysisOptions::for_atlas`]. `sections` has no meaning here.
    pub fn new(atlas: &'a Atlas) -> Self {
        let options = AnalysisOptions::for_atlas(atlas);
        Self { scorer: Scorer::new(atlas), options, controls: Vec::new() }
    }

    /// Audits as the options say.
    ///
    /// # Errors
    /// Where the atlas cannot score so ([`Scorer::with_options`]), or the resamples are too few.
    pub fn with_options(atlas: &'a Atlas, options: AnalysisOptions) -> Result<Self, Error> {
        options.check()?;
        let scorer = Scorer::with_options(atlas, &options.atlas_name, options.scoring.clone())?;
        Ok(Self { scorer, options, controls: Vec::new() })
    }

    /// Tells `progress` how far each reading is.
    #[must_use]
    pub fn progress(self, progress: &'a dyn Progress) -> Self {
        Self { scorer: self.scorer.progress(progress), ..self }
    }

    /// Reads traces of a model that the atlas knows, on the same prompts as the data set: a control. Where
    /// the atlas does not know the prompts, shares are estimated with controls only.
    ///
    /// # Errors
    /// Where the atlas has no reference of this name, or the traces cannot be read.
    pub fn control(mut self, reference: &str, inputs: impl Into<Inputs>) -> Result<Self, Error> {
        let reading = "an audit with controls";
        self.controls.push(read_control(&self.scorer, reference, &inputs.into(), reading)?);
        Ok(self)
    }

    /// Reads the data set and estimates the shares. Too little text gives an audit without shares.
    ///
    /// # Errors
    /// Where the inputs cannot be read or hold no usable text.
    pub fn audit(&self, inputs: impl Into<Inputs>) -> Result<Audit, Error> {
        let (atlas, text) = (self.scorer.atlas(), self.options.scoring.reading.text);
        let mut records = Records::default();
        let mut traces = SurveyedTraces::open(&self.scorer, &inputs.into())?;
        for one in traces.by_ref() {
            let one = one?.trace;
            match &one.scored {
                Ok(scored) => records.add(atlas, &one.trace, text, scored),
                Err(_) => records.add_too_short(),
            }
        }
        records.settle();
        let asked = CompareOptions {
            controls: self.controls.clone(),
            ..self.options.for_lineage(self.options.resamples)
        };
        Ok(audit(atlas, &records, traces.into_input_summary(), &asked))
    }
}
