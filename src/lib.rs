//! Which known language model do these reasoning traces resemble, how sure is that, and why.

pub mod atlas;
pub mod attribution;
pub mod cli;
pub mod features;
pub mod ingest;
pub mod lineage;
pub mod report;
pub mod trace;
