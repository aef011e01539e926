//! The panel: how the references write on prompts that several of them answered.
//!
//! Comes in: the rows that an atlas is learned from. Goes out: for each shared prompt the mean of
//! all references that answered it, and for each reference on each data set how it departs from
//! those means ([`Panel`]). Called by `atlas` (to learn and to store) and by `lineage`, which takes
//! the same means off the traces of a model that was never seen. A prompt makes everybody write in
//! some way; what is left when that is taken off is the writer's own (paired comparison: Fisher
//! 1935, chapter III).
//!
//! Values are those that the style embedding reads: common words, skeletons of function words,
//! layout and rhythm, as z-scores. Averages are over each reference's traces of a prompt first,
//! then over prompts, so that neither a reference nor a prompt counts twice.

use super::weights::round_to_bytes;
use std::collections::BTreeMap;

/// A prompt is shared if so many references answered it.
pub const SHARED_BY: usize = 3;
/// A reference stands in the panel of a data set with at least so many prompts there.
pub const MINIMUM_PROMPTS: usize = 4;

/// How the references write, prompt by prompt.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Panel {
    /// The shared prompts, in ascending order of keys.
    pub prompts: Vec<SharedPrompt>,
    /// The references on each data set, by data set, then by reference.
    pub members: Vec<Member>,
    /// The mean of each data set over its references; empty where there are fewer than
    /// [`SHARED_BY`].
    pub centres: Vec<Vec<f32>>,
}

/// A prompt that several references answered.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedPrompt {
    /// [`crate::trace::prompt_hash`] of its text; the text itself is not kept.
    pub key: u64,
    /// The data set that it belongs to.
    pub data_set: usize,
    /// References that answered it.
    pub references: usize,
    /// Their mean.
    pub mean: Vec<f32>,
}

/// A reference on a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its number in the atlas.
    pub reference: usize,
    /// The number of the data set.
    pub data_set: usize,
    /// Prompts that the departure is a mean of.
    pub prompts: usize,
    /// Whether they are shared prompts; else the centre of the data set was taken off.
    pub paired: bool,
    /// How it departs from the mean of the others on the same prompts.
    pub departure: Vec<f32>,
    /// The part of the departure's squared length that is due to the choice of prompts.
    pub noise: f32,
}

/// One trace to learn from.
#[derive(Debug, Clone)]
pub struct Observed {
    /// Its reference.
    pub reference: usize,
    /// Its data set.
    pub data_set: usize,
    /// The number of its prompt.
    pub prompt: u32,
    /// The key of its prompt; `None` where the text of the prompt is not known.
    pub key: Option<u64>,
    /// Its values.
    pub values: Vec<f32>,
}

/// A data set, a prompt and a reference.
type Place = (usize, u32, usize);

impl Panel {
    /// Learns from traces, of which those of one prompt must stand next to each other.
    pub fn learn(observed: &[Observed], data_sets: usize) -> Self {
        // One cell per prompt and reference.
        let mut cells: BTreeMap<Place, Mean> = BTreeMap::new();
        let mut keys: BTreeMap<u32, u64> = BTreeMap::new();
        for one in observed {
            cells.entry((one.data_set, one.prompt, one.reference)).or_default().add(&one.values);
            if let Some(key) = one.key {
                keys.entry(one.prompt).or_insert(key);
            }
        }
        let cells: Vec<(Place, Vec<f32>)> =
            cells.into_iter().map(|(place, mean)| (place, mean.finish())).collect();
        let centres: Vec<Vec<f32>> =
            (0..data_sets).map(|data_set| centre(&cells, data_set)).map(|c| rounded(&c)).collect();
        let mut prompts = Vec::new();
        // (data set, reference) → its departures on shared prompts, and on the others.
        let mut residuals: BTreeMap<(usize, usize), [Spread; 2]> = BTreeMap::new();
        for own in cells.chunk_by(|a, b| (a.0.0, a.0.1) == (b.0.0, b.0.1)) {
            let (data_set, prompt, _) = own[0].0;
            let shared = own.len() >= SHARED_BY;
            let mut mean = Mean::default();
            own.iter().for_each(|(_, values)| mean.add(values));
            let mean = rounded(&mean.finish());
            for ((.., reference), values) in own {
                // Of all but itself: its own part of the mean would draw it towards the middle.
                let others = own.len() as f32 / (own.len() as f32 - 1.0);
                let (centre, factor) =
                    if shared { (&mean, others) } else { (&centres[data_set], 1.0) };
                if centre.is_empty() {
                    continue;
                }
                let departure: Vec<f32> =
                    values.iter().zip(centre).map(|(v, m)| (v - m) * factor).collect();
                let both = residuals.entry((data_set, *reference)).or_default();
                both[usize::from(!shared)].add(&departure);
            }
            if let Some(&key) = keys.get(&prompt).filter(|_| shared) {
                prompts.push(SharedPrompt { key, data_set, references: own.len(), mean });
            }
        }
        prompts.sort_by_key(|prompt| (prompt.key, prompt.data_set));
        prompts.dedup_by_key(|prompt| prompt.key);
        let members = residuals.into_iter().filter_map(member).collect();
        Self { prompts, members, centres }
    }

