//! Reads a matrix from NumPy's `.npy` format, versions 1 to 3.
//!
//! Comes in: a file that `numpy.save` wrote: little-endian numbers of 32 or 64 bits, two axes, rows
//! one after another (numpy.org, "numpy.lib.format"). Goes out: the matrix. Called by
//! `vectors_file`.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::EmbedError;
use super::matrix::Matrix;
use super::numbers::{FINITE, MOST_DIMENSIONS, finite};

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The longest header; that of a matrix has about 120 bytes.
const LONGEST_HEADER: usize = 64 * 1024;

/// What to do about another kind of array.
const SAVE_AGAIN: &str =
    "Write it with numpy.save(file, numpy.ascontiguousarray(vectors, dtype='<f4'))";

/// Reads the matrix of a file.
///
/// # Errors
/// Where the file cannot be read, is no `.npy` file of the kind above, is shorter or longer than
/// its header says, or holds a number that is not finite.
pub(super) fn read(path: &Path) -> Result<Matrix, EmbedError> {
    let file = path.display();
    let unreadable = |source| EmbedError::Unreadable { file: path.display().to_string(), source };
    let opened = File::open(path).map_err(unreadable)?;
    let size = opened.metadata().map_err(unreadable)?.len();
    let mut input = BufReader::with_capacity(1 << 16, opened);

    let mut start = [0; 8];
    let broken = |detail: &str| EmbedError::invalid(&file, detail, SAVE_AGAIN);
    input.read_exact(&mut start).map_err(|_| broken("is no .npy file: it is too short"))?;
    if &start[..6] != MAGIC {
        return Err(broken("is no .npy file: it does not begin with \\x93NUMPY"));
    }
    let mut length = [0; 4];
    let length_bytes = match start[6] {
        1 => 2,
        2 | 3 => 4,
        other => {
            return Err(broken(&format!(
                "is of version {other} of the .npy format, and 1 to 3 are read"
            )));
        }
    };
    input.read_exact(&mut length[..length_bytes]).map_err(|_| broken("ends within its header"))?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST_HEADER {
        return Err(broken(&format!(
            "has a header of {length} bytes, and at most {LONGEST_HEADER} are read"
        )));
    }
    let mut header = vec![0; length];
    input.read_exact(&mut header).map_err(|_| broken("ends within its header"))?;
    let header = Header::parse(&String::from_utf8_lossy(&header))
        .map_err(|error| broken(&error.to_string()))?;

    // Everything is checked before memory is taken.
    let begun = (8 + length_bytes + length) as u64;
    let held = size.saturating_sub(begun);
    let promised = (header.rows as u64)
        .checked_mul(header.columns as u64)
        .and_then(|numbers| numbers.checked_mul(header.width.bytes()));
    if promised != Some(held) {
        let (rows, columns, width) = (header.rows, header.columns, header.width.bytes());
        return Err(EmbedError::invalid(
            &file,
            format!(
                "holds {held} bytes of numbers, and its header promises {rows} × {columns} of {width} bytes"
            ),
            "It was cut off or changed; write it again",
        ));
    }
    let mut values = Vec::with_capacity(header.rows * header.columns);
    for row in 0..header.rows {
        for column in 0..header.columns {
            let value = header.width.read(&mut input).map_err(unreadable)?;
            let value = finite(value).ok_or_else(|| {
                let detail =
                    format!("the number in row {row}, column {column} (counted from 0) is {value}");
                EmbedError::invalid(&file, detail, FINITE)
            })?;
            values.push(value);
        }
    }
    Ok(Matrix { rows: header.rows, columns: header.columns, values })
}

/// The width of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Width {
    Four,
    Eight,
}

