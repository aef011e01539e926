//! Inputs → the corpora that a tree shows next to the references.

use super::{Error, Inputs, Scorer, refuse_vectors_by_order, scored_traces::Look};
use crate::{ingest, lineage::tree::Corpora};
use std::path::Path;

/// Reads a corpus for each model that the records name, and one for the records of each input that
/// name none.
///
/// # Errors
/// Where an input cannot be read or holds no usable text, or there are too many corpora.
pub fn tree_corpora(scorer: &Scorer<'_>, inputs: impl Into<Inputs>) -> Result<Corpora, Error> {
    let inputs = inputs.into();
    let names = inputs.names();
    let mut corpora = Corpora::default();
    if names.is_empty() {
        return Ok(corpora);
    }
    if names.len() > 1 {
        refuse_vectors_by_order(scorer.atlas().vectors(), "a tree of several inputs")?;
    }
    // All paths, before the first of them is read.
    ingest::open(names, scorer.options().reading.clone())?;
    for input in names {
        let unlabelled = name_of_unlabelled(input, names);
        for one in scorer.scored_traces(&input.into(), Look::Nothing)? {
            let one = one?;
            let label = one.trace.model.as_deref().filter(|name| !name.trim().is_empty());
            let name = label.unwrap_or(&unlabelled);
            match &one.scored {
                Ok(scored) => {
                    let prompt = one.trace.group_key();
                    corpora.add(name, &prompt, scored.words, scored.row.profile())?;
                }
                Err(_) => corpora.add_too_short(name)?,
            }
        }
    }
    Ok(corpora)
}

/// What the traces of an input are called that name no model: the last part of its path where no
/// other input has the same, else all of it.
fn name_of_unlabelled(input: &str, inputs: &[String]) -> String {
    fn last(input: &str) -> Option<&str> {
        Path::new(input).file_name().and_then(|name| name.to_str())
    }
    if input == "-" {
        return "standard input".into();
    }
    let same = inputs.iter().filter(|other| last(other) == last(input)).count();
    last(input).filter(|_| same < 2).unwrap_or(input).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unlabelled_input_has_a_short_name_that_is_its_own() {
        let inputs = ["a/x.jsonl", "b/x.jsonl", "b/y.jsonl", "-", "c/.."].map(str::to_owned);
        let names = inputs.each_ref().map(|input| name_of_unlabelled(input, &inputs));
        assert_eq!(names, ["a/x.jsonl", "b/x.jsonl", "y.jsonl", "standard input", "c/.."]);
    }
}
