//! Stands in for `parquet` where the program was built without it.

use std::io::Write;

use super::{Column, Error, Row};
use std::marker::PhantomData;

/// Writes nothing: the program was built without Parquet.
#[derive(Debug)]
pub struct ParquetWriter<T, W> {
    out: W,
    rows: PhantomData<fn(&T)>,
}

impl<T: Row, W: Write + Send> ParquetWriter<T, W> {
    /// Fails.
    ///
    /// # Errors
    ///
    /// Always [`Error::WithoutParquet`].
    pub fn new(_: W) -> Result<Self, Error> {
        Err(Error::WithoutParquet)
    }

    /// Fails.
    ///
    /// # Errors
    ///
    /// Always [`Error::WithoutParquet`].
    pub fn with_columns(_: W, _: &[Column]) -> Result<Self, Error> {
        Err(Error::WithoutParquet)
    }

    /// Fails.
    ///
    /// # Errors
    ///
    /// Always [`Error::WithoutParquet`].
    pub fn write(&mut self, _: &T) -> Result<(), Error> {
        Err(Error::WithoutParquet)
    }

    /// Gives back what was to be written to.
    ///
    /// # Errors
    ///
    /// None.
    pub fn finish(self) -> Result<W, Error> {
        Ok(self.out)
    }
}
