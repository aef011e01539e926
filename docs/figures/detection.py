#!/usr/bin/env python3
"""Draws the detection curve of docs/verdict.md: docs/figures/detection.json → docs/figures/detection.svg.

    docs/figures/detection.py                                     # draws
    docs/figures/detection.py --check                             # exit code 1 where the drawing differs
    docs/figures/detection.py --keep 'process mining'=KEPT.jsonl …  # first makes detection.json, of what
                                                                  # ../shared/eval/verdicts.py known --keep wrote

A point of a curve: with a bound on `verdict.candidate.probability`, the share of the strangers that are named and the
share of the known models that are named rightly. Strangers whose candidate is a relative are left out. Several
files of one name are put together. Only the standard library is used.
"""

import argparse
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
DATA, DRAWING = HERE / "detection.json", HERE / "detection.svg"
WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 176, 20, 56
# The strangers beyond this share are of no use to anybody.
MOST_NAMED = 0.3
COLOURS = ["#1b6ca8", "#b3541e", "#4b7f52", "#7a4988", "#444444"]


def curve(rows):
    """The points of a curve and where the program's own bound lies."""
    known = [row for row in rows if row["asked"] == "known"]
    strangers = [row for row in rows if row["asked"] == "stranger" and not row["candidate_relative"]]
    chance = lambda row: -1.0 if row["probability"] is None else row["probability"]
    bounds = sorted({chance(row) for row in strangers} | {chance(row) for row in known}, reverse=True)
    points = [[0.0, 0.0]]
    for bound in bounds:
        if bound < 0:
            break
        false = sum(chance(row) >= bound for row in strangers) / len(strangers)
        right = sum(row["candidate_right"] and chance(row) >= bound for row in known) / len(known)
        if points[-1][0] == round(false, 4):
            points.pop()
        points.append([round(false, 4), round(right, 4)])
    named = sum(row["named"] and not row["relative"] for row in strangers) / len(strangers)
    right = sum(row["right"] for row in known) / len(known)
    return {"known": len(known), "strangers": len(strangers), "own_bound": [round(named, 4), round(right, 4)], "points": points}


def x(share):
    return LEFT + min(share, MOST_NAMED) / MOST_NAMED * (WIDTH - LEFT - RIGHT)


def y(share):
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def text(at, value, **more):
    attributes = "".join(f' {name.replace("_", "-")}="{own}"' for name, own in more.items())
    return f'<text x="{at[0]:.1f}" y="{at[1]:.1f}"{attributes}>{value}</text>'


def drawn(data):
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="13" fill="#222" role="img">',
        "<title>Known models named rightly against strangers named, for all bounds</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<path d="M{x(0):.1f} {y(share):.1f}H{x(MOST_NAMED):.1f}" stroke="#ddd"/>')
        parts.append(text((LEFT - 8, y(share) + 4), f"{100 * share:.0f} %", text_anchor="end"))
    for share in (0.0, 0.05, 0.1, 0.2, 0.3):
        parts.append(f'<path d="M{x(share):.1f} {y(0):.1f}V{y(1):.1f}" stroke="#eee"/>')
        parts.append(text((x(share), y(0) + 18), f"{100 * share:.0f} %", text_anchor="middle"))
    parts.append(text((x(MOST_NAMED / 2), HEIGHT - 14), "strangers that are named", text_anchor="middle"))
    middle = y(0.5)
    parts.append(text((16, middle), "known models named rightly", text_anchor="middle", transform=f"rotate(-90 16 {middle:.1f})"))
    labels = []
    for colour, (name, one) in zip(COLOURS, data["curves"].items()):
        path, last = f"M{x(0):.1f} {y(0):.1f}", 0.0
        for false, right in one["points"]:
            if false > MOST_NAMED:
                break
            path += f"H{x(false):.1f}V{y(right):.1f}"
            last = right
        path += f"H{x(MOST_NAMED):.1f}"
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        false, right = one["own_bound"]
        parts.append(f'<circle cx="{x(false):.1f}" cy="{y(right):.1f}" r="5" fill="#fff" stroke="{colour}" stroke-width="2"/>')
        labels.append([y(last) + 4, colour, name])
    # Labels that would overlap are moved apart.
    labels.sort()
    for above, below in zip(labels, labels[1:]):
        below[0] = max(below[0], above[0] + 16)
    for height, colour, name in labels:
        parts.append(text((x(MOST_NAMED) + 8, height), name, fill=colour))
    return "\n".join(parts) + "\n</svg>\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", nargs="+", metavar="NAME=FILE", help="make detection.json first")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.keep:
        rows = {}
        for one in options.keep:
            name, path = one.split("=", 1)
            lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
            rows.setdefault(name, []).extend(map(json.loads, lines))
        about = "Made by detection.py of what ../shared/eval/verdicts.py known --keep wrote; see measured.json for the commands."
        data = {"about": about, "curves": {name: curve(own) for name, own in rows.items()}}
        head, tail = json.dumps(dict(data, curves={}), ensure_ascii=False, indent=1).rsplit("{}", 1)
        body = ",\n".join(f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(own)}" for name, own in data["curves"].items())
        DATA.write_text(f"{head}{{\n{body}\n }}{tail}\n", encoding="utf-8")
    made = drawn(json.loads(DATA.read_text(encoding="utf-8")))
    if options.check and (not DRAWING.exists() or DRAWING.read_text(encoding="utf-8") != made):
        sys.exit("docs/figures/detection.svg differs from detection.json: run docs/figures/detection.py")
    if not options.check:
        DRAWING.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
