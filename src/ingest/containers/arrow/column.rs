//! A column of a batch, and a value of it as JSON.
//!
//! Comes in: buffers that are as long as the column needs. What stands in them (offsets, places in
//! a dictionary, bytes that should be UTF-8) is looked at when a value is taken. Called by `mod`.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::super::columns;
use super::damaged;
use super::schema::Integer;
use crate::ingest::record::Object;

/// A column.
pub(super) struct Column {
    pub length: usize,
    /// How deeply it is nested, the values of dictionaries counted.
    pub depth: usize,
    /// A bit for each value, set where it is there.
    pub nulls: Option<Bytes>,
    pub data: Data,
}

/// What is in a column.
pub(super) enum Data {
    Nothing,
    Bool(Bytes),
    Integer(Integer, Bytes),
    Float(usize, Bytes),
    Text {
        offsets: Bytes,
        wide: bool,
        text: Bytes,
    },
    View {
        views: Bytes,
        texts: Vec<Bytes>,
    },
    Struct(Vec<(String, Column)>),
    List {
        offsets: Bytes,
        wide: bool,
        item: Box<Column>,
    },
    Fixed {
        size: usize,
        item: Box<Column>,
    },
    Map {
        offsets: Bytes,
        item: Box<Column>,
    },
    Dictionary {
        index: Integer,
        keys: Bytes,
        values: Arc<Column>,
    },
    /// A dictionary that was added to.
    Joined(Vec<Arc<Column>>),
}

/// How many parts a dictionary may come in.
const MOST_PARTS: usize = 1000;

/// A value, or `None` where it is longer than the limit.
type Found = io::Result<Option<Value>>;

impl Column {
    /// The values of two columns, one after the other.
    ///
    /// # Errors
    ///
    /// Where there are too many parts already.
    pub fn joined(first: Arc<Self>, second: Self) -> io::Result<Self> {
        let length = first.length.saturating_add(second.length);
        let depth = first.depth.max(second.depth);
        let mut parts = match &first.data {
            Data::Joined(parts) => parts.clone(),
            _ => vec![first],
        };
        if parts.len() >= MOST_PARTS {
            return Err(damaged("a dictionary comes in too many parts"));
        }
        parts.push(Arc::new(second));
        Ok(Self { length, depth, nulls: None, data: Data::Joined(parts) })
    }

    /// The value in a row; `left` is how many bytes the row may still take.
    pub fn value(&self, row: usize, left: &mut usize) -> Found {
        let Some(less) = left.checked_sub(columns::VALUE) else { return Ok(None) };
        *left = less;
        if row >= self.length {
            return Err(damaged("a value lies outside its column"));
        }
        if self.nulls.as_ref().is_some_and(|bits| !bit(bits, row)) {
            return Ok(Some(Value::Null));
        }
        match &self.data {
            Data::Nothing => Ok(Some(Value::Null)),
            Data::Bool(bits) => Ok(Some(bit(bits, row).into())),
            Data::Integer(kind, bytes) => {
                let number = kind.read(bytes, row).unwrap_or(0);
                let signed = i64::try_from(number).map(Value::from);
                Ok(Some(signed.unwrap_or_else(|_| u64::try_from(number).unwrap_or(0).into())))
            }
            Data::Float(size, bytes) => Ok(Some(float(*size, bytes, row).into())),
            Data::Text { offsets, wide, text } => {
                let (start, end) = span(offsets, *wide, row)?;
                string(text.get(start..end), left)
            }
            Data::View { views, texts } => view(views, texts, row, left),
            Data::Struct(columns) => {
                let mut object = Object::new();
                for (name, column) in columns {
                    let Some(less) = left.checked_sub(name.len()) else { return Ok(None) };
                    *left = less;
                    let Some(value) = column.value(row, left)? else { return Ok(None) };
                    object.insert(name.clone(), value);
                }
                Ok(columns::records(object, left))
            }
            Data::List { offsets, wide, item } => {
                let (start, end) = span(offsets, *wide, row)?;
                item.list(start, end, left)
            }
            Data::Fixed { size, item } => {
                let start = row.saturating_mul(*size);
                item.list(start, start.saturating_add(*size), left)
            }
            Data::Map { offsets, item } => {
                let (start, end) = span(offsets, false, row)?;
                item.map(start, end, left)
            }
            Data::Dictionary { index, keys, values } => {
                let at = index.read(keys, row).and_then(|at| usize::try_from(at).ok());
                values.value(at.ok_or_else(|| damaged("a place in a dictionary is none"))?, left)
            }
            Data::Joined(parts) => {
                let mut at = row;
                for part in parts {
                    match at.checked_sub(part.length) {
                        Some(less) => at = less,
                        None => return part.value(at, left),
                    }
                }
                Err(damaged("a value lies outside its column"))
            }
        }
    }

