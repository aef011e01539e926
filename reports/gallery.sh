#!/bin/bash
# Writes the gallery of cases: one page each, from the fixtures. Run it in the root of the repository:
#
#   bash reports/gallery.sh [PROGRAM]
#
# The program is target/release/cotprint unless another is named. Texts are those of fixtures/, written for
# this project. The pages are the same bytes for the same program.
set -euo pipefail

program=${1:-target/release/cotprint}
gallery=reports/gallery
# The pages name these paths, so that they are the same everywhere.
work=target/gallery
rm -rf "$work"
mkdir -p "$gallery" "$work"

# The page alone of a report.
page() { # NAME FILE COMMAND…
    local name=$1 file=$2
    shift 2
    # A check that fails exits with 1: its page is wanted all the same.
    "$program" "$@" --quiet >/dev/null || [ $? = 1 ]
    cp "$work/$name/$file" "$gallery/$name.html"
}

atlas=$work/fixtures.atlas
"$program" fit fixtures/traces -o "$atlas" --quiet >/dev/null
new=fixtures/new-model.jsonl

page unfamiliar report.html compare "$new" --report "$work/unfamiliar"
page clear report.html compare "$new" --atlas "$atlas" --report "$work/clear"
page drift report.html compare "$new" --baseline fixtures/traces/ponder-1.jsonl --atlas "$atlas" --report "$work/drift"
page gate report.html check --policy fixtures/gate/cotprint.toml "$new" fixtures/gate/contamination.jsonl \
    --atlas "$atlas" --report "$work/gate"
page audit audit.html audit "$new" fixtures/gate/contamination.jsonl --atlas "$atlas" --report "$work/audit"
"$program" explain "$new" --atlas "$atlas" -o "$gallery/explain.html" --quiet >/dev/null
ls -l "$gallery"
