#!/usr/bin/env python3
"""Takes the section of an extendable atlas that adding references needs out of it, as a file of its own.

    cotprint fit … --extendable -o whole.atlas
    docs/figures/split_atlas.py whole.atlas assets/default.atlas assets/default.extension

The package on crates.io has room for the first file only. Needs the package xxhash.
"""

import struct
import sys

import xxhash

HEADER = struct.Struct("<8sIIQ16s")
LENGTHS = struct.Struct("<QQ")


def main():
    source, atlas, extension = sys.argv[1:]
    data = open(source, "rb").read()
    magic, version, count, length, _ = HEADER.unpack_from(data)
    assert magic == b"COTPRINT" and len(data) == HEADER.size + length, "this is no atlas"
    place, sections = HEADER.size, []
    while place < len(data):
        packed, unpacked = LENGTHS.unpack_from(data, place)
        place += LENGTHS.size
        sections.append((packed, unpacked, data[place : place + packed]))
        place += packed
    # `fit` writes it last.
    *kept, last = sections
    assert len(sections) == count
    body = b"".join(LENGTHS.pack(packed, unpacked) + content for packed, unpacked, content in kept)
    checksum = xxhash.xxh3_128(body).intdigest().to_bytes(16, "little")
    with open(atlas, "wb") as out:
        out.write(HEADER.pack(magic, version, len(kept), len(body), checksum) + body)
    with open(extension, "wb") as out:
        out.write(last[2])


if __name__ == "__main__":
    main()
