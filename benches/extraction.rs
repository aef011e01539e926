//! Text → fingerprints, in bytes of text per second: channel by channel on one core (CPU time), and a
//! whole batch by all threads (time on the wall).
//!
//! `COTPRINT_BENCH_KEEP=FOLDER` leaves the texts there, for `peer_extraction.py`.

use cotprint::{
    atlas::Atlas,
    features::{
        Channel, ChannelSet, NgramCounter, NgramProfile, Vectorizer, Vocabulary, VocabularyBuilder,
        read_forms, token_ngrams::TokenNgrams,
    },
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::{hint::black_box, path::Path, sync::Arc};
use thread_time::ThreadTime;

mod text;
mod thread_time;

/// The channels of n-grams that need nothing from the user.
const NGRAMS: [Channel; 3] = [Channel::Char, Channel::Word, Channel::Skeleton];

fn channels(criterion: &mut Criterion<ThreadTime>) {
    let texts = text::traces(40, 1200);
    let bytes: usize = texts.iter().map(String::len).sum();
    keep(&texts);
    let mut group = criterion.benchmark_group("extraction");
    group.throughput(Throughput::BytesDecimal(bytes as u64)).sample_size(20);

    let mut counter = NgramCounter::default();
    let mut count = |channels: &[Channel]| {
        let mut different = 0;
        for text in &texts {
            for &channel in channels {
                counter.for_each(channel, text, |_, _| different += 1);
            }
        }
        different
    };
    for channel in Channel::ALL {
        match channel {
            // Needs a tokenizer.
            Channel::Token => {}
            // Reads rows, no text: a part of what a score costs beside its row, below.
            Channel::Embed => {}
            _ if channel.counts_ngrams() => {
                group.bench_function(channel.name(), |b| b.iter(|| count(black_box(&[channel]))));
            }
            _ => {
                group.bench_function(channel.name(), |b| {
                    b.iter(|| texts.iter().map(|text| channel.measure(text).len()).sum::<usize>());
                });
            }
        }
    }
    let default = ChannelSet::default().extracted();
    let of_default: Vec<Channel> =
        default.channels().iter().map(|o| o.channel).filter(|c| c.counts_ngrams()).collect();
    group.bench_function("all n-grams of the default channels", |b| {
        b.iter(|| count(black_box(&of_default)));
    });
    group.bench_function("all n-grams", |b| b.iter(|| count(black_box(&NGRAMS))));

    if let Ok(tokens) = TokenNgrams::from_path(Path::new("fixtures/tokenizers/byte-level.json")) {
        let mut counter = NgramCounter::with_tokens(Some(Arc::new(tokens)));
        group.bench_function("token", |b| {
            b.iter(|| {
                let mut different = 0;
                for text in &texts {
                    counter.for_each(Channel::Token, text, |_, _| different += 1);
                }
                different
            });
        });
    }

    let set = |channels: &str| channels.parse().unwrap_or_default();
    for (name, set) in [
        ("row of char", set("char")),
        ("row of word", set("word")),
        ("row of all n-grams", set("char,word,skeleton")),
        ("whole row", default),
    ] {
        let vectorizer = vectorizer(&texts, set);
        let mut counter = NgramCounter::default();
        group.bench_function(name, |b| {
            b.iter(|| {
                let row = |text| vectorizer.row(text, &mut counter).indices.len();
                texts.iter().map(String::as_str).map(row).sum::<usize>()
            });
        });
    }
    if let Ok(atlas) = Atlas::embedded() {
        let mut counter = NgramCounter::default();
        group.bench_function("row of the embedded atlas", |b| {
            b.iter(|| {
                let vectorizer = &atlas.model.vectorizer;
                let row = |text| vectorizer.row(text, &mut counter).indices.len();
                texts.iter().map(String::as_str).map(row).sum::<usize>()
            });
        });
        group.bench_function("row and score of the embedded atlas", |b| {
            b.iter(|| {
                texts.iter().filter_map(|text| atlas.model.score(text, &mut counter).ok()).count()
            });
        });
    }
    group.finish();
}

fn batch(criterion: &mut Criterion) {
    let texts = text::traces(400, 1200);
    let bytes: usize = texts.iter().map(String::len).sum();
    let vectorizer = vectorizer(&texts, ChannelSet::default().extracted());
    let mut group = criterion.benchmark_group("batch");
    group.throughput(Throughput::BytesDecimal(bytes as u64)).sample_size(20);
    group.bench_function("rows", |b| b.iter(|| vectorizer.rows(&texts).len()));
    group.bench_function("n-gram profile", |b| {
        b.iter(|| NgramProfile::new(&vectorizer, &texts).features.len());
    });
    group.finish();
}

fn vectorizer(texts: &[String], set: ChannelSet) -> Vectorizer {
    let prompts: Vec<u32> = (0..texts.len() as u32).collect();
    let mut features = Vec::new();
    for options in set.channels().iter().filter(|options| options.features > 0) {
        let mut builder = VocabularyBuilder::new(options.channel);
        builder.add(texts, &prompts);
        features.extend(read_forms(
            options.channel,
            &builder.select(options.features),
            texts,
            None,
        ));
    }
    let vocabulary = Vocabulary::new(features).unwrap_or_default();
    let mut vectorizer = Vectorizer::new(vocabulary, texts.len(), set);
    vectorizer.learn_rows(texts, |_| None);
    vectorizer
}

/// Leaves the texts in a folder, one JSON string on a line.
#[allow(clippy::print_stderr)]
fn keep(texts: &[String]) {
    let Some(folder) = std::env::var_os("COTPRINT_BENCH_KEEP") else { return };
    let path = Path::new(&folder).join("extraction.jsonl");
    let lines: String = texts.iter().map(|text| format!("{}\n", serde_json::json!(text))).collect();
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, lines));
    if let Err(error) = written {
        eprintln!("{}: the texts cannot be written there: {error}", path.display());
    }
}

criterion_group! {
    name = one_core;
    config = Criterion::default().with_measurement(ThreadTime);
    targets = channels
}
criterion_group!(all_threads, batch);
criterion_main!(one_core, all_threads);
