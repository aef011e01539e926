#!/usr/bin/env python3
"""Measures how telling each shared prompt is, and writes assets/telling.json: what `collect --limit` asks first,
of the sets that can be fetched.

A prompt is telling where models depart from each other in the way in which they depart on other prompts. For each
prompt and model, the departure is the model's style (frequencies of common words and of signs, as z-scores) minus the
mean of all models on the prompt. The figure of a prompt is the mean cosine, over models, of the departure there and the
model's mean departure on the other prompts of the set: the share of the variance between models that stays.
It lies between -1 and 1. Needs numpy, the corpora and the program:

    docs/figures/telling.py ../shared/corpora target/release/cotprint
"""

import collections
import glob
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORDS, SIGNS = 200, ".,;:!?()-*#\n\"'"
# The beginning of a trace is enough, and its length should not matter.
CHARACTERS = 3000
FEWEST_PROMPTS = 4
TOKEN = re.compile(r"[^\W\d_]+|[" + re.escape(SIGNS) + "]")


def records(folder):
    for path in sorted(glob.glob(f"{folder}/*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                text = (record.get("reasoning") or "")[:CHARACTERS]
                if record.get("prompt") and len(text.split()) >= 30:
                    yield record["prompt"], record["model"], text


def hashes(program, name, prompts):
    """Prompt → its hash in 16 hexadecimal digits, for the prompts that the atlas knows."""
    with tempfile.TemporaryDirectory() as cache:
        folder = pathlib.Path(cache) / "prompts"
        folder.mkdir()
        lines = (json.dumps({"prompt": prompt}) for prompt in prompts)
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
        command = [program, "probes", "export", name, "--cache", cache, "--quiet"]
        known = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = map(json.loads, known.splitlines())
    return {row["prompt"]: row["prompt_id"].rsplit(":", 1)[1] for row in rows}


def styles(counters):
    """A row for each counter: relative frequencies of the commonest tokens, as z-scores."""
    total = collections.Counter()
    for counter in counters:
        total.update(counter)
    common = [token for token, _ in total.most_common(WORDS)]
    rows = numpy.array([[c[token] for token in common] for c in counters], dtype=float)
    rows /= numpy.maximum(numpy.array([[sum(c.values())] for c in counters], dtype=float), 1)
    rows = numpy.sqrt(rows)
    return (rows - rows.mean(0)) / numpy.maximum(rows.std(0), 1e-9)


def cosine(one, other):
    length = numpy.linalg.norm(one) * numpy.linalg.norm(other)
    return float(one @ other / length) if length > 0 else 0.0


def telling(folder, program, name):
    traces = list(records(folder))
    keys = hashes(program, name, sorted({prompt for prompt, _, _ in traces}))
    cells = collections.defaultdict(collections.Counter)
    for prompt, model, text in traces:
        if prompt in keys:
            cells[prompt, model].update(TOKEN.findall(text.lower()))
    cells = dict(sorted(cells.items()))
    rows = dict(zip(cells, styles(list(cells.values()))))
    departures, by_model, by_prompt = {}, collections.defaultdict(list), collections.defaultdict(list)
    for cell in rows:
        by_prompt[cell[0]].append(cell)
    for prompt in sorted(by_prompt):
        own = by_prompt[prompt]
        mean = numpy.mean([rows[cell] for cell in own], axis=0)
        for cell in own:
            departures[cell] = rows[cell] - mean
            by_model[cell[1]].append(cell)
    scores = collections.defaultdict(list)
    for model, own in by_model.items():
        if len(own) < FEWEST_PROMPTS:
            continue
        total = numpy.sum([departures[cell] for cell in own], axis=0)
        for cell in own:
            scores[keys[cell[0]]].append(cosine(departures[cell], total - departures[cell]))
    return {key: round(float(numpy.mean(own)), 3) for key, own in scores.items()}


def main():
    corpora, program = sys.argv[1:3]
    sets = json.loads(subprocess.run([program, "probes", "--json"], check=True, capture_output=True, text=True).stdout)
    found = {}
    for name in sorted(entry["name"] for entry in sets if entry.get("files")):
        own = telling(f"{corpora}/{name}", program, name)
        if own:
            values = sorted(own.values())
            print(f"{name}: {len(own)} prompts, {values[0]} to {values[-1]}, median {values[len(values) // 2]}")
        found.update(own)
    lines = ",\n".join(f'  "{key}": {value}' for key, value in sorted(found.items()))
    (ROOT / "assets/telling.json").write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
