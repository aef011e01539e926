//! What is read: one name or several.

/// The inputs of one reading: files, folders, globs, or `-` for standard input.
///
/// Made of one name or of several: `"traces.jsonl"`, `["old.jsonl", "new.jsonl"]`, a `Vec<String>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs(Vec<String>);

impl Inputs {
    /// The names as they were given.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Inputs {
    fn from(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }
}

impl From<String> for Inputs {
    fn from(name: String) -> Self {
        Self(vec![name])
    }
}

impl From<&String> for Inputs {
    fn from(name: &String) -> Self {
        Self(vec![name.clone()])
    }
}

impl<S: AsRef<str>> From<&[S]> for Inputs {
    fn from(names: &[S]) -> Self {
        Self(names.iter().map(|name| name.as_ref().to_owned()).collect())
    }
}

impl<S: AsRef<str>, const N: usize> From<[S; N]> for Inputs {
    fn from(names: [S; N]) -> Self {
        names.as_slice().into()
    }
}

impl<S: AsRef<str>> From<&Vec<S>> for Inputs {
    fn from(names: &Vec<S>) -> Self {
        names.as_slice().into()
    }
}

impl From<Vec<String>> for Inputs {
    fn from(names: Vec<String>) -> Self {
        Self(names)
    }
}
