//! Containers that were damaged on purpose: nothing panics, hangs or is lost uncounted. The fuzz target
//! `containers` looks further; this looks a little each time.

use super::kinds::{gzip, tar, tar_member};
use super::*;
use crate::dice::{Dice, check, damaged};

/// Damaged files of each container.
const EACH: usize = 120;

/// Damages a file many times. At least one of them must still be read, or the test says nothing.
fn assert_bears(name: &str, bytes: &[u8], seed: u64, change: impl Fn(&mut Vec<u8>)) {
    let whole = check(name, bytes.to_vec());
    assert!(whole > 0, "{name} is no good file");
    let others = [LINE.to_vec(), bytes.to_vec()];
    let mut dice = Dice::new(seed);
    let mut read = 0;
    for _ in 0..EACH {
        let mut bad = damaged(bytes, &others, &mut dice);
        change(&mut bad);
        read += check(name, bad);
    }
    // Everything in xz has a checksum: damage is always found before a trace is.
    let none_is_right = name.ends_with(".xz");
    assert!(
        (read > 0 || none_is_right) && read < EACH * whole,
        "{name}: {read} of {EACH} × {whole} traces"
    );
}

#[test]
fn damaged_fixtures_do_no_harm() {
    for (seed, name) in [
        "rows.jsonl.bz2",
        "rows.jsonl.xz",
        "stream.arrow",
        "packed.feather",
        "mixed.zip",
        "log.eval",
        "rows.csv",
        "little-endian.csv",
        "strings.parquet",
        "nested.parquet",
    ]
    .iter()
    .enumerate()
    {
        let bytes = fs::read(fixture("containers").join(name)).unwrap();
        assert_bears(name, &bytes, seed as u64, |_| ());
    }
}

#[test]
fn a_damaged_tar_does_no_harm() {
    let line = gzip(LINE);
    let mut bytes = tar(&[("a/b.jsonl", LINE), ("c.jsonl.gz", &line)]);
    assert_bears("a.tar", &bytes, 1, |_| ());
    // Headers that lie, with checksums that are right.
    bytes.splice(0..0, tar_member("x", b'x', 20, b"20 path=../../x.txt\n"));
    assert_bears("a.tar", &bytes, 2, |bytes| {
        for header in bytes.chunks_exact_mut(512).filter(|block| &block[257..262] == b"ustar") {
            header[148..156].fill(b' ');
            let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
            header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    });
    assert_bears("a.tar.gz", &gzip(&bytes), 3, |_| ());
}

#[cfg(feature = "xlsx")]
#[test]
fn a_damaged_workbook_does_no_harm() {
    use super::kinds::workbook::workbook;
    let texts = "<si><t>reasoning</t></si><si><r><t>I add, </t></r><r><t>then check.</t></r></si>";
    let sheet = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>So it is.</t></is></c></row>";
    assert_bears("a.xlsx", &workbook(texts, sheet), 1, |_| ());
    // The XML is damaged before it is packed: its checksum is right.
    let mut dice = Dice::new(2);
    let others = [texts.as_bytes().to_vec(), sheet.as_bytes().to_vec()];
    let mut read = 0;
    for _ in 0..5 * EACH {
        let bad = |xml: &str, dice: &mut Dice| damaged(xml.as_bytes(), &others, dice);
        let (mut own, mut cells) = (texts.as_bytes().to_vec(), sheet.as_bytes().to_vec());
        if dice.below(2) == 0 {
            own = bad(texts, &mut dice);
        } else {
            cells = bad(sheet, &mut dice);
        }
        let book = workbook(&String::from_utf8_lossy(&own), &String::from_utf8_lossy(&cells));
        read += check("a.xlsx", book);
    }
    assert!(read > EACH, "{read}");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_damaged_database_does_no_harm() {
    use super::kinds::database::database;
    let bytes = database(
        "PRAGMA page_size = 512;
         CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, response TEXT, reasoning TEXT);
         INSERT INTO responses VALUES ('1', 'acme/m', 'How many?', 'Four.', 'Two and two.'),
            ('2', 'acme/m', 'How few?', 'One.', 'One less than two.');
         CREATE TABLE chat (id TEXT, chat TEXT);
         INSERT INTO chat VALUES ('c', '{\"messages\": [{\"role\": \"user\", \"content\": \"2+2?\"}, {\"role\": \"assistant\", \"content\": \"<think>I add.</think>4\"}]}');",
    );
    for seed in 0..4 {
        assert_bears("a.db", &bytes, seed, |_| ());
    }
}
