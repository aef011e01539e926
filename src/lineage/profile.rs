//! What is kept of a corpus to measure a later one against it: a small file that can lie next to
//! the code.
//!
//! Comes in: a [`ScoredCorpus`]. Goes out: a [`Profile`], its bytes, and again a tally that `drift`
//! and `check` take in place of an older corpus. Called by `cli`. A profile holds numbers only: for
//! each prompt a hash of its key, a hash of its text, the number of traces and the mean of the
//! values that the panel compares. No text, no name of a prompt, no feature's text is in it.
//! Profiles of parts add up ([`Profile::merge`]).
//!
//! Each value is a byte: a step of its column is a quarter of the column's standard deviation over
//! the prompts, or a 255th of its range where that is more. The error of a single prompt's value is
//! thus a few hundredths of its noise, and that of a mean over prompts far less.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `COTPROFL` |
//! | 4 | format version |
//! | 8, 8 | length of the data packed, unpacked |
//! | 16 | XXH3-128 checksum of the packed data |
//! | … | zstd: 4 bytes length of the head, the head as JSON, then by prompt (ascending keys) all keys, all text keys (0: none), all counts of traces, then each column: lowest value and step (f32), a byte per prompt. All numbers little endian |

use super::{
    drift::DriftError,
    profile_error::{ProfileDamage, ProfileError, ProfileProblem, ProfileSource},
    scored_corpus::{Cell, ScoredCorpus, key_hash},
};
use crate::{atlas::Atlas, stats::exact_sum::ExactSum};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_128;

/// The first bytes of every profile.
pub const PROFILE_MAGIC: &[u8; 8] = b"COTPROFL";
/// The format that is written, and the only one that is read.
const FORMAT_VERSION: u32 = 1;
const HEADER: usize = 8 + 4 + 8 + 8 + 16;
/// A profile unpacks to no more than this: some hundred thousand prompts.
const MOST_BYTES: u64 = 256 << 20;
/// Compression level of zstd: profiles are small, read often and written seldom.
const LEVEL: i32 = 19;
/// Steps in a standard deviation.
const STEPS: f32 = 4.0;

/// What the head of a profile says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileHead {
    /// `cotprint` and the version that wrote it.
    pub program: String,
    /// The checksum of the atlas that it was made with.
    pub atlas_checksum: String,
    /// The channels of that atlas.
    pub channels: Vec<String>,
    /// Which text was read: `reasoning`, `answer` or `both`.
    pub text: String,
    /// Values of a prompt.
    pub width: usize,
    /// Traces that were scored.
    pub traces: usize,
    /// Words in them.
    pub words: usize,
    /// Traces that were too short.
    pub too_short: usize,
    /// Sum over the traces of the probability that the atlas knows their subject matter.
    #[serde(rename = "familiar")]
    in_domain: f64,
    /// Traces by data set.
    #[serde(rename = "grounds")]
    data_sets: BTreeMap<usize, usize>,
    /// Traces by mediation.
    pub mediation: BTreeMap<String, usize>,
}

impl ProfileHead {
    fn source(&self) -> ProfileSource {
        ProfileSource { atlas_checksum: self.atlas_checksum.clone(), text: self.text.clone() }
    }
}

/// One prompt of a profile.
#[derive(Debug, Clone, PartialEq)]
struct Prompt {
    text: Option<u64>,
    traces: usize,
    mean: Vec<f32>,
}

/// A corpus as far as a later one is measured against it.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// What it was made of.
    pub head: ProfileHead,
    /// By [`key_hash`].
    prompts: BTreeMap<u64, Prompt>,
}

impl Profile {
    /// The profile of a corpus that was tallied with this atlas.
    ///
    /// # Errors
    /// When the atlas contains no panel of shared prompts, so that there is nothing to measure with.
    pub fn new(atlas: &Atlas, tally: &ScoredCorpus) -> Result<Self, DriftError> {
        if atlas.panel.width() == 0 {
            return Err(DriftError::NoPanel);
        }
        let prompts: BTreeMap<u64, Prompt> = (tally.prompts.iter())
            .filter_map(|(key, &at)| {
                let cell = tally.cells.get(at as usize).filter(|cell| cell.traces > 0)?;
                let prompt = Prompt { text: cell.key, traces: cell.traces, mean: cell.mean() };
                Some((key_hash(key), prompt))
            })
            .collect();
        Ok(Self {
            head: ProfileHead {
                program: concat!("cotprint ", env!("CARGO_PKG_VERSION")).into(),
                atlas_checksum: atlas.checksum.clone(),
                channels: channels(atlas),
                text: atlas.about.text.name().into(),
                width: prompts.values().next().map_or(0, |prompt| prompt.mean.len()),
                traces: tally.traces(),
                words: tally.words,
                too_short: tally.too_short,
                in_domain: tally.in_domain,
                data_sets: tally.data_sets.clone(),
                mediation: tally.mediation.clone(),
            },
            prompts,
        })
    }