    /// The same with the departures of references that were not there when the means were taken:
    /// those of a shared prompt from its mean, others from the centre of their data set. What has
    /// neither is left out.
    #[must_use]
    pub fn with(mut self, observed: &[Observed]) -> Self {
        let mut cells: BTreeMap<(usize, u32), (Option<u64>, usize, Mean)> = BTreeMap::new();
        for one in observed {
            let cell = cells
                .entry((one.reference, one.prompt))
                .or_insert_with(|| (one.key, one.data_set, Mean::default()));
            cell.2.add(&one.values);
        }
        let mut residuals: BTreeMap<(usize, usize), [Spread; 2]> = BTreeMap::new();
        for ((reference, _), (key, data_set, mean)) in cells {
            let shared = key.and_then(|key| self.prompt(key));
            let (data_set, centre) = match shared {
                Some(prompt) => (prompt.data_set, prompt.mean.as_slice()),
                None => (data_set, self.centres.get(data_set).map_or(&[][..], Vec::as_slice)),
            };
            if centre.is_empty() {
                continue;
            }
            let values = mean.finish();
            let departure: Vec<f32> = values.iter().zip(centre).map(|(v, m)| v - m).collect();
            let both = residuals.entry((data_set, reference)).or_default();
            both[usize::from(shared.is_none())].add(&departure);
        }
        self.members.extend(residuals.into_iter().filter_map(member));
        self
    }

    /// The shared prompt with this key.
    pub fn prompt(&self, key: u64) -> Option<&SharedPrompt> {
        let place = self.prompts.binary_search_by_key(&key, |prompt| prompt.key).ok()?;
        self.prompts.get(place)
    }

    /// The references on a data set.
    pub fn on(&self, data_set: usize) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.data_set == data_set)
    }

    /// Whether it speaks of no more than so many references and data sets, and of finite values
    /// only.
    pub(crate) fn fits(&self, references: usize, data_sets: usize) -> bool {
        // Far beyond what any mean or difference of habits is.
        let finite = |values: &[f32]| values.iter().all(|value| value.abs() <= 1e6);
        self.centres.len() == data_sets
            && self.centres.iter().all(|centre| finite(centre))
            && self.prompts.iter().all(|p| p.data_set < data_sets && finite(&p.mean))
            && self.prompts.is_sorted_by_key(|prompt| prompt.key)
            && self.members.iter().all(|m| {
                m.reference < references
                    && m.data_set < data_sets
                    && m.noise.is_finite()
                    && finite(&m.departure)
            })
    }

    /// The number of values that are compared; 0 where nothing is.
    pub fn width(&self) -> usize {
        self.members.first().map_or(0, |member| member.departure.len())
    }
}

