//! Reads vectors from a Parquet file: a column of lists of numbers, and one of ids.
//!
//! Comes in: the file. Goes out: [`Precomputed`]. Called by `vectors_file`.

use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use super::EmbedError;
use super::collector::Collector;
use super::precomputed::{Columns, Precomputed};

/// Rows that are decoded at once.
const BATCH_ROWS: usize = 1024;

/// What to do about columns of another kind.
const ADVICE: &str = "Write a column of lists of floats, and one of ids as text or whole numbers";

/// Reads the vectors of a file. Only the two columns are decoded.
///
/// # Errors
/// Where the file cannot be read, lacks the column of vectors, or its rows do not go together.
pub(super) fn read(path: &Path, columns: Columns<'_>) -> Result<Precomputed, EmbedError> {
    let unreadable = |source| EmbedError::Unreadable { file: path.display().to_string(), source };
    let damaged = |error: &dyn std::fmt::Display| {
        EmbedError::invalid(
            path.display(),
            format!("is no Parquet file that can be read: {error}"),
            "Write it again",
        )
    };
    let file = File::open(path).map_err(unreadable)?;
    // What the writer noted about its own types is not needed: lists are lists.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
        .map_err(|error| damaged(&error))?;
    let place_of =
        |name: &str| builder.schema().fields().iter().position(|field| field.name() == name);
    let Some(vector) = place_of(columns.vector) else {
        let names: Vec<&str> =
            builder.schema().fields().iter().map(|field| field.name().as_str()).take(20).collect();
        let detail = format!("has no column {:?}; it has {names:?}", columns.vector);
        return Err(EmbedError::invalid(
            path.display(),
            detail,
            "Name the column that holds the vectors",
        ));
    };
    let id = place_of(columns.id);
    let mask = ProjectionMask::roots(builder.parquet_schema(), [vector].into_iter().chain(id));
    let batches = builder
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(|error| damaged(&error))?;

    let mut collector = Collector::new(path, "row");
    let mut place = 0;
    for batch in batches {
        let batch = batch.map_err(|error| damaged(&error))?;
        let Some(vectors) = batch.column_by_name(columns.vector) else { continue };
        let ids = batch.column_by_name(columns.id);
        for row in 0..batch.num_rows() {
            place += 1;
            let wrong = |error: CellError| collector.wrong(place, error.to_string(), ADVICE);
            let vector = numbers(vectors, row).map_err(wrong)?;
            let id = ids.map_or(Ok(None), |ids| id_at(ids, row)).map_err(wrong)?;
            collector.add(place, id, vector.into_iter())?;
        }
    }
    collector.finish()
}

/// What is wrong with a row: a part of a sentence that begins with the row.
#[derive(Debug, thiserror::Error)]
enum CellError {
    #[error("has no vector")]
    NoVector,
    #[error("its vector is of the type {0}, not a list of floats")]
    NoList(DataType),
    #[error("its vector is a list of the type {0}, and Float32 and Float64 are read")]
    ListType(DataType),
    #[error("its id is of the type {0}, not text or a whole number")]
    IdType(DataType),
}

/// The numbers of a list; a missing one is NaN.
fn numbers(vectors: &ArrayRef, row: usize) -> Result<Vec<f64>, CellError> {
    if vectors.is_null(row) {
        return Err(CellError::NoVector);
    }
    let list = match vectors.data_type() {
        DataType::List(_) => vectors.as_list::<i32>().value(row),
        DataType::LargeList(_) => vectors.as_list::<i64>().value(row),
        other => return Err(CellError::NoList(other.clone())),
    };
    match list.data_type() {
        DataType::Float32 => {
            let list = list.as_primitive::<Float32Type>();
            Ok(list.iter().map(|value| value.map_or(f64::NAN, f64::from)).collect())
        }
        DataType::Float64 => {
            let list = list.as_primitive::<Float64Type>();
            Ok(list.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
        }
        other => Err(CellError::ListType(other.clone())),
    }
}

fn id_at(ids: &ArrayRef, row: usize) -> Result<Option<String>, CellError> {
    if ids.is_null(row) {
        return Ok(None);
    }
    let id = match ids.data_type() {
        DataType::Utf8 => ids.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 => ids.as_string::<i64>().value(row).to_owned(),
        DataType::Int32 => ids.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => ids.as_primitive::<Int64Type>().value(row).to_string(),
        other => return Err(CellError::IdType(other.clone())),
    };
    Ok(Some(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(name: &str, columns: Columns<'_>) -> Result<Precomputed, EmbedError> {
        read(&Path::new("fixtures/embedding/vectors").join(name), columns)
    }

    #[test]
    fn vectors_of_other_writers_are_found_by_id() {
        let read = open("ids.parquet", Columns::default()).unwrap();
        assert_eq!((read.len(), read.dimensions()), (2, 3));
        assert_eq!(read.get(0, "b").unwrap(), [3.0, 4.0, -0.125]);
        // A fixed-size list of 32-bit numbers, with ids that are numbers.
        let fixed = open("ids.parquet", Columns { id: "number", vector: "fixed" }).unwrap();
        assert_eq!(fixed.get(0, "11").unwrap(), [0.5, -1.0, 2.25]);
    }

    #[test]
    fn without_a_column_of_ids_the_order_counts() {
        let read = open("ids.parquet", Columns { id: "none", vector: "embedding" }).unwrap();
        assert!(!read.has_ids());
        assert_eq!(read.get(1, "").unwrap(), [3.0, 4.0, -0.125]);
    }

    #[test]
    fn other_columns_and_files_are_refused() {
        let refused =
            |vector| open("ids.parquet", Columns { id: "id", vector }).unwrap_err().to_string();
        assert!(refused("none").contains("has no column \"none\"; it has [\"id\", \"number\", \"embedding\", \"fixed\", \"ragged\"]"));
        assert!(refused("id").contains("row 1: its vector is of the type Utf8"));
        assert!(refused("ragged").contains("row 2: its vector has 1 numbers"));
        let told = open("32.npy", Columns::default()).unwrap_err().to_string();
        assert!(told.contains("is no Parquet file that can be read"), "{told}");
    }
}
