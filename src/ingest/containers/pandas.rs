//! Tables that are written down as one JSON value, as pandas and Weights & Biases do it → rows.
//!
//! Comes in: a record. Goes out: the rows that it stands for, one at a time, or nothing where it is
//! no table. Called by `file` before a record is looked at as one.
//!
//! - `{"columns": ["a", "b"], "data": [[1, 2], …]}`, with or without an `index`
//!   (`df.to_json(orient="split")`, `.table.json`);
//! - `{"a": {"0": 1, "1": 3}, "b": {"0": 2, "1": 4}}` (`df.to_json()`);
//! - `{"prompt": [1, 3], "b": [2, 4]}` (`df.to_dict("list")`), where a column has a name that only a column
//!   of prompts, models or ids has: other records have lists of answers to one prompt.

use serde_json::Value;

use crate::ingest::record::Object;

/// How many bytes the names of the columns of all rows may add up to: a name of a megabyte and a
/// million empty rows are no table.
const MOST: usize = 1 << 30;

/// The rows that a value stands for, or `None` where it is no table.
pub(in crate::ingest) fn rows(value: &Value) -> Option<Box<dyn Iterator<Item = Object> + '_>> {
    let object = value.as_object()?;
    split(object).or_else(|| columns(object)).or_else(|| lists(object))
}

fn is_small(names: impl Iterator<Item = usize>, rows: usize) -> bool {
    let names: usize = names.map(|length| length + 16).sum();
    names.saturating_mul(rows) <= MOST
}

fn split(object: &Object) -> Option<Box<dyn Iterator<Item = Object> + '_>> {
    let names = object.get("columns")?.as_array()?;
    let names: Vec<&str> = names.iter().map(Value::as_str).collect::<Option<_>>()?;
    let data = object.get("data")?.as_array()?;
    let is_row = |row: &Value| row.as_array().is_some_and(|row| row.len() == names.len());
    if names.is_empty() || data.is_empty() || !data.iter().all(is_row) {
        return None;
    }
    is_small(names.iter().map(|name| name.len()), data.len()).then_some(())?;
    Some(Box::new(data.iter().filter_map(Value::as_array).map(move |row| {
        names.iter().map(|name| (*name).to_owned()).zip(row.iter().cloned()).collect()
    })))
}

/// Fields that say one thing of a record: a list of them is a column.
const OF_ONE: &[&str] =
    &["prompt", "question", "problem", "instruction", "model", "model_name", "id"];

fn lists(object: &Object) -> Option<Box<dyn Iterator<Item = Object> + '_>> {
    let is_scalar = |cell: &Value| !(cell.is_array() || cell.is_object());
    let of_one = OF_ONE.iter().find_map(|name| object.get(*name)?.as_array())?;
    if object.len() < 2 || of_one.is_empty() || !of_one.iter().all(is_scalar) {
        return None;
    }
    let columns: Vec<(&String, &Vec<Value>)> = object
        .iter()
        .map(|(name, cells)| Some((name, cells.as_array().filter(|c| c.len() == of_one.len())?)))
        .collect::<Option<_>>()?;
    is_small(columns.iter().map(|(name, _)| name.len()), of_one.len()).then_some(())?;
    Some(Box::new((0..of_one.len()).map(move |at| {
        columns.iter().map(|(name, cells)| ((*name).clone(), cells[at].clone())).collect()
    })))
}

fn columns(object: &Object) -> Option<Box<dyn Iterator<Item = Object> + '_>> {
    let first = object.values().next()?.as_object()?;
    let is_number = |key: &String| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    if first.is_empty() || !first.keys().all(is_number) {
        return None;
    }
    let columns: Vec<(&String, &Object)> = object
        .iter()
        .map(|(name, cells)| Some((name, cells.as_object()?)))
        .collect::<Option<_>>()?;
    let is_even = |(_, cells): &(&String, &Object)| {
        cells.len() == first.len() && cells.keys().zip(first.keys()).all(|(a, b)| a == b)
    };
    // Objects in every cell: these are records under the names of their models or runs.
    let has_plain_cells = columns.iter().any(|(_, cells)| !cells.values().all(Value::is_object));
    if !columns.iter().all(is_even) || !has_plain_cells {
        return None;
    }
    is_small(columns.iter().map(|(name, _)| name.len()), first.len()).then_some(())?;
    // All columns have the same keys in the same order, so that their cells go side by side.
    let mut cells: Vec<_> =
        columns.into_iter().map(|(name, cells)| (name, cells.values())).collect();
    Some(Box::new((0..first.len()).map(move |_| {
        let row = cells
            .iter_mut()
            .filter_map(|(name, cells)| cells.next().map(|cell| ((*name).clone(), cell.clone())));
        row.collect()
    })))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn all(value: &Value) -> Option<Vec<Value>> {
        rows(value).map(|rows| rows.map(Value::Object).collect())
    }

    #[test]
    fn tables_become_rows() {
        let expected = Some(vec![json!({"a": 1, "b": "x"}), json!({"a": 3, "b": null})]);
        for table in [
            json!({"columns": ["a", "b"], "data": [[1, "x"], [3, null]]}),
            json!({"columns": ["a", "b"], "index": [7, 9], "data": [[1, "x"], [3, null]]}),
            json!({"a": {"0": 1, "1": 3}, "b": {"0": "x", "1": null}}),
            json!({"a": {"17": 1, "4": 3}, "b": {"17": "x", "4": null}}),
        ] {
            assert_eq!(all(&table), expected, "{table}");
        }
        let lists = json!({"prompt": ["p", "q"], "b": [[1], null]});
        let rows = vec![json!({"prompt": "p", "b": [1]}), json!({"prompt": "q", "b": null})];
        assert_eq!(all(&lists), Some(rows));
    }

    #[test]
    fn other_records_are_no_tables() {
        for record in [
            json!({"columns": ["a"], "data": [{"a": 1}]}),
            json!({"columns": ["a"], "data": [[1, 2]]}),
            json!({"columns": [], "data": []}),
            json!({"m-1": {"0": {"reasoning": "x"}, "1": {"reasoning": "y"}}}),
            json!({"0": {"reasoning": "x"}, "1": {"reasoning": "y"}}),
            json!({"a": {"0": 1}, "b": {"1": 2}}),
            json!({"a": {"0": 1}, "b": 2}),
            json!({"prompt": "p", "responses": ["x", "y"]}),
            json!({"prompt": ["p"], "responses": ["x", "y"]}),
            json!({"reasoning": ["x", "y"], "answer": ["x", "y"]}),
            json!({"prompt": [{"role": "user"}], "responses": ["x"]}),
            json!({"reasoning": "x"}),
            json!([1]),
        ] {
            assert_eq!(all(&record), None, "{record}");
        }
    }

    #[test]
    fn a_name_is_not_repeated_for_ever() {
        let rows = vec![json!([1]); 100_000];
        assert_eq!(all(&json!({"columns": ["n".repeat(1 << 20)], "data": rows})), None);
    }
}
