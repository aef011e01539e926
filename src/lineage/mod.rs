//! Scores of a corpus → a verdict on it.
//!
//! Comes in: the scored traces of one corpus ([`ScoredCorpus`]) and the atlas. Goes out: a
//! [`Comparison`], which `cli` prints and `report` draws. [`tree`] puts corpora and references into a
//! tree, [`audit`] says of a mixed data set which share of it each reference has, [`explain`] of one trace
//! where and by what it resembles which. Nothing here reads files or draws.

pub mod audit;
mod beside;
mod breakdown;
mod by_data_set;
mod candidate;
mod comparison;
mod concordance;
mod drift;
mod evidence;
mod examples;
pub mod explain;
mod habits;
mod limit;
mod limits;
mod log_odds;
#[cfg(feature = "report")]
mod map;
mod movement;
mod neighbourhood;
mod pairing;
mod profile;
mod profile_error;
mod profiles;
pub(crate) mod prompt_order;
mod readable_measures;
mod residuals;
mod scored_corpus;
mod style_sums;
mod text_reservoir;
pub mod tree;
mod verdict;
mod verdict_finding;
pub(crate) mod verdict_rules;
mod word_counts;

pub use beside::*;
pub(crate) use breakdown::{LEAST_PROMPTS, group_of};
pub use by_data_set::DataSetVerdict;
pub use candidate::{ControlCorpus, ERROR_RATE, Unfamiliar, VerdictCandidate, Verified, verify};
pub(crate) use candidate::{Ground, support, verify_on};
pub(crate) use comparison::add_drift;
pub use comparison::{
    CompareOptions, compare, compare_paired, drift_across_languages, drift_between,
};
pub(crate) use concordance::add_concordance;
pub use drift::{
    Approach, Drift, DriftBasis, DriftChannel, DriftError, DriftFinding, DriftReference,
    DriftShare, MainLanguage, MovedPhrase,
};
pub use evidence::TimesAsOften;
pub(crate) use examples::add_examples;
pub use examples::{Example, ExampleKind};
pub use limit::{Limit, OtherLanguage, Writer};
#[cfg(feature = "report")]
pub use map::{MapCoordinates, MapPlace, principal_coordinates};
pub use movement::{Movement, Resampled};
pub(crate) use neighbourhood::add_neighbourhood;
pub use profile::{PROFILE_MAGIC, Profile, ProfileHead};
pub use profile_error::{ProfileDamage, ProfileError, ProfileProblem, ProfileSource};
pub use profiles::{Likeness, ProfileComparison, ProfileFinding, Profiled, compare_profiles};
pub use scored_corpus::ScoredCorpus;
pub use text_reservoir::{SampledText, TextReservoir};
pub use verdict::*;
pub use verdict_finding::{NamedShare, VerdictBasis, VerdictFinding};
