//! What a drift is: the plain data that is printed, drawn and written as `report.json`.

use super::finding::DriftFinding;
use serde::{Deserialize, Serialize};

/// From an older corpus to a newer one: what moved, and towards which references.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// What the sentence says; in JSON, the sentence itself. See [`Drift::sentence`].
    #[serde(rename = "sentence")]
    pub finding: DriftFinding,
    /// Whether it rests on prompts that both corpora answered.
    pub paired: bool,
    /// Prompts that it rests on.
    pub prompts: usize,
    /// The length of the shift in standard deviations of a single trace, noise taken off.
    pub size: f64,
    /// Of the hypothesis that nothing moved: how often the shift is as long when the signs of prompts are flipped
    /// at random. 1 in a report of an older program, which did not test it.
    #[serde(default = "untested")]
    pub size_p_value: f64,
    /// Every reference but the newer corpus itself: first those that the style moved towards, then by the
    /// change of similarity.
    pub references: Vec<DriftReference>,
    /// The families that explain a part of the shift, the largest part first.
    pub families: Vec<DriftShare>,
    /// The part of the shift that no reference explains.
    pub own_share: f64,
    /// Lower end of that part's 95 % interval.
    pub own_low: f64,
    /// Upper end of that part's 95 % interval.
    pub own_high: f64,
    /// The part of the shift in each channel; they sum to 1.
    pub channels: Vec<DriftChannel>,
    /// Words and phrases that the newer corpus has more of, the clearest first.
    pub came: Vec<MovedPhrase>,
    /// Those that it has less of.
    pub went: Vec<MovedPhrase>,
}

/// The p-value of what was not tested.
fn untested() -> f64 {
    1.0
}

/// What the drift means for one reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftReference {
    /// `vendor/name`.
    pub reference: String,
    /// The family that it belongs to.
    pub family: Option<String>,
    /// The similarity of the older corpus to it, as in [`PairedSimilarity`](crate::lineage::PairedSimilarity).
    pub before: f64,
    /// That of the newer corpus.
    pub after: f64,
    /// `after − before`.
    pub change: f64,
    /// Lower end of the change's 95 % interval.
    pub low: f64,
    /// Upper end of the change's 95 % interval.
    pub high: f64,
    /// Of the hypothesis that the shift leads no more towards it than towards the average unrelated
    /// reference.
    pub p_value: f64,
    /// The same, corrected for the number of references (Holm), and no smaller than [`Drift::size_p_value`].
    pub corrected_p_value: f64,
    /// The part of the shift that is a step towards it, where steps towards all references are weighed
    /// together; all parts and the shift's own rest sum to 1.
    pub share: f64,
    /// Lower end of the part's 95 % interval.
    pub share_low: f64,
    /// Upper end of the part's 95 % interval.
    pub share_high: f64,
}

impl DriftReference {
    /// Whether the newer corpus is clearly nearer to it than the older one: the whole interval of the change
    /// lies above 0, and the corrected p-value is at most 5 %.
    pub fn is_clear(&self) -> bool {
        self.corrected_p_value <= 0.05 && self.low > 0.0
    }
}

/// The part of the shift that is a step towards a family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftShare {
    /// The family, or a reference without one.
    pub family: String,
    /// The sum over its members.
    pub share: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// How much of the shift is in one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftChannel {
    /// The channel's name.
    pub channel: String,
    /// Its part of the squared length.
    pub share: f64,
}

/// A word or phrase that came or went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MovedPhrase {
    /// The phrase as in the text (hostile: escape it).
    pub phrase: String,
    /// Of the log-odds ratio with an informative Dirichlet prior; positive where it came.
    pub z_score: f64,
    /// Occurrences in the older corpus, per thousand words.
    pub before_per_thousand_words: f64,
    /// Occurrences in the newer corpus, per thousand words.
    pub after_per_thousand_words: f64,
    /// Prompts that it occurs in, in the corpus that has more of it.
    pub prompts: usize,
}
