//! Rows → CSV (RFC 4180) that a spreadsheet can open without danger.

use super::{Cell, Column, Error, Row};
use std::{
    borrow::Cow,
    io::{self, Write},
    marker::PhantomData,
};

/// Writes rows as CSV in UTF-8, the names of the columns first. A missing cell, and a number that is
/// not finite, is empty. Text that a spreadsheet would compute begins with an apostrophe.
pub(super) struct CsvWriter<T, W: Write> {
    writer: csv::Writer<W>,
    rows: PhantomData<fn(&T)>,
}

impl<T: Row, W: Write> CsvWriter<T, W> {
    pub fn new(out: W, columns: &[Column]) -> Result<Self, Error> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        writer.write_record(columns.iter().map(|column| &*column.name)).map_err(failed)?;
        Ok(Self { writer, rows: PhantomData })
    }

    pub fn write(&mut self, row: &T) -> Result<(), Error> {
        let cells = row.cells();
        self.writer.write_record(cells.iter().map(|cell| text(cell).into_owned())).map_err(failed)
    }

    pub fn finish(self) -> Result<W, Error> {
        self.writer.into_inner().map_err(|error| Error::Write(error.into_error()))
    }
}

fn text<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    match cell {
        Cell::Text(text) => without_formula(text),
        Cell::Number(value) if value.is_finite() => value.to_string().into(),
        Cell::Count(count) => count.to_string().into(),
        Cell::Number(_) | Cell::Missing => "".into(),
    }
}

/// The text with an apostrophe before it where a spreadsheet would compute it (OWASP, "CSV Injection").
/// Wide forms of the signs count too: a spreadsheet that reads East Asian text takes them.
pub(crate) fn without_formula(text: &str) -> Cow<'_, str> {
    let starts = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    if text.trim_start_matches(' ').starts_with(starts) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

fn failed(error: csv::Error) -> Error {
    Error::Write(match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ingest, trace::Trace};

    fn written(traces: &[Trace]) -> String {
        let mut writer = CsvWriter::new(Vec::new(), Trace::COLUMNS).unwrap();
        traces.iter().for_each(|trace| writer.write(trace).unwrap());
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    #[test]
    fn traces_come_back_unchanged() {
        let trace = Trace {
            id: "a,1".into(),
            model: Some("acme/ponder-1".into()),
            prompt: Some("What is \"half\" of 7?".into()),
            reasoning: "I halve it.\n\nThree and a half.".into(),
            answer: Some("3.5".into()),
            source: "tests".into(),
            ..Trace::default()
        };
        let text = written(std::slice::from_ref(&trace));
        assert!(text.starts_with("id,model,prompt_id,"), "{text}");
        let read =
            ingest::read("t.csv", io::Cursor::new(text.into_bytes()), ingest::Options::default());
        let back: Vec<Trace> = read.unwrap().map(Result::unwrap).collect();
        assert_eq!(back.len(), 1);
        assert_eq!((&back[0].id, &back[0].model), (&trace.id, &trace.model));
        assert_eq!((&back[0].reasoning, &back[0].answer), (&trace.reasoning, &trace.answer));
    }

    #[test]
    fn no_cell_is_a_formula() {
        let cells = ["=cmd()", "  @SUM(1)", "\t+1", "－1"];
        for cell in cells {
            assert_eq!(without_formula(cell), format!("'{cell}"));
        }
        assert_eq!(without_formula("1-1"), "1-1");
        let text = written(&[Trace { reasoning: "=1+1".into(), ..Trace::default() }]);
        assert!(text.contains(",'=1+1,"), "{text}");
    }
}
