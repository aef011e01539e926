//! Compression: how much a reference's texts help to say a text in fewer bytes.
//!
//! Comes in: the texts of each reference, and a text. Goes out: a distance per reference. Called by
//! `classic`. Normalized compression distance (Cilibrasi & Vitányi 2005) is NCD(x, y) = (C(xy) −
//! min(C(x), C(y))) / max(C(x), C(y)). Where one side is a trace of some kilobytes and the other
//! hundreds of them, C(y) swamps it, and the distance tells how large the references are. What is
//! measured here is therefore its numerator alone, in the sense of Teahan & Harper (2003): the
//! bytes that the text takes once the reference has been read, C(x|y), over those that it takes
//! alone, C(x). C is zstd at level `LEVEL`, and C(x|y) has up to `REFERENCE_BYTES` of the
//! reference's texts as a raw dictionary, which is what concatenation would give, without
//! compressing the reference again.

use crate::attribution::example::Example;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64_with_seed;
use zstd::{bulk::Compressor, dict::EncoderDictionary};

/// The effort of the compressor; more made it slower and no better.
const LEVEL: i32 = 9;
/// So many bytes of each reference's texts are kept, drawn evenly from its texts, as references
/// with more text would else be nearer to everything.
pub const REFERENCE_BYTES: usize = 256 << 10;
/// So many bytes of a text are looked at.
pub const TEXT_BYTES: usize = 256 << 10;

/// The references' texts, ready to compress with.
pub struct CompressedReferences {
    /// `None` where there is no text.
    dictionaries: Vec<Option<EncoderDictionary<'static>>>,
}

impl std::fmt::Debug for CompressedReferences {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = self.dictionaries.iter().filter(|dictionary| dictionary.is_some()).count();
        f.debug_struct("CompressedReferences").field("known", &known).finish()
    }
}

impl CompressedReferences {
    /// Reads the texts of the examples with these numbers. Where a reference has more text than is
    /// kept, `seed` draws which. Takes about 4 MB of memory per reference.
    pub fn new(examples: &[Example<'_>], of: &[usize], references: usize, seed: u64) -> Self {
        let mut own = vec![Vec::new(); references];
        for &i in of {
            if let Some(own) = examples.get(i).and_then(|example| own.get_mut(example.label)) {
                own.push(i);
            }
        }
        let dictionaries = own
            .into_par_iter()
            .map(|mut own| {
                own.sort_by_key(|&i| (xxh3_64_with_seed(examples[i].text.as_bytes(), seed), i));
                let mut bytes = Vec::new();
                for i in own {
                    let room = REFERENCE_BYTES - bytes.len();
                    bytes.extend_from_slice(beginning(&examples[i].text, room).as_bytes());
                    if bytes.len() < REFERENCE_BYTES {
                        bytes.push(b'\n');
                    }
                }
                // No text begins with the bytes that mark a trained dictionary: they are no UTF-8.
                (!bytes.is_empty()).then(|| EncoderDictionary::copy(&bytes, LEVEL))
            })
            .collect();
        Self { dictionaries }
    }

    /// Whether there is a text of this reference.
    pub fn knows(&self, reference: usize) -> bool {
        self.dictionaries.get(reference).is_some_and(Option::is_some)
    }

    /// C(x|y) / C(x) for each reference y: near 1 where its texts do not help. Infinite where there
    /// is no text of it.
    pub fn distances(&self, text: &str) -> Vec<f64> {
        let text = beginning(text, TEXT_BYTES).as_bytes();
        let alone = Compressor::new(LEVEL).ok().and_then(|mut c| compressed(&mut c, text));
        self.dictionaries
            .iter()
            .map(|dictionary| {
                let with = dictionary.as_ref().and_then(|dictionary| {
                    let mut compressor = Compressor::with_prepared_dictionary(dictionary).ok()?;
                    compressed(&mut compressor, text)
                });
                match (with, alone) {
                    (Some(with), Some(alone)) => with / alone,
                    _ => f64::INFINITY,
                }
            })
            .collect()
    }
}

/// Bytes that a text takes.
fn compressed(compressor: &mut Compressor<'_>, text: &[u8]) -> Option<f64> {
    compressor.compress(text).ok().map(|bytes| bytes.len() as f64)
}

/// The beginning of a text, at most so many bytes of it, whole characters.
fn beginning(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Normalized compression distance (Cilibrasi & Vitányi 2005) of two byte strings, from the sizes
/// that they have compressed, alone and one after the other: near 0 where one says nothing that the
/// other does not, near 1 where they share nothing. Kept beside what [`CompressedReferences`]
/// measures, for texts of like size.
pub fn normalized_compression_distance(x: usize, y: usize, both: usize) -> f64 {
    let (smaller, larger) = (x.min(y), x.max(y));
    (both as f64 - smaller as f64) / larger.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sentences over different words, none repeated, so that a text is only like itself.
    fn text(words: [&str; 8], seed: u64, sentences: u64) -> String {
        (0..sentences * 8)
            .map(|i| {
                let word = words[(xxh3_64_with_seed(&i.to_le_bytes(), seed) % 8) as usize];
                format!("{word}{}", if i % 8 == 7 { ". " } else { " " })
            })
            .collect()
    }

    const SEA: [&str; 8] =
        ["harbour", "anchor", "captain", "lighthouse", "tide", "sailor", "rigging", "island"];
    const LAND: [&str; 8] =
        ["meadow", "orchard", "farmer", "windmill", "harvest", "shepherd", "barley", "village"];

    fn example(text: String, label: usize) -> Example<'static> {
        Example {
            text: text.into(),
            words: 100,
            label,
            prompt: 0,
            group: 0,
            data_set: 0,
            vector: None,
        }
    }

    #[test]
    fn a_text_takes_fewer_bytes_after_what_it_is_like() {
        let examples = [example(text(SEA, 1, 40), 0), example(text(LAND, 2, 40), 1)];
        let references = CompressedReferences::new(&examples, &[0, 1], 3, 0);
        let distances = references.distances(&text(SEA, 3, 6));
        assert!(distances[0] + 0.05 < distances[1], "{distances:?}");
        assert!(distances[1] > 0.8 && distances[1] < 1.2, "{distances:?}");
        assert!(distances[2].is_infinite() && !references.knows(2));
        // What has been read before takes next to nothing.
        assert!(references.distances(&examples[1].text)[1] < 0.15);
        assert!(references.distances("").iter().take(2).all(|distance| distance.is_finite()));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(beginning("añb", 2), "a");
        assert_eq!(beginning("añb", 9), "añb");
        let long = example("ñ".repeat(REFERENCE_BYTES), 0);
        assert!(CompressedReferences::new(&[long], &[0], 1, 0).knows(0));
    }

    #[test]
    fn normalized_compression_distance_worked_by_hand() {
        // (130 − 40) / 100 and, where the one says nothing new, (100 − 40) / 100.
        assert!((normalized_compression_distance(40, 100, 130) - 0.9).abs() < 1e-12);
        assert!((normalized_compression_distance(100, 40, 100) - 0.6).abs() < 1e-12);
        assert_eq!(normalized_compression_distance(70, 70, 70), 0.0);
    }
}
