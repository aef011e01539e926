//! Learning an atlas, opening the embedded one, and scoring with it.

use cotprint::{
    atlas::{Atlas, LearnOptions, learn},
    features::NgramCounter,
    trace::Trace,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

mod text;

/// Six references that differ in the words they leave out, 40 traces each on 20 prompts.
fn labelled() -> Vec<Trace> {
    text::traces(240, 400)
        .into_iter()
        .enumerate()
        .map(|(i, text)| {
            let reference = i % 6;
            let letters = ["k", "w", "y", "v", "p", "b"];
            Trace {
                id: i.to_string(),
                model: Some(format!("bench/m-{reference}")),
                prompt_id: Some((i / 12).to_string()),
                reasoning: text
                    .split_inclusive(' ')
                    .filter(|word| !word.starts_with(letters[reference]))
                    .collect(),
                ..Trace::default()
            }
        })
        .collect()
}

fn learning(criterion: &mut Criterion) {
    let traces = labelled();
    let bytes: usize = traces.iter().map(|trace| trace.reasoning.len()).sum();
    let mut group = criterion.benchmark_group("fit");
    group.throughput(Throughput::Bytes(bytes as u64)).sample_size(10);
    group.bench_function("6 references, 240 traces", |b| {
        b.iter(|| {
            learn(black_box(&traces), &LearnOptions::default(), &|_| ()).map(|l| l.bytes.len())
        });
    });
    group.finish();
}

fn scoring(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("embedded atlas");
    group.sample_size(20);
    group.bench_function("open", |b| b.iter(|| Atlas::embedded().map(|atlas| atlas.traces())));
    if let Ok(atlas) = Atlas::embedded() {
        let texts = text::traces(20, 1200);
        let mut counter = NgramCounter::default();
        group.throughput(Throughput::Bytes(texts.iter().map(String::len).sum::<usize>() as u64));
        group.bench_function("score 20 traces of 1,200 words", |b| {
            b.iter(|| {
                texts.iter().filter_map(|text| atlas.model.score(text, &mut counter).ok()).count()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, learning, scoring);
criterion_main!(benches);