/// A place in the panel from departures on shared prompts and on others: by the shared ones where
/// there are enough.
fn member(
    ((data_set, reference), [shared, others]): ((usize, usize), [Spread; 2]),
) -> Option<Member> {
    let paired = shared.count >= MINIMUM_PROMPTS;
    let spread = if paired { shared } else { others };
    (spread.count >= MINIMUM_PROMPTS).then(|| {
        let (departure, noise) = spread.finish();
        let (prompts, departure) = (spread.count, rounded(&departure));
        Member { reference, data_set, prompts, paired, departure, noise }
    })
}

/// The mean over a data set's references of their means over prompts; empty where there are too
/// few.
fn centre(cells: &[(Place, Vec<f32>)], data_set: usize) -> Vec<f32> {
    let mut by_reference: BTreeMap<usize, Mean> = BTreeMap::new();
    for ((.., reference), values) in cells.iter().filter(|(place, _)| place.0 == data_set) {
        by_reference.entry(*reference).or_default().add(values);
    }
    if by_reference.len() < SHARED_BY {
        return Vec::new();
    }
    let mut centre = Mean::default();
    by_reference.into_values().for_each(|mean| centre.add(&mean.finish()));
    centre.finish()
}

/// Values as an atlas keeps them, so that what is learned now is what will be read later.
fn rounded(values: &[f32]) -> Vec<f32> {
    let mut bytes = vec![0_i8; values.len()];
    let factor = round_to_bytes(values, &mut bytes);
    bytes.into_iter().map(|byte| f32::from(byte) * factor).collect()
}

/// A mean of vectors.
#[derive(Debug, Default)]
struct Mean {
    sum: Vec<f32>,
    count: usize,
}

impl Mean {
    fn add(&mut self, values: &[f32]) {
        self.sum.resize(values.len(), 0.0);
        self.sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        self.count += 1;
    }

    fn finish(mut self) -> Vec<f32> {
        let count = self.count.max(1) as f32;
        self.sum.iter_mut().for_each(|sum| *sum /= count);
        self.sum
    }
}

/// The mean of vectors, and how far it would move with other vectors.
#[derive(Debug, Clone, Default)]
pub struct Spread {
    sum: Vec<f32>,
    squares: f64,
    /// Vectors that were added.
    pub count: usize,
}

impl Spread {
    /// Adds a vector.
    pub fn add(&mut self, values: &[f32]) {
        self.sum.resize(values.len(), 0.0);
        self.sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        self.squares += values.iter().map(|v| f64::from(v * v)).sum::<f64>();
        self.count += 1;
    }

    /// The mean, and the part of its squared length that is noise: the sum over places of the
    /// variance of the mean, `Σ (x − m)² / (n (n − 1))`. Without it lengths of two means of
    /// different numbers of vectors cannot be compared (the correction for attenuation; Spearman
    /// 1904).
    pub fn finish(&self) -> (Vec<f32>, f32) {
        let count = self.count.max(1) as f64;
        let mean: Vec<f32> = self.sum.iter().map(|sum| sum / count as f32).collect();
        let length = mean.iter().map(|m| f64::from(m * m)).sum::<f64>();
        let noise = (self.squares / count - length).max(0.0) / (count - 1.0).max(1.0);
        (mean, noise as f32)
    }
}

