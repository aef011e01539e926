//! Traces in, finished results out: the main verbs of the library.
//!
//! Comes in: an [`Atlas`](crate::atlas::Atlas) and inputs (files, folders, globs, `-`). Goes out:
//! what the program prints, as data. The command line parses its arguments, calls one of these and
//! prints the result; a program of yours can do the same.
//!
//! | to do | use | result |
//! | --- | --- | --- |
//! | score each trace | [`Scorer`] | [`ScoreRecord`]s, one per trace |
//! | compare a corpus with the references | [`Comparer`] | [`Comparison`](crate::lineage::Comparison) |
//! | compare each group of a corpus | [`compare_by`] | [`GroupVerdict`]s, one per value of a field |
//! | check a corpus by a policy | [`Checker`] | [`CheckResult`] |
//! | estimate the shares of references in a mixed data set | [`Auditor`] | [`Audit`](crate::lineage::audit::Audit) |
//! | explain one trace | [`explain_trace`] | [`ExplainedTrace`] |
//! | keep a corpus for later comparisons | [`profile`] | [`Profile`](crate::lineage::Profile) |
//! | collect corpora for a tree | [`tree_corpora`] | [`Corpora`](crate::lineage::tree::Corpora) |
//! | read traces whose models are known | [`LabelledInputs`] | traces to learn from |
//! | measure traces without an atlas | [`FeatureReader`] | [`FeatureRecord`]s, one per trace |
//! | clean traces without an atlas | [`read_records`] | [`ReadRecords`] |
//!
//! Every input is read once, from front to end, in batches that all threads share; a corpus of any
//! size fits into memory. The same input and seed give the same result for any number of threads.

mod auditor;
mod baseline;
mod checker;
mod comparer;
mod controls;
mod corpus_texts;
mod error;
mod explain_trace;
mod feature_records;
mod groups;
mod inputs;
mod labelled_inputs;
mod options;
mod profile;
mod profile_files;
mod progress;
mod read_records;
mod reading_messages;
mod score_corpus;
mod score_record;
mod score_row;
mod scored_traces;
mod scorer;
mod surveyed_traces;
mod trace_batches;
mod trace_scorer;
mod tree_corpora;

pub use auditor::Auditor;
pub use baseline::refuse_vectors_by_order;
pub use checker::{CheckResult, Checker};
pub use comparer::{Comparer, CorpusRole, ReadComparison};
pub use error::{BoxError, Error};
pub use explain_trace::{ExplainedTrace, explain_trace};
pub use feature_records::{FeatureReader, FeatureRecord, FeatureRecords};
pub use groups::{GroupVerdict, compare_by};
pub use inputs::Inputs;
pub use labelled_inputs::{LabelledInputs, LabelledTraces};
pub use options::{AnalysisOptions, ScoreOptions, Sections};
pub use profile::{compare_profiles, profile};
pub use profile_files::{is_profile, merged_profiles};
pub use progress::{NoProgress, Progress};
pub use read_records::{ReadRecords, RecordsFound, read_records};
pub use reading_messages::dropped_lines;
pub use score_record::ScoreRecord;
pub use score_row::WideScore;
pub use scored_traces::{ScoredTrace, ScoredTraces};
pub use scorer::{ScoreRecords, Scorer};
pub use tree_corpora::tree_corpora;
