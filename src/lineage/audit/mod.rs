//! The scored records of a data set → the share of each reference in it (quantification).
//!
//! Comes in: [`Records`], which `cli` filled, and the atlas. Goes out: an [`Audit`], which `cli`
//! prints and `report` draws. Counting which reference comes first in each record is wrong by all
//! confusions that do not cancel; instead the shares are sought under which the records are most
//! likely ([`mixture`]), and the share of "none of these" next to them ([`strangers`]). Intervals
//! draw whole prompts again and repeat both. `docs/audit.md` has the definition, the papers and the
//! figures.

mod answer;
mod checks;
mod estimate;
mod finding;
pub mod mixture;
mod records;
pub mod strangers;

pub use answer::*;
pub(crate) use checks::{atlas_language, reasons};
pub use finding::{AuditFinding, Doubt, Estimated, EstimatedShare};
pub use records::Records;

use super::{
    CompareOptions, ControlCorpus, ERROR_RATE, Ground, InputSummary, NamedShare,
    comparison::provenance, support, verify_on,
};
use crate::{
    atlas::{Atlas, TWO_HALVES},
    attribution::delta::similarity,
    stats::{Interval, bootstrap::Resamples},
};
use estimate::Estimate;
use std::collections::{BTreeMap, HashMap};

/// With fewer prompts no share is given.
pub const LEAST_PROMPTS: usize = 10;
/// This many records are needed to say how much they resemble their reference.
pub const SIMILARITY_RECORDS: usize = 20;
/// Shares below this are not told as being unlike their reference.
const TOLD_SHARE: f64 = 0.02;
/// Records that are listed as certain, of each reference at most, and as doubtful.
const CERTAIN: (usize, usize) = (10, 3);
/// See [`CERTAIN`].
const DOUBTFUL: usize = 10;
/// What is more probable than this is not doubtful.
const DOUBT: f64 = 0.9;
/// References that are listed of one record.
const RECORD_REFERENCES: usize = 3;
/// References that the sentence names.
const NAMED: usize = 4;

/// Estimates the share of each reference in a data set.
///
/// `options.resamples` resamples of whole prompts are drawn for the intervals. With fewer than
/// [`LEAST_PROMPTS`] prompts the answer holds no shares and says so.
pub fn audit(
    atlas: &Atlas,
    records: &Records,
    input: InputSummary,
    options: &CompareOptions,
) -> Audit {
    let checks = checks::checks(atlas, records, &input);
    let too_little = checks::too_little(records);
    let mut audit = Audit {
        kind: AuditKind::TooLittleText,
        finding: AuditFinding::Rough(Vec::new()),
        reasons: Vec::new(),
        shares: Vec::new(),
        none: NoneShare { share: None, low: None, high: None, shape: 0.0, known_shape: 1.0 },
        families: Vec::new(),
        traces: records.len(),
        prompts: records.prompt_count(),
        words: records.words,
        certain: Vec::new(),
        doubtful: Vec::new(),
        limits: Vec::new(),
        provenance: provenance(atlas, options),
        checks,
        input,
    };
    if let Some(why) = too_little {
        audit.limits = checks::limits(atlas, &audit.checks, &audit.input, &[], records.len());
        audit.finding = AuditFinding::TooLittle(why.clone());
        audit.reasons.push(why);
        return audit;
    }

    audit.reasons = reasons(atlas, &audit.checks, &audit.input);
    audit.kind = if audit.reasons.is_empty() { AuditKind::Shares } else { AuditKind::Rough };
    let Some(unverified) = unverified(atlas, records, &audit, &options.controls) else {
        audit.limits = checks::limits(atlas, &audit.checks, &audit.input, &[], records.len());
        audit.finding = AuditFinding::NotJudged;
        return audit;
    };
    // On known ground nothing is out of domain; elsewhere controls decided.
    if atlas.verification.is_some() {
        for doubt in audit.reasons.iter_mut().filter(|doubt| **doubt == Doubt::OutOfDomain) {
            *doubt = Doubt::ByControls;
        }
    }
    let references = atlas.about.references.len();
    let equal = vec![1.0 / references as f64; references];
    let of = |weights: &[f64], start: &[f64]| {
        Estimate::of(&records.likelihoods, &records.unknown, weights, start)
    };
    let estimate = of(&vec![1.0; records.len()], &equal);
    let near = mixture::near(&estimate.shares);
    let resamples =
        Resamples::of_units(records.prompt_count(), options.resamples, options.seed, |times| {
            let weights: Vec<f64> =
                records.prompts.iter().map(|&prompt| f64::from(times[prompt as usize])).collect();
            withheld(of(&weights, &near).figures(), &unverified)
        });

    let rough = audit.kind == AuditKind::Rough;
    // The interval holds the estimate, whatever the resamples say.
    let interval = |value: f64, drawn: Interval| match rough {
        true => (None, None),
        false => {
            let Interval { low, high } = drawn.containing(value);
            (Some(low), Some(high))
        }
    };
    let figures = withheld(estimate.figures(), &unverified);
    let (low, high) = interval(figures[references], resamples.interval(references));
    let strangers = estimate.strangers;
    audit.none = NoneShare {
        share: Some(figures[references]),
        low,
        high,
        shape: strangers.shape,
        known_shape: strangers.known_shape,
    };
    audit.shares = reference_shares(atlas, records, &figures, |index| {
        interval(figures[index], resamples.interval(index))
    });
    audit.families = family_shares(atlas, &audit.shares, |members| {
        let sum = |figures: &[f64]| members.iter().map(|&index| figures[index]).sum::<f64>();
        interval(sum(&figures), resamples.interval_of(sum))
    });
    (audit.certain, audit.doubtful) = listed(atlas, records, &estimate, &unverified);
    audit.limits = checks::limits(atlas, &audit.checks, &audit.input, &audit.shares, records.len());
    audit.finding = finding(&audit);
    audit
}

