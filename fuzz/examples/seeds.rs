//! Writes a small seed corpus for every target from the fixtures, into `fuzz/corpus/`.
//!
//! `cargo run --manifest-path fuzz/Cargo.toml --example seeds`

use std::error::Error;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use cotprint::atlas::{LearnOptions, learn};
use cotprint::attribution::FitOptions;
use cotprint::features::ChannelSet;
use cotprint::ingest::{self, Options};
use zip::write::SimpleFileOptions;

/// Seeds are short, or the fuzzer is slow.
const LONGEST: usize = 6000;

fn main() -> Result<(), Box<dyn Error>> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut files = Vec::new();
    for folder in ["formats", "shapes", "bad", "containers", "traces"] {
        collect(&fixtures.join(folder), &mut files)?;
    }
    files.sort();
    for (number, path) in files.iter().enumerate() {
        let bytes = fs::read(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let short = &bytes[..bytes.len().min(LONGEST)];
        seed("detection", &format!("{number}-{name}"), &[&[0][..], short].concat())?;
        if path.iter().any(|part| part == "shapes") && name != "expect.json" {
            for way in 0..9 {
                seed("sessions", &format!("{number}-{way}-{name}"), &[&[way][..], short].concat())?;
            }
        }
        if name.contains(".json") && !name.ends_with(".gz") {
            let lines = |lines: &[u8]| [&[0][..], lines].concat();
            seed("records", &format!("{number}-{name}"), &lines(short))?;
            for (line, text) in bytes.split(|byte| *byte == b'\n').enumerate() {
                if text.len() < LONGEST && !text.is_empty() && line < 12 {
                    seed("records", &format!("{number}-{name}-{line}"), &lines(text))?;
                }
            }
        }
        let container = match bytes.as_slice() {
            [b'P', b'K', 3, 4, rest @ ..] => Some((0, rest)),
            [b'P', b'A', b'R', b'1', rest @ ..] => Some((1, rest)),
            [b'A', b'R', b'R', b'O', b'W', b'1', 0, 0, rest @ ..] => Some((4, rest)),
            [0xff, 0xff, 0xff, 0xff, rest @ ..] => Some((5, rest)),
            [0xff, 0xfe, rest @ ..] => Some((8, rest)),
            [b'B', b'Z', b'h', rest @ ..] => Some((10, rest)),
            [0xfd, b'7', b'z', b'X', b'Z', 0, rest @ ..] => Some((11, rest)),
            [0x1f, 0x8b, rest @ ..] => Some((12, rest)),
            rest if name.ends_with(".csv") => Some((2, rest)),
            rest if name.ends_with(".tsv") => Some((3, rest)),
            _ => None,
        };
        if let Some((kind, rest)) = container {
            seed("containers", &format!("{number}-{name}"), &[&[kind][..], rest].concat())?;
        }
    }
    for (number, text) in TAGGED.iter().enumerate() {
        seed("tags", &number.to_string(), text.as_bytes())?;
    }
    archive()?;
    atlas(&fixtures)
}

const TAGGED: &[&str] = &[
    "<think>\nI add two and two.\n</think>\n4",
    "I add two and two.</think>4",
    "<think>I add two and",
    "<think></think>4",
    "<thinking>One.</thinking>a<thinking>Two.</thinking>b",
    "◁think▷So.◁/think▷4",
    "[THINK]So.[/THINK]4",
    "<|START_THINKING|>So.<|END_THINKING|>4",
    "<|begin_of_thought|>So.<|end_of_thought|><|begin_of_solution|>4<|end_of_solution|>",
    "<|channel|>analysis<|message|>So.<|end|><|channel|>final<|message|>4",
    "Here is my thought process:\nSo.\nHere is my response:\n4",
    "```\n<think>\n```\n<seed:think>So.</seed:think>4",
];

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

fn seed(target: &str, name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(name), bytes)?)
}

/// A small archive with every way of packing that is read.
fn archive() -> Result<(), Box<dyn Error>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let methods = [
        ("a.jsonl", zip::CompressionMethod::Stored),
        ("m/b.json", zip::CompressionMethod::DEFLATE),
        ("c.txt", zip::CompressionMethod::ZSTD),
    ];
    for (name, method) in methods {
        zip.start_file(name, SimpleFileOptions::default().compression_method(method))?;
        zip.write_all(b"{\"reasoning\":\"I add two and two.\",\"id\":\"1\"}\n")?;
    }
    seed("containers", "small.zip", &[&[0][..], &zip.finish()?.into_inner()[4..]].concat())?;
    workbook()
}

/// A workbook with one sheet.
fn workbook() -> Result<(), Box<dyn Error>> {
    let cell = |text: &str| format!("<row><c t=\"inlineStr\"><is><t>{text}</t></is></c><c t=\"s\"><v>0</v></c></row>");
    let parts = [
        ("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/></Relationships>".to_owned()),
        ("xl/sharedStrings.xml", "<sst><si><t>model</t></si></sst>".to_owned()),
        ("xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>".to_owned()),
        ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{}{}</sheetData></worksheet>", cell("reasoning"), cell("I add."))),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, xml) in parts {
        // Not packed, so that a mutation reaches the XML.
        zip.start_file(name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored))?;
        zip.write_all(xml.as_bytes())?;
    }
    seed("containers", "small.xlsx", &[&[9][..], &zip.finish()?.into_inner()[4..]].concat())
}

/// An atlas as small as one can be, whole and as its sections.
fn atlas(fixtures: &Path) -> Result<(), Box<dyn Error>> {
    let inputs = ["traces/ponder-1.jsonl", "traces/ledger-2.jsonl"]
        .map(|name| fixtures.join(name).display().to_string());
    let traces: Vec<_> = ingest::open(&inputs, Options::default())?.collect::<Result<_, _>>()?;
    let options = LearnOptions {
        fit: FitOptions { channels: ChannelSet::default().with_at_most(40), ..FitOptions::default() },
        ..LearnOptions::default()
    };
    let bytes = learn(&traces, &options, &|_| ())?.bytes;
    seed("atlas", "whole", &[&[0][..], &bytes].concat())?;
    seed("atlas", "checked", &[&[1][..], &bytes].concat())?;
    let mut sections = vec![2];
    let mut rest = &bytes[40..];
    while let Some((sizes, after)) = rest.split_first_chunk::<16>() {
        let packed = u64::from_le_bytes(sizes[..8].try_into()?) as usize;
        let unpacked = u64::from_le_bytes(sizes[8..].try_into()?) as usize;
        let section = zstd::bulk::decompress(&after[..packed], unpacked)?;
        sections.extend((section.len() as u32).to_le_bytes());
        sections.extend(section);
        rest = &after[packed..];
    }
    seed("atlas", "sections", &sections)
}
