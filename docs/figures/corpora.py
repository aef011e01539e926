#!/usr/bin/env python3
"""Writes what the embedded atlas rests on into docs/corpora.md and NOTICE, without the corpora.

The numbers come from docs/figures/atlas.json, which is what `cotprint atlas show --json` prints; subjects and
addresses from assets/data-sets.json, which `cotprint probes` reads too. A block `<!-- corpora: NAME -->` …
`<!-- end -->` of the page is written by the function of that name below.

    cotprint atlas show --json > docs/figures/atlas.json
    docs/figures/corpora.py                            # writes the page and NOTICE
    docs/figures/corpora.py --check                    # exit code 1 where one of them differs
    docs/figures/corpora.py --check --atlas FRESH.json # against another output

An atlas that an older program learned says nothing about its sources. Then prompts, lengths and languages of a
data set are those of the references that are known from it alone.
"""

import argparse
import json
import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/corpora.md"
NOTICE = ROOT / "NOTICE"
BLOCK = re.compile(r"(<!-- corpora: ([a-z-]+) -->)(.*?)(<!-- end -->)", re.S)
NOTICE_LIST = re.compile(r"(sources and licences of each reference\.\n\n)(.*?)(The traces themselves)", re.S)
LANGUAGES = {
    "cmn": "Chinese", "deu": "German", "eng": "English", "fin": "Finnish", "fra": "French", "jpn": "Japanese",
    "kor": "Korean", "nld": "Dutch", "rus": "Russian", "spa": "Spanish", "tur": "Turkish",
}
# A language with a smaller share is not named: the program takes a short text for another language now and then.
LEAST_SHARE = 0.01
UNKNOWN = "–"


def thousands(number):
    return f"{number:,}"


def counted(number, one, many):
    return f"{thousands(number)} {one if number == 1 else many}"


def table(head, rows):
    """A table of Markdown; columns of numbers begin with `>`."""
    rule = ["---:" if name.startswith(">") else "---" for name in head]
    lines = [[name.lstrip(">") for name in head], rule, *rows]
    return "\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def largest(counts):
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def languages(counts):
    """`English`, or `English 95 %, Finnish 5 %`: of the traces whose language can be told."""
    told = sum(counts.values())
    shares = [(LANGUAGES.get(code, code), count / told) for code, count in largest(counts) if count >= LEAST_SHARE * told]
    if len(shares) == 1:
        return shares[0][0]
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares) or UNKNOWN


def with_counts(counts, traces):
    """`raw`, or `raw 200, summary 14`."""
    if list(counts.values()) == [traces]:
        return next(iter(counts))
    return ", ".join(f"{key} {thousands(count)}" for key, count in largest(counts)) or UNKNOWN


def merged(all_counts):
    total = {}
    for counts in all_counts:
        for key, count in counts.items():
            total[key] = total.get(key, 0) + count
    return total


def summed_up(name, references):
    """A source as atlases of this program have it, from what an older one says of the references."""
    of = [own for own in references if name in own["sources"]]
    alone = [own for own in of if len(own["sources"]) == 1]
    traces = sum(own["traces"] for own in alone)
    return {
        "name": name,
        "references": len(of),
        "traces": sum(own["sources"][name] for own in of),
        "least_prompts": max((own["prompts"] for own in alone), default=0),
        "mean_length": round(sum(own["words"] for own in alone) / traces) if traces else None,
        "languages": merged(own.get("languages", {}) for own in alone),
        "mediation": merged(own["mediation"] for own in alone),
        "licences": sorted({licence for own in alone for licence in own["licences"]}),
    }


def sources(atlas):
    """The sources, the one with most traces first."""
    own = atlas.get("sources")
    if not own:
        names = {name for reference in atlas["references"] for name in reference["sources"]}
        own = [summed_up(name, atlas["references"]) for name in names]
    return sorted(own, key=lambda source: (-source["traces"], source["name"]))


def prompts(source):
    if "prompts" in source:
        return thousands(source["prompts"])
    return f"{thousands(source['least_prompts'])} or more" if source["least_prompts"] else UNKNOWN


def length(source):
    if "length" in source:
        low, median, high = (thousands(words) for words in source["length"])
        return f"{median} ({low}–{high})"
    return f"{thousands(source['mean_length'])} on average" if source["mean_length"] else UNKNOWN


def licence(source, public):
    return public.get("licence") or ", ".join(source["licences"]) or UNKNOWN


def also(public, joint):
    """Where else the traces are from."""
    return joint + public["also"] if "also" in public else ""