/// The references that verification would not name: a share is as much of an accusation as a verdict.
/// `None` where nobody can be named: on subject matter or in a language that the atlas does not know.
/// Controls on the same prompts can verify one family there.
fn unverified(
    atlas: &Atlas,
    records: &Records,
    audit: &Audit,
    controls: &[ControlCorpus],
) -> Option<Vec<bool>> {
    let has = |what: fn(&Doubt) -> bool| audit.reasons.iter().any(what);
    if atlas.verification.is_none() || !has(is_unfamiliar) {
        return Some(unverified_alone(atlas, records));
    }
    let languages = &audit.input.languages;
    let ground = Ground { style: &records.style, is_familiar: false, languages };
    let verified = verify_on(atlas, ground, controls, ERROR_RATE)?;
    if has(|doubt| matches!(doubt, Doubt::OtherLanguage(_))) || !verified.names_family() {
        return None;
    }
    let others = atlas.about.references.iter().map(|own| !verified.candidate.is_of_family(own));
    Some(others.collect())
}

/// Whether the atlas cannot judge such traces.
fn is_unfamiliar(doubt: &Doubt) -> bool {
    matches!(doubt, Doubt::OutOfDomain | Doubt::OtherLanguage(_))
}

/// The references that verification would not name for what is most like them.
fn unverified_alone(atlas: &Atlas, records: &Records) -> Vec<bool> {
    let references = &atlas.about.references;
    let mut known = vec![false; references.len()];
    let mut families: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, reference) in references.iter().enumerate() {
        let family = reference.family.as_deref().unwrap_or(&reference.name);
        families.entry(family).or_default().push(index);
    }
    for members in families.values() {
        let support = support(atlas, &records.style, members, ERROR_RATE);
        if support.is_none_or(|own| own.probability >= own.bound) {
            members.iter().for_each(|&index| known[index] = true);
        }
    }
    known.into_iter().map(|known| !known).collect()
}

/// The figures with the shares of references that are not verified given to "none of these", which is
/// the last.
fn withheld(mut figures: Vec<f64>, unverified: &[bool]) -> Vec<f64> {
    let mut moved = 0.0;
    for (figure, _) in figures.iter_mut().zip(unverified).filter(|(_, apart)| **apart) {
        moved += std::mem::take(figure);
    }
    if let Some(none) = figures.get_mut(unverified.len()) {
        *none += moved;
    }
    figures
}

fn reference_shares(
    atlas: &Atlas,
    records: &Records,
    figures: &[f64],
    interval: impl Fn(usize) -> (Option<f64>, Option<f64>),
) -> Vec<ReferenceShare> {
    let mut counts = vec![0_usize; atlas.about.references.len()];
    records.first.iter().for_each(|&first| counts[first as usize] += 1);
    let floor = atlas.about.floors.iter().find(|floor| floor.what == TWO_HALVES);
    let mut shares: Vec<ReferenceShare> = (atlas.about.references.iter().enumerate())
        .map(|(index, reference)| {
            let (low, high) = interval(index);
            let similarity = (counts[index] >= SIMILARITY_RECORDS).then(|| {
                let mean = records.profiles[index].over(counts[index]);
                let profiles = &atlas.model.profiles;
                similarity(&profiles.standardize(&mean), profiles.reference(index))
            });
            let below = similarity.zip(floor).is_some_and(|(own, floor)| own < floor.low);
            ReferenceShare {
                reference: reference.name.clone(),
                family: reference.family.clone(),
                share: figures[index],
                low,
                high,
                counted: counts[index] as f64 / records.len().max(1) as f64,
                similarity,
                unlike: below && figures[index] >= TOLD_SHARE,
            }
        })
        .collect();
    // Sorted stably: references of the same share keep the atlas's order.
    shares.sort_by(|a, b| b.share.total_cmp(&a.share));
    shares
}

