"""The same files as `benches/ingest.rs`, read by Python: MB of unpacked text per CPU second.

    COTPRINT_BENCH_KEEP=FOLDER cargo bench --bench ingest
    python3 benches/peer_reading.py FOLDER          (Parquet needs pyarrow)
"""

import gzip
import json
import pathlib
import sys
import time


def lines(file):
    return sum(len(json.loads(line).get("reasoning") or "") or 1 for line in file)


def table(path):
    import pyarrow.parquet

    rows = pyarrow.parquet.read_table(path, use_threads=False).to_pylist()
    return sum(len(row["reasoning"]) for row in rows)


READERS = {
    ".jsonl": lambda path: lines(open(path, encoding="utf-8")),
    ".json": lambda path: len(json.load(open(path, encoding="utf-8"))),
    ".gz": lambda path: lines(gzip.open(path, "rt", encoding="utf-8")),
    ".parquet": table,
}

folder = pathlib.Path(sys.argv[1])
for path in sorted(folder.iterdir()):
    reader = READERS.get(path.suffix)
    if reader is None:
        continue
    size = (folder / (path.name.split(".")[0] + ".jsonl")).stat().st_size / 1e6
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        reader(path)
        best = min(best, time.process_time() - start)
    print(f"{path.name}: {size / best:.0f} MB/s")
