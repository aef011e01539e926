//! Stands in for `archive` in a build without the feature `zip`: archives are refused.

// The other module builds these types; here no archive is ever opened.
#![allow(dead_code)]

use std::io::{self, Read};
use std::sync::Arc;

use super::seekable::Seekable;
use crate::ingest::Limits;
use crate::ingest::record::Object;

/// An open archive.
pub(in crate::ingest) struct Archive {
    pub hidden: usize,
    pub header: Option<Arc<Object>>,
    members: Vec<Member>,
}

/// A file in an archive.
pub(in crate::ingest) struct Member {
    pub name: String,
}

/// Why a member cannot be opened.
pub(in crate::ingest) enum Closed {
    Io(io::Error),
    Unsupported(&'static str, &'static str),
}

impl Archive {
    /// Refuses the archive.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn open(_: Seekable, _: &Limits) -> io::Result<Self> {
        Err(refusal())
    }

    /// The members that may hold records.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Refuses the member.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn unpack(&mut self, _: usize) -> Result<Box<dyn Read + Send>, Closed> {
        Err(Closed::Io(refusal()))
    }
}

fn refusal() -> io::Error {
    io::Error::other(
        "it is a zip archive, which this build does not read: the feature `zip` is off",
    )
}
