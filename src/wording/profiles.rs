//! A comparison of profiles, in a sentence.

use super::json::sentences;
use crate::lineage::{ProfileComparison, ProfileFinding};
use std::fmt::{Display, Formatter, Result};

sentences!(ProfileFinding);

impl ProfileComparison {
    /// The answer in one sentence.
    pub fn sentence(&self) -> String {
        self.finding.to_string()
    }
}

impl Display for ProfileFinding {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::TooFewPrompts { name } => {
                write!(f, "{name} has too few prompts to be compared with the references.")
            }
            Self::Nearest { name, reference, similarity } => write!(
                f,
                "With prompt effects removed, {name} is most similar to {reference}: {:.2} (95 % \
                 interval {:.2} to {:.2}).",
                similarity.value, similarity.low, similarity.high
            ),
            Self::Moved { old, new, similarity, halves, distance } => {
                let halves = halves.map_or_else(String::new, |[low, high]| {
                    format!("; two halves of the older one: {low:.2} to {high:.2}")
                });
                write!(
                    f,
                    "From {old} to {new}: similarity {:.2} (95 % interval {:.2} to {:.2}{halves}), \
                     distance {:.2} ({:.2} to {:.2}).",
                    similarity.value,
                    similarity.low,
                    similarity.high,
                    distance.value,
                    distance.low,
                    distance.high
                )
            }
            Self::Text(sentence) => f.write_str(sentence),
        }
    }
}
