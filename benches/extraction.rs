//! Text → fingerprints, channel by channel, in bytes of text per second on one core.

use cotprint::features::{
    Channel, ChannelWeights, LayoutScale, NgramCounter, Vectorizer, Vocabulary, VocabularyBuilder,
    layout, moves, read_forms,
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
    group.bench_function("char", |b| b.iter(|| count(black_box(&[Channel::Char]))));
    group.bench_function("word", |b| b.iter(|| count(black_box(&[Channel::Word]))));
    group.bench_function("all n-grams", |b| b.iter(|| count(black_box(&Channel::NGRAMS))));
    group.bench_function("layout", |b| {
        b.iter(|| texts.iter().map(|text| layout::measure(text).len()).sum::<usize>());
    });

    group.bench_function("moves", |b| {
        b.iter(|| texts.iter().map(|text| moves::measure(text).len()).sum::<usize>());
    });

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
    let mut features = Vec::new();
    for (channel, most) in [(Channel::Char, 10_000), (Channel::Word, 40_000)] {
        let mut builder = VocabularyBuilder::new(channel);
        builder.add(texts, &prompts);
        features.extend(read_forms(channel, &builder.select(most), texts));
    }
    let vocabulary = Vocabulary::new(features).unwrap_or_default();
    let layout =
        LayoutScale { mean: vec![0.0; layout::MEASURES], deviation: vec![1.0; layout::MEASURES] };
    Vectorizer::new(vocabulary, texts.len(), layout, ChannelWeights::default())
}

criterion_group!(benches, extraction);
criterion_main!(benches);
