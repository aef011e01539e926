//! What is in an atlas, as `atlas show` prints it.

use crate::{atlas::Atlas, report::escape};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

/// Stands where an atlas does not say.
const UNKNOWN: &str = "—";

/// More keys are only counted.
const MOST_KEYS: usize = 4;

/// Prints an atlas: how it was learned, how far it can be trusted, its references. `name` is what
/// it is called.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_atlas(atlas: &Atlas, name: &str, out: &mut dyn Write) -> io::Result<()> {
    let about = &atlas.about;
    let validation = &about.cross_validation;
    writeln!(
        out,
        "{}: {} references, {} traces of {}, {} features",
        escape::name(name),
        about.references.len(),
        atlas.traces(),
        about.text.name(),
        atlas.model.vectorizer.vocabulary().len()
    )?;
    writeln!(
        out,
        "learned by {}, seed {}, checksum {}",
        escape::name(&about.program),
        about.options.seed,
        atlas.checksum
    )?;
    if about.masked_names {
        writeln!(out, "names of models and vendors were masked, and are in what is scored")?;
    }
    if let Some(source) = &about.vectors {
        let found = source.folder.as_ref().map_or_else(
            || "every input needs a file of its own".into(),
            |folder| format!("found in {folder}, and not in the atlas"),
        );
        writeln!(out, "vectors of {}", escape::sentence(&format!("{}; {found}", source.words())))?;
    }
    writeln!(
        out,
        "on prompts held out ({} folds): top-1 {:.3}, top-5 {:.3}, log loss {:.3}, calibration error {:.3}",
        validation.folds,
        validation.top1,
        validation.top5,
        validation.log_loss,
        validation.calibration_error
    )?;
    if let Some(new) = &validation.new_data_set {
        writeln!(
            out,
            "on data sets left out ({}): top-1 {:.3}, top-5 {:.3}, log loss {:.3}, {} traces",
            about.data_sets.iter().map(|name| escape::name(name)).collect::<Vec<_>>().join(", "),
            new.top1,
            new.top5,
            new.log_loss,
            new.traces
        )?;
    }
    if about.families_learned {
        writeln!(
            out,
            "families are references that were taken for each other on prompts held out"
        )?;
    }
    for extension in &about.extensions {
        writeln!(
            out,
            "{} added later, from {} traces{}",
            extension
                .references
                .iter()
                .map(|name| escape::name(name))
                .collect::<Vec<_>>()
                .join(", "),
            extension.traces,
            extension.held_out.as_ref().map_or_else(String::new, |figures| format!(
                "; on prompts held out ({} folds) top-1 {:.3}, top-5 {:.3}, log loss {:.3}",
                figures.folds, figures.top1, figures.top5, figures.log_loss
            ))
        )?;
    }
    writeln!(out)?;
    let width =
        about.references.iter().map(|r| escape::name(&r.name).chars().count()).max().unwrap_or(0);
    writeln!(
        out,
        "{:width$}  {:>6}  {:>9}  {:>7}  family; data sets (licences); subjects; languages; mediation",
        "reference", "traces", "words", "prompts"
    )?;
    writeln!(
        out,
        "{:width$}  {:>6}  {:>9}  {:>7}  (what has no number of traces is true of all)",
        "", "", "", ""
    )?;
    for reference in &about.references {
        let licences: Vec<&str> = reference.licences.iter().map(String::as_str).collect();
        let licences = match licences.as_slice() {
            [] => String::new(),
            licences => format!(" ({})", licences.join(", ")),
        };
        let counted = |counts| counted(counts, reference.traces);
        let rest = format!(
            "{}; {}{licences}; {}; {}; {}",
            reference.family.as_deref().unwrap_or(UNKNOWN),
            counted(&reference.sources),
            counted(&reference.domains),
            counted(&reference.languages),
            counted(&reference.mediation)
        );
        writeln!(
            out,
            "{:width$}  {:>6}  {:>9}  {:>7}  {}",
            escape::name(&reference.name),
            reference.traces,
            reference.words,
            reference.prompts,
            escape::sentence(&rest)
        )?;
    }
    Ok(())
}

/// The keys of counts, the most frequent first, at most [`MOST_KEYS`] of them; without the count where
/// it is of all traces.
fn counted(counts: &BTreeMap<String, usize>, traces: usize) -> String {
    if counts.is_empty() {
        return UNKNOWN.into();
    }
    let mut keys: Vec<(&String, &usize)> = counts.iter().collect();
    keys.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let more = keys.len().saturating_sub(MOST_KEYS);
    let word = |(key, count): &(&String, &usize)| match **count == traces {
        true => (*key).clone(),
        false => format!("{key} {count}"),
    };
    let mut words: Vec<String> = keys.iter().take(MOST_KEYS).map(word).collect();
    if more > 0 {
        words.push(format!("{more} more"));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_short_and_unknown_ones_are_told() {
        let counts = |of: &[(&str, usize)]| -> BTreeMap<String, usize> {
            of.iter().map(|(key, count)| ((*key).to_owned(), *count)).collect()
        };
        assert_eq!(counted(&counts(&[]), 9), "—");
        assert_eq!(counted(&counts(&[("raw", 9)]), 9), "raw");
        // Of the other two traces the language could not be told.
        assert_eq!(counted(&counts(&[("eng", 7)]), 9), "eng 7");
        assert_eq!(counted(&counts(&[("cmn", 2), ("eng", 7)]), 9), "eng 7, cmn 2");
        let many = counts(&[("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1), ("f", 4)]);
        assert_eq!(counted(&many, 9), "f 4, a 1, b 1, c 1, 2 more");
    }
}
