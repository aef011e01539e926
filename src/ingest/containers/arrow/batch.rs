//! The body of a batch → its columns.
//!
//! Comes in: the description of a batch (how long each column is, where its buffers lie) and its
//! bytes. Goes out: the [`Column`]s that are wanted, unpacked, each with buffers that are long
//! enough for it. Nothing in the description is taken on trust. Called by `mod`.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;

use arrow_ipc::CompressionType;
use bytes::Bytes;

use super::super::limited::OverLimit;
use super::column::{Column, Data};
use super::damaged;
use super::schema::{Field, Kind};
use crate::ingest::Limits;

/// A batch whose columns are taken one after another.
pub(super) struct Body<'a> {
    bytes: Bytes,
    /// The length and the number of nulls of each column, in the order of the schema.
    nodes: Vec<(usize, usize)>,
    node: usize,
    /// Where each buffer lies.
    buffers: Vec<(usize, usize)>,
    buffer: usize,
    /// How many buffers each column of views has.
    views: Vec<usize>,
    view: usize,
    packing: Option<CompressionType>,
    unpacked: u64,
    rows: usize,
    dictionaries: &'a HashMap<i64, Arc<Column>>,
    limits: Limits,
}

impl<'a> Body<'a> {
    /// Makes ready to take the columns.
    ///
    /// # Errors
    ///
    /// Where a length is negative, or a buffer lies outside the body.
    pub fn new(
        header: arrow_ipc::RecordBatch,
        bytes: Bytes,
        dictionaries: &'a HashMap<i64, Arc<Column>>,
        limits: &Limits,
    ) -> io::Result<Self> {
        let size = |number: i64| {
            usize::try_from(number).map_err(|_| damaged("a length in it is no length"))
        };
        let mut nodes = Vec::new();
        for node in header.nodes().into_iter().flatten() {
            nodes.push((size(node.length())?, size(node.null_count())?));
        }
        let mut buffers = Vec::new();
        for buffer in header.buffers().into_iter().flatten() {
            let (start, length) = (size(buffer.offset())?, size(buffer.length())?);
            let end = start.checked_add(length).filter(|end| *end <= bytes.len());
            buffers.push((start, end.ok_or_else(|| damaged("a column lies outside its batch"))?));
        }
        let mut views = Vec::new();
        for count in header.variadicBufferCounts().into_iter().flatten() {
            views.push(size(count)?);
        }
        Ok(Self {
            rows: size(header.length())?,
            bytes,
            nodes,
            node: 0,
            buffers,
            buffer: 0,
            views,
            view: 0,
            packing: header.compression().map(|packing| packing.codec()),
            unpacked: 0,
            dictionaries,
            limits: *limits,
        })
    }

    /// The columns that are wanted, each as long as the batch.
    pub fn columns(&mut self, fields: &[Field]) -> io::Result<Vec<(String, Column)>> {
        let mut columns = Vec::new();
        for field in fields {
            if field.is_wanted() {
                let column = self.column(field)?;
                if column.length < self.rows {
                    return Err(damaged("a column is shorter than its batch"));
                }
                columns.push((field.name.clone(), column));
            } else {
                self.skip(field)?;
            }
        }
        Ok(columns)
    }

    /// The values of a dictionary.
    pub fn values(&mut self, field: &Field) -> io::Result<Column> {
        let (length, nulls) = self.node()?;
        self.plain(&field.kind, length, nulls)
    }

    fn column(&mut self, field: &Field) -> io::Result<Column> {
        let (length, nulls) = self.node()?;
        let Some((id, index)) = field.dictionary else {
            return self.plain(&field.kind, length, nulls);
        };
        let nulls = self.nulls(length, nulls)?;
        let keys = self.numbers(length, index.bytes)?;
        let values = self.dictionaries.get(&id).cloned();
        // Values may have dictionaries of their own, and a file can make them ever deeper.
        let depth = values.as_ref().map_or(0, |values| values.depth) + 1;
        if depth > self.limits.depth.min(128) {
            return Err(damaged("its dictionaries are nested too deeply"));
        }
        // A column of nulls may have no dictionary.
        let data = values.map_or(Data::Nothing, |values| Data::Dictionary { index, keys, values });
        Ok(Column { length, depth, nulls, data })
    }

