//! A sum of vectors that is the same in whatever order they are added.
//!
//! Sums of single-precision numbers depend on their order in the last digits, and so would everything
//! that is computed from them. In double precision they are exact for numbers of like size.

/// A sum of vectors of the same length.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ExactSum {
    /// The only vector so far: most sums of a corpus have one, which need not take twice the memory.
    one: Vec<f32>,
    /// The sum of several.
    many: Vec<f64>,
}

impl ExactSum {
    /// Adds a vector.
    pub fn add(&mut self, values: &[f32]) {
        if self.many.is_empty() && self.one.is_empty() {
            self.one = values.to_vec();
            return;
        }
        if self.many.is_empty() {
            self.many = std::mem::take(&mut self.one).into_iter().map(f64::from).collect();
        }
        self.many.resize(values.len().max(self.many.len()), 0.0);
        self.many.iter_mut().zip(values).for_each(|(sum, &value)| *sum += f64::from(value));
    }

    /// Adds another sum.
    pub fn join(&mut self, other: &Self) {
        if other.many.is_empty() {
            if !other.one.is_empty() {
                self.add(&other.one);
            }
            return;
        }
        let mut sum: Vec<f64> = self.values().collect();
        sum.resize(other.many.len().max(sum.len()), 0.0);
        sum.iter_mut().zip(&other.many).for_each(|(sum, value)| *sum += value);
        *self = Self { one: Vec::new(), many: sum };
    }

    /// The sum divided by a number.
    pub fn over(&self, count: usize) -> Vec<f32> {
        let count = count.max(1) as f64;
        self.values().map(|sum| (sum / count) as f32).collect()
    }

    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.one.iter().map(|&value| f64::from(value)).chain(self.many.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_order_changes_a_digit() {
        let vectors: Vec<Vec<f32>> =
            (0..200).map(|i| vec![(i as f32 * 0.37).sin(), 1.0 / (1.0 + i as f32)]).collect();
        let sum = |order: &mut dyn Iterator<Item = &Vec<f32>>| {
            let mut sum = ExactSum::default();
            order.for_each(|vector| sum.add(vector));
            sum.over(7)
        };
        let forwards = sum(&mut vectors.iter());
        assert_eq!(forwards, sum(&mut vectors.iter().rev()));
        let (mut first, mut second) = (ExactSum::default(), ExactSum::default());
        vectors[..50].iter().for_each(|vector| second.add(vector));
        vectors[50..].iter().for_each(|vector| first.add(vector));
        first.join(&second);
        assert_eq!(first.over(7), forwards);
        assert_eq!(ExactSum::default().over(3), Vec::<f32>::new());
    }
}
