//! Profiles → how alike two corpora are and what moved, as far as profiles tell.
//!
//! Comes in: the [`ScoredCorpus`] of a profile, and of an older corpus, which may come from a profile, too. Goes out: a
//! [`ProfileComparison`]. Called by `cli` for `compare A.profile B.profile`. A profile keeps per prompt the mean of the values
//! that the panel compares, so that everything that rests on these can be told with its intervals over prompts: the
//! similarity of both, the distance, the drift, the likeness to references. It keeps no scores and no text: there is no verdict,
//! no ranking and no phrase, and the answer says so.

use super::{
    CompareOptions, Drift, Floor, Limit, Movement, Pairing, Provenance, RankedReference, Resampled,
    Verdict,
    comparison::{compare_paired, provenance},
    drift::{DriftError, drift},
    limits::mixed_mediation,
    residuals::{Residuals, known_similarities},
    scored_corpus::ScoredCorpus,
};
use crate::{
    atlas::{Atlas, floor},
    attribution::panel::{Panel, Spread, alike},
    stats::{
        Estimate, Interval,
        random::{shuffle, stream},
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Random splits of the older corpus into halves.
const SPLITS: u64 = 40;
/// With fewer prompts on a data set there are no halves.
const LEAST_OF_HALVES: usize = 20;
/// What the similarity of two halves is called.
const HALVES: &str = "two halves of the older corpus, on different prompts";

/// A corpus, as far as its profile tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profiled {
    /// The file or files that it was read from.
    pub name: String,
    /// Traces in it.
    pub traces: usize,
    /// Different prompts of them.
    pub prompts: usize,
    /// Words in them.
    pub words: usize,
    /// Traces that were too short to count.
    pub too_short: usize,
    /// Traces by mediation.
    pub mediation: BTreeMap<String, usize>,
}

impl Profiled {
    /// What a tally holds.
    pub fn of(tally: &ScoredCorpus, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            traces: tally.traces(),
            prompts: tally.cells.iter().filter(|cell| cell.traces > 0).count(),
            words: tally.words,
            too_short: tally.too_short,
            mediation: tally.mediation.clone(),
        }
    }
}

/// How alike two corpora are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Likeness {
    /// Whether it rests on prompts that both answered; else what the prompts are about is mixed in.
    pub paired: bool,
    /// Prompts that it rests on.
    pub prompts: usize,
    /// The cosine of what both corpora write beyond what their prompts do, corrected for attenuation, in [-1, 1]; near 1
    /// for two samples of one model.
    pub similarity: Estimate,
    /// The length of the shift in standard deviations of a single trace, noise taken off; near 0 for two samples of
    /// one model.
    pub size: Estimate,
    /// What a similarity means: its values where the relation is known.
    pub floors: Vec<Floor>,
}

/// What a comparison of profiles found. `Display` gives the sentence, and so does JSON.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ProfileFinding {
    /// There is no older corpus and no likeness to references either.
    TooFewPrompts {
        /// The corpus.
        name: String,
    },
    /// There is no older corpus: the reference most alike.
    Nearest {
        /// The corpus.
        name: String,
        /// The reference.
        reference: String,
        /// The similarity of both on the same prompts.
        similarity: Estimate,
    },
    /// How alike the older and the newer corpus are, and how far apart.
    Moved {
        /// The older corpus.
        old: String,
        /// The newer corpus.
        new: String,
        /// Their similarity.
        similarity: Estimate,
        /// The similarities of two halves of the older one, from and to.
        halves: Option<[f64; 2]>,
        /// The length of the shift.
        distance: Estimate,
    },
    /// A sentence, as read from a file.
    Text(String),
}

/// The whole answer of `compare` on profiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileComparison {
    /// Always `null`: a profile keeps no scores.
    pub verdict: Option<Verdict>,
    /// Always empty, for the same reason.
    pub ranking: Vec<RankedReference>,
    /// Traces of the newer corpus.
    pub traces: usize,
    /// Different prompts of them.
    pub prompts: usize,
    /// Words in them.
    pub words: usize,
    /// What the sentence says; in JSON, the sentence itself.
    #[serde(rename = "sentence")]
    pub finding: ProfileFinding,
    /// The newer corpus.
    pub new: Profiled,
    /// The older one, where there is one.
    pub old: Option<Profiled>,
    /// How alike both are; `null` where there is only one.
    pub likeness: Option<Likeness>,
    /// What moved from the older to the newer.
    pub drift: Option<Drift>,
    /// How alike the newer corpus and each reference are beyond the prompts; `null` where it has too few prompts.
    pub pairing: Option<Pairing>,
    /// What this result cannot say; in JSON a sentence each.
    pub limits: Vec<Limit>,
    /// How the result can be made again.
    pub provenance: Provenance,
}