    fn plain(&mut self, kind: &Kind, length: usize, nulls: usize) -> io::Result<Column> {
        if matches!(kind, Kind::Null) {
            return Ok(Column { length, depth: 1, nulls: None, data: Data::Nothing });
        }
        if let Kind::Other { .. } | Kind::View { is_text: false } = kind {
            return Err(damaged("a dictionary holds no text"));
        }
        let nulls = self.nulls(length, nulls)?;
        let data = match kind {
            Kind::Bool => Data::Bool(self.at_least(length.div_ceil(8))?),
            Kind::Integer(integer) => Data::Integer(*integer, self.numbers(length, integer.bytes)?),
            Kind::Float(bytes) => Data::Float(*bytes, self.numbers(length, *bytes)?),
            Kind::Text { wide } => {
                let offsets = self.offsets(length, *wide)?;
                Data::Text { offsets, wide: *wide, text: self.buffer()? }
            }
            Kind::View { .. } => {
                let views = self.numbers(length, 16)?;
                let count = self.view()?;
                let texts = (0..count).map(|_| self.buffer()).collect::<io::Result<_>>()?;
                Data::View { views, texts }
            }
            Kind::Struct(fields) => {
                let mut columns = Vec::new();
                for field in fields {
                    if field.is_wanted() {
                        columns.push((field.name.clone(), self.column(field)?));
                    } else {
                        self.skip(field)?;
                    }
                }
                Data::Struct(columns)
            }
            Kind::List { wide, item } => {
                let offsets = self.offsets(length, *wide)?;
                let item = Box::new(self.column(item)?);
                Data::List { offsets, wide: *wide, item }
            }
            Kind::Map(item) => {
                let offsets = self.offsets(length, false)?;
                Data::Map { offsets, item: Box::new(self.column(item)?) }
            }
            Kind::Fixed { size, item } => {
                Data::Fixed { size: *size, item: Box::new(self.column(item)?) }
            }
            Kind::Null | Kind::Other { .. } => Data::Nothing,
        };
        let below = match &data {
            Data::Struct(columns) => columns.iter().map(|(_, column)| column.depth).max(),
            Data::List { item, .. } | Data::Fixed { item, .. } | Data::Map { item, .. } => {
                Some(item.depth)
            }
            _ => None,
        };
        Ok(Column { length, depth: 1 + below.unwrap_or(0), nulls, data })
    }

    /// Passes over a column.
    fn skip(&mut self, field: &Field) -> io::Result<()> {
        self.node()?;
        if field.dictionary.is_some() {
            self.buffer += 2;
            return Ok(());
        }
        let children = match &field.kind {
            Kind::Null => 0,
            Kind::Bool | Kind::Integer(_) | Kind::Float(_) => 2,
            Kind::Text { .. } => 3,
            Kind::View { .. } => 2 + self.view()?,
            Kind::Other { buffers, .. } => *buffers,
            Kind::Struct(_) | Kind::Fixed { .. } => 1,
            Kind::List { .. } | Kind::Map(_) => 2,
        };
        self.buffer = self.buffer.saturating_add(children);
        match &field.kind {
            Kind::Struct(fields) | Kind::Other { children: fields, .. } => {
                fields.iter().try_for_each(|field| self.skip(field))
            }
            Kind::List { item, .. } | Kind::Fixed { item, .. } | Kind::Map(item) => self.skip(item),
            _ => Ok(()),
        }
    }

    fn node(&mut self) -> io::Result<(usize, usize)> {
        let node = self.nodes.get(self.node).copied();
        self.node += 1;
        node.ok_or_else(|| damaged("a batch has fewer columns than the schema"))
    }

    fn view(&mut self) -> io::Result<usize> {
        let count = self.views.get(self.view).copied();
        self.view += 1;
        count
            .filter(|count| *count <= self.buffers.len())
            .ok_or_else(|| damaged("a batch has fewer columns of views than the schema"))
    }

    fn nulls(&mut self, length: usize, nulls: usize) -> io::Result<Option<Bytes>> {
        if nulls == 0 {
            self.buffer += 1;
            return Ok(None);
        }
        self.at_least(length.div_ceil(8)).map(Some)
    }

    fn numbers(&mut self, length: usize, bytes: usize) -> io::Result<Bytes> {
        self.at_least(length.saturating_mul(bytes))
    }

    /// The places where texts or items begin; a column of nothing may have none.
    fn offsets(&mut self, length: usize, wide: bool) -> io::Result<Bytes> {
        let count = if length == 0 { 0 } else { length.saturating_add(1) };
        self.numbers(count, if wide { 8 } else { 4 })
    }

    fn at_least(&mut self, bytes: usize) -> io::Result<Bytes> {
        let buffer = self.buffer()?;
        if buffer.len() < bytes {
            return Err(damaged("a column is longer than what is there of it"));
        }
        Ok(buffer)
    }

    /// The next buffer, unpacked.
    fn buffer(&mut self) -> io::Result<Bytes> {
        let place = self.buffers.get(self.buffer).copied();
        self.buffer += 1;
        let (start, end) = place.ok_or_else(|| damaged("a batch has too few buffers"))?;
        let bytes = self.bytes.slice(start..end);
        let Some(packing) = self.packing else { return Ok(bytes) };
        // Before what is packed stands how long it is unpacked, or -1 where it is not packed.
        let Some((length, packed)) = bytes.split_first_chunk::<8>() else {
            return Ok(Bytes::new());
        };
        let length = i64::from_le_bytes(*length);
        if length == -1 {
            return Ok(bytes.slice(8..));
        }
        let length = u64::try_from(length).map_err(|_| damaged("a length in it is no length"))?;
        self.unpacked = self.unpacked.saturating_add(length);
        OverLimit::check(self.bytes.len() as u64, self.unpacked, &self.limits)?;
        unpack(packing, packed, length)
    }
}

fn unpack(packing: CompressionType, packed: &[u8], length: u64) -> io::Result<Bytes> {
    let mut out = Vec::new();
    // One byte more would show that the length lies.
    match packing {
        CompressionType::LZ4_FRAME => {
            lz4_flex::frame::FrameDecoder::new(packed).take(length + 1).read_to_end(&mut out)?
        }
        CompressionType::ZSTD => {
            zstd::stream::read::Decoder::new(packed)?.take(length + 1).read_to_end(&mut out)?
        }
        _ => return Err(damaged("it is packed in an unknown way")),
    };
    if out.len() as u64 != length {
        return Err(damaged("a column does not unpack to the length that is told"));
    }
    Ok(out.into())
}
