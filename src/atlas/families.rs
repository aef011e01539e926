//! Families of references: read from a table, or learned from the references that are taken for
//! each other.

use super::{about::Reference, error::Error};
use std::{cmp::Reverse, collections::BTreeMap};

/// The references with families of those that are taken for each other, named after the member with
/// most traces; none for a reference that is confused with nobody.
pub(super) fn with_families(mut references: Vec<Reference>, groups: &[usize]) -> Vec<Reference> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (reference, &group) in groups.iter().enumerate().take(references.len()) {
        members.entry(group).or_default().push(reference);
    }
    for members in members.values().filter(|members| members.len() > 1) {
        let largest = members.iter().copied().max_by_key(|&i| (references[i].traces, Reverse(i)));
        let Some(largest) = largest else { continue };
        let family = format!("{} and its like", references[largest].name);
        members.iter().for_each(|&i| references[i].family = Some(family.clone()));
    }
    references
}

/// Reads a table of families: a line per model, the model and its family with a tab between them.
/// A first line that begins with `model` is a heading; empty lines and lines with `#` are skipped.
///
/// # Errors
/// Names the line that is not such a row, or that repeats a model.
pub fn read_families(text: &str, name: &str) -> Result<BTreeMap<String, String>, Error> {
    let mut families = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || (number == 0 && line.starts_with("model\t"))
        {
            continue;
        }
        let row = line.split_once('\t').map(|(m, f)| (m.trim(), f.trim()));
        let Some((model, family)) = row.filter(|(m, f)| !m.is_empty() && !f.is_empty()) else {
            let (file, line, found) = (name.to_owned(), number + 1, line.to_owned());
            return Err(Error::NoFamily { file, line, found });
        };
        if families.insert(model.to_owned(), family.to_owned()).is_some() {
            let (file, line, model) = (name.to_owned(), number + 1, model.to_owned());
            return Err(Error::RepeatedFamily { file, line, model });
        }
    }
    Ok(families)
}
