//! References and corpora → a tree of how alike they write, with bootstrap support.
//!
//! Comes in: an atlas and the fingerprints of corpora ([`Corpora`]). Goes out: a [`LineageTree`],
//! which `report` writes as Newick, NEXUS, PHYLIP, JSON, text or a figure. `space` says how far
//! apart two corpora are; `neighbour_joining` and `average` make a tree of distances; `support`
//! grows it again on resampled features and prompts; `consensus` makes one tree of all of these;
//! `topology` is the tree itself. Called by `cli`. `docs/tree.md` has the definitions and the
//! figures.
//!
//! A tree of styles shows which models write alike, not which model descends from which.

mod average;
mod consensus;
mod corpora;
#[cfg(test)]
#[cfg(feature = "embedded-atlas")]
mod known_relations;
mod neighbour_joining;
mod space;
mod support;
mod topology;

pub use average::average_linkage;
pub use corpora::{Corpora, Corpus, MOST_CORPORA, TooManyCorpora};
pub use neighbour_joining::neighbour_joining;
pub use space::DistanceKind;
pub use topology::{Node, TipSet, Tree};

use super::Comparison;
use super::verdict_rules::{LEAST_PROMPTS, LEAST_TRACES, LEAST_WORDS};
use crate::{atlas::Atlas, text::named_values};
use serde::{Deserialize, Serialize};
use space::{Space, distances};

/// A tree of fewer corpora says nothing.
pub const LEAST_TIPS: usize = 3;

/// What the input of a comparison is called in its tree.
pub const THE_INPUT: &str = "the input";
/// References and resamples of that tree.
const NEAREST: usize = 24;
const REPLICATES: usize = 200;

/// How a tree is made of distances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Neighbour joining (Saitou & Nei 1987): unrooted, branches of unequal length
    #[default]
    Nj,
    /// Average linkage (Sokal & Michener 1958): rooted, all tips as far from the root
    Average,
}

named_values!(Method { Nj = "nj", Average = "average" });

/// How one tree is made of the trees of all resamples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Consensus {
    /// The groups in more than half of the trees
    Majority,
    /// Those, then others in the order of their frequency as long as they fit (greedy)
    Extended,
}

named_values!(Consensus { Majority = "majority", Extended = "extended" });

/// What is asked of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeOptions {
    /// How it is made.
    pub method: Method,
    /// Bootstrap resamples; 0 for no support.
    pub replicates: usize,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Show the consensus of the resamples instead of the tree of all features.
    pub consensus: Option<Consensus>,
    /// How many references to keep: those nearest to any of the corpora. `None` keeps all.
    pub nearest: Option<usize>,
}

/// One corpus in a tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tip {
    /// Its name as the atlas or the input has it (hostile: escape it).
    pub name: String,
    /// Its family, where the atlas knows it.
    pub family: Option<String>,
    /// Whether it was given as input; else it is a reference of the atlas.
    pub input: bool,
    /// Traces that it is known from.
    pub traces: usize,
    /// Words in them.
    pub words: usize,
}

/// A tree with all that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct LineageTree {
    /// Its tips: references in the order of the atlas, then the corpora in the order of their names.
    pub tips: Vec<Tip>,
    /// The tree; its tips are indices into `tips`. Support is a share in [0, 1].
    pub tree: Tree,
    /// Distance of every pair, a row per tip: 1 − cosine, in [0, 2].
    pub distances: Vec<Vec<f64>>,
    /// What the distances rest on.
    pub distance: DistanceKind,
    /// Features that the distances rest on.
    pub features: usize,
    /// How it was made.
    pub method: Method,
    /// Whether it is a consensus.
    pub consensus: Option<Consensus>,
    /// Bootstrap resamples.
    pub replicates: usize,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Corpora that were too small, a sentence each.
    pub left_out: Vec<String>,
}

/// Why there is no tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// All corpora were too small.
    #[error("{}", .0.join(" "))]
    TooLittleText(Vec<String>),
    /// Fewer tips than [`LEAST_TIPS`].
    #[error(
        "a tree needs at least {LEAST_TIPS} corpora, and there are {found}: {references} of the atlas's \
         references and {corpora} from the inputs. Keep more references, or give an atlas with more"
    )]
    TooFewCorpora {
        /// All tips.
        found: usize,
        /// References among them.
        references: usize,
        /// Corpora of the inputs among them.
        corpora: usize,
    },
}

