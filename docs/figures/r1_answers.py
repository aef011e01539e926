#!/usr/bin/env python3
"""Draws the figure of the answers in docs/r1-0528.md: docs/figures/r1-answers.json → docs/figures/r1-answers.svg.

    docs/figures/r1_answers.py                        # draws
    docs/figures/r1_answers.py --check                # exit code 1 where the drawing differs
    docs/figures/r1_answers.py --from DRIFT.json      # first makes r1-answers.json, of what docs/r1-0528.md prints with --json

A line for each reference of the groups: the likeness of R1 (ring) and of R1-0528 (dot). Only the standard library is used.
"""

import argparse
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
DATA, DRAWING = HERE / "r1-answers.json", HERE / "r1-answers.svg"
GROUPS = {"nearest": "#4b7f52", "google": "#1b6ca8", "openai": "#b3541e"}
WIDTH, LEFT, RIGHT, TOP, ROW, GAP = 760, 300, 24, 44, 18, 12


def taken(found):
    drift = found["drift"]
    rows = sorted(drift["references"], key=lambda row: -row["after"])
    # Those that R1-0528 came nearer to, further than chance explains and nearer than unrelated models are.
    near = found["floors"][1]["high"]
    nearest = {row["reference"] for row in rows if row["corrected_p_value"] < 0.05 and row["after"] > near}
    chosen = []
    for row in rows:
        vendor = row["reference"].split("/")[0]
        group = "nearest" if row["reference"] in nearest and vendor not in GROUPS else vendor
        if group in GROUPS:
            keys = ("reference", "before", "after", "change", "low", "high", "corrected_p_value")
            chosen.append({"group": group} | {key: row[key] if key == "reference" else round(row[key], 4) for key in keys})
    return {
        "about": "Likeness of the answers of DeepSeek-R1 and of R1-0528 with references, made by r1_answers.py; docs/r1-0528.md has the command.",
        "prompts": drift["prompts"],
        "unrelated_high": round(found["floors"][1]["high"], 4),
        "rows": chosen,
    }


def drawn(data):
    groups = {name: [row for row in data["rows"] if row["group"] == name] for name in GROUPS}
    height = TOP + sum(len(own) * ROW + GAP for own in groups.values()) + 44
    x = lambda value: LEFT + (value + 1) / 2 * (WIDTH - LEFT - RIGHT)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#222" role="img">',
        "<title>Likeness of the answers of R1 and of R1-0528 with Gemini, OpenAI and the nearest models</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<circle cx="{LEFT}" cy="16" r="4" fill="#fff" stroke="#444" stroke-width="1.5"/><text x="{LEFT + 10}" y="20">R1</text>',
        f'<circle cx="{LEFT + 50}" cy="16" r="4" fill="#444"/><text x="{LEFT + 60}" y="20">R1-0528</text>',
    ]
    bottom = height - 40
    for value in (-1.0, -0.5, 0.0, 0.5, 1.0):
        parts.append(f'<path d="M{x(value):.1f} {TOP - 6}V{bottom}" stroke="#ddd"/>')
        label = f"{value:.1f}".replace("-", "−")
        parts.append(f'<text x="{x(value):.1f}" y="{bottom + 16}" text-anchor="middle">{label}</text>')
    edge = x(data["unrelated_high"])
    parts.append(f'<path d="M{edge:.1f} {TOP - 6}V{bottom}" stroke="#888" stroke-dasharray="3 3"/>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{TOP - 12}" fill="#666" text-anchor="end">right of the dashed line: one in 20 unrelated pairs</text>')
    parts.append(f'<text x="{x(0):.1f}" y="{height - 6}" text-anchor="middle">likeness, on prompts that both answered</text>')
    top = TOP
    for name, own in groups.items():
        for row in own:
            middle = top + ROW / 2
            before, after, colour = x(row["before"]), x(row["after"]), GROUPS[name]
            parts.append(f'<text x="{LEFT - 10}" y="{middle + 4:.1f}" text-anchor="end">{row["reference"]}</text>')
            parts.append(f'<path d="M{before:.1f} {middle:.1f}H{after:.1f}" stroke="{colour}" stroke-width="2"/>')
            parts.append(f'<circle cx="{before:.1f}" cy="{middle:.1f}" r="4" fill="#fff" stroke="{colour}" stroke-width="1.5"/>')
            parts.append(f'<circle cx="{after:.1f}" cy="{middle:.1f}" r="4" fill="{colour}"/>')
            top += ROW
        top += GAP
    return "\n".join(parts) + "\n</svg>\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="found", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.found:
        data = taken(json.loads(options.found.read_text(encoding="utf-8")))
        head, tail = json.dumps(data | {"rows": []}, ensure_ascii=False, indent=1).rsplit("[]", 1)
        rows = ",\n".join(f"  {json.dumps(row)}" for row in data["rows"])
        DATA.write_text(f"{head}[\n{rows}\n ]{tail}\n", encoding="utf-8")
    made = drawn(json.loads(DATA.read_text(encoding="utf-8")))
    if options.check and (not DRAWING.exists() or DRAWING.read_text(encoding="utf-8") != made):
        sys.exit("docs/figures/r1-answers.svg differs from r1-answers.json: run docs/figures/r1_answers.py")
    if not options.check:
        DRAWING.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
