//! Numbers → the text that a person reads, rounded as far as their uncertainty allows.
//!
//! Used by every output of this stage, so that a number reads the same wherever it stands.

/// Stands where a number is not known.
const UNKNOWN: &str = "–";

/// A share of the evidence in [0, 1], two decimals; never `0.00` or `1.00` for what is neither.
pub fn share(value: f64) -> String {
    match value {
        v if !v.is_finite() => UNKNOWN.into(),
        v if v > 0.0 && v < 0.005 => "<0.01".into(),
        v if (0.995..1.0).contains(&v) => ">0.99".into(),
        v => decimals(v, 2),
    }
}

/// The two ends of an interval of shares: `0.55–0.66`.
pub fn interval(low: f64, high: f64) -> String {
    if !low.is_finite() || !high.is_finite() {
        return UNKNOWN.into();
    }
    if (0.0..0.005).contains(&high) {
        return "<0.01".into();
    }
    format!("{}–{}", decimals(low, 2), decimals(high, 2))
}

/// A similarity in [-1, 1], two decimals, with a true minus sign.
pub fn similarity(value: f64) -> String {
    if value.is_finite() { decimals(value, 2) } else { UNKNOWN.into() }
}

/// A difference with its sign, two decimals: `+0.12`, `−0.03`.
pub fn signed(value: f64) -> String {
    match similarity(value) {
        text if value.is_finite() && value > 0.0 && text != "0.00" => format!("+{text}"),
        text => text,
    }
}

/// The two ends of an interval of differences: `−0.03 to +0.12`.
pub fn signed_interval(low: f64, high: f64) -> String {
    format!("{} to {}", signed(low), signed(high))
}

/// A p-value: three decimals, two from a tenth on, and never 0.
pub fn p_value(value: f64) -> String {
    match value {
        v if !v.is_finite() => UNKNOWN.into(),
        v if v < 0.001 => "<0.001".into(),
        v if v < 0.1 => decimals(v, 3),
        v => decimals(v, 2),
    }
}

/// A share in [0, 1] as a percentage: `82 %`.
pub fn percent(value: f64) -> String {
    match 100.0 * value {
        v if !v.is_finite() => UNKNOWN.into(),
        v if v > 0.0 && v < 0.5 => "<1 %".into(),
        v if (99.5..100.0).contains(&v) => ">99 %".into(),
        v => format!("{} %", decimals(v, 0)),
    }
}

/// A share in [0, 1] as a whole percentage that is never 0 or 100: nothing estimated is certain.
pub fn uncertain_percent(share: f64) -> String {
    match 100.0 * share {
        over if over > 99.0 => ">99 %".to_owned(),
        under if under < 1.0 => "<1 %".to_owned(),
        between => format!("{between:.0} %"),
    }
}

/// A rate or weight, two significant digits: `0.034`, `1.3`, `27`.
pub fn rate(value: f64) -> String {
    let size = value.abs();
    match size {
        s if !s.is_finite() => UNKNOWN.into(),
        0.0 => "0".into(),
        s if s < 0.001 => "<0.001".into(),
        s if s >= 9.95 => decimals(value, 0),
        s if s >= 0.995 => decimals(value, 1),
        s if s >= 0.0995 => decimals(value, 2),
        _ => decimals(value, 3),
    }
}

/// A share in [0, 1] as a percentage with one decimal: `82.4 %`.
pub fn accuracy(value: f64) -> String {
    if value.is_finite() { format!("{} %", decimals(100.0 * value, 1)) } else { UNKNOWN.into() }
}

/// The two ends of an interval of such shares: `80.1–84.6 %`.
pub fn accuracy_interval(low: f64, high: f64) -> String {
    if !low.is_finite() || !high.is_finite() {
        return UNKNOWN.into();
    }
    format!("{} %", range(&decimals(100.0 * low, 1), &decimals(100.0 * high, 1)))
}

/// A number with this number of decimals.
pub fn fixed(value: f64, places: usize) -> String {
    if value.is_finite() { decimals(value, places) } else { UNKNOWN.into() }
}

/// The two ends of an interval of such numbers: `0.41–0.48`.
pub fn fixed_interval(low: f64, high: f64, places: usize) -> String {
    if !low.is_finite() || !high.is_finite() {
        return UNKNOWN.into();
    }
    range(&decimals(low, places), &decimals(high, places))
}

/// From one number to another; a dash next to a minus sign would be read as two of them.
fn range(low: &str, high: &str) -> String {
    if low.starts_with('−') || high.starts_with('−') {
        format!("{low} to {high}")
    } else {
        format!("{low}–{high}")
    }
}

/// A whole number with its thousands apart: `40,123`.
pub fn count(value: usize) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things: `1 trace`, `40 traces`.
pub fn counted(value: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// Fixed decimals with a true minus sign and no negative zero.
fn decimals(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let is_zero = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
    if is_zero { text.replace('-', "") } else { text.replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_rounded_to_certainty() {
        assert_eq!(share(0.614), "0.61");
        assert_eq!(share(0.0), "0.00");
        assert_eq!(share(0.001), "<0.01");
        assert_eq!(share(0.999), ">0.99");
        assert_eq!(share(1.0), "1.00");
        assert_eq!(share(f64::NAN), "–");
        assert_eq!(interval(0.551, 0.659), "0.55–0.66");
        assert_eq!(interval(0.0, 0.004), "<0.01");
        assert_eq!(interval(f64::NAN, 1.0), "–");
    }

    #[test]
    fn signs_and_zeros() {
        assert_eq!(similarity(-0.123), "−0.12");
        assert_eq!(similarity(-0.001), "0.00");
        assert_eq!(percent(0.824), "82 %");
        assert_eq!(percent(0.001), "<1 %");
        assert_eq!(percent(1.0), "100 %");
    }

    #[test]
    fn figures_keep_their_decimals() {
        assert_eq!(accuracy(0.8236), "82.4 %");
        assert_eq!(accuracy_interval(0.801, 0.8461), "80.1–84.6 %");
        assert_eq!(accuracy_interval(-0.05, 0.01), "−5.0 to 1.0 %");
        assert_eq!(fixed(0.4567, 3), "0.457");
        assert_eq!(fixed_interval(0.41, f64::NAN, 2), "–");
        assert_eq!(fixed(f64::INFINITY, 2), "–");
    }

    #[test]
    fn rates_keep_two_digits() {
        let rates = [0.0, 0.0342, 0.31, 1.26, 27.4, 0.0001].map(rate);
        assert_eq!(rates, ["0", "0.034", "0.31", "1.3", "27", "<0.001"]);
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_040_123), "1,040,123");
        assert_eq!(counted(1, "trace", "traces"), "1 trace");
    }
}
