//! A policy file and those that it extends → one policy.
//!
//! Rules of extended files come first. A rule takes the place of one with the same id in an
//! extended file; in one file an id stands once. A file that is extended in two ways is read once.
//! `[gate]` of a file counts more than that of the files it extends.

use super::{
    Error, OnInconclusive, Policy, Problem, Rule, rules,
    table::{File, Gate},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Files extend files so deeply.
const MOST_DEPTH: usize = 8;
/// Files that a policy is made of.
const MOST_FILES: usize = 64;
/// Bytes of a file.
const MOST_BYTES: u64 = 1 << 20;
/// Rules of a policy.
const MOST_RULES: usize = 500;
/// The confidence where none is given.
const CONFIDENCE: f64 = 0.95;

/// Reads a policy and all that it extends.
///
/// # Errors
/// With file and line: a file that cannot be read, TOML that is none, unknown keys,
/// numbers out of range, a rule without id, a circle of `extends`.
pub fn open(path: &Path) -> Result<Policy, Error> {
    let mut reading = Reading::default();
    reading.read(path, None, &mut Vec::new())?;
    let file = path.display().to_string();
    if reading.rules.is_empty() {
        return Err(Error::of_file(&file, Problem::NoRules));
    }
    let found = reading.rules.len();
    if found > MOST_RULES {
        return Err(Error::of_file(&file, Problem::TooManyRules { found, most: MOST_RULES }));
    }
    let on_inconclusive = reading.gate.on_inconclusive.unwrap_or_default();
    let rules = reading
        .rules
        .into_iter()
        .map(|(mut rule, own)| {
            rule.on_inconclusive = own.unwrap_or(on_inconclusive);
            rule
        })
        .collect();
    Ok(Policy {
        confidence: reading.gate.confidence.unwrap_or(CONFIDENCE),
        on_inconclusive,
        rules,
        file,
    })
}

/// What was read so far; a rule with what it says itself of `on_inconclusive`.
#[derive(Default)]
struct Reading {
    gate: Gate,
    rules: Vec<(Rule, Option<OnInconclusive>)>,
    /// The files that were read.
    files: BTreeSet<PathBuf>,
}

impl Reading {
    fn read(
        &mut self,
        path: &Path,
        from: Option<&str>,
        above: &mut Vec<PathBuf>,
    ) -> Result<(), Error> {
        let name = path.display().to_string();
        let blamed = from.unwrap_or(&name);
        let fail = |what| Error::of_file(blamed, what);
        let extended = || name.clone();
        let real = fs::canonicalize(path).map_err(|error| {
            let error = error.to_string();
            fail(match from {
                None => Problem::NotFound { error },
                Some(_) => Problem::ExtendedNotFound { extended: extended(), error },
            })
        })?;
        // A pipe may be waited for without end. One that the user names (`<(…)`) is meant.
        if from.is_some() && !real.is_file() && !real.is_dir() {
            let error = "it is no file but a pipe or a device".into();
            return Err(fail(Problem::ExtendedNotFound { extended: extended(), error }));
        }
        if above.contains(&real) {
            return Err(fail(Problem::Circle { extended: extended() }));
        }
        // Read again, it would undo what the file between replaced.
        if !self.files.insert(real.clone()) {
            return Ok(());
        }
        if above.len() >= MOST_DEPTH || self.files.len() > MOST_FILES {
            return Err(fail(Problem::TooManyFiles {
                extended: extended(),
                depth: MOST_DEPTH,
                files: MOST_FILES,
            }));
        }
        let text = text(&real).map_err(|what| Error::of_file(&name, what))?;
        let file = File::parse(&text, &name)?;
        above.push(real);
        let folder = path.parent().unwrap_or(Path::new(""));
        for extended in &file.extends {
            self.read(&folder.join(extended), Some(&name), above)?;
        }
        above.pop();
        if let Some(confidence) = file.gate.confidence {
            let checked = rules::confidence(confidence);
            self.gate.confidence = Some(checked.map_err(|what| Error::of_file(&name, what))?);
        }
        self.gate.on_inconclusive = file.gate.on_inconclusive.or(self.gate.on_inconclusive);
        let mut own: BTreeMap<String, usize> = BTreeMap::new();
        for (kind, line, table) in file.rules {
            let on_inconclusive = table.on_inconclusive;
            let rule = rules::rule(kind, line, table, OnInconclusive::default(), &name)?;
            if let Some(first) = own.insert(rule.id.clone(), line) {
                let what = Problem::RepeatedId { id: rule.id, first };
                return Err(Error::of_line(&name, line, what));
            }
            match self.rules.iter_mut().find(|(known, _)| known.id == rule.id) {
                Some(known) => *known = (rule, on_inconclusive),
                None => self.rules.push((rule, on_inconclusive)),
            }
        }
        Ok(())
    }
}

/// The text of a file that is not too long.
fn text(path: &Path) -> Result<String, Problem> {
    let unreadable = |error: io::Error| Problem::Unreadable { error: error.to_string() };
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(Problem::IsFolder);
    }
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Problem::TooLong { most: MOST_BYTES });
    }
    String::from_utf8(bytes).map_err(|_| Problem::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::super::{Bound, EXAMPLE, Kind, Quantity, Severity};
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn read(files: &[(&str, &str)]) -> Result<Policy, Error> {
        let folder = folder(files);
        open(&folder.path().join(files[0].0))
    }

    fn refused(text: &str) -> String {
        read(&[("p.toml", text)]).unwrap_err().to_string()
    }

    /// The example with the signs of what is commented out taken away.
    fn whole_example() -> String {
        let uncommented = |line: &str| match line.strip_prefix("# ") {
            Some(rest)
                if rest.starts_with("[[") || rest.contains(" = ") && !rest.starts_with("only") =>
            {
                rest.to_owned()
            }
            _ => line.to_owned(),
        };
        let lines: Vec<String> = EXAMPLE.lines().map(uncommented).collect();
        lines.join("\n").replace("extends = \"../shared/cotprint.toml\"", "")
    }

    #[test]
    fn the_example_is_a_policy_with_a_rule_of_each_kind() {
        let policy = read(&[("p.toml", &whole_example())]).unwrap();
        for kind in Kind::ALL {
            assert!(policy.rules.iter().any(|rule| rule.kind == kind), "{kind:?}");
        }
        assert!(policy.needs_baseline());
        // As it is written it asks for nothing but traces.
        let policy = read(&[("p.toml", EXAMPLE)]).unwrap();
        assert!(!policy.needs_baseline());
        assert_eq!(policy.rules.len(), 4);
    }

    #[test]
    fn rules_are_shared_and_replaced_by_their_ids() {
        let policy = read(&[
            (
                "p.toml",
                "extends = \"shared.toml\"\n[gate]\nconfidence = 0.9\n\
                 [[quality]]\nid = \"b\"\nrefusals = 0.5\nseverity = \"note\"\n",
            ),
            (
                "shared.toml",
                "[gate]\nconfidence = 0.99\non_inconclusive = \"fail\"\n[[require]]\nid = \"a\"\ntraces = 5\n\
                 [[quality]]\nid = \"b\"\nrefusals = 0.1\non_inconclusive = \"pass\"\n",
            ),
        ])
        .unwrap();
        assert_eq!((policy.confidence, policy.on_inconclusive), (0.9, OnInconclusive::Fail));
        let ids: Vec<&str> = policy.rules.iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
        let b = &policy.rules[1];
        assert_eq!((b.severity, b.on_inconclusive), (Severity::Note, OnInconclusive::Fail));
        assert_eq!(b.conditions[0].bound, Bound::AtMost(0.5));
        assert_eq!(policy.rules[0].conditions[0].quantity, Quantity::Traces);
    }

    #[test]
    fn a_file_that_is_extended_twice_undoes_nothing() {
        let policy = read(&[
            ("p.toml", "extends = [\"a.toml\", \"b.toml\"]"),
            ("a.toml", "extends = \"base.toml\"\n[[quality]]\nid = \"q\"\nrefusals = 0.5"),
            ("b.toml", "extends = \"base.toml\"\n[[require]]\nid = \"r\"\ntraces = 1"),
            ("base.toml", "[[quality]]\nid = \"q\"\nrefusals = 0.1"),
        ])
        .unwrap();
        let ids: Vec<&str> = policy.rules.iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(ids, ["q", "r"]);
        assert_eq!(policy.rules[0].conditions[0].bound, Bound::AtMost(0.5));
    }

    #[test]
    fn languages_are_those_that_can_be_told_whatever_they_are_called_by() {
        let policy =
            read(&[("p.toml", "[[quality]]\nid = \"a\"\nlanguages = { zho = 0.2, en = 0.9 }")])
                .unwrap();
        let asked: Vec<&Quantity> =
            policy.rules[0].conditions.iter().map(|one| &one.quantity).collect();
        let language = |code: &str| Quantity::LanguageShare(code.into());
        assert_eq!(asked, [&language("cmn"), &language("eng")]);
    }

    #[test]
    fn circles_and_missing_files_are_told() {
        let circle = read(&[
            ("p.toml", "extends = [\"q.toml\"]"),
            ("q.toml", "extends = \"p.toml\"\n[[require]]\nid = \"a\"\ntraces = 1"),
        ]);
        assert!(circle.unwrap_err().to_string().contains("break the circle"));
        assert!(refused("extends = \"gone.toml\"").contains("gone.toml"));
        #[cfg(unix)]
        assert!(refused("extends = \"/dev/null\"").contains("a pipe or a device"));
        let chain: Vec<(String, String)> = (0..10)
            .map(|at| (format!("{at}.toml"), format!("extends = \"{}.toml\"", at + 1)))
            .collect();
        let chain: Vec<(&str, &str)> =
            chain.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert!(read(&chain).unwrap_err().to_string().contains("one too many"));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_line() {
        for (text, words) in [
            ("", "holds no rule"),
            ("[[forbid]]\nreference = \"a\"\nshare = 0.1", "no id"),
            ("[[forbid]]\nid = \"a b\"\nreference = \"a\"\nshare = 0.1", "\"a b\""),
            ("[[forbid]]\nid = \"a\"\nreference = \"a\"\nshare = 5", "for 5 % write 0.05"),
            ("[[forbid]]\nid = \"a\"\nshare = 0.5", "names no model"),
            ("[[forbid]]\nid = \"a\"\nreference = \"a\"", "asks for nothing"),
            ("[[expect]]\nid = \"a\"\nreference = \"a\"", "not how much"),
            ("[[drift]]\nid = \"a\"\nchange = 0.1", "towards which names"),
            ("[[drift]]\nid = \"a\"\nsize = 0", "above 0"),
            ("[[require]]\nid = \"a\"\nmediation = \"rough\"", "raw, summary"),
            ("[[require]]\nid = \"a\"\nlanguages = { eng = 0.5 }", "number of traces"),
            ("[gate]\nconfidence = 95", "from 0.5 to just below 1"),
            (
                "[[require]]\nid = \"a\"\ntraces = 1\n[[require]]\nid = \"a\"\ntraces = 2",
                "line 4: the id a is already used in line 1",
            ),
            ("[[quality]]\nid = \"a\"\nrefusals = 0.1\nonly = { prompts = \"[\" }", "not a glob"),
            ("[[quality]]\nid = \"a\"\nrefusals = 0.1\nonly = {}", "`only` is empty"),
            ("[[quality]]\nid = \"a\"\nlanguages = { klingon = 0.1 }", "\"klingon\""),
            ("[[quality]]\nid = \"a\"\nlanguages = { en = 0.1, eng = 0.2 }", "eng twice"),
            ("[[quality]]\nid = \"a\"\nrefusals = 0.1\nlanguages = {}", "names none"),
            ("[[forbid]]\nid = \"a\"\nfamily = []\nreference = \"a\"\nshare = 0.1", "`family`"),
            ("[[require]]\nid = \"a\"\ntraces = 1\nmediation = []", "`mediation` names nothing"),
            ("[[drift]]\nid = \"a\"\nsize = 0.1\nnot_towards = []", "`not_towards`"),
            ("[[quality]]\nid = \"a\"\nrefusals = 0.1\nonly = { domain = \"\" }", "`only.domain`"),
            ("[[forbid]]\nid = \"a\"\nreference = \"a\"\nshare = 0", "`attributed = 0`"),
            ("[[mixture]]\nid = \"a\"\nreference = \"a\"\nshare = 0", "every estimate is above 0"),
            ("[[expect]]\nid = \"a\"\nreference = \"a\"\nshare = 1", "no estimate reaches"),
            ("[[forbid]]\nid = \"a\"\nreference = \"a\"\nshare = nan", "`share` is NaN"),
            ("[[drift]]\nid = \"a\"\nsize = inf", "`size` is inf"),
        ] {
            let message = refused(text);
            assert!(message.contains(words), "{text}: {message}");
        }
    }
}
