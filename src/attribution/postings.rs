//! Sparse rows turned around: for each feature, the rows that hold it.

use crate::features::Row;

/// For each feature, the rows that hold it with its value there, in the order of the rows.
#[derive(Debug, Clone)]
pub(super) struct Postings {
    /// Where each feature's postings begin; one more entry at the end.
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
}

impl Postings {
    /// The postings of those of `features` features that `wanted` holds for; the others have none.
    pub fn new(rows: &[&Row], features: usize, wanted: impl Fn(u32) -> bool) -> Self {
        let mut starts = vec![0_usize; features + 1];
        for row in rows {
            for &index in row.indices.iter().filter(|&&index| wanted(index)) {
                starts[index as usize + 1] += 1;
            }
        }
        for feature in 0..features {
            starts[feature + 1] += starts[feature];
        }
        let mut ends = starts.clone();
        let mut entries = vec![(0_u32, 0.0_f32); starts[features]];
        for (i, row) in rows.iter().enumerate() {
            for (&index, &value) in row.indices.iter().zip(&row.values) {
                if wanted(index) {
                    entries[ends[index as usize]] = (i as u32, value);
                    ends[index as usize] += 1;
                }
            }
        }
        Self { starts, entries }
    }

    /// The rows that hold a feature, with its values there.
    pub fn of(&self, feature: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[feature]..self.starts[feature + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feature_lists_its_rows_in_order() {
        let row = |indices: &[u32]| Row {
            indices: indices.to_vec(),
            values: indices.iter().map(|&index| index as f32 + 0.5).collect(),
            ..Row::default()
        };
        let postings =
            Postings::new(&[&row(&[2, 0]), &row(&[1]), &row(&[0, 1])], 3, |index| index != 1);
        assert_eq!(postings.of(0), [(0, 0.5), (2, 0.5)]);
        assert_eq!(postings.of(1), []);
        assert_eq!(postings.of(2), [(0, 2.5)]);
    }
}
