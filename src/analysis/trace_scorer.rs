//! The score of one trace, by an atlas and checked options.

use super::{Error, NoProgress, Progress, ScoreOptions};
use crate::{
    atlas::Atlas,
    attribution::{Scored, TooShort, classic::ClassicModel},
    features::NgramCounter,
    trace::Trace,
};

/// What scores one trace after another.
pub(super) struct TraceScorer<'a> {
    pub atlas: &'a Atlas,
    classic: Option<ClassicModel>,
    pub options: ScoreOptions,
    pub progress: &'a dyn Progress,
}

impl<'a> TraceScorer<'a> {
    /// Scores by the default method the kind of text that the atlas was learned from.
    pub fn new(atlas: &'a Atlas) -> Self {
        Self::with_classic(atlas, ScoreOptions::for_atlas(atlas), None)
    }

    /// Scores as the options say, where the atlas can.
    pub fn with_options(
        atlas: &'a Atlas,
        atlas_name: &str,
        options: ScoreOptions,
    ) -> Result<Self, Error> {
        let (learned, asked) = (atlas.about.text, options.reading.text);
        if learned != asked {
            return Err(Error::OtherText { learned, asked });
        }
        let classic = atlas.classic_model(options.method, atlas_name)?;
        Ok(Self::with_classic(atlas, options, classic))
    }

    fn with_classic(
        atlas: &'a Atlas,
        mut options: ScoreOptions,
        classic: Option<ClassicModel>,
    ) -> Self {
        options.reading.cleaning.mask_names |= atlas.about.masked_names;
        Self { atlas, classic, options, progress: &NoProgress }
    }

    /// The score of a text; [`TooShort`] where it has too few words.
    pub fn scored(
        &self,
        trace: &Trace,
        vector: Option<&[f32]>,
        counter: &mut NgramCounter,
    ) -> Result<Scored, TooShort> {
        let text = trace.text(self.options.reading.text).unwrap_or_default();
        let mut scored = self.atlas.model.score_with(&text, vector, counter)?;
        if let Some(classic) = &self.classic {
            scored.probabilities = classic.probabilities(&text);
            // A classic measure sees words only.
            scored.without_layout.clone_from(&scored.probabilities);
        }
        Ok(scored)
    }
}