    /// Different prompts in it.
    pub fn prompts(&self) -> usize {
        self.prompts.len()
    }

    /// Adds another profile: the result is that of both corpora together, up to the rounding of values.
    ///
    /// # Errors
    /// When the two were made with different atlases, channels or texts.
    pub fn merge(&mut self, other: &Self, name: &str) -> Result<(), ProfileError> {
        let (own, new) = (&mut self.head, &other.head);
        if own.atlas_checksum != new.atlas_checksum
            || own.text != new.text
            || own.channels != new.channels
            || own.width.min(new.width) > 0 && own.width != new.width
        {
            let problem = ProfileProblem::CannotAdd { own: new.source(), before: own.source() };
            return Err(ProfileError::new(name, problem));
        }
        own.width = own.width.max(new.width);
        // A file may claim any numbers: none may overflow.
        let add = |sum: &mut usize, more: usize| *sum = sum.saturating_add(more);
        add(&mut own.traces, new.traces);
        add(&mut own.words, new.words);
        add(&mut own.too_short, new.too_short);
        own.in_domain += new.in_domain;
        for (&data_set, &count) in &new.data_sets {
            add(own.data_sets.entry(data_set).or_default(), count);
        }
        for (kind, &count) in &new.mediation {
            add(own.mediation.entry(kind.clone()).or_default(), count);
        }
        for (&key, prompt) in &other.prompts {
            match self.prompts.get_mut(&key) {
                None => {
                    self.prompts.insert(key, prompt.clone());
                }
                Some(both) => {
                    let all = (both.traces + prompt.traces) as f32;
                    let (a, b) = (both.traces as f32 / all, prompt.traces as f32 / all);
                    for (value, other) in both.mean.iter_mut().zip(&prompt.mean) {
                        *value = a * *value + b * other;
                    }
                    both.traces += prompt.traces;
                    both.text = both.text.or(prompt.text);
                }
            }
        }
        Ok(())
    }

    /// The profile as a scored corpus, to compare a later corpus with it.
    ///
    /// # Errors
    /// When the profile was made with another atlas, or of another text.
    pub fn tally(&self, atlas: &Atlas, name: &str) -> Result<ScoredCorpus, ProfileError> {
        let head = &self.head;
        let fail = |problem| Err(ProfileError::new(name, problem));
        if head.channels != channels(atlas) {
            return fail(ProfileProblem::OtherChannels {
                found: head.channels.clone(),
                expected: channels(atlas),
            });
        }
        if head.atlas_checksum != atlas.checksum || head.text != atlas.about.text.name() {
            return fail(ProfileProblem::OtherAtlas {
                found: head.source(),
                expected: ProfileSource {
                    atlas_checksum: atlas.checksum.clone(),
                    text: atlas.about.text.name().into(),
                },
            });
        }
        let width = atlas.model.vectorizer.style_places().len();
        if !self.prompts.is_empty() && head.width != width {
            return fail(ProfileProblem::OtherWidth { found: head.width, expected: width });
        }
        let mut tally = ScoredCorpus {
            profiled: head.traces,
            words: head.words,
            too_short: head.too_short,
            in_domain: head.in_domain,
            data_sets: head.data_sets.clone(),
            mediation: head.mediation.clone(),
            ..ScoredCorpus::default()
        };
        for (at, (&key, prompt)) in self.prompts.iter().enumerate() {
            tally.hashed.insert(key, at as u32);
            let mut sum = ExactSum::default();
            let values: Vec<f32> =
                prompt.mean.iter().map(|value| value * prompt.traces as f32).collect();
            sum.add(&values);
            tally.cells.push(Cell {
                key: prompt.text,
                traces: prompt.traces,
                sum,
                ..Cell::default()
            });
        }
        Ok(tally)
    }

