//! What learning gives as a whole: every measure tells two habits apart, by any number of threads.

use super::*;

/// Phrases of two references, which hold the same words in other proportions.
const HABITS: [[&str; 4]; 2] = [
    ["so we wait for the end", "but then we see it", "the end is so near", "we wait, hence"],
    ["thus one sees the end", "hence it is near", "so one waits", "thus the end is but one"],
];

/// A text of one of two references, which seven times of ten takes a phrase of its own.
fn text(label: usize, number: u64) -> String {
    let phrase = |at: u64| {
        let drawn = xxh3_64_with_seed(&at.to_le_bytes(), number);
        let habit = if drawn % 10 < 7 { label } else { 1 - label };
        HABITS[habit][(drawn >> 8) as usize % 4].to_owned() + ". "
    };
    (0..15).map(phrase).collect()
}

fn texts() -> Vec<String> {
    (0..48).map(|i| text(i % 2, i as u64)).collect()
}

fn examples(texts: &[String]) -> Vec<Example<'_>> {
    let of = |(i, text): (usize, &String)| Example {
        text: text.clone().into(),
        words: 60,
        label: i % 2,
        prompt: (i / 4) as u32,
        group: (i / 4) as u32,
        data_set: 0,
        vector: None,
    };
    texts.iter().enumerate().map(of).collect()
}

fn learned(method: Method, seed: u64) -> ClassicModel {
    let texts = texts();
    learn(method, &examples(&texts), 2, seed, &|_| ()).unwrap()
}

#[test]
fn every_measure_tells_two_habits_apart_and_is_a_probability() {
    for method in Method::CLASSIC {
        let model = learned(method, 0);
        assert_eq!(model.method(), method);
        let mut right = 0;
        for number in 100..140 {
            let label = number % 2;
            let text = text(label, number as u64);
            let of = model.probabilities(&text);
            assert!((of.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{method:?}: {of:?}");
            let distances = model.distances(&text);
            // The nearer is the more probable.
            assert_eq!(of[0] > of[1], distances[0] < distances[1], "{method:?}: {distances:?}");
            right += usize::from(of[label] > of[1 - label]);
        }
        // Who tosses a coin gets so many right less than once in a hundred times.
        assert!(right >= 28, "{method:?}: {right} of 40");
        // What holds no word of the list, or no word at all, still gets probabilities.
        for text in ["", "1 2 3", "zebra"] {
            let of = model.probabilities(text);
            assert!((of.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{method:?}: {of:?}");
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let text = text(0, 200);
    let with = |threads: usize, method: Method| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| learned(method, 5).probabilities(&text))
    };
    for method in Method::CLASSIC {
        assert_eq!(with(1, method), with(2, method), "{method:?}");
    }
}

#[test]
fn a_reference_without_examples_is_never_named() {
    let texts = texts();
    for method in Method::CLASSIC {
        let model = learn(method, &examples(&texts), 3, 0, &|_| ()).unwrap();
        let of = model.probabilities(&texts[0]);
        assert!(of.len() == 3 && of[2] == 0.0, "{method:?}: {of:?}");
    }
}

#[test]
fn tables_are_read_as_they_were_written() {
    let texts = texts();
    let tables = learn_tables(&examples(&texts), 2, 9, &|_| ()).unwrap();
    let bytes = tables.to_bytes().unwrap();
    let read = Tables::from_bytes(&bytes, 2).unwrap();
    assert_eq!(read.frequencies(), tables.frequencies());
    for method in Method::ON_WORDS {
        let (a, b) = (tables.model(method).unwrap(), read.model(method).unwrap());
        for (a, b) in a.probabilities(&texts[3]).iter().zip(b.probabilities(&texts[3])) {
            assert!((a - b).abs() < 1e-6);
        }
        // An atlas serves what `learn` gives.
        let alone = learn(method, &examples(&texts), 2, 9, &|_| ()).unwrap();
        assert_eq!(alone.probabilities(&texts[3]), a.probabilities(&texts[3]), "{method:?}");
    }
    assert!(tables.model(Method::Compression).is_none() && tables.model(Method::Default).is_none());
    // Cut anywhere, or for another number of references, they are refused.
    assert!((0..bytes.len()).all(|length| Tables::from_bytes(&bytes[..length], 2).is_err()));
    assert!(Tables::from_bytes(&bytes, 3).is_err());
}

#[test]
fn what_cannot_be_learned_is_said() {
    let texts = texts();
    let mut examples = examples(&texts);
    let error = |method, examples: &[Example<'_>], references| {
        learn(method, examples, references, 0, &|_| ()).unwrap_err().to_string()
    };
    assert!(error(Method::Default, &examples, 2).contains("attribution::fit"));
    assert!(error(Method::Burrows, &examples, 1).contains("labelled 1"));
    examples.iter_mut().for_each(|example| example.group = 0);
    assert!(error(Method::Compression, &examples, 2).contains("same prompt"));
}
