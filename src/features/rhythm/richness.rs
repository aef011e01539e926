//! How rich the vocabulary is, by measures that do not depend on the length of the text.
//!
//! Every function takes words as numbers below `types`.

/// The mean over all windows of `window` words of two shares: different words (the moving-average
/// type–token ratio, Covington & McFall 2010), and words that stand once in the window (hapax
/// legomena). A text shorter than the window is one window. 0 and 0 of nothing. Takes time in the
/// number of words, whatever the window.
pub(super) fn moving_average(words: &[u32], types: usize, window: usize) -> (f64, f64) {
    let window = window.min(words.len());
    if window == 0 {
        return (0.0, 0.0);
    }
    let mut counts = vec![0_u32; types];
    let (mut different, mut once) = (0_usize, 0_usize);
    let (mut sum_different, mut sum_once) = (0_usize, 0_usize);
    for (at, &word) in words.iter().enumerate() {
        if at >= window {
            let count = &mut counts[words[at - window] as usize];
            *count -= 1;
            match *count {
                0 => {
                    different -= 1;
                    once -= 1;
                }
                1 => once += 1,
                _ => {}
            }
        }
        let count = &mut counts[word as usize];
        *count += 1;
        match *count {
            1 => {
                different += 1;
                once += 1;
            }
            2 => once -= 1,
            _ => {}
        }
        if at + 1 >= window {
            sum_different += different;
            sum_once += once;
        }
    }
    let all = ((words.len() - window + 1) * window) as f64;
    (sum_different as f64 / all, sum_once as f64 / all)
}

/// The measure of textual lexical diversity (McCarthy & Jarvis 2010): the mean number of words
/// until the type–token ratio falls below 0.72, forwards and backwards, the rest counted in part. A
/// text whose words are all different has no such stretch: then its length.
pub(super) fn mtld(words: &[u32], types: usize) -> f64 {
    let forward = mtld_one_way(words.iter().copied(), types);
    let backward = mtld_one_way(words.iter().rev().copied(), types);
    (forward + backward) / 2.0
}

fn mtld_one_way(words: impl Iterator<Item = u32>, types: usize) -> f64 {
    // Of 100.
    const THRESHOLD: usize = 72;
    // The stretch in which each word was seen last; the first stretch is 1.
    let mut seen_in = vec![0_u32; types];
    let mut stretch = 1;
    let (mut all, mut length, mut different) = (0_usize, 0_usize, 0_usize);
    for word in words {
        all += 1;
        length += 1;
        let seen = &mut seen_in[word as usize];
        if *seen != stretch {
            *seen = stretch;
            different += 1;
        }
        if different * 100 < length * THRESHOLD {
            stretch += 1;
            (length, different) = (0, 0);
        }
    }
    let rest = (length - different) as f64 / length.max(1) as f64;
    let factors = f64::from(stretch - 1) + rest / (1.0 - THRESHOLD as f64 / 100.0);
    if factors > 0.0 { all as f64 / factors } else { all as f64 }
}

/// Yule's characteristic K (Yule 1944): 10⁴ · (Σ n² − N) / N², where n is how often each different
/// word stands among the N words. 0 of nothing.
pub(super) fn yules_k(words: &[u32], types: usize) -> f64 {
    let mut counts = vec![0_u64; types];
    for &word in words {
        counts[word as usize] += 1;
    }
    let squares: u64 = counts.iter().map(|count| count * count).sum();
    let all = words.len() as f64;
    1e4 * (squares as f64 - all) / (all * all).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_slide_word_by_word() {
        // a b a, b a b, a b c: 2, 2, 3 different words and 1, 1, 3 that stand once.
        let (ratio, hapax) = moving_average(&[0, 1, 0, 1, 2], 3, 3);
        assert!((ratio - 7.0 / 9.0).abs() < 1e-12);
        assert!((hapax - 5.0 / 9.0).abs() < 1e-12);
        assert_eq!(moving_average(&[0, 0, 1, 2], 3, 100), (0.75, 0.5));
        assert_eq!(moving_average(&[], 0, 100), (0.0, 0.0));
    }

    #[test]
    fn mtld_of_a_well_known_phrase() {
        // of the people by the people | for the people: the ratio is 5/6… 4/6 at the sixth word,
        // then 1. Backwards people the for people the | by people the of: 3/5 at the fifth word,
        // then 1.
        let words = [0, 1, 2, 3, 1, 2, 4, 1, 2];
        assert!((mtld(&words, 5) - 9.0).abs() < 1e-12);
        // a b a a: 2/3 after three words ends a stretch, a is left. Backwards a a: 1/2 ends, b a is
        // left.
        assert!((mtld(&[0, 1, 0, 0], 2) - 4.0).abs() < 1e-12);
        // a b c a has 3/4 at its end, both ways: (1 − 0.75) / 0.28 of a stretch in four words.
        assert!((mtld(&[0, 1, 2, 0], 3) - 4.0 * 0.28 / 0.25).abs() < 1e-9);
        assert_eq!(mtld(&[0, 1, 2], 3), 3.0);
        assert_eq!(mtld(&[], 0), 0.0);
    }

    #[test]
    fn yules_k_by_hand() {
        // a a a b b c: squares 9 + 4 + 1, N = 6.
        assert!((yules_k(&[0, 0, 0, 1, 1, 2], 3) - 1e4 * 8.0 / 36.0).abs() < 1e-9);
        assert_eq!(yules_k(&[0, 1, 2], 3), 0.0);
        assert_eq!(yules_k(&[], 0), 0.0);
    }
}