/// The families with several members; `interval` gets the members' places in the atlas.
fn family_shares(
    atlas: &Atlas,
    shares: &[ReferenceShare],
    interval: impl Fn(&[usize]) -> (Option<f64>, Option<f64>),
) -> Vec<FamilyShare> {
    let places: HashMap<&str, usize> = atlas.names().zip(0..).collect();
    let mut families: BTreeMap<&str, Vec<&ReferenceShare>> = BTreeMap::new();
    for share in shares {
        if let Some(family) = &share.family {
            families.entry(family).or_default().push(share);
        }
    }
    let mut found: Vec<FamilyShare> = families
        .into_iter()
        .filter(|(_, members)| members.len() > 1)
        .map(|(family, members)| {
            let indices: Vec<usize> =
                members.iter().filter_map(|m| places.get(m.reference.as_str()).copied()).collect();
            let (low, high) = interval(&indices);
            FamilyShare {
                family: family.to_owned(),
                share: members.iter().map(|member| member.share).sum(),
                low,
                high,
                members: members.iter().map(|member| member.reference.clone()).collect(),
            }
        })
        .collect();
    found.sort_by(|a, b| b.share.total_cmp(&a.share));
    found
}

/// The most certain and the most doubtful records.
fn listed(
    atlas: &Atlas,
    records: &Records,
    estimate: &Estimate,
    unverified: &[bool],
) -> (Vec<RecordShares>, Vec<RecordShares>) {
    let split = |record: usize| {
        let none = estimate.strangers.probability(records.unknown[record]);
        let mut split = records.likelihoods.split(record, &estimate.shares);
        split.iter_mut().for_each(|(_, p)| *p *= 1.0 - none);
        let apart = |&(index, _): &(usize, f64)| unverified.get(index).copied().unwrap_or(false);
        let of_strangers: f64 = split.iter().filter(|one| apart(one)).map(|(_, p)| p).sum();
        split.retain(|one| !apart(one));
        (split, none + of_strangers)
    };
    // The probability of what each record is most likely of, and that reference.
    let mut order: Vec<(f64, usize, Option<usize>)> = (0..records.len())
        .map(|record| {
            let (split, none) = split(record);
            match split.first() {
                Some(&(first, p)) if p >= none => (p, record, Some(first)),
                _ => (none, record, None),
            }
        })
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let names: Vec<&str> = atlas.names().collect();
    let told = |record: usize| {
        let (split, none) = split(record);
        let name = &records.names[record];
        RecordShares {
            id: name.id.clone(),
            source: name.source.to_string(),
            model: name.model.as_deref().map(str::to_owned),
            words: records.lengths[record] as usize,
            references: (split.iter().take(RECORD_REFERENCES))
                .map(|&(index, probability)| RecordReference {
                    reference: names[index].to_owned(),
                    probability,
                })
                .collect(),
            none,
        }
    };
    let mut taken = vec![0_usize; names.len() + 1];
    let certain = order.iter().filter(|(_, _, first)| {
        let taken = &mut taken[first.unwrap_or(names.len())];
        *taken += 1;
        *taken <= CERTAIN.1
    });
    let certain: Vec<usize> = certain.take(CERTAIN.0).map(|one| one.1).collect();
    let doubtful = order.iter().rev().take_while(|one| one.0 < DOUBT).map(|one| one.1);
    let doubtful = doubtful.filter(|record| !certain.contains(record)).take(DOUBTFUL);
    let doubtful: Vec<RecordShares> = doubtful.map(told).collect();
    (certain.into_iter().map(told).collect(), doubtful)
}

/// What the sentence says.
fn finding(audit: &Audit) -> AuditFinding {
    if audit.kind == AuditKind::Rough {
        let named = audit.shares.iter().filter(|share| share.share >= 0.1).take(NAMED);
        return AuditFinding::Rough(
            named
                .map(|share| NamedShare { name: share.reference.clone(), share: share.share })
                .collect(),
        );
    }
    let estimated = |share: f64, low: Option<f64>, high: Option<f64>| Estimated {
        share,
        interval: low.zip(high).map(|(low, high)| [low, high]),
    };
    let named: Vec<&ReferenceShare> =
        audit.shares.iter().filter(|share| share.share >= TOLD_SHARE).take(NAMED).collect();
    let sum = |shares: &mut dyn Iterator<Item = f64>| shares.sum::<f64>();
    AuditFinding::Shares {
        others: sum(&mut audit.shares.iter().map(|share| share.share))
            - sum(&mut named.iter().map(|share| share.share)),
        references: named
            .into_iter()
            .map(|share| EstimatedShare {
                reference: share.reference.clone(),
                share: estimated(share.share, share.low, share.high),
            })
            .collect(),
        none: estimated(audit.none.share.unwrap_or_default(), audit.none.low, audit.none.high),
        traces: audit.traces,
    }
}