/// Compares a profile with an older corpus, where one is given, and with the references. Names are what the two are called.
///
/// # Errors
/// Where the two cannot be compared: no panel in the atlas, or too few prompts in common and no data set of the
/// atlas that both belong to.
pub fn compare_profiles(
    atlas: &Atlas,
    new: (&ScoredCorpus, &str),
    old: Option<(&ScoredCorpus, &str)>,
    options: &CompareOptions,
) -> Result<ProfileComparison, DriftError> {
    let (tally, name) = new;
    let (resamples, seed) = (options.resamples, options.seed);
    let (mut likeness, mut moved) = (None, None);
    if let Some((old, _)) = old {
        let movement = Movement::between(atlas, tally, old, |_| true, seed)?;
        let figure = |Resampled { value, drawn }: Resampled| {
            Estimate::new(value, Interval::percentiles(drawn).containing(value))
        };
        likeness = Some(Likeness {
            paired: movement.paired,
            prompts: movement.prompts(),
            similarity: figure(movement.likeness(resamples)),
            size: figure(movement.size(resamples)),
            floors: floors(atlas, old, seed),
        });
        moved = Some(drift(atlas, tally, old, resamples, seed)?);
    }
    let new = Profiled::of(tally, name);
    let mut comparison = ProfileComparison {
        verdict: None,
        ranking: Vec::new(),
        traces: new.traces,
        prompts: new.prompts,
        words: new.words,
        finding: ProfileFinding::TooFewPrompts { name: new.name.clone() },
        old: old.map(|(old, name)| Profiled::of(old, name)),
        likeness,
        drift: moved,
        pairing: compare_paired(&atlas.panel, &atlas.about, tally, resamples, seed),
        limits: Vec::new(),
        provenance: provenance(atlas, options),
        new,
    };
    comparison.finding = finding(&comparison);
    comparison.limits = limits(&comparison);
    Ok(comparison)
}

/// What a similarity of two corpora means: two halves of the older one, and references whose relation is known.
fn floors(atlas: &Atlas, old: &ScoredCorpus, seed: u64) -> Vec<Floor> {
    let families: Vec<Option<&str>> =
        atlas.about.references.iter().map(|r| r.family.as_deref()).collect();
    let known = known_similarities(&atlas.panel, &families);
    let halves = floor(HALVES, halves(&atlas.panel, old, seed));
    halves.into_iter().chain(known.into_iter().filter_map(|(what, all)| floor(what, all))).collect()
}

/// The similarity of random halves of a corpus on the data set that most of its prompts belong to; none where there are too few.
fn halves(panel: &Panel, tally: &ScoredCorpus, seed: u64) -> Vec<f64> {
    let residuals = Residuals::of(panel, tally);
    let data_sets = residuals.by_data_set();
    let Some(own) = data_sets.into_values().max_by_key(Vec::len) else { return Vec::new() };
    if own.len() < LEAST_OF_HALVES {
        return Vec::new();
    }
    (0..SPLITS)
        .map(|split| {
            let mut random = stream(seed ^ 0x6861_6c66, split);
            let mut order: Vec<usize> = (0..own.len()).collect();
            shuffle(&mut order, &mut random);
            let (mut first, mut second) = (Spread::default(), Spread::default());
            for (at, &prompt) in order.iter().enumerate() {
                let half = if at % 2 == 0 { &mut first } else { &mut second };
                half.add(&own[prompt].values);
            }
            let ((first, a), (second, b)) = (first.finish(), second.finish());
            alike((&first, f64::from(a)), (&second, f64::from(b)))
        })
        .collect()
}

fn finding(comparison: &ProfileComparison) -> ProfileFinding {
    let name = comparison.new.name.clone();
    let (Some(old), Some(likeness)) = (&comparison.old, &comparison.likeness) else {
        let first = comparison.pairing.as_ref().and_then(|pairing| pairing.similarities.first());
        return match first {
            Some(first) => ProfileFinding::Nearest {
                name,
                reference: first.reference.clone(),
                similarity: Estimate { value: first.similarity, low: first.low, high: first.high },
            },
            None => ProfileFinding::TooFewPrompts { name },
        };
    };
    let halves = likeness.floors.iter().find(|floor| floor.what == HALVES);
    ProfileFinding::Moved {
        old: old.name.clone(),
        new: name,
        similarity: likeness.similarity,
        halves: halves.map(|floor| [floor.low, floor.high]),
        distance: likeness.size,
    }
}

/// What profiles do not tell, the most important first.
fn limits(comparison: &ProfileComparison) -> Vec<Limit> {
    let mut limits = Vec::new();
    if comparison.likeness.as_ref().is_some_and(|likeness| !likeness.paired) {
        limits.push(Limit::OtherPrompts);
    }
    if comparison.pairing.as_ref().is_some_and(|pairing| !pairing.paired) {
        limits.push(Limit::ReferencesOtherPrompts);
    }
    let both = comparison.old.iter().chain([&comparison.new]);
    let mut mediation: BTreeMap<String, usize> = BTreeMap::new();
    for (kind, count) in both.flat_map(|corpus| &corpus.mediation) {
        *mediation.entry(kind.clone()).or_default() += count;
    }
    limits.extend(mixed_mediation(&mediation));
    limits.extend([Limit::ProfileWithoutScores, Limit::ProfileWithoutText, Limit::ProfileMeans]);
    limits
}