    /// The file's bytes. The same profile gives the same bytes.
    ///
    /// # Errors
    /// When there are too many prompts for a file that could be read again. The head could always be written as JSON and the data
    /// be packed with what [`Profile::new`] makes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, std::io::Error> {
        let head = serde_json::to_vec(&self.head)?;
        let mut data = Vec::new();
        data.extend((head.len() as u32).to_le_bytes());
        data.extend(head);
        data.extend(self.prompts.keys().flat_map(|key| key.to_le_bytes()));
        data.extend(self.prompts.values().flat_map(|p| p.text.unwrap_or(0).to_le_bytes()));
        data.extend(self.prompts.values().flat_map(|p| (p.traces as u32).to_le_bytes()));
        for column in 0..self.head.width {
            let values: Vec<f32> = self.prompts.values().map(|p| p.mean[column]).collect();
            let (lowest, step) = scale(&values);
            data.extend(lowest.to_le_bytes());
            data.extend(step.to_le_bytes());
            data.extend(values.iter().map(|value| ((value - lowest) / step).round() as u8));
        }
        if data.len() as u64 > MOST_BYTES {
            return Err(std::io::Error::other(format!(
                "a profile of {} prompts would be too long to be read again; make it of fewer traces",
                self.prompts.len()
            )));
        }
        let packed = zstd::bulk::compress(&data, LEVEL)?;
        let mut bytes = PROFILE_MAGIC.to_vec();
        bytes.extend(FORMAT_VERSION.to_le_bytes());
        bytes.extend((packed.len() as u64).to_le_bytes());
        bytes.extend((data.len() as u64).to_le_bytes());
        bytes.extend(xxh3_128(&packed).to_le_bytes());
        bytes.extend(packed);
        Ok(bytes)
    }

    /// Reads a file's bytes; `name` is what errors call it.
    ///
    /// # Errors
    /// When it is not a profile, or of another version, cut off or damaged.
    pub fn from_bytes(bytes: &[u8], name: &str) -> Result<Self, ProfileError> {
        let fail = |problem| ProfileError::new(name, problem);
        let broken = |damage| fail(ProfileProblem::Damaged(damage));
        let header = bytes.get(..HEADER).filter(|header| header.starts_with(PROFILE_MAGIC));
        let Some(header) = header else {
            return Err(fail(ProfileProblem::NoProfile));
        };
        let mut fields = Reader(&header[8..]);
        let version = fields.u32().unwrap_or_default();
        if version != FORMAT_VERSION {
            return Err(fail(ProfileProblem::Version { found: version, expected: FORMAT_VERSION }));
        }
        let (packed, unpacked) = (fields.u64().unwrap_or(0), fields.u64().unwrap_or(0));
        let data = &bytes[HEADER..];
        if packed != data.len() as u64 {
            let found = data.len() as u64;
            return Err(broken(ProfileDamage::CutOff { found, expected: packed }));
        }
        if fields.0 != xxh3_128(data).to_le_bytes() {
            return Err(broken(ProfileDamage::Checksum));
        }
        // zstd packs at most about 1 to 30,000.
        if unpacked > MOST_BYTES || unpacked > packed.saturating_mul(40_000) {
            return Err(broken(ProfileDamage::TooLarge { bytes: unpacked }));
        }
        let data = zstd::bulk::decompress(data, unpacked as usize)
            .ok()
            .filter(|data| data.len() as u64 == unpacked)
            .ok_or_else(|| broken(ProfileDamage::Packing))?;
        parse(&data).ok_or_else(|| broken(ProfileDamage::Data))
    }
}

fn channels(atlas: &Atlas) -> Vec<String> {
    let channels = atlas.about.options.channels.channels();
    channels.iter().map(|options| options.channel.name().to_owned()).collect()
}

/// The lowest value of a column and the step of its bytes.
fn scale(values: &[f32]) -> (f32, f32) {
    let lowest = values.iter().copied().fold(f32::INFINITY, f32::min);
    let highest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let count = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count;
    let step = (variance.sqrt() / STEPS).max((highest - lowest) / 255.0);
    if lowest.is_finite() && step.is_finite() && step > 0.0 {
        (lowest, step)
    } else {
        (if lowest.is_finite() { lowest } else { 0.0 }, 1.0)
    }
}

