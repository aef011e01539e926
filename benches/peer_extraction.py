"""The same texts as `benches/extraction.rs`, vectorized by Python: MB of text per CPU second.

    COTPRINT_BENCH_KEEP=FOLDER cargo bench --bench extraction
    pip install scikit-learn faststylometry         (the second may be missing)
    python3 benches/peer_extraction.py FOLDER

`transform` with a vocabulary that was learned before and is as large as that of `cotprint`, which looks
for what an atlas knows: to be compared with the benches `row of char` and `row of word`. One thread.
"""

import json
import pathlib
import sys
import time

from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer

path = pathlib.Path(sys.argv[1]) / "extraction.jsonl"
texts = [json.loads(line) for line in open(path, encoding="utf-8")]
size = sum(len(text.encode()) for text in texts) / 1e6


def figure(name, work):
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    print(f"{name}: {size / best:.2f} MB/s", flush=True)
    return best


CHAR = {"analyzer": "char", "lowercase": False}
MOST = {"characters": 10_000, "words": 30_000}
# Words and punctuation marks, case kept, as the channel `word` has them.
WORD = {"analyzer": "word", "lowercase": False, "token_pattern": r"\w+|[^\w\s]|\n+"}
total = {}
for kind, shape, lengths in [
    ("characters", CHAR, [(1, 5), (2, 5)]),
    ("words", WORD, [(1, 3), (1, 2)]),
]:
    for low, high in lengths:
        tfidf = TfidfVectorizer(
            ngram_range=(low, high), max_features=MOST[kind], sublinear_tf=True, **shape
        ).fit(texts)
        hashing = HashingVectorizer(ngram_range=(low, high), **shape)
        total[kind, low, high] = figure(
            f"TfidfVectorizer, {kind} {low}-{high}", lambda: tfidf.transform(texts)
        )
        figure(f"HashingVectorizer, {kind} {low}-{high}", lambda: hashing.transform(texts))
for char, word in [((1, 5), (1, 3)), ((2, 5), (1, 2))]:
    both = total[("characters", *char)] + total[("words", *word)]
    print(f"TfidfVectorizer, characters {char} and words {word}: {size / both:.2f} MB/s")

try:
    from faststylometry import Corpus, tokenise_remove_pronouns_en
except ImportError:
    sys.exit("faststylometry is not installed")


def stylometry():
    corpus = Corpus()
    for number, text in enumerate(texts):
        corpus.add_book(str(number), "trace", text)
    corpus.tokenise(tokenise_remove_pronouns_en)


figure("faststylometry, texts to tokens only", stylometry)
