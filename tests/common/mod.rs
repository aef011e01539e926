//! What the tests of the program share: running it, the fixtures, an atlas learned from them once
//! per test binary, and the way to real corpora where there are any.

// Every test binary uses its own part of this.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use assert_cmd::Command;
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

/// The three references of the fixture atlas.
pub const REFERENCES: [&str; 3] = ["acme/ponder-1", "borealis/ledger-2", "cumulus/quill-3"];
/// The reference that the new model writes like.
pub const RIGHT: &str = "cumulus/quill-3";

/// A file or folder in `fixtures/`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// The records of a fixture in JSON Lines, as lines.
pub fn fixture_lines(name: &str) -> Vec<String> {
    fs::read_to_string(fixture(name)).unwrap().lines().map(str::to_owned).collect()
}

/// What the program did.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the program.
pub fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    Run::of(command().args(arguments))
}

/// The program, to be given arguments, an input or a folder to run in.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cotprint"));
    command.timeout(Duration::from_secs(300));
    command
}

/// The number of references in the embedded atlas.
pub fn embedded_references() -> usize {
    let shown = run(["atlas", "show", "--json"]).succeeds().json();
    shown["references"].as_array().unwrap().len()
}

impl Run {
    /// Runs a command. Whatever it does, it must not panic.
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!stderr.contains("panicked"), "the program panicked:\n{stderr}");
        let code = output.status.code().unwrap_or_else(|| panic!("killed: {}", output.status));
        Self { code, stdout: String::from_utf8(output.stdout).unwrap(), stderr }
    }

    /// It must have ended well.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self
    }

    /// It must have ended with this code, and said each of these words.
    #[track_caller]
    pub fn fails(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, code, "stderr: {}\nstdout: {}", self.stderr, self.stdout);
        for word in words {
            assert!(self.stderr.contains(word), "\"{word}\" is missing in: {}", self.stderr);
        }
        self
    }

    /// All that a person or a shell sees of it.
    pub fn seen(&self) -> String {
        let Self { code, stdout, stderr } = self;
        format!("exit code {code}\n---- standard output\n{stdout}---- standard error\n{stderr}")
    }

    /// Its standard output, as one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    /// Its standard output, as a JSON document per line.
    pub fn json_lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// The arguments after `fit` that name the three models in their three formats.
pub fn labelled_fixtures() -> Vec<String> {
    vec![
        fixture("traces/ponder-1.jsonl").display().to_string(),
        fixture("traces/ledger-2.jsonl").display().to_string(),
        "--label".into(),
        format!("cumulus/quill-3={}", fixture("traces/quill-3").display()),
    ]
}

/// Learns an atlas from the fixtures.
pub fn fit(to: &Path, more: &[&str]) -> Run {
    Run::of(command().arg("fit").args(labelled_fixtures()).arg("-o").arg(to).args(more))
}

/// The atlas learned from the fixtures, once per test binary.
pub fn atlas() -> &'static Path {
    static ATLAS: OnceLock<PathBuf> = OnceLock::new();
    ATLAS.get_or_init(|| {
        let name = concat!(env!("CARGO_CRATE_NAME"), ".atlas");
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fit(&path, &["--quiet", "--classic"]).succeeds();
        path
    })
}

/// Writes a file into a folder.
pub fn write(folder: &tempfile::TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

/// A file beside the real corpora (`corpora/…`, `raw/…`), or `None`, said aloud, where there are
/// none. They are looked for at `$COTPRINT_CORPORA` and in `../shared/corpora`.
pub fn real(path: &str) -> Option<PathBuf> {
    let corpora = std::env::var_os("COTPRINT_CORPORA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"),
        PathBuf::from,
    );
    let file = corpora.parent()?.join(path);
    if file.exists() {
        return Some(file);
    }
    skipped(&format!("{path} is not there; set COTPRINT_CORPORA to the folder of corpora"));
    None
}

/// Says that a test did not test anything, and why.
pub fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}
