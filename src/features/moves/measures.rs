//! The measures of the `moves` channel.
//!
//! Comes in: the text of a trace. Goes out: [`MEASURES`] finite numbers, [`names`] in the same
//! order. Called by the vectorizer, which centres and scales them over the traces that an atlas is
//! learned from. The first and the last tenth need the number of sentences, so the moves are kept
//! until the end, one byte for a sentence; nothing else grows with the text.

use super::{Move, tag};

const N: usize = Move::COUNT;
/// Shares: of sentences and of bytes.
const SHARES: usize = 2 * N;
const TRANSITIONS: usize = N * N;
/// Mean place, share in the first tenth and in the last tenth.
const PLACES: usize = 3 * N;
/// Mean length of runs; then the longest run, how often the move changes, and two entropies.
const RUNS: usize = N + 4;

/// The number of measures.
pub const MEASURES: usize = SHARES + TRANSITIONS + PLACES + RUNS;

/// What is added to the counts of transitions for each move, in proportion to what independence
/// expects.
const SMOOTHING: f32 = 2.0;

/// The name of each measure, in the order of [`measure`].
pub fn names() -> Vec<String> {
    let moves = Move::names();
    let mut names = Vec::with_capacity(MEASURES);
    let mut each = |what: &str| names.extend(moves.iter().map(|name| format!("{what}: {name}")));
    each("share of sentences");
    each("share of text");
    for from in moves {
        each(&format!("after {from}"));
    }
    each("mean place");
    each("first tenth");
    each("last tenth");
    each("mean run");
    names.extend(
        ["longest run", "changes of move", "entropy of moves", "entropy of the next move"]
            .map(str::to_owned),
    );
    names
}

/// Measures a text: [`MEASURES`] finite numbers.
///
/// With n sentences, of which n(a) make the move a:
/// - shares: √(n(a) / n), and the same with bytes for sentences;
/// - transitions from a to b: ln((c(a, b) + 30·p) / (e + 30·p)), where c counts pairs of
///   neighbours, e = c(a, ·)·c(·, b) / (n − 1) is what independence expects and p = e / (n − 1); 0
///   where no pair begins with a or none ends with b;
/// - places: the mean of (i + ½) / n over the sentences i that make the move, less ½ and times
///   √(n(a) / (n(a) + 1)) so that rare moves say little; √ of the share of the first and of the
///   last tenth of the sentences (at least one) that make the move;
/// - runs: ln of the mean length of runs of a, the square root of the longest run's share, the
///   share of neighbours that differ, the entropy of the moves and that of the next move when one
///   is known, both as a share of ln 15.
pub fn measure(text: &str) -> Vec<f32> {
    let mut moves: Vec<u8> = Vec::new();
    let mut bytes = [0_usize; N];
    tag(text, |tagged, start, end| {
        moves.push(tagged as u8);
        bytes[tagged as usize] += end - start;
    });
    Counts::of(&moves).measures(&bytes)
}

struct Counts {
    sentences: usize,
    moves: [usize; N],
    pairs: [[usize; N]; N],
    /// Sums of places (i + ½) / n.
    places: [f64; N],
    first: [usize; N],
    last: [usize; N],
    tenth: usize,
    runs: [usize; N],
    longest: usize,
}

impl Counts {
    fn of(moves: &[u8]) -> Self {
        let n = moves.len();
        let tenth = n.div_ceil(10);
        let mut counts = Self {
            sentences: n,
            moves: [0; N],
            pairs: [[0; N]; N],
            places: [0.0; N],
            first: [0; N],
            last: [0; N],
            tenth,
            runs: [0; N],
            longest: 0,
        };
        let (mut before, mut run) = (usize::MAX, 0);
        for (i, &tagged) in moves.iter().enumerate() {
            let tagged = usize::from(tagged);
            counts.moves[tagged] += 1;
            counts.places[tagged] += (i as f64 + 0.5) / n as f64;
            counts.first[tagged] += usize::from(i < tenth);
            counts.last[tagged] += usize::from(i + tenth >= n);
            if before < N {
                counts.pairs[before][tagged] += 1;
            }
            if before == tagged {
                run += 1;
            } else {
                counts.runs[tagged] += 1;
                run = 1;
            }
            counts.longest = counts.longest.max(run);
            before = tagged;
        }
        counts
    }

