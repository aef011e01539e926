//! A corpus group by group: a verdict for each value of a field of its records.
//!
//! Comes in: inputs and the name of a field. Goes out: a [`GroupVerdict`] for each value, by value.

use super::{
    AnalysisOptions, Error, Inputs, Progress, Scorer, score_corpus::add, scored_traces::Look,
};
use crate::{
    atlas::Atlas,
    lineage::{InputSummary, ScoredCorpus, Verdict, compare},
    trace::Trace,
};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Values that a field may have. A field that has more tells traces apart, not groups of them.
const MOST_GROUPS: usize = 500;
/// Fields that a message lists.
const LISTED: usize = 12;
/// What stands for a record without the field.
const WITHOUT: &str = "(none)";

/// The verdict on the traces that have one value of a field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupVerdict {
    /// The value; `(none)` for traces without the field. Hostile: escape it.
    pub group: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Traces that were scored.
    pub traces: usize,
    /// Different prompts among them.
    pub prompts: usize,
    /// Words in them.
    pub words: usize,
}

/// Reads a corpus once and gives a verdict for each value of `field`: `model`, `source`, `domain`, or a
/// field of a record's `meta`, with dots between the names of nested ones.
///
/// # Errors
/// Where the inputs cannot be read, no record has the field, or it has more than 500 values.
pub fn compare_by(
    atlas: &Atlas,
    options: &AnalysisOptions,
    inputs: impl Into<Inputs>,
    field: &str,
    progress: &dyn Progress,
) -> Result<Vec<GroupVerdict>, Error> {
    options.check()?;
    let scorer = Scorer::with_options(atlas, &options.atlas_name, options.scoring.clone())?
        .progress(progress);
    let text = options.scoring.reading.text;
    let mut groups: BTreeMap<String, ScoredCorpus> = BTreeMap::new();
    let mut has_field = false;
    let mut fields = BTreeSet::new();
    for one in scorer.scored_traces(&inputs.into(), Look::Language)? {
        let one = one?;
        let value = value_of(&one.trace, field);
        has_field |= value.is_some();
        if !has_field && fields.len() < LISTED {
            fields.extend(fields_of(&one.trace).map(str::to_owned));
        }
        let group = value.unwrap_or_else(|| WITHOUT.to_owned());
        if !groups.contains_key(&group) && groups.len() == MOST_GROUPS {
            return Err(Error::TooManyGroups { field: field.to_owned(), most: MOST_GROUPS });
        }
        add(groups.entry(group).or_default(), atlas, text, one);
    }
    if !has_field {
        let known = fields.into_iter().take(LISTED).collect();
        return Err(Error::UnknownField { field: field.to_owned(), known });
    }
    let asked = options.for_lineage(options.resamples);
    let verdict = |(group, mut corpus): (String, ScoredCorpus)| {
        corpus.settle();
        let found = compare(atlas, &corpus, InputSummary::default(), &asked);
        let (traces, prompts, words) = (found.traces, found.prompts, found.words);
        GroupVerdict { group, verdict: found.verdict, traces, prompts, words }
    };
    Ok(groups.into_iter().map(verdict).collect())
}

/// The value of a field as text; `None` where the record has none, or a list or an object there.
fn value_of(trace: &Trace, field: &str) -> Option<String> {
    match field {
        "model" => return trace.model.clone(),
        "source" => return Some(trace.source.clone()),
        "domain" => return trace.domain.clone(),
        "mediation" => return Some(trace.mediation().name().to_owned()),
        _ => {}
    }
    let whole = trace.meta.get(field);
    let found = whole.or_else(|| {
        let mut parts = field.strip_prefix("meta.").unwrap_or(field).split('.');
        let first = trace.meta.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    });
    match found? {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The fields that a record could be grouped by.
fn fields_of(trace: &Trace) -> impl Iterator<Item = &str> {
    let own = [("model", trace.model.is_some()), ("domain", trace.domain.is_some())];
    let own = own.into_iter().filter_map(|(name, there)| there.then_some(name));
    own.chain(["source", "mediation"]).chain(trace.meta.keys().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_is_one_of_the_record_or_of_its_meta() {
        let mut trace = Trace { model: Some("a/x".into()), source: "s".into(), ..Trace::default() };
        trace.meta.insert("run".into(), json!({ "step": 7, "all": [1] }));
        trace.meta.insert("label".into(), json!("new"));
        let value = |field| value_of(&trace, field);
        assert_eq!(value("model").as_deref(), Some("a/x"));
        assert_eq!(value("label").as_deref(), Some("new"));
        assert_eq!(value("meta.label").as_deref(), Some("new"));
        assert_eq!(value("run.step").as_deref(), Some("7"));
        assert_eq!(value("run.all"), None);
        assert_eq!(value("domain"), None);
        let mut fields: Vec<&str> = fields_of(&trace).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["label", "mediation", "model", "run", "source"]);
    }
}