def summary(atlas, _):
    references = atlas["references"]
    spread = [sum(len(own["sources"]) == count for own in references) for count in (1, 2)]
    summaries = sum("summary" in own["mediation"] for own in references)
    traces = sum(own["traces"] for own in references)
    return (
        f"\nThe embedded atlas knows {counted(len(references), 'model', 'models')} from {thousands(traces)} traces of "
        f"{counted(len(sources(atlas)), 'data set', 'data sets')}. It knows {spread[0]} of them from one data set only, {spread[1]} from two "
        f"and {len(references) - sum(spread)} from three or more. Of {counted(summaries, 'model', 'models')} it has summaries of the reasoning, "
        f"written by the provider.\n"
    )


def data_sets(atlas, public):
    rows = []
    for source in sources(atlas):
        known = public.get(source["name"], {})
        title = known.get("title", source["name"])
        rows.append([
            (f"[{title}]({known['address']})" if known else title) + also(known, " and "),
            f"`{source['name']}`",
            known.get("about", UNKNOWN),
            thousands(source["references"]),
            thousands(source["traces"]),
            prompts(source),
            length(source),
            languages(source["languages"]),
            licence(source, known),
        ])
    head = ["data set", "name", "subject", ">models", ">traces", ">prompts", ">words of a trace", "languages", "licence"]
    return table(head, rows)


def how_counted(atlas, _):
    if atlas.get("sources"):
        return "\nWords of a trace: the median, and in brackets the range of the middle 90 %.\n"
    return (
        "\nThe program that learned this atlas kept numbers for each model only. So prompts, words and languages are those "
        "of the models that are known from one data set alone.\n"
    )


def references(atlas, _):
    rows = [
        [
            own["name"],
            own["family"] or UNKNOWN,
            thousands(own["traces"]),
            with_counts(own["sources"], own["traces"]),
            with_counts(own["mediation"], own["traces"]),
            languages(own.get("languages", {})),
        ]
        for own in atlas["references"]
    ]
    return table(["model", "family", ">traces", "data sets", "mediation", "languages"], rows)


def notice(atlas, public):
    """The list of NOTICE: each source with address, licence, subject and size."""
    entries = []
    for source in sources(atlas):
        known = public.get(source["name"], {})
        address = known.get("address", "").removeprefix("https://")
        place = address + also(known, ", and ")
        title = f"{known.get('title', source['name'])} ({place})" if address else source["name"]
        about = known.get("about", "")
        text = (
            f"{licence(source, known)}. {about[:1].upper()}{about[1:]}; {counted(source['references'], 'model', 'models')} with "
            f"reasoning, {counted(source['traces'], 'trace', 'traces')}."
        )
        entries.append(f"{title}\n{textwrap.fill(text, 80, initial_indent='    ', subsequent_indent='    ')}\n")
    return "\n".join(entries) + "\n"


FIGURES = {"summary": summary, "data-sets": data_sets, "how-counted": how_counted, "references": references}


def page(text, atlas, public):
    if sorted(block[2] for block in BLOCK.finditer(text)) != sorted(FIGURES):
        sys.exit(f"docs/corpora.md needs one block each of {', '.join(FIGURES)}, with an <!-- end -->")
    return BLOCK.sub(lambda block: block[1] + FIGURES[block[2]](atlas, public) + block[4], text)


def with_notice(text, atlas, public):
    if not NOTICE_LIST.search(text):
        sys.exit("NOTICE has no place for the list of sources")
    return NOTICE_LIST.sub(lambda place: place[1] + notice(atlas, public) + place[3], text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only; exit code 1 where a file differs")
    parser.add_argument("--atlas", type=pathlib.Path, default=ROOT / "docs/figures/atlas.json")
    options = parser.parse_args()
    atlas = json.loads(options.atlas.read_text(encoding="utf-8"))
    listed = json.loads((ROOT / "assets/data-sets.json").read_text(encoding="utf-8"))
    public = {own["name"]: own for own in listed}
    stale = []
    for path, write in ((PAGE, page), (NOTICE, with_notice)):
        text = path.read_text(encoding="utf-8")
        made = write(text, atlas, public)
        if made != text:
            stale.append(str(path.relative_to(ROOT)))
            if not options.check:
                path.write_text(made, encoding="utf-8")
    unknown = [source["name"] for source in sources(atlas) if source["name"] not in public]
    if unknown:
        sys.exit(f"assets/data-sets.json does not know {', '.join(unknown)}")
    if options.check and stale:
        sys.exit(f"{', '.join(stale)} differ from the atlas: run docs/figures/corpora.py and read what changed")


if __name__ == "__main__":
    main()