/// The cosine of two means, whose squared lengths have these parts of noise, corrected for
/// attenuation: what it would be if both rested on endlessly many prompts. In −1..1; 0 where one of
/// them is all noise.
pub fn alike((a, a_noise): (&[f32], f64), (b, b_noise): (&[f32], f64)) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    let (a_length, b_length) = (dot(a, a), dot(b, b));
    let (a_true, b_true) = (a_length - a_noise, b_length - b_noise);
    // What is a tenth signal and nine tenths noise has no direction that could be relied on.
    if a_true <= 0.1 * a_length || b_true <= 0.1 * b_length {
        return 0.0;
    }
    (dot(a, b) / (a_true * b_true).sqrt()).clamp(-1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(reference: usize, prompt: u32, values: [f32; 2]) -> Observed {
        Observed {
            reference,
            data_set: 0,
            prompt,
            key: Some(u64::from(100 - prompt)),
            values: values.into(),
        }
    }

    #[test]
    fn departures_are_from_the_mean_of_the_others_on_the_same_prompt() {
        let mut traces = Vec::new();
        for prompt in 0..4 {
            // The prompt moves everybody alike; reference 2 alone is one further in the second
            // value.
            let moved = prompt as f32;
            traces.push(observed(0, prompt, [moved, 0.0]));
            traces.push(observed(1, prompt, [moved, 0.0]));
            traces.push(observed(2, prompt, [moved, 1.0]));
        }
        // On a prompt of its own it cannot be compared with others, and does not count.
        traces.push(observed(0, 4, [9.0, 9.0]));
        let panel = Panel::learn(&traces, 1);
        assert_eq!(panel.prompts.len(), 4);
        let prompt = panel.prompt(97).unwrap();
        assert!((prompt.mean[0] - 3.0).abs() < 0.02 && (prompt.mean[1] - 1.0 / 3.0).abs() < 0.02);
        assert_eq!(panel.prompt(96), None);
        let departure = |reference: usize| &panel.on(0).nth(reference).unwrap().departure;
        assert!((departure(2)[1] - 1.0).abs() < 0.03 && departure(2)[0].abs() < 0.05);
        assert!((departure(0)[1] + 0.5).abs() < 0.03, "{:?}", departure(0));
        let member = panel.on(0).next().unwrap();
        assert!(member.paired && member.prompts == 4 && member.noise < 0.01);
    }

    #[test]
    fn noise_is_the_variance_of_the_mean() {
        // 1, 3 and 5: mean 3, variance 4, of the mean 4/3.
        let mut spread = Spread::default();
        for value in [1.0, 3.0, 5.0] {
            spread.add(&[value]);
        }
        let (mean, noise) = spread.finish();
        assert_eq!(mean, [3.0]);
        assert!((noise - 4.0 / 3.0).abs() < 1e-6);
        // Without noise the plain cosine; with half of one vector's length noise, √2 times as much.
        assert!((alike((&[1.0, 0.0], 0.0), (&[1.0, 1.0], 0.0)) - 0.5_f64.sqrt()).abs() < 1e-6);
        assert!((alike((&[1.0, 0.0], 0.5), (&[1.0, 1.0], 0.0)) - 1.0).abs() < 1e-6);
        assert_eq!(alike((&[1.0, 0.0], 0.95), (&[1.0, 1.0], 0.0)), 0.0);
    }

    #[test]
    fn a_reference_that_comes_later_departs_from_the_means_that_are_there() {
        let mut traces = Vec::new();
        for prompt in 0..4 {
            for reference in 0..3 {
                traces.push(observed(reference, prompt, [prompt as f32, 0.0]));
            }
        }
        let panel = Panel::learn(&traces, 1);
        let later: Vec<Observed> =
            (0..4).map(|prompt| observed(3, prompt, [prompt as f32, 2.0])).collect();
        let wide = panel.clone().with(&later);
        assert_eq!(wide.prompts, panel.prompts);
        let member = wide.members.last().unwrap();
        assert!(member.reference == 3 && member.paired && member.prompts == 4);
        assert!((member.departure[1] - 2.0).abs() < 0.05 && member.departure[0].abs() < 0.1);
        // On prompts of its own it is set against the centre of the data set.
        let apart: Vec<Observed> = (10..14).map(|p| observed(3, p, [1.5, 1.0])).collect();
        let member = panel.clone().with(&apart).members.pop().unwrap();
        assert!(!member.paired && (member.departure[1] - 1.0).abs() < 0.05);
        // On a data set that is not known it has no place.
        let strange: Vec<Observed> =
            (10..14).map(|p| Observed { data_set: 7, ..observed(3, p, [1.5, 1.0]) }).collect();
        assert_eq!(panel.clone().with(&strange).members.len(), panel.members.len());
    }
}
