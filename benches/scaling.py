#!/usr/bin/env python3
"""How `cotprint fit` scales: CPU seconds and peak memory for 3,000 to 100,000 traces of the corpora.

    python3 benches/scaling.py target/release/cotprint ../shared/corpora [THOUSANDS ...]

Numbers up to that of the corpora are drawn at random. Larger ones repeat them under new prompts, with
one word in ten left out. Prints one row of a Markdown table per size. Only the standard library is used.
"""

import glob
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile


def read(corpora):
    rows = []
    for path in sorted(glob.glob(f"{corpora}/*/*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows += list(lines)
    return rows


def draw(rows, count, path):
    """Writes `count` traces to `path`."""
    rng, copy = random.Random(1), 0
    with open(path, "w", encoding="utf-8") as out:
        while count > 0:
            for line in rng.sample(rows, min(count, len(rows))):
                if copy:
                    row = json.loads(line)
                    words = row["reasoning"].split(" ")
                    row["reasoning"] = " ".join(w for w in words if rng.random() > 0.1)
                    row["prompt_id"] = f"{row['prompt_id']}#{copy}"
                    line = json.dumps(row, ensure_ascii=False) + "\n"
                out.write(line)
                count -= 1
            copy += 1


def main():
    program, corpora = sys.argv[1], sys.argv[2]
    thousands = [int(size) for size in sys.argv[3:]] or [3, 6, 12, 24, 50, 100]
    rows = read(corpora)
    print("| traces | CPU seconds | per 1,000 traces | peak memory, GB |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for size in thousands:
            traces, atlas = f"{folder}/traces.jsonl", f"{folder}/atlas"
            draw(rows, size * 1000, traces)
            command = [program, "fit", traces, "--families", f"{corpora}/families.tsv", "-o", atlas, "--quiet"]
            child = subprocess.Popen(command)
            _, status, used = os.wait4(child.pid, 0)
            if status:
                sys.exit(f"fit of {size},000 traces failed: {status}")
            seconds = used.ru_utime + used.ru_stime
            memory = used.ru_maxrss / 1e6
            print(f"| {size * 1000:,} | {seconds:.0f} | {seconds / size:.1f} | {memory:.2f} |", flush=True)


if __name__ == "__main__":
    main()
