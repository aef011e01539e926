//! What is known about an atlas and its references: the part of it that is data, not weights.

use crate::{
    attribution::{AddedFigures, CrossValidation, FitOptions},
    features::embed::SourceInfo,
    trace::TextKind,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A model with fewer usable traces is not learned.
pub const MINIMUM_TRACES: usize = 4;

/// The domain of traces that name none.
pub const UNKNOWN_DOMAIN: &str = "unknown";

/// The data set of all traces whose source has too few references to be one.
pub(super) const OTHER_DATA_SET: &str = "other";

/// What is known about an atlas and its references.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The program that learned it, with its version.
    pub program: String,
    /// Which text of a trace it was learned from.
    pub text: TextKind,
    /// Whether names of models and vendors were masked in what it was learned from, so that they
    /// must be masked in what is scored. (Atlases that do not say so were learned without.)
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub masked_names: bool,
    /// How it was learned.
    pub options: FitOptions,
    /// Where the vectors of the channel `vectors` came from; `None` of an atlas without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vectors: Option<SourceInfo>,
    /// How well it does on prompts that it had not seen.
    pub cross_validation: CrossValidation,
    /// What a similarity between two corpora means.
    pub floors: Vec<Floor>,
    /// The data sets within which references were compared.
    #[serde(rename = "grounds")]
    pub data_sets: Vec<String>,
    /// Whether the families were learned: they are references that were taken for each other on new
    /// prompts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub families_learned: bool,
    /// The references, in the order of the scores.
    pub references: Vec<Reference>,
    /// The sources of the traces that it was learned from, by name; none of an atlas that an older
    /// program learned, and nothing of what was added later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceSummary>,
    /// What was added to it later, in this order; the references that were added stand last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
}

/// References that were added to an atlas without the traces that it was learned from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    /// Checksum of the atlas that they were added to.
    pub base: String,
    /// Their names.
    pub references: Vec<String>,
    /// Their traces.
    pub traces: usize,
    /// How many of them are about what none of the atlas's data sets is about.
    pub unfamiliar: usize,
    /// How well they are recognized on prompts that were held out; `None` where they all have one
    /// prompt.
    pub held_out: Option<AddedFigures>,
}

impl About {
    /// The references that were learned together: all but those that were added later.
    pub fn learned(&self) -> &[Reference] {
        let added: usize = self.extensions.iter().map(|own| own.references.len()).sum();
        &self.references[..self.references.len().saturating_sub(added)]
    }

    /// Whether a reference was added later: only its style tells it from the others.
    pub fn was_added(&self, reference: &str) -> bool {
        self.extensions.iter().any(|own| own.references.iter().any(|name| name == reference))
    }

    /// Whether a reference was learned from traces on the data set with this number.
    pub fn is_known_on(&self, reference: &Reference, data_set: usize) -> bool {
        self.data_sets.get(data_set).is_some_and(|name| {
            reference.data_sets.contains(name)
                || reference.sources.keys().any(|source| {
                    source == name || (name == OTHER_DATA_SET && !self.data_sets.contains(source))
                })
        })
    }
}

/// The vendor of a reference: what its name has before the slash, or all of a name without one.
pub fn vendor(name: &str) -> &str {
    name.split_once('/').map_or(name, |(vendor, _)| vendor)
}

/// A known model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// `vendor/name`.
    pub name: String,
    /// The family that it was put in.
    pub family: Option<String>,
    /// Traces that it was learned from.
    pub traces: usize,
    /// Words in them.
    pub words: usize,
    /// Different prompts among them.
    pub prompts: usize,
    /// Traces by domain.
    pub domains: BTreeMap<String, usize>,
    /// Traces by mediation (`raw`, `summary`, `truncated`, `unknown`).
    pub mediation: BTreeMap<String, usize>,
    /// Traces by source.
    pub sources: BTreeMap<String, usize>,
    /// Traces by language (ISO 639-3), where it can be told; empty where an older program learned it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub languages: BTreeMap<String, usize>,
    /// Licences that the traces came under.
    pub licences: BTreeSet<String>,
    /// The atlas's data sets that its traces are like in subject matter, where it was added later;
    /// else its sources say.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[serde(rename = "grounds")]
    pub data_sets: BTreeSet<String>,
}

/// The traces of one source that an atlas was learned from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceSummary {
    /// Its name, as [`Reference::sources`] has it.
    pub name: String,
    /// References with traces of it.
    pub references: usize,
    /// Traces.
    pub traces: usize,
    /// Words in them.
    pub words: usize,
    /// Words of a trace: the 5 % quantile, the median and the 95 % quantile.
    pub length: [usize; 3],
    /// Different prompts.
    pub prompts: usize,
    /// Traces by language (ISO 639-3), where it can be told.
    pub languages: BTreeMap<String, usize>,
    /// Traces by mediation (`raw`, `summary`, `truncated`, `unknown`).
    pub mediation: BTreeMap<String, usize>,
    /// Licences that the traces came under.
    pub licences: BTreeSet<String>,
}

/// What a similarity means: its values between corpora whose relation is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// What was compared, for example `two halves of one model's corpus`.
    pub what: String,
    /// Number of pairs.
    pub pairs: usize,
    /// The 5 % quantile over those pairs.
    pub low: f64,
    /// The median over those pairs.
    pub median: f64,
    /// The 95 % quantile over those pairs.
    pub high: f64,
}
