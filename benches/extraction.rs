//! Text → fingerprints, channel by channel, in bytes of text per second on one core.

use cotprint::features::{
    Channel, ChannelSet, NgramCounter, Vectorizer, Vocabulary, VocabularyBuilder, read_forms,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

mod text;

fn extraction(criterion: &mut Criterion) {
    let texts = text::traces(40, 1200);
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut group = criterion.benchmark_group("extraction");
    group.throughput(Throughput::Bytes(bytes as u64)).sample_size(20);

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
        if channel.counts_ngrams() {
            group.bench_function(channel.name(), |b| b.iter(|| count(black_box(&[channel]))));
        } else {
            group.bench_function(channel.name(), |b| {
                b.iter(|| texts.iter().map(|text| channel.measure(text).len()).sum::<usize>());
            });
        }
    }
    let ngrams: Vec<Channel> = Channel::ALL.into_iter().filter(|c| c.counts_ngrams()).collect();
    group.bench_function("all n-grams", |b| b.iter(|| count(black_box(&ngrams))));

    let vectorizer = vectorizer(&texts);
    let mut counter = NgramCounter::default();
    group.bench_function("whole row", |b| {
        b.iter(|| {
            texts.iter().map(|text| vectorizer.row(text, &mut counter).indices.len()).sum::<usize>()
        });
    });
    group.finish();
}

fn vectorizer(texts: &[String]) -> Vectorizer {
    let prompts: Vec<u32> = (0..texts.len() as u32).collect();
    let set = ChannelSet::default();
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

criterion_group!(benches, extraction);
criterion_main!(benches);