impl Width {
    fn bytes(self) -> u64 {
        match self {
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    fn read(self, input: &mut impl Read) -> std::io::Result<f64> {
        match self {
            Self::Four => {
                let mut bytes = [0; 4];
                input.read_exact(&mut bytes)?;
                Ok(f64::from(f32::from_le_bytes(bytes)))
            }
            Self::Eight => {
                let mut bytes = [0; 8];
                input.read_exact(&mut bytes)?;
                Ok(f64::from_le_bytes(bytes))
            }
        }
    }
}

/// What a header says, which is a Python dictionary such as
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
#[derive(Debug, PartialEq)]
struct Header {
    width: Width,
    rows: usize,
    columns: usize,
}

/// What is wrong with a header: a part of a sentence that begins with the file.
#[derive(Debug, PartialEq, thiserror::Error)]
enum HeaderError {
    #[error("is no .npy file that can be read: its header has no {key:?}")]
    NoKey { key: &'static str },
    #[error("holds big-endian numbers, and only little-endian ones are read")]
    BigEndian,
    #[error("holds numbers of the type {shown}, and '<f4' and '<f8' are read")]
    Type { shown: String },
    #[error("is stored column by column (Fortran order), and only rows one after another are read")]
    FortranOrder,
    #[error("has a header without a shape")]
    NoShape,
    #[error("has the shape ({axes}), which cannot be read")]
    BadShape { axes: String },
    #[error("has the shape ({axes}), and two axes are read: traces × dimensions")]
    Axes { axes: String },
    #[error("has the shape ({axes}), and at least 1 row of 1 to {MOST_DIMENSIONS} numbers is read")]
    Size { axes: String },
}

impl Header {
    /// Reads a header.
    fn parse(text: &str) -> Result<Self, HeaderError> {
        let value = |key: &'static str| {
            let quoted = [format!("'{key}':"), format!("\"{key}\":")];
            quoted
                .iter()
                .find_map(|key| Some(text.split_once(key.as_str())?.1.trim_start()))
                .ok_or(HeaderError::NoKey { key })
        };
        let descr = value("descr")?;
        let width = match descr.get(1..4) {
            Some("<f4") => Width::Four,
            Some("<f8") => Width::Eight,
            Some(">f4" | ">f8") => return Err(HeaderError::BigEndian),
            _ => {
                let shown: String = descr.chars().take_while(|&c| c != ',').take(20).collect();
                return Err(HeaderError::Type { shown });
            }
        };
        if !value("fortran_order")?.starts_with("False") {
            return Err(HeaderError::FortranOrder);
        }
        let (axes, _) = value("shape")?
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'))
            .ok_or(HeaderError::NoShape)?;
        let axes_found = || axes.to_owned();
        let shape: Vec<usize> = axes
            .split(',')
            .map(str::trim)
            .filter(|axis| !axis.is_empty())
            .map(|axis| {
                axis.trim_end_matches('L')
                    .parse()
                    .map_err(|_| HeaderError::BadShape { axes: axes_found() })
            })
            .collect::<Result<_, _>>()?;
        let &[rows, columns] = shape.as_slice() else {
            return Err(HeaderError::Axes { axes: axes_found() });
        };
        if rows == 0 || columns == 0 || columns > MOST_DIMENSIONS {
            return Err(HeaderError::Size { axes: axes_found() });
        }
        Ok(Self { width, rows, columns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file as numpy.save writes it.
    fn file(version: u8, header: &str, numbers: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::Builder::new().suffix(".npy").tempfile().unwrap();
        let mut content = MAGIC.to_vec();
        content.extend([version, 0]);
        let length = (header.len() as u32).to_le_bytes();
        content.extend(&length[..if version == 1 { 2 } else { 4 }]);
        content.extend(header.as_bytes());
        content.extend(numbers);
        std::fs::write(file.path(), content).unwrap();
        file
    }

    fn header(descr: &str, fortran: &str, shape: &str) -> String {
        format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}   \n")
    }

    fn refused(version: u8, header: &str, numbers: &[u8]) -> String {
        let file = file(version, header, numbers);
        read(file.path()).unwrap_err().to_string()
    }

    #[test]
    fn a_file_of_numpy_is_read() {
        for name in ["32.npy", "64.npy"] {
            let matrix = read(&Path::new("fixtures/embedding/vectors").join(name)).unwrap();
            let values = vec![0.5, -1.0, 2.25, 3.0, 4.0, -0.125];
            assert_eq!(matrix, Matrix { rows: 2, columns: 3, values });
        }
    }

    #[test]
    fn every_version_is_read() {
        let numbers: Vec<u8> =
            [1.0_f32, 2.0].iter().flat_map(|value| value.to_le_bytes()).collect();
        for version in 1..=3 {
            let file = file(version, &header("<f4", "False", "(2, 1)"), &numbers);
            let expected = Matrix { rows: 2, columns: 1, values: vec![1.0, 2.0] };
            assert_eq!(read(file.path()).unwrap(), expected);
        }
    }

    #[test]
    fn other_arrays_are_refused_in_sentences() {
        let told = |descr: &str, fortran: &str, shape: &str| {
            refused(1, &header(descr, fortran, shape), &[0; 8])
        };
        assert!(told(">f4", "False", "(2, 1)").contains("big-endian"));
        assert!(told("<f4", "True", "(2, 1)").contains("Fortran order"));
        assert!(told("<i8", "False", "(1, 1)").contains("of the type '<i8'"));
        assert!(told("<f4", "False", "(2,)").contains("has the shape (2,), and two axes"));
        assert!(told("<f4", "False", "(0, 5)").contains("at least 1 row"));
        assert!(told("<f4", "False", "(x, 5)").contains("cannot be read"));
        assert!(
            told("<f4", "False", "(3, 1)")
                .contains("holds 8 bytes of numbers, and its header promises 3 × 1 of 4 bytes")
        );
        let most = usize::MAX;
        assert!(told("<f4", "False", &format!("({most}, 9)")).contains("header promises"));
        assert!(refused(4, "{}", &[]).contains("version 4"));
        assert!(refused(1, "{}", &[]).contains("no \"descr\""));
        assert!(refused(1, "{'descr': é", &[]).contains("of the type é"));
        let nan: Vec<u8> = [1.0, f32::NAN].iter().flat_map(|value| value.to_le_bytes()).collect();
        assert!(
            refused(1, &header("<f4", "False", "(2, 1)"), &nan)
                .contains("row 1, column 0 (counted from 0) is NaN")
        );
    }

    #[test]
    fn what_is_no_npy_file_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"abc").unwrap();
        assert!(read(file.path()).unwrap_err().to_string().contains("too short"));
        std::fs::write(file.path(), b"PK\x03\x04 something else").unwrap();
        assert!(read(file.path()).unwrap_err().to_string().contains("does not begin with"));
        std::fs::write(file.path(), b"\x93NUMPY\x02\x00\xff\xff\xff\xff").unwrap();
        assert!(
            read(file.path()).unwrap_err().to_string().contains("has a header of 4294967295 bytes")
        );
        std::fs::write(file.path(), b"\x93NUMPY\x01\x00\xff\x00{").unwrap();
        assert!(read(file.path()).unwrap_err().to_string().contains("ends within its header"));
    }
}