    fn measures(&self, bytes: &[usize; N]) -> Vec<f32> {
        let share = |part: usize, whole: usize| part as f32 / whole.max(1) as f32;
        let mut values = Vec::with_capacity(MEASURES);
        values.extend(self.moves.map(|count| share(count, self.sentences).sqrt()));
        let all_bytes = bytes.iter().sum();
        values.extend(bytes.map(|count| share(count, all_bytes).sqrt()));
        self.push_transitions(&mut values);
        values.extend(self.moves.iter().zip(self.places).map(|(&count, sum)| {
            if count == 0 {
                return 0.0;
            }
            let trust = (count as f32 / (count as f32 + 1.0)).sqrt();
            ((sum / count as f64) as f32 - 0.5) * trust
        }));
        values.extend(self.first.map(|count| share(count, self.tenth).sqrt()));
        values.extend(self.last.map(|count| share(count, self.tenth).sqrt()));
        values.extend(
            self.moves.iter().zip(self.runs).map(|(&count, runs)| {
                if runs == 0 { 0.0 } else { (count as f32 / runs as f32).ln() }
            }),
        );
        let pairs = self.sentences.saturating_sub(1);
        let same: usize = (0..N).map(|a| self.pairs[a][a]).sum();
        values.push(share(self.longest, self.sentences).sqrt());
        values.push(share(pairs - same, pairs));
        let most = (N as f32).ln();
        values.push(entropy(&self.moves) / most);
        let next: f32 =
            self.pairs.iter().map(|row| share(row.iter().sum(), pairs) * entropy(row)).sum();
        values.push(next / most);
        debug_assert_eq!(values.len(), MEASURES);
        values
    }

    fn push_transitions(&self, values: &mut Vec<f32>) {
        let pairs: usize = self.pairs.iter().flatten().sum();
        let mut to = [0; N];
        for row in &self.pairs {
            for (sum, count) in to.iter_mut().zip(row) {
                *sum += count;
            }
        }
        for row in &self.pairs {
            let from: usize = row.iter().sum();
            for (&count, to) in row.iter().zip(to) {
                if from == 0 || to == 0 {
                    values.push(0.0);
                    continue;
                }
                let expected = from as f32 * to as f32 / pairs as f32;
                let prior = SMOOTHING * N as f32 * expected / pairs as f32;
                values.push(((count as f32 + prior) / (expected + prior)).ln());
            }
        }
    }
}

/// The entropy of counts in nats.
fn entropy(counts: &[usize]) -> f32 {
    let total = counts.iter().sum::<usize>().max(1) as f32;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let p = count as f32 / total;
            -p * p.ln()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(values: &[f32], name: &str) -> f32 {
        let place =
            names().iter().position(|n| n == name).unwrap_or_else(|| panic!("no measure {name}"));
        values[place]
    }

    #[test]
    fn each_measure_has_a_name_of_its_own_and_every_text_is_measured() {
        let mut all = names();
        assert_eq!(all.len(), MEASURES);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), MEASURES);
        for text in ["", "\u{0}", "a", "Wait.", "Wait. Wait.", &"Wait. So 1 + 1 = 2. ".repeat(999)]
        {
            let values = measure(text);
            assert_eq!(values.len(), MEASURES);
            assert!(values.iter().all(|v| v.is_finite()), "{text:?}");
        }
    }

    #[test]
    fn measures_are_what_a_person_counts() {
        // doubt, doubt, compute, check: 6 + 6 + 9 + 7 = 28 bytes.
        let values = measure("Wait. Hmm. 3 + 4 = 7. Let me verify.");
        let near = |name: &str, expected: f32| {
            let found = value(&values, name);
            assert!((found - expected).abs() < 1e-5, "{name}: {found}, expected {expected}");
        };
        near("share of sentences: doubt", 0.5_f32.sqrt());
        near("share of text: doubt", (9.0_f32 / 33.0).sqrt());
        // Two of four places, (0.5 + 1.5) / 2 / 4 = 0.25.
        near("mean place: doubt", -0.25 * (2.0_f32 / 3.0).sqrt());
        near("first tenth: doubt", 1.0);
        near("last tenth: check", 1.0);
        near("mean run: doubt", 2.0_f32.ln());
        near("mean run: check", 0.0);
        near("longest run", 0.5_f32.sqrt());
        near("changes of move", 2.0 / 3.0);
        // Halves and quarters: 1.5 bits. After doubt come doubt and compute, 1 bit in 2 of 3 pairs.
        near("entropy of moves", 1.5 * 2.0_f32.ln() / 15.0_f32.ln());
        near("entropy of the next move", 2.0 / 3.0 * 2.0_f32.ln() / 15.0_f32.ln());
        // From doubt 2 of 3, to compute 1 of 3: expected 2/3, prior 30 × 2/9.
        near("after doubt: compute", ((1.0_f32 + 20.0 / 3.0) / (2.0 / 3.0 + 20.0 / 3.0)).ln());
        near("after check: doubt", 0.0);
    }
}