    fn list(&self, start: usize, end: usize, left: &mut usize) -> Found {
        let mut list = Vec::new();
        for at in start..end {
            let Some(value) = self.value(at, left)? else { return Ok(None) };
            list.push(value);
        }
        Ok(Some(list.into()))
    }

    /// A list of pairs as an object.
    fn map(&self, start: usize, end: usize, left: &mut usize) -> Found {
        let Data::Struct(columns) = &self.data else { return Ok(Some(Value::Null)) };
        let [(_, keys), (_, values)] = columns.as_slice() else { return Ok(Some(Value::Null)) };
        let mut object = Object::new();
        for at in start..end {
            let (Some(key), Some(value)) = (keys.value(at, left)?, values.value(at, left)?) else {
                return Ok(None);
            };
            let key = match key {
                Value::String(key) => key,
                other => other.to_string(),
            };
            object.insert(key, value);
        }
        Ok(Some(object.into()))
    }
}

fn bit(bits: &[u8], at: usize) -> bool {
    bits.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1)
}

fn float(size: usize, bytes: &[u8], row: usize) -> f64 {
    let bytes = bytes.get(row.saturating_mul(size)..).unwrap_or_default();
    match (size, bytes) {
        (2, [a, b, ..]) => half(u16::from_le_bytes([*a, *b])),
        (4, [a, b, c, d, ..]) => f32::from_le_bytes([*a, *b, *c, *d]).into(),
        _ => bytes.first_chunk::<8>().map_or(0.0, |bytes| f64::from_le_bytes(*bytes)),
    }
}

/// A number of 16 bits.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
    sign * match exponent {
        0 => fraction * 2f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2f64.powi(exponent - 15),
    }
}

/// Where the text or the items of a row begin and end.
fn span(offsets: &[u8], wide: bool, row: usize) -> io::Result<(usize, usize)> {
    let kind = Integer { bytes: if wide { 8 } else { 4 }, signed: true };
    let at = |row| kind.read(offsets, row).and_then(|at| usize::try_from(at).ok());
    match (at(row), at(row + 1)) {
        (Some(start), Some(end)) if start <= end => Ok((start, end)),
        _ => Err(damaged("the places in a column run backwards")),
    }
}

fn string(bytes: Option<&[u8]>, left: &mut usize) -> Found {
    let bytes = bytes.ok_or_else(|| damaged("a text lies outside its column"))?;
    let Some(less) = left.checked_sub(bytes.len()) else { return Ok(None) };
    *left = less;
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("a text in it is not UTF-8"))?;
    Ok(Some(text.into()))
}

/// A text of up to twelve bytes stands in the view itself; a longer one is where the view says.
fn view(views: &[u8], texts: &[Bytes], row: usize, left: &mut usize) -> Found {
    let view = views.get(row.saturating_mul(16)..).and_then(<[u8]>::first_chunk::<16>);
    let view = view.ok_or_else(|| damaged("a text lies outside its column"))?;
    let number = |at: usize| {
        let bytes = [view[at], view[at + 1], view[at + 2], view[at + 3]];
        usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX)
    };
    let length = number(0);
    if length <= 12 {
        return string(view.get(4..4 + length), left);
    }
    let start = number(12);
    let text = texts.get(number(8)).and_then(|text| text.get(start..start.checked_add(length)?));
    string(text, left)
}