/// The unpacked data; `None` where they are not what the head says.
fn parse(data: &[u8]) -> Option<Profile> {
    let mut reader = Reader(data);
    let length = reader.u32()? as usize;
    let head: ProfileHead = serde_json::from_slice(reader.take(length)?).ok()?;
    // What is left is 20 bytes and `width` bytes for each prompt, and 8 for each column.
    let left = reader.0.len().checked_sub(head.width.checked_mul(8)?)?;
    let each = head.width.checked_add(20)?;
    if left % each != 0 {
        return None;
    }
    let count = left / each;
    let keys: Option<Vec<u64>> = (0..count).map(|_| reader.u64()).collect();
    let texts: Option<Vec<u64>> = (0..count).map(|_| reader.u64()).collect();
    let traces: Option<Vec<u32>> = (0..count).map(|_| reader.u32()).collect();
    let (keys, texts, traces) = (keys?, texts?, traces?);
    if !keys.is_sorted_by(|a, b| a < b) || traces.contains(&0) || !head.in_domain.is_finite() {
        return None;
    }
    if traces.iter().map(|&count| u64::from(count)).sum::<u64>() != head.traces as u64 {
        return None;
    }
    let mut means = vec![Vec::with_capacity(head.width); count];
    for _ in 0..head.width {
        let (lowest, step) = (f32::from_bits(reader.u32()?), f32::from_bits(reader.u32()?));
        // The largest value, too: nothing that is compared may be infinite.
        if !lowest.is_finite() || !(lowest + 255.0 * step).is_finite() {
            return None;
        }
        for (mean, &code) in means.iter_mut().zip(reader.take(count)?) {
            mean.push(lowest + step * f32::from(code));
        }
    }
    let prompts = keys
        .into_iter()
        .zip(texts)
        .zip(traces)
        .zip(means)
        .map(|(((key, text), traces), mean)| {
            let text = (text != 0).then_some(text);
            (key, Prompt { text, traces: traces as usize, mean })
        })
        .collect();
    Some(Profile { head, prompts })
}

/// Takes numbers from the front of bytes.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(prompts: &[(u64, usize, [f32; 3])]) -> Profile {
        let traces = prompts.iter().map(|prompt| prompt.1).sum();
        Profile {
            head: ProfileHead {
                program: "cotprint 0".into(),
                atlas_checksum: "abc".into(),
                channels: vec!["word".into()],
                text: "reasoning".into(),
                width: 3,
                traces,
                words: 10 * traces,
                too_short: 1,
                in_domain: traces as f64,
                data_sets: BTreeMap::from([(0, traces)]),
                mediation: BTreeMap::from([("raw".into(), traces)]),
            },
            prompts: prompts
                .iter()
                .map(|&(key, traces, mean)| {
                    (key, Prompt { text: Some(key + 1), traces, mean: mean.to_vec() })
                })
                .collect(),
        }
    }

    #[test]
    fn a_profile_survives_its_file_up_to_a_fraction_of_the_spread() {
        let prompts: Vec<_> = (0..50)
            .map(|at| (at, 1 + at as usize % 3, [at as f32, 7.0, (at % 5) as f32]))
            .collect();
        let written = profile(&prompts);
        let bytes = written.to_bytes().unwrap();
        let read = Profile::from_bytes(&bytes, "a.profile").unwrap();
        assert_eq!(read.head, written.head);
        // The standard deviation of 0..50 is 14.4: a step is 3.6, an error at most half of it.
        for (key, prompt) in &read.prompts {
            let own = &written.prompts[key];
            assert_eq!((prompt.text, prompt.traces), (own.text, own.traces));
            assert!((prompt.mean[0] - own.mean[0]).abs() <= 1.9, "{prompt:?}");
            assert_eq!(prompt.mean[1], 7.0);
        }
        assert_eq!(written.to_bytes().unwrap(), bytes);
    }

    #[test]
    fn parts_add_up() {
        let mut both = profile(&[(1, 1, [1.0, 0.0, 0.0]), (2, 2, [4.0, 0.0, 0.0])]);
        both.merge(&profile(&[(2, 1, [1.0, 3.0, 0.0]), (3, 1, [9.0; 3])]), "b").unwrap();
        // Two traces of 4 and one of 1: (2·4 + 1)/3 = 3.
        assert_eq!(both.prompts[&2].mean, [3.0, 1.0, 0.0]);
        assert_eq!((both.prompts(), both.head.traces, both.head.words), (3, 5, 50));
        let mut other = profile(&[]);
        other.head.atlas_checksum = "def".into();
        let message = both.merge(&other, "c.profile").unwrap_err().to_string();
        assert!(message.starts_with("c.profile") && message.contains("def"), "{message}");
    }

    #[test]
    fn a_damaged_profile_is_refused_in_a_sentence() {
        let bytes = profile(&[(1, 1, [1.0; 3]), (2, 1, [2.0; 3])]).to_bytes().unwrap();
        let refused = |bytes: &[u8]| Profile::from_bytes(bytes, "x").unwrap_err().to_string();
        assert!(refused(b"").contains("is not a profile"));
        assert!(refused(&bytes[..bytes.len() - 1]).contains("should hold"));
        let mut flipped = bytes.clone();
        *flipped.last_mut().unwrap() ^= 1;
        assert!(refused(&flipped).contains("checksum"));
        let mut newer = bytes.clone();
        newer[8] = 9;
        assert!(refused(&newer).contains("version 9"));
        let mut huge = bytes;
        huge[20..28].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(refused(&huge).contains("too much"));
    }
}
