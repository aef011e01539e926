//! The known names that are most like one that is not known.

/// The least likeness (Jaro–Winkler; Winkler 1990) of a name that is suggested.
const LIKE: f64 = 0.7;

/// The names that are most like `name`, the most alike first, at most `count`.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>, count: usize) -> Vec<&'a str> {
    let lower = name.to_lowercase();
    let mut alike: Vec<(f64, &str)> = known
        .map(|known| (strsim::jaro_winkler(&lower, &known.to_lowercase()), known))
        .filter(|(alike, _)| *alike >= LIKE)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    alike.into_iter().take(count).map(|(_, known)| known).collect()
}
