//! Traces → what the channels measure in them, a named number for each. No atlas is needed.

use super::{
    Error, Inputs, NoProgress, Progress, reading_messages::no_usable_text,
    trace_batches::next_batch,
};
use crate::{
    export::{Cell, Column, ColumnKind, Row},
    features::Channel,
    ingest::{self, Summary, Traces},
    text::count_words,
    trace::{TextKind, Trace},
};
use rayon::prelude::*;
use serde::{Serialize, Serializer, ser::SerializeMap};
use std::{collections::VecDeque, sync::Arc};

/// Measures traces by channels whose numbers have names: `layout`, `function`, `moves`, `rhythm`.
///
/// ```
/// use cotprint::{analysis::FeatureReader, features::Channel, ingest};
///
/// let reader = FeatureReader::new(&[Channel::Rhythm], ingest::Options::default())?;
/// assert!(reader.names()[0].starts_with("rhythm."));
/// for record in reader.read("fixtures/new-model.jsonl")?.take(1) {
///     assert_eq!(record?.values.len(), reader.names().len());
/// }
/// # Ok::<(), cotprint::analysis::Error>(())
/// ```
pub struct FeatureReader<'a> {
    channels: Vec<Channel>,
    names: Arc<[String]>,
    reading: ingest::Options,
    progress: &'a dyn Progress,
}

/// What is measured in one trace.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureRecord {
    /// The id of the trace.
    pub id: String,
    /// The id of its prompt, where it has one.
    pub prompt_id: Option<String>,
    /// The model that its record names, where it names one.
    pub model: Option<String>,
    /// Words of the text.
    pub words: usize,
    /// The names of the values, as [`FeatureReader::names`] has them.
    pub names: Arc<[String]>,
    /// A finite number for each name.
    pub values: Vec<f32>,
}

impl<'a> FeatureReader<'a> {
    /// The channels that can be chosen: those that measure.
    pub fn channels() -> impl Iterator<Item = Channel> {
        Channel::ALL.into_iter().filter(|channel| channel.measure_count() > 0)
    }

    /// Measures by these channels, or by all of [`FeatureReader::channels`] where none is named; reads
    /// inputs by `reading`.
    ///
    /// # Errors
    /// Where a channel has no names for its numbers: it counts n-grams of a learned vocabulary.
    pub fn new(channels: &[Channel], reading: ingest::Options) -> Result<Self, Error> {
        if let Some(&channel) = channels.iter().find(|channel| channel.measure_count() == 0) {
            return Err(Error::NoMeasures { channel });
        }
        let channels: Vec<Channel> = match channels {
            [] => Self::channels().collect(),
            some => some.to_vec(),
        };
        let of = |channel: &Channel| {
            let name = channel.name();
            channel.measures().into_iter().map(move |measure| format!("{name}.{measure}"))
        };
        let names: Arc<[String]> = channels.iter().flat_map(of).collect();
        Ok(Self { channels, names, reading, progress: &NoProgress })
    }

    /// Tells `progress` how far each reading is.
    #[must_use]
    pub fn progress(self, progress: &'a dyn Progress) -> Self {
        Self { progress, ..self }
    }

    /// The names of the numbers: the channel, a point, what it measures. Their order is that of the
    /// values.
    pub fn names(&self) -> &Arc<[String]> {
        &self.names
    }

    /// The columns of a table of the records: what identifies the trace, then a column for each name.
    pub fn columns(&self) -> Vec<Column> {
        let numbers = self.names.iter().map(Column::numbers);
        FeatureRecord::COLUMNS.iter().cloned().chain(numbers).collect()
    }

    /// Measures the traces of the inputs: a record for each, in input order.
    ///
    /// # Errors
    /// Where an input does not exist or cannot be opened. What cannot be read later is an item of
    /// the iterator, its last; so is the want of any usable text.
    pub fn read(&self, inputs: impl Into<Inputs>) -> Result<FeatureRecords<'_>, Error> {
        let traces = ingest::open(inputs.into().names(), self.reading.clone())?;
        Ok(self.read_traces(traces))
    }

    /// The same with traces that are already open, in memory for example ([`ingest::read`]).
    pub fn read_traces(&self, traces: Traces) -> FeatureRecords<'_> {
        self.progress.reading("measuring", traces.total_bytes());
        FeatureRecords { reader: self, traces, ready: VecDeque::new(), has_ended: false }
    }

    fn record(&self, trace: &Trace, kind: TextKind) -> FeatureRecord {
        let text = trace.text(kind).unwrap_or_default();
        FeatureRecord {
            id: trace.id.clone(),
            prompt_id: trace.prompt_id.clone(),
            model: trace.model.clone(),
            words: count_words(&text),
            names: self.names.clone(),
            values: self.channels.iter().flat_map(|channel| channel.measure(&text)).collect(),
        }
    }
}

impl std::fmt::Debug for FeatureReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeatureReader").field("channels", &self.channels).finish_non_exhaustive()
    }
}

