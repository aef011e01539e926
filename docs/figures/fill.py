#!/usr/bin/env python3
"""Fills the figures of the pages from JSON.

A block `<!-- figure: NAME -->` … `<!-- end -->` is written by the function of that name below. The
numbers come from reports/sample/report.json, docs/figures/measured.json and docs/figures/score.json,
the names of formats from docs/figures/formats.json, so that nothing is typed twice.

    docs/figures/fill.py                  # writes the blocks
    docs/figures/fill.py --check          # exit code 1 where a block differs
    docs/figures/fill.py --check --sample REPORT.json --score LINES.jsonl --formats FORMATS.json     # against fresh output

score.json is the first line of `cotprint score fixtures/new-model.jsonl`, formats.json what
`cotprint formats --json` prints.
"""

import argparse
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ["README.md", "docs/trust.md", "docs/output.md", "docs/verdict.md", "docs/corpora.md"]
BLOCK = re.compile(r"(<!-- figure: ([a-z-]+) -->)(.*?)(<!-- end -->)", re.S)


def thousands(number):
    return f"{number:,}"


def percent(share):
    return f"{100 * share:.0f} %"


def figure(value, digits):
    """A number, [mean, deviation] or [value, low, high], as a cell of a table; a dash where there is none."""
    if value is None:
        return "–"
    if not isinstance(value, list):
        return f"{value:.{digits}f}"
    first = f"{value[0]:.{digits}f}"
    if len(value) == 2:
        return f"{first} ± {value[1]:.{digits}f}"
    return f"{first} ({value[1]:.{digits}f}–{value[2]:.{digits}f})"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def picture(sample, _):
    ranking = sample["ranking"]
    shares = ", ".join(
        f"{row['reference']} {row['score']:.2f} ({row['low']:.2f}–{row['high']:.2f})" for row in ranking[:3]
    )
    return (
        f"\n![Share of the evidence for the first 20 of {len(ranking)} references, with 95 % intervals. "
        f"{shares}.](reports/sample/ranking.png)\n\n"
        f"*The verdict on these {sample['traces']} traces ({sample['prompts']} prompts, "
        f"{thousands(sample['words'])} words): {sample['verdict']['sentence']}*\n"
    )


def expected(sample, _):
    first = sample["ranking"][0]
    kind = sample["verdict"]["kind"]
    return (
        f"\nNo model of the atlas wrote these traces. So no model is named: the verdict is `{kind}`, and the largest "
        f"share is {percent(first['score'])}.\n"
    )


KINDS = {
    "canonical": "records of this program",
    "log": "logs, harnesses, agents, chats",
    "answer": "answers of APIs and servers",
    "data-set": "published data sets",
    "any-text": "any other row or text",
}


def formats(sample, _):
    known = sample["formats"]
    rows = []
    for kind, called in KINDS.items():
        names = [f"`{one['name']}`" for one in known["formats"] if one["kind"] == kind]
        if kind == "any-text":
            names.append("everything else with `--map reasoning=/json/pointer`")
        rows.append([called, ", ".join(names)])
    containers = [f"`{one['name']}`" for one in known["containers"]]
    rows.append(["containers", ", ".join(containers) + "; `hf://datasets/NAME` in the local cache"])
    return table(["kind", "formats"], rows)


def references(sample, _):
    return f"{sample['provenance']['atlas_references']} models"


def task_name(task):
    name = task["task"]
    models = f", {task['models']} models" if "models" in task else ""
    note = f", {task['note']}" if "note" in task else ""
    return name + models + note


# The tasks of the README's table.
SHORT = ["politics", "puzzles", "process", "economy", "maths", "judgement", "all", "cross:politics", "cross:puzzles", "cross:process"]


def trust_short(_, measured):
    rows = [
        [task_name(task), *(figure(task[key], 3) for key in ("top_1", "family", "pooled_10", "ece"))]
        for task in measured["harness"]["tasks"]
        if task["task"] in SHORT
    ]
    return table(["task", "top-1", "family", "top-1, ten traces", "ECE"], rows)


def trust_open(_, measured):
    open_set = measured["open_set"]
    rows = measured["verification"]["tasks"]
    first = lambda value: value[0] if isinstance(value, list) else value
    said = "; ".join(
        f"{row['task']}, {row['traces']} traces: {percent(first(row['known_right']))} of known models named rightly, "
        f"{percent(first(row['known_wrong']))} wrongly, {percent(first(row['strangers_named']))} of unknown models named"
        for row in rows
        if row["traces"] == 20
    )
    return (
        f"\nUnknown models are the weak point. Single traces do not give them away: `unknown` has an AUROC of "
        f"{figure(open_set['auroc'], 2)} (0.5 is guessing; an earlier program on five data sets). Corpora do, in part "
        f"([docs/verdict.md](docs/verdict.md)). {said}.\n"
    )


