//! The measures, by name. Comes in: what the command line says. Goes out: a [`Method`], which
//! everything in this folder is parameterized by.

use super::frequencies::MOST_WORDS;
use crate::text::named_values;
use serde::{Deserialize, Serialize};

/// What gives the scores.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// The model that cotprint learns: a regression and a style embedding, stacked by length
    #[default]
    Default,
    /// Burrows's Delta (2002), on the 150 most frequent words
    Burrows,
    /// Cosine Delta (Smith & Aldridge 2011; Evert et al. 2017), on 1,000 words
    Cosine,
    /// Eder's Delta, as in R's stylo, on 150 words
    Eder,
    /// Argamon's quadratic Delta (2008), on 1,000 words
    Argamon,
    /// Ruzicka's min-max measure (Koppel & Winter 2014; Kestemont et al. 2016), on 1,000 words
    Ruzicka,
    /// The general impostors method (Koppel & Winter 2014), 100 draws of words and impostors
    Impostors,
    /// Compression with each reference's texts (Cilibrasi & Vitányi 2005; Teahan & Harper 2003);
    /// not with an atlas, which holds no texts
    Compression,
}

named_values!(Method {
    Default = "default",
    Burrows = "burrows",
    Cosine = "cosine",
    Eder = "eder",
    Argamon = "argamon",
    Ruzicka = "ruzicka",
    Impostors = "impostors",
    Compression = "compression",
});

impl Method {
    /// The measures that work on word frequencies, so that an atlas serves them.
    pub const ON_WORDS: [Self; 6] =
        [Self::Burrows, Self::Cosine, Self::Eder, Self::Argamon, Self::Ruzicka, Self::Impostors];

    /// The classic measures: all but the default.
    pub const CLASSIC: [Self; 7] = [
        Self::Burrows,
        Self::Cosine,
        Self::Eder,
        Self::Argamon,
        Self::Ruzicka,
        Self::Impostors,
        Self::Compression,
    ];

    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Default => "the default model",
            Self::Burrows => "Burrows's Delta",
            Self::Cosine => "Cosine Delta",
            Self::Eder => "Eder's Delta",
            Self::Argamon => "Argamon's quadratic Delta",
            Self::Ruzicka => "the min-max measure",
            Self::Impostors => "the general impostors method",
            Self::Compression => "compression distance",
        }
    }

    /// How many of the most frequent words it looks at; 0 where it looks at none. Measured on
    /// single traces, with the prompts of the reported fold left out (`docs/methods.md`): sums of
    /// absolute differences drown in rare words, which a short trace holds once or not at all; the
    /// others gain.
    pub fn words(self) -> usize {
        match self {
            Self::Burrows | Self::Eder => 150,
            Self::Cosine | Self::Argamon | Self::Ruzicka | Self::Impostors => MOST_WORDS,
            Self::Default | Self::Compression => 0,
        }
    }
}