/// The records of [`FeatureReader::read`], in input order. An error is the last item.
#[derive(Debug)]
pub struct FeatureRecords<'a> {
    reader: &'a FeatureReader<'a>,
    traces: Traces,
    ready: VecDeque<FeatureRecord>,
    has_ended: bool,
}

impl FeatureRecords<'_> {
    /// What was read so far; complete once the records have ended.
    pub fn summary(&self) -> &Summary {
        self.traces.summary()
    }

    /// Measures the next batch by all threads. False at the end of the input.
    fn measure_batch(&mut self) -> Result<bool, Error> {
        let reader = self.reader;
        reader.progress.position(self.traces.bytes_read());
        let batch = next_batch(&mut self.traces)?;
        if batch.is_empty() {
            reader.progress.done();
            let summary = self.traces.summary();
            if summary.traces == 0 {
                return Err(no_usable_text(summary, reader.reading.text));
            }
            reader.progress.dropped(summary);
            return Ok(false);
        }
        let kind = reader.reading.text;
        let records: Vec<FeatureRecord> =
            batch.into_par_iter().map(|(trace, _)| reader.record(&trace, kind)).collect();
        self.ready = records.into();
        Ok(true)
    }
}

impl Iterator for FeatureRecords<'_> {
    type Item = Result<FeatureRecord, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                return Some(Ok(record));
            }
            if self.has_ended {
                return None;
            }
            match self.measure_batch() {
                Ok(more) => self.has_ended = !more,
                Err(error) => {
                    self.has_ended = true;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl Row for FeatureRecord {
    const COLUMNS: &'static [Column] = &[
        Column::optional("id", ColumnKind::Text),
        Column::optional("prompt_id", ColumnKind::Text),
        Column::optional("model", ColumnKind::Text),
        Column::optional("words", ColumnKind::Count),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let mut cells = vec![
            Cell::text(Some(&self.id)),
            Cell::text(self.prompt_id.as_deref()),
            Cell::text(self.model.as_deref()),
            Cell::Count(self.words as u64),
        ];
        cells.extend(self.values.iter().map(|&value| Cell::Number(f64::from(value))));
        cells
    }
}

impl Serialize for FeatureRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Named<'a>(&'a FeatureRecord);
        impl Serialize for Named<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.names.iter().zip(&self.0.values))
            }
        }
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("prompt_id", &self.prompt_id)?;
        map.serialize_entry("model", &self.model)?;
        map.serialize_entry("words", &self.words)?;
        map.serialize_entry("features", &Named(self))?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{RecordFormat, RecordWriter};

    fn records(reader: &FeatureReader<'_>) -> Vec<FeatureRecord> {
        let lines = "{\"id\":\"1\",\"reasoning\":\"Wait, so I add. It is 3.\"}\n{\"id\":\"2\",\"reasoning\":\"So.\"}\n";
        let traces = ingest::read("m.jsonl", lines.as_bytes(), ingest::Options::default()).unwrap();
        reader.read_traces(traces).map(Result::unwrap).collect()
    }

    #[test]
    fn every_number_has_the_name_of_its_channel() {
        let chosen = [Channel::Rhythm, Channel::Function];
        let reader = FeatureReader::new(&chosen, ingest::Options::default()).unwrap();
        let found = records(&reader);
        let rhythm = Channel::Rhythm.measure_count();
        assert_eq!(found[0].values[..rhythm], Channel::Rhythm.measure("Wait, so I add. It is 3."));
        assert_eq!(reader.names().len(), rhythm + Channel::Function.measure_count());
        assert!(reader.names()[rhythm].starts_with("function."), "{:?}", reader.names()[rhythm]);
        let line = serde_json::to_value(&found[1]).unwrap();
        assert_eq!(line["features"].as_object().unwrap().len(), reader.names().len());
        assert_eq!(line["words"], 1);
    }

    #[test]
    fn a_channel_of_ngrams_is_refused_and_none_means_all() {
        let refused = FeatureReader::new(&[Channel::Word], ingest::Options::default());
        assert!(refused.unwrap_err().to_string().contains("word"));
        let all = FeatureReader::new(&[], ingest::Options::default()).unwrap();
        let count: usize = FeatureReader::channels().map(Channel::measure_count).sum();
        assert_eq!(all.names().len(), count);
    }

    #[test]
    fn a_table_has_a_column_for_each_name() {
        let reader = FeatureReader::new(&[Channel::Moves], ingest::Options::default()).unwrap();
        let columns = reader.columns();
        let mut writer =
            RecordWriter::with_columns(RecordFormat::Csv, Vec::new(), &columns).unwrap();
        records(&reader).iter().for_each(|record| writer.write(record).unwrap());
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        let mut table = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(table.headers().unwrap().len(), columns.len());
        assert_eq!(table.records().map(Result::unwrap).count(), 2);
    }
}