def harness(_, measured):
    columns = [("top_1", 3), ("top_5", 3), ("family", 3), ("pooled_10", 3), ("ece", 3), ("log_loss", 3)]
    rows = [
        [task_name(task), *(figure(task[key], digits) for key, digits in columns), task["cpu_seconds"]]
        for task in measured["harness"]["tasks"]
    ]
    return table(["task", "top-1", "top-5", "family", "pooled 10", "ECE", "log loss", "CPU s (fit + score)"], rows)


def peer(_, measured):
    keys = [("top_1", 3), ("log_loss", 3), ("ece", 3)]
    rows = [
        [task["task"]]
        + [cell for who in ("cotprint", "peer") for cell in
           [*(figure(task[who][key], digits) for key, digits in keys), task[who]["cpu_seconds"]]]
        for task in measured["peer"]["tasks"]
    ]
    head = ["task", "top-1", "log loss", "ECE", "CPU s", "the peer's top-1", "log loss", "ECE", "CPU s"]
    return table(head, rows)


def open_set(_, measured):
    found = measured["open_set"]
    known = found["known_called_unknown_percent"]
    low, high = known["open"]
    return (
        f"\nWhen models are left out of `fit`, `unknown` separates their traces from the rest with an AUROC of "
        f"{figure(found['auroc'], 2)} (`--task open`, folds 0 to 4; 0.5 is guessing). Close relatives of a reference are not "
        f"detected. A linear support vector machine on character n-grams, judged by its largest score, has "
        f"{found['peer']['auroc_fold_0']:.2f} on fold 0, where cotprint has {found['auroc_fold_0']:.2f} "
        f"(`PEER=svc`; {found['peer']['cpu_seconds_fold_0']} CPU seconds against {found['cpu_seconds_fold_0']}). The program's own "
        f"`evaluate --open-set`, which leaves out every model once, gives {found['evaluate_auroc'][0]:.2f} "
        f"({found['evaluate_auroc'][1]:.2f}–{found['evaluate_auroc'][2]:.2f}).\n\n"
        f"At most about {known['expected']} % of the traces of known models should have `unknown` at or below 0.05. Measured: "
        f"{low} to {high} % (new prompts, folds 0 to 4 of `open`), {known['cross:politics']} % (cross:politics), "
        f"{known['cross:process']:.1f} % (cross:process) and none (cross:puzzles). These are counted in what `--keep` keeps.\n"
    )


def evaluate(_, measured):
    found = measured["evaluate"]
    single = found["single"]
    rows = [["single traces", figure(single["top_1"], 3), figure(single["ece"], 3), figure(single["ece_by_chance"], 3)]]

    def add(name, row):
        rows.append([name, figure(row["top_1"], 2), figure(row["ece"], 3), figure(row["ece_by_chance"], 3)])

    for row in found["by_words"]:
        add(f"traces of {row['words']} words", row)
    for row in found["pooled"]:
        add(f"{row['traces']} traces of one model together, all models alike", row)
    for row in found["cut"]:
        add(f"cut to the first {row['words']} words", row)
    return table(["", "top-1", "ECE", "ECE by chance"], rows)


def evaluate_size(_, measured):
    found = measured["evaluate"]
    return (
        f"{found['folds']} folds by prompt, {thousands(found['traces'])} traces, {found['models']} models; "
        f"{found['cpu_minutes']} CPU minutes"
    )


def evaluate_notes(_, measured):
    found = measured["evaluate"]
    worst = max(found["by_words"], key=lambda row: row["ece"][0] if isinstance(row["ece"], list) else row["ece"])
    value, low, high = worst["ece"]
    judgement = next(task for task in measured["harness"]["tasks"] if task["task"] == "judgement")
    return (
        f"\nTraces of {worst['words']} words have an ECE of {value:.3f} ({low:.3f}–{high:.3f}), where chance alone gives "
        f"{worst['ece_by_chance']:.3f}. A third of them are of the six models that judged a few scenarios. On unseen scenarios "
        f"the program can be far too sure or unsure (ECE {figure(judgement['ece'], 3)} in the first table). For traces cut to "
        f"the first 50 and 100 words the ECE is above what chance gives.\n\n"
        f"Prompts that ask nearly the same are held out together: {found['near_duplicate_prompts']} of "
        f"{thousands(found['prompts'])} prompts ask nearly the same as another. The figures are therefore lower than when each "
        f"prompt was held out alone.\n"
    )


def verdicts(_, measured):
    known, left_out = (measured["evaluate"]["verdicts"][key] for key in ("known", "left_out"))
    rows = [
        ["known models", str(known["corpora"]), str(known["model_or_family"]), str(known["another"]), str(known["nobody"])],
        ["models left out of the atlas", str(left_out["corpora"]), str(left_out["family"]), str(left_out["another"]),
         str(left_out["nobody"])],
    ]
    return table(["corpora of", "corpora", "the model or its family named", "another named", "nobody named"], rows)


