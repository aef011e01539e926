//! Reads tensors of a safetensors file as numbers.
//!
//! Comes in: the content of a `model.safetensors`. Goes out: shapes and values. Called by
//! `model2vec`.

use half::{bf16, f16};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::matrix::Matrix;

/// What is wrong with a tensor: a part of a sentence that begins with the file.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum TensorError {
    #[error("its tensor {name:?} has the shape {shape:?}, not {expected}")]
    Shape { name: String, shape: Vec<usize>, expected: &'static str },
    #[error("the rows of its tensor {name:?} are empty")]
    EmptyRows { name: String },
    #[error("its tensor {name:?} is of type {dtype:?}, not {expected}")]
    Type { name: String, dtype: Dtype, expected: &'static str },
    #[error("its tensor {name:?} names the row {row}, and there are {rows} rows")]
    NoSuchRow { name: String, row: i128, rows: usize },
    #[error("the number {place} of its tensor {name:?} is {value}")]
    NotFinite { name: String, place: usize, value: f32 },
}

impl TensorError {
    fn shape(name: &str, tensor: &TensorView<'_>, expected: &'static str) -> Self {
        Self::Shape { name: name.to_owned(), shape: tensor.shape().to_vec(), expected }
    }
}

/// The first of the tensors `names` that the file has, with that name.
pub(super) fn first<'a, 'n>(
    tensors: &SafeTensors<'a>,
    names: &[&'n str],
) -> Option<(&'n str, TensorView<'a>)> {
    names.iter().find_map(|&name| Some((name, tensors.tensor(name).ok()?)))
}

/// Reads a matrix of finite numbers.
///
/// # Errors
/// Another number of axes, no column, a type that is not F64, F32, F16, BF16
/// or I8, or a number that is not finite.
pub(super) fn matrix(name: &str, tensor: &TensorView<'_>) -> Result<Matrix, TensorError> {
    let &[rows, columns] = tensor.shape() else {
        return Err(TensorError::shape(name, tensor, "[rows, columns]"));
    };
    if columns == 0 {
        return Err(TensorError::EmptyRows { name: name.to_owned() });
    }
    Ok(Matrix { rows, columns, values: numbers(name, tensor)? })
}

/// Reads a list of finite numbers.
///
/// # Errors
/// As for [`matrix`].
pub(super) fn list(name: &str, tensor: &TensorView<'_>) -> Result<Vec<f32>, TensorError> {
    one_axis(name, tensor)?;
    numbers(name, tensor)
}

/// Reads a list of row numbers, each below `rows`.
///
/// # Errors
/// Another number of axes, no type of whole numbers, or a number out of
/// range.
pub(super) fn row_numbers(
    name: &str,
    tensor: &TensorView<'_>,
    rows: usize,
) -> Result<Vec<u32>, TensorError> {
    one_axis(name, tensor)?;
    let data = tensor.data();
    let wide: Vec<i128> = match tensor.dtype() {
        Dtype::I64 => chunks(data, i64::from_le_bytes).map(i128::from).collect(),
        Dtype::U64 => chunks(data, u64::from_le_bytes).map(i128::from).collect(),
        Dtype::I32 => chunks(data, i32::from_le_bytes).map(i128::from).collect(),
        Dtype::U32 => chunks(data, u32::from_le_bytes).map(i128::from).collect(),
        dtype => {
            let (name, expected) = (name.to_owned(), "I64, U64, I32 or U32");
            return Err(TensorError::Type { name, dtype, expected });
        }
    };
    let in_range = |number: i128| {
        let row = u32::try_from(number).ok().filter(|&row| (row as usize) < rows);
        row.ok_or_else(|| TensorError::NoSuchRow { name: name.to_owned(), row: number, rows })
    };
    wide.into_iter().map(in_range).collect()
}

fn one_axis(name: &str, tensor: &TensorView<'_>) -> Result<(), TensorError> {
    match tensor.shape() {
        [_] => Ok(()),
        _ => Err(TensorError::shape(name, tensor, "that of a list")),
    }
}

fn numbers(name: &str, tensor: &TensorView<'_>) -> Result<Vec<f32>, TensorError> {
    let data = tensor.data();
    let values: Vec<f32> = match tensor.dtype() {
        Dtype::F64 => chunks(data, f64::from_le_bytes).map(|value| value as f32).collect(),
        Dtype::F32 => chunks(data, f32::from_le_bytes).collect(),
        Dtype::F16 => chunks(data, f16::from_le_bytes).map(f16::to_f32).collect(),
        Dtype::BF16 => chunks(data, bf16::from_le_bytes).map(bf16::to_f32).collect(),
        Dtype::I8 => data.iter().map(|&byte| f32::from(byte as i8)).collect(),
        dtype => {
            let (name, expected) = (name.to_owned(), "F64, F32, F16, BF16 or I8");
            return Err(TensorError::Type { name, dtype, expected });
        }
    };
    match values.iter().position(|value| !value.is_finite()) {
        Some(place) => {
            let (name, value) = (name.to_owned(), values[place]);
            Err(TensorError::NotFinite { name, place, value })
        }
        None => Ok(values),
    }
}

/// The numbers of N bytes each. A safetensors file is checked to hold whole numbers when it is
/// opened.
fn chunks<const N: usize, T>(data: &[u8], read: fn([u8; N]) -> T) -> impl Iterator<Item = T> {
    data.as_chunks::<N>().0.iter().map(move |&bytes| read(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view<'a>(dtype: Dtype, shape: &[usize], data: &'a [u8]) -> TensorView<'a> {
        TensorView::new(dtype, shape.to_vec(), data).unwrap()
    }

    #[test]
    fn every_type_is_read_to_the_same_numbers() {
        let expected = [1.0, -2.0];
        let bytes_of: [(Dtype, Vec<u8>); 5] = [
            (Dtype::F64, [1.0_f64, -2.0].iter().flat_map(|v| v.to_le_bytes()).collect()),
            (Dtype::F32, [1.0_f32, -2.0].iter().flat_map(|v| v.to_le_bytes()).collect()),
            // Sign, 5 bits of exponent (bias 15), 10 of fraction.
            (Dtype::F16, vec![0x00, 0x3c, 0x00, 0xc0]),
            // The upper half of a 32-bit number.
            (Dtype::BF16, vec![0x80, 0x3f, 0x00, 0xc0]),
            (Dtype::I8, vec![1, 0xfe]),
        ];
        for (dtype, bytes) in bytes_of {
            assert_eq!(list("t", &view(dtype, &[2], &bytes)).unwrap(), expected, "{dtype:?}");
        }
    }

    #[test]
    fn wrong_shapes_types_and_numbers_are_told() {
        let zeros = [0; 8];
        let told = matrix("m", &view(Dtype::F32, &[2], &zeros)).unwrap_err().to_string();
        assert!(told.contains("has the shape [2], not [rows, columns]"), "{told}");
        let told = list("l", &view(Dtype::F32, &[2, 1], &zeros)).unwrap_err().to_string();
        assert!(told.contains("not that of a list"), "{told}");
        let told = list("l", &view(Dtype::I64, &[1], &zeros)).unwrap_err().to_string();
        assert!(told.contains("I64, not F64"), "{told}");
        let nan = f32::NAN.to_le_bytes();
        let told = list("l", &view(Dtype::F32, &[1], &nan)).unwrap_err().to_string();
        assert!(told.contains("number 0 of its tensor \"l\" is NaN"), "{told}");
    }

    #[test]
    fn row_numbers_stay_below_the_number_of_rows() {
        let bytes: Vec<u8> = [0_i64, 2].iter().flat_map(|v| v.to_le_bytes()).collect();
        let tensor = view(Dtype::I64, &[2], &bytes);
        assert_eq!(row_numbers("m", &tensor, 3).unwrap(), [0, 2]);
        assert!(row_numbers("m", &tensor, 2).unwrap_err().to_string().contains("names the row 2"));
        let negative = (-1_i32).to_le_bytes();
        let tensor = view(Dtype::I32, &[1], &negative);
        assert!(row_numbers("m", &tensor, 2).unwrap_err().to_string().contains("names the row -1"));
    }
}
