#!/usr/bin/env python3
"""Do length and a reference's number of traces attract what another model wrote?

    docs/figures/attraction.py --bin target/release/cotprint --eval ../shared/eval [--fold 0] [--json OUT] TASK ...

Tasks are those of evaluate.py, which splits the traces. Prints its figures as JSON and, of the reference with the
largest probability (the named one):

- `deciles`: by the length of the trace, how long the traces of the true and of the named reference usually are
  (`place`: its place among all references by the median length, 0 the shortest, 1 the longest), and the share of
  traces of the tenth of the references with the longest traces;
- `sizes`: of the thirds of the references with the fewest and the most traces, how many test traces they wrote and
  how many are given to them.
"""

import argparse
import collections
import json
import pathlib
import statistics
import sys
import tempfile


def write(path, rows, labels):
    with open(path, "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row if labels else dict(row, model=None), ensure_ascii=False) + "\n")


def words(row):
    return len(row["reasoning"].split())


def mean(values):
    values = list(values)
    return round(sum(values) / max(1, len(values)), 4)


def deciles(judged, place, longest):
    """`judged`: (words, true model, named model), by words."""
    parts = []
    for k in range(10):
        part = judged[k * len(judged) // 10 : (k + 1) * len(judged) // 10]
        parts.append({
            "words": part[len(part) // 2][0],
            "traces": len(part),
            "right": mean(true == named for _, true, named in part),
            "true_place": mean(place[true] for _, true, _ in part),
            "named_place": mean(place[named] for _, _, named in part),
            "longest_true": mean(true in longest for _, true, _ in part),
            "longest_named": mean(named in longest for _, _, named in part),
        })
    return parts


def sizes(judged, counts):
    order = sorted(counts, key=lambda model: (counts[model], model))
    third = max(1, len(order) // 3)
    true = collections.Counter(true for _, true, _ in judged)
    named = collections.Counter(named for _, _, named in judged)
    parts = {"small": order[:third], "middle": order[third:-third], "large": order[-third:]}
    return {
        name: {
            "models": len(own),
            "traces": [counts[own[0]], counts[own[-1]]],
            "true": sum(true[model] for model in own),
            "named": sum(named[model] for model in own),
        }
        for name, own in parts.items()
        if own
    }


def measure(evaluate, options, corpora, task):
    split = argparse.Namespace(task=task, test=None, fold=options.fold, corpora=str(corpora))
    train, test, unknown = evaluate.split(split)
    families = dict(line.split("\t") for line in (corpora / "families.tsv").read_text(encoding="utf-8").splitlines()[1:])
    with tempfile.TemporaryDirectory() as folder:
        learned, asked, atlas, scores = (f"{folder}/{name}" for name in ("train.jsonl", "test.jsonl", "atlas", "scores.jsonl"))
        write(learned, train, True)
        write(asked, test, False)
        fit = evaluate.run([options.bin, "fit", learned, "--families", str(corpora / "families.tsv"), "-o", atlas])
        score = evaluate.run([options.bin, "score", asked, "--atlas", atlas, "-o", scores])
        with open(scores, encoding="utf-8") as lines:
            scored = {one["id"]: one for one in map(json.loads, lines)}
    lengths = collections.defaultdict(list)
    for row in train:
        lengths[row["model"]].append(words(row))
    order = sorted(lengths, key=lambda model: (statistics.median(lengths[model]), model))
    place = {model: i / max(1, len(order) - 1) for i, model in enumerate(order)}
    longest = set(order[-max(1, len(order) // 10) :])
    judged = []
    for row in sorted(test, key=words):
        shares = scored[row["id"]].get("scores")
        if shares:
            judged.append((words(row), row["model"], max(shares, key=shares.get)))
    return {
        "task": task,
        "fold": options.fold,
        "fit": fit,
        "score": score,
        **evaluate.figures(test, scored, unknown, families),
        "deciles": deciles(judged, place, longest),
        "sizes": sizes(judged, {model: len(own) for model, own in lengths.items()}),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--eval", required=True, type=pathlib.Path, help="the folder of evaluate.py; corpora stand beside it")
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--json", type=pathlib.Path, help="append the results to this file")
    parser.add_argument("tasks", nargs="+")
    options = parser.parse_args()
    sys.path.insert(0, str(options.eval))
    import evaluate

    for task in options.tasks:
        line = json.dumps(measure(evaluate, options, options.eval.parent / "corpora", task))
        print(line, flush=True)
        if options.json:
            with options.json.open("a", encoding="utf-8") as out:
                out.write(line + "\n")


if __name__ == "__main__":
    main()
