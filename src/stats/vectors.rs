//! Small operations on slices of numbers.

/// The index of the largest value, the first of several; 0 where there are none.
pub(crate) fn argmax<T: PartialOrd>(values: &[T]) -> usize {
    (0..values.len()).fold(0, |best, i| if values[i] > values[best] { i } else { best })
}

/// The index of the smallest value, the first of several; 0 where there are none.
pub(crate) fn argmin<T: PartialOrd>(values: &[T]) -> usize {
    (0..values.len()).fold(0, |best, i| if values[i] < values[best] { i } else { best })
}

/// The inner product of two vectors. Products are made in single precision and added in double.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum()
}

/// The length of a vector's projection on a direction, negative where it leads the other way.
pub(crate) fn projection(vector: &[f32], direction: &[f32]) -> f64 {
    dot(vector, direction) / dot(direction, direction).sqrt().max(1e-9)
}

/// Adds a vector to a sum.
pub(crate) fn add_to(sum: &mut [f32], values: &[f32]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

/// Adds a multiple of a vector to a sum.
pub(crate) fn add_times(sum: &mut [f32], factor: f32, values: &[f32]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value);
}

/// The difference of two vectors.
pub(crate) fn minus(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// Turns logits into probabilities, in place.
pub(crate) fn softmax(values: &mut [f32]) {
    let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for value in values.iter_mut() {
        *value = (*value - largest).exp();
        sum += *value;
    }
    for value in values.iter_mut() {
        *value /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several_largest_and_smallest_is_taken() {
        assert_eq!(argmax(&[1.0, 3.0, 3.0, 2.0]), 1);
        assert_eq!(argmin(&[2, 1, 5, 1]), 1);
        assert_eq!(argmax::<f32>(&[]), 0);
        // A NaN in front is larger and smaller than nothing.
        assert_eq!(argmax(&[1.0, f32::NAN, 2.0]), 2);
    }

    #[test]
    fn products_and_projections_by_hand() {
        let (a, b) = ([3.0, 1.0], [0.0, 2.0]);
        assert_eq!(dot(&a, &b), 2.0);
        assert_eq!(projection(&a, &b), 1.0);
        assert_eq!(projection(&a, &[0.0, 0.0]), 0.0);
        assert_eq!(minus(&a, &b), [3.0, -1.0]);
        let mut sum = a;
        add_to(&mut sum, &b);
        assert_eq!(sum, [3.0, 3.0]);
    }

    #[test]
    fn a_softmax_by_hand() {
        // e^(ln 3) : e^0 = 3 : 1, whatever is added to both.
        let mut values = [100.0 + 3.0_f32.ln(), 100.0];
        softmax(&mut values);
        assert!((values[0] - 0.75).abs() < 1e-5 && (values[1] - 0.25).abs() < 1e-5, "{values:?}");
    }
}
