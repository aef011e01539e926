//! A data set of mixed or unknown origin → the share of each reference in it.

use super::{AnalysisOptions, Error, Inputs, Progress, Scorer, surveyed_traces::SurveyedTraces};
use crate::{
    atlas::Atlas,
    lineage::audit::{Audit, Records, audit},
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
}

impl<'a> Auditor<'a> {
    /// Audits with [`AnalysisOptions::for_atlas`]. `sections` has no meaning here.
    pub fn new(atlas: &'a Atlas) -> Self {
        Self { scorer: Scorer::new(atlas), options: AnalysisOptions::for_atlas(atlas) }
    }

    /// Audits as the options say.
    ///
    /// # Errors
    /// Where the atlas cannot score so ([`Scorer::with_options`]), or the resamples are too few.
    pub fn with_options(atlas: &'a Atlas, options: AnalysisOptions) -> Result<Self, Error> {
        options.check()?;
        let scorer = Scorer::with_options(atlas, &options.atlas_name, options.scoring.clone())?;
        Ok(Self { scorer, options })
    }

    /// Tells `progress` how far each reading is.
    #[must_use]
    pub fn progress(self, progress: &'a dyn Progress) -> Self {
        Self { scorer: self.scorer.progress(progress), ..self }
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
        let asked = self.options.for_lineage(self.options.resamples);
        Ok(audit(atlas, &records, traces.into_input_summary(), &asked))
    }
}
