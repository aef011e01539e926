//! The columns of a Parquet file: which are read, and a row of them as JSON.
//!
//! Called by `parquet`, and by `arrow` for what both have in common. Text is read as string views, which point into the pages of the file:
//! a string that stands in a dictionary once and in a million rows is in memory once.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::{DataType, Field, Fields, Schema};
use serde_json::Value;

use super::cell;
use crate::ingest::Limits;
use crate::ingest::record::Object;

/// What a value costs beside its text: a list of a million nulls takes memory all the same.
pub(super) const VALUE: usize = 16;

/// The schema with every kind of string read as a string view.
pub(super) fn with_views(schema: &Schema) -> Schema {
    Schema::new_with_metadata(views(schema.fields()), schema.metadata().clone())
}

fn views(fields: &Fields) -> Fields {
    fields.iter().map(view).collect()
}

fn view(field: &Arc<Field>) -> Arc<Field> {
    let kind = match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Struct(fields) => DataType::Struct(views(fields)),
        DataType::List(item) => DataType::List(view(item)),
        DataType::LargeList(item) => DataType::LargeList(view(item)),
        DataType::FixedSizeList(item, length) => DataType::FixedSizeList(view(item), *length),
        DataType::Map(entries, sorted) => DataType::Map(view(entries), *sorted),
        other => other.clone(),
    };
    Arc::new(field.as_ref().clone().with_data_type(kind))
}

/// The leaves of the schema, by number, that can hold anything a reader looks for: text, and the
/// numbers and flags beside it (ids, indices, `redacted`). Binary data is left out, and so are
/// lists of numbers: embeddings, token ids, probabilities. Those are most of the bytes of many
/// files.
pub(super) fn wanted(schema: &Schema) -> Vec<usize> {
    let mut leaves = Vec::new();
    let mut next = 0;
    for field in schema.fields() {
        collect(field.data_type(), false, &mut next, &mut leaves);
    }
    leaves
}

fn collect(kind: &DataType, in_list: bool, next: &mut usize, leaves: &mut Vec<usize>) {
    match kind {
        DataType::Struct(fields) => {
            fields.iter().for_each(|field| collect(field.data_type(), false, next, leaves));
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            collect(item.data_type(), true, next, leaves);
        }
        DataType::Map(entries, _) => collect(entries.data_type(), false, next, leaves),
        leaf => {
            let is_text = matches!(leaf, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
            let is_value = leaf.is_numeric() || matches!(leaf, DataType::Boolean);
            if is_text || (is_value && !in_list) {
                leaves.push(*next);
            }
            *next += 1;
        }
    }
}

/// How deeply the columns are nested.
pub(super) fn depth(fields: &Fields) -> usize {
    let of = |field: &Arc<Field>| match field.data_type() {
        DataType::Struct(fields) => 1 + depth(fields),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _) => 1 + depth(&Fields::from(vec![item.clone()])),
        _ => 1,
    };
    fields.iter().map(of).max().unwrap_or(0)
}

/// One row as a JSON object, or `None` where its text is longer than the limit; and how many bytes
/// it took. A column of text may hold JSON.
pub(super) fn row(columns: &StructArray, row: usize, limits: &Limits) -> (Option<Object>, usize) {
    let mut left = limits.record_bytes;
    let object = object(columns, row, &mut left);
    let taken = limits.record_bytes - left;
    (object.map(|object| with_json(object, limits.depth)), taken)
}

/// The same row, with the JSON in its texts taken apart.
pub(super) fn with_json(mut object: Object, depth: usize) -> Object {
    for (name, value) in &mut object {
        if let Value::String(text) = value
            && text.trim_ascii().starts_with(['{', '['])
        {
            *value = cell(name, text, depth);
        }
    }
    object
}

fn object(columns: &StructArray, row: usize, left: &mut usize) -> Option<Object> {
    let mut object = Object::with_capacity(columns.num_columns());
    for (field, column) in columns.fields().iter().zip(columns.columns()) {
        *left = left.checked_sub(field.name().len())?;
        object.insert(field.name().clone(), value(column, row, left)?);
    }
    Some(object)
}

fn value(column: &ArrayRef, row: usize, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(VALUE)?;
    if column.is_null(row) {
        return Some(Value::Null);
    }
    macro_rules! number {
        ($kind:ty) => {
            column.as_primitive::<$kind>().value(row).into()
        };
    }
    Some(match column.data_type() {
        DataType::Utf8View => text(column.as_string_view().value(row), left)?,
        DataType::Utf8 => text(column.as_string::<i32>().value(row), left)?,
        DataType::LargeUtf8 => text(column.as_string::<i64>().value(row), left)?,
        DataType::Boolean => column.as_boolean().value(row).into(),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float16 => column.as_primitive::<Float16Type>().value(row).to_f64().into(),
        DataType::Float32 => number!(Float32Type),
        DataType::Float64 => number!(Float64Type),
        DataType::Struct(_) => structure(column.as_struct(), row, left)?,
        DataType::List(_) => list(&column.as_list::<i32>().value(row), left)?,
        DataType::LargeList(_) => list(&column.as_list::<i64>().value(row), left)?,
        DataType::FixedSizeList(..) => list(&column.as_fixed_size_list().value(row), left)?,
        DataType::Map(..) => map(&column.as_map().value(row), left)?,
        // Dates and decimals: no reader looks for them.
        _ => Value::Null,
    })
}

fn text(text: &str, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(text.len())?;
    Some(text.into())
}

fn list(items: &ArrayRef, left: &mut usize) -> Option<Value> {
    (0..items.len()).map(|at| value(items, at, left)).collect::<Option<Vec<_>>>().map(Value::Array)
}

fn map(entries: &StructArray, left: &mut usize) -> Option<Value> {
    let [keys, values] = entries.columns() else { return Some(Value::Null) };
    let mut object = Object::new();
    for at in 0..entries.len() {
        let key = match value(keys, at, left)? {
            Value::String(key) => key,
            other => other.to_string(),
        };
        object.insert(key, value(values, at, left)?);
    }
    Some(Value::Object(object))
}

/// An object; or a list of objects where the file has a struct of lists for it, as older versions
/// of the library `datasets` write a list of messages.
fn structure(columns: &StructArray, row: usize, left: &mut usize) -> Option<Value> {
    let object = object(columns, row, left)?;
    records(object, left)
}

/// An object; or the list of objects that it stands for, if all its values are lists of one length.
pub(super) fn records(object: Object, left: &mut usize) -> Option<Value> {
    let lengths: Option<Vec<usize>> =
        object.values().map(|value| value.as_array().map(Vec::len)).collect();
    let is_list = lengths.is_some_and(|lengths| {
        lengths.len() > 1 && lengths.iter().all(|&length| length == lengths[0] && length > 0)
    });
    if !is_list {
        return Some(Value::Object(object));
    }
    let mut list: Vec<Object> = Vec::new();
    for (name, values) in object {
        let Value::Array(values) = values else { continue };
        list.resize_with(values.len(), Object::new);
        for (object, value) in list.iter_mut().zip(values) {
            *left = left.checked_sub(name.len())?;
            object.insert(name.clone(), value);
        }
    }
    Some(list.into_iter().map(Value::Object).collect())
}