def verification(_, measured):
    columns = ["known_right", "known_wrong", "strangers_named", "strangers_relative", "right_at_5", "auroc"]
    note = measured["verification"]
    rows = [
        [row["task"], str(row["traces"]), f"{row['known']}, {row['strangers']}", *(figure(row[key], 2) for key in columns)]
        for row in note["tasks"]
    ]
    head = ["corpora of", "traces each", "corpora of known models, of strangers", "known: named rightly", "known: named wrongly",
            "strangers: named", "strangers: a relative named", "named rightly where 5 % of strangers are", "AUROC"]
    seeds = ", ".join(map(str, note["seeds"]))
    return table(head, rows) + f"\nMean ± standard deviation over the seeds {seeds}: `{note['command']}`\n"


def new_prompts(_, measured):
    note = measured["new_prompts"]
    columns = ["known_right", "known_wrong", "none"]
    rows = [
        [str(row["controls"]), str(row["known"]), *(figure(row[key], 2) for key in columns)]
        for row in note["tasks"]
    ]
    head = ["controls", "corpora of known models", "named rightly", "named wrongly", "taken for none of the references"]
    return table(head, rows) + f"\n{note['what']}: `{note['command']}`\n"


def length_attraction(_, measured):
    rows = []
    for one in measured["attraction"]["tasks"]:
        cells = [one["task"]]
        for part in ("shortest", "middle", "longest"):
            own = one[part]
            cells.append(f"{thousands(own['words'])} words: {own['true_place']:.2f} → {own['named_place']:.2f}")
        rows.append(cells)
    head = ["task", "shortest tenth of the traces", "middle", "longest tenth"]
    return table(head, rows) + f"\n`{measured['attraction']['command']}`\n"


def size_attraction(_, measured):
    rows = []
    for one in measured["attraction"]["tasks"]:
        cells = [one["task"]]
        for part in ("small", "middle", "large"):
            own = one["sizes"][part]
            cells.append(f"{own['traces'][0]}–{own['traces'][1]} traces: {thousands(own['true'])} → {thousands(own['named'])}")
        rows.append(cells)
    return table(["task", "the third of the references with the fewest traces", "middle third", "the third with the most"], rows)


def score_line(sample, _):
    """The first line that `score` prints for the fixture, cut to its two largest probabilities."""
    record = sample["score"]

    def shortened(shares):
        largest = sorted(shares.items(), key=lambda item: -item[1])[:2]
        return "{" + ", ".join(f"{json.dumps(name)}: {share:.6f}" for name, share in largest) + ", …}"

    fields = [
        f"{json.dumps(key)}: {shortened(value) if isinstance(value, dict) else json.dumps(value)}"
        for key, value in record.items()
    ]
    return "\n```text\n{" + ",\n ".join(fields) + "}\n```\n"


FIGURES = {
    "picture": picture,
    "expected": expected,
    "formats": formats,
    "references": references,
    "trust-short": trust_short,
    "trust-open": trust_open,
    "harness": harness,
    "peer": peer,
    "open-set": open_set,
    "evaluate": evaluate,
    "evaluate-size": evaluate_size,
    "evaluate-notes": evaluate_notes,
    "verdicts": verdicts,
    "verification": verification,
    "new-prompts": new_prompts,
    "length-attraction": length_attraction,
    "size-attraction": size_attraction,
    "score-line": score_line,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only; exit code 1 where a block differs")
    parser.add_argument("--sample", type=pathlib.Path, default=ROOT / "reports/sample/report.json")
    parser.add_argument("--score", type=pathlib.Path, default=ROOT / "docs/figures/score.json")
    parser.add_argument("--formats", type=pathlib.Path, default=ROOT / "docs/figures/formats.json")
    options = parser.parse_args()
    sample = json.loads(options.sample.read_text(encoding="utf-8"))
    sample["score"] = json.loads(options.score.read_text(encoding="utf-8").splitlines()[0])
    sample["formats"] = json.loads(options.formats.read_text(encoding="utf-8"))
    measured = json.loads((ROOT / "docs/figures/measured.json").read_text(encoding="utf-8"))

    unused, stale = set(FIGURES), []
    for name in PAGES:
        page = ROOT / name
        text = page.read_text(encoding="utf-8")
        if text.count("<!-- figure:") != len(BLOCK.findall(text)):
            sys.exit(f"{name}: a figure has no <!-- end -->")

        def filled(block):
            key = block[2]
            if key not in FIGURES:
                sys.exit(f"{name}: no function writes the figure {key}")
            unused.discard(key)
            return block[1] + FIGURES[key](sample, measured) + block[4]

        made = BLOCK.sub(filled, text)
        if made != text:
            stale.append(name)
            if not options.check:
                page.write_text(made, encoding="utf-8")
    if unused:
        sys.exit(f"no page has these figures: {', '.join(sorted(unused))}")
    if options.check and stale:
        sys.exit(f"figures differ in {', '.join(stale)}: run docs/figures/fill.py and read what changed")


if __name__ == "__main__":
    main()