/// Grows the tree of an atlas's references and of `corpora`.
///
/// A corpus with fewer than 3 traces, 3 prompts or 300 words is left out, and said to be. The same
/// atlas, corpora and options give the same tree with any number of threads.
///
/// # Errors
/// Where fewer than [`LEAST_TIPS`] tips remain, or none of the given corpora is large enough.
pub fn grow(atlas: &Atlas, corpora: &Corpora, options: &TreeOptions) -> Result<LineageTree, Error> {
    let (large, small): (Vec<&Corpus>, Vec<&Corpus>) =
        corpora.iter().partition(|corpus| is_large_enough(corpus));
    let left_out: Vec<String> = small.iter().map(|corpus| too_small(corpus)).collect();
    if large.is_empty() && !left_out.is_empty() {
        return Err(Error::TooLittleText(left_out));
    }
    let mut space = Space::new(atlas, &large);
    if let Some(nearest) = options.nearest {
        space.keep_nearest(nearest);
    }
    let tips = tips(atlas, &space, &large);
    if tips.len() < LEAST_TIPS {
        let corpora = large.len();
        let references = tips.len() - corpora;
        return Err(Error::TooFewCorpora { found: tips.len(), references, corpora });
    }
    let distances = distances(&space.vectors());
    let mut tree = options.method.tree(&distances);
    if options.replicates > 0 {
        let resampled =
            support::Resampled::grow(&space, options.method, options.replicates, options.seed);
        if let Some(consensus) = options.consensus {
            tree = consensus::consensus(&resampled, consensus, tips.len());
        }
        resampled.support(&mut tree);
    }
    Ok(LineageTree {
        tips,
        tree,
        distances,
        distance: space.kind(),
        features: space.features(),
        method: options.method,
        consensus: options.consensus.filter(|_| options.replicates > 0),
        replicates: options.replicates,
        seed: options.seed,
        left_out,
    })
}

/// Adds the tree of the input, the only one of `corpora`, and the references nearest to it to a comparison; nothing where the
/// input is too small or there are too few references.
pub(crate) fn add_tree(comparison: &mut Comparison, atlas: &Atlas, corpora: &Corpora, seed: u64) {
    let options = TreeOptions {
        method: Method::default(),
        replicates: REPLICATES,
        seed,
        consensus: None,
        nearest: Some(NEAREST),
    };
    if !comparison.ranking.is_empty() && !corpora.is_empty() {
        comparison.tree = grow(atlas, corpora, &options).ok();
    }
}

impl Method {
    /// The tree of a matrix of distances.
    fn tree(self, distances: &[Vec<f64>]) -> Tree {
        match self {
            Self::Nj => neighbour_joining(distances),
            Self::Average => average_linkage(distances),
        }
    }

    /// Whether its trees have a root.
    pub fn is_rooted(self) -> bool {
        self == Self::Average
    }

    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Nj => "neighbour joining",
            Self::Average => "average linkage",
        }
    }
}

fn tips(atlas: &Atlas, space: &Space<'_>, corpora: &[&Corpus]) -> Vec<Tip> {
    let references = space.references().iter().map(|&index| {
        let reference = &atlas.about.references[index];
        Tip {
            name: reference.name.clone(),
            family: reference.family.clone(),
            input: false,
            traces: reference.traces,
            words: reference.words,
        }
    });
    let corpora = corpora.iter().map(|corpus| Tip {
        name: corpus.name().to_owned(),
        family: None,
        input: true,
        traces: corpus.traces(),
        words: corpus.words(),
    });
    references.chain(corpora).collect()
}

fn is_large_enough(corpus: &Corpus) -> bool {
    corpus.traces() >= LEAST_TRACES
        && corpus.prompts() >= LEAST_PROMPTS
        && corpus.words() >= LEAST_WORDS
}

fn too_small(corpus: &Corpus) -> String {
    let counted = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    format!(
        "{} is too little text for a tree: {} on {} with {}, where {LEAST_TRACES} traces on \
         {LEAST_PROMPTS} prompts with {LEAST_WORDS} words are needed.",
        corpus.name(),
        counted(corpus.traces(), "trace"),
        counted(corpus.prompts(), "prompt"),
        counted(corpus.words(), "word"),
    )
}
