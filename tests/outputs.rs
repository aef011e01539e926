//! Outputs are safe: never onto an input, whole or not at all, in the format that the name says.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, atlas, command, fixture, fixture_lines, labelled_fixtures, run, skipped};
use std::{
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
};

/// A folder with a copy of the new model's traces.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(fixture("new-model.jsonl"), folder.path().join("x.jsonl")).unwrap();
        Self { folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.at(name).display().to_string()
    }

    /// The names in the folder, hidden ones too.
    fn names(&self) -> Vec<String> {
        names(self.folder.path())
    }

    /// Runs a verb with the fixture atlas, in the folder.
    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).arg("--atlas").arg(atlas()))
    }

    fn command(&self, arguments: &[&str]) -> assert_cmd::Command {
        let mut command = command();
        command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
        command.current_dir(self.folder.path()).args(arguments);
        command
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The content of a file, unpacked.
fn unpacked(path: &Path) -> String {
    let (mut reader, _) = niffler::send::from_path(path).unwrap();
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    text
}

const IS_INPUT: &str = "is one of the files that this run reads";

#[test]
fn no_output_is_one_of_its_inputs_by_whatever_name() {
    let place = Place::new();
    let before = fs::read(place.at("x.jsonl")).unwrap();
    fs::copy(fixture("gate/cotprint.toml"), place.at("policy.toml")).unwrap();
    fs::copy(fixture("gate/shared.toml"), place.at("shared.toml")).unwrap();
    let mut outputs = vec!["x.jsonl", "./x.jsonl"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("x.jsonl", place.at("soft.jsonl")).unwrap();
        fs::hard_link(place.at("x.jsonl"), place.at("hard.jsonl")).unwrap();
        outputs.extend(["soft.jsonl", "hard.jsonl"]);
    }
    for output in outputs {
        place.run(&["score", "x.jsonl", "-o", output]).fails(2, &[output, IS_INPUT]);
        let ingest = Run::of(&mut place.command(&["ingest", "x.jsonl", "-o", output]));
        ingest.fails(2, &[output, IS_INPUT]);
    }
    for verb in ["explain", "profile", "card"] {
        place.run(&[verb, "x.jsonl", "-o", "x.jsonl"]).fails(2, &[IS_INPUT]);
    }
    place.run(&["tree", "x.jsonl", "--as", "json", "-o", "x.jsonl"]).fails(2, &[IS_INPUT]);
    place.run(&["score", "*.jsonl", "-o", "x.jsonl"]).fails(2, &[IS_INPUT]);
    place.run(&["score", ".", "-o", "x.jsonl"]).fails(2, &[IS_INPUT]);
    place.run(&["card", "x.jsonl", "--baseline", "*.jsonl", "-o", "x.jsonl"]).fails(2, &[IS_INPUT]);
    for option in ["--junit", "--sarif", "--gitlab", "--markdown"] {
        let check = ["check", "--policy", "policy.toml", "x.jsonl", option];
        place.run(&[&check[..], &["x.jsonl"]].concat()).fails(2, &[IS_INPUT]);
        place.run(&[&check[..], &["policy.toml"]].concat()).fails(2, &[IS_INPUT]);
        place.run(&[&check[..], &["shared.toml"]].concat()).fails(2, &[IS_INPUT]);
    }
    assert_eq!(fs::read(place.at("x.jsonl")).unwrap(), before);
}

#[test]
fn atlases_tables_and_labels_are_inputs_too() {
    let place = Place::new();
    fs::copy(atlas(), place.at("my.atlas")).unwrap();
    fs::write(place.at("families.tsv"), "acme/ponder-1\tacme\n").unwrap();
    let before = fs::read(place.at("my.atlas")).unwrap();
    for verb in ["profile", "explain", "card"] {
        let command = [verb, "x.jsonl", "--atlas", "my.atlas", "-o", "my.atlas"];
        Run::of(&mut place.command(&command)).fails(2, &["my.atlas", IS_INPUT]);
    }
    let extend = ["fit", "x.jsonl", "--extend", "my.atlas", "-o", "my.atlas"];
    Run::of(&mut place.command(&extend)).fails(2, &["my.atlas", IS_INPUT]);
    let families = ["fit", "x.jsonl", "--families", "families.tsv", "-o", "families.tsv"];
    Run::of(&mut place.command(&families)).fails(2, &["families.tsv", IS_INPUT]);
    let label = ["fit", "--label", "a/b=x.jsonl", "-o", "x.jsonl"];
    Run::of(&mut place.command(&label)).fails(2, &["x.jsonl", IS_INPUT]);
    assert_eq!(fs::read(place.at("my.atlas")).unwrap(), before);
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_and_standard_input_are_compared_too() {
    let place = Place::new();
    let before = fs::read(place.at("x.jsonl")).unwrap();
    let appended = fs::OpenOptions::new().append(true).open(place.at("x.jsonl")).unwrap();
    let score = |input: &str| {
        let mut score = std::process::Command::new(env!("CARGO_BIN_EXE_cotprint"));
        score.args(["score", input, "--atlas"]).arg(atlas()).current_dir(place.folder.path());
        score
    };
    let done = score("x.jsonl").stdout(appended).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("standard output is one of the files"));
    let mut from_standard = score("-");
    from_standard.args(["-o", "x.jsonl"]).stdin(fs::File::open(place.at("x.jsonl")).unwrap());
    let done = from_standard.output().unwrap();
    assert_eq!(done.status.code(), Some(2), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(fs::read(place.at("x.jsonl")).unwrap(), before);
}

#[test]
fn a_report_is_not_written_over_its_inputs() {
    let place = Place::new();
    fs::create_dir_all(place.at("report/evidence")).unwrap();
    for name in ["report/report.json", "report/evidence/records.jsonl"] {
        fs::copy(place.at("x.jsonl"), place.at(name)).unwrap();
        for verb in ["compare", "audit"] {
            place.run(&[verb, name, "--report", "report"]).fails(2, &[name, IS_INPUT]);
        }
        assert_eq!(fs::read(place.at(name)).unwrap(), fs::read(place.at("x.jsonl")).unwrap());
        fs::remove_file(place.at(name)).unwrap();
    }
}

#[test]
fn the_ending_chooses_the_format_of_records_and_scores() {
    let place = Place::new();
    let scores = place.run(&["score", "x.jsonl"]).succeeds().stdout;
    let records = run(["ingest", &place.text("x.jsonl"), "-q"]).succeeds().stdout;
    for ending in ["jsonl", "ndjson", "jsonl.gz", "jsonl.zst"] {
        let name = format!("scores.{ending}");
        let written = place.run(&["score", "x.jsonl", "-o", &name]).succeeds();
        assert_eq!((written.stdout.as_str(), unpacked(&place.at(&name))), ("", scores.clone()));
        let name = format!("records.{ending}");
        Run::of(&mut place.command(&["ingest", "x.jsonl", "-q", "-o", &name])).succeeds();
        assert_eq!(unpacked(&place.at(&name)), records, "{ending}");
    }
    // A pipe or a device gets the lines, whatever its name.
    if Path::new("/dev/stdout").exists() {
        let direct = place.run(&["score", "x.jsonl", "-o", "/dev/stdout"]).succeeds();
        assert_eq!(direct.stdout, scores);
        place.run(&["score", "x.jsonl", "-o", "/dev/null"]).succeeds();
    }
}

#[test]
fn so_much_of_the_probabilities_is_written_as_is_asked() {
    let place = Place::new();
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let all = place.run(&["score", "x.jsonl"]).succeeds();
    assert_eq!(place.run(&["score", "x.jsonl", "--all"]).succeeds().stdout, all.stdout);
    let all = all.json_lines();
    let two = place.run(&["score", "x.jsonl", "--top", "2"]).succeeds().json_lines();
    for (line, all) in two.iter().zip(&all) {
        let scores = line["scores"].as_object().unwrap();
        let sum: f64 = scores.values().map(number).sum::<f64>() + number(&line["rest"]);
        assert!(scores.len() == 2 && (sum - 1.0).abs() < 1e-4, "{line}");
        assert_eq!(
            scores[line["top"].as_str().unwrap()],
            all["scores"][line["top"].as_str().unwrap()]
        );
    }
    place.run(&["score", "x.jsonl", "--all", "-o", "wide.csv"]).succeeds();
    let mut table = csv::Reader::from_path(place.at("wide.csv")).unwrap();
    let columns: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    let names: Vec<&String> = all[0]["scores"].as_object().unwrap().keys().collect();
    assert!(names.iter().all(|name| columns.contains(name)), "{columns:?}");
    let row = table.records().next().unwrap().unwrap();
    let at = columns.iter().position(|column| column == names[0]).unwrap();
    assert_eq!(row[at].parse::<f64>().unwrap(), number(&all[0]["scores"][names[0]]));
    place.run(&["score", "x.jsonl", "--all", "--top", "2"]).fails(2, &["--top"]);
    place.run(&["score", "x.jsonl", "--top", "0"]).fails(2, &["--top"]);
}

#[test]
fn features_have_named_columns() {
    let place = Place::new();
    let words = ["features", "x.jsonl", "--channels", "rhythm,function"];
    let lines = run(["features", &place.text("x.jsonl"), "--channels", "rhythm,function"]);
    let lines = lines.succeeds().json_lines();
    let mut to_table = words.to_vec();
    to_table.extend(["-o", "features.csv"]);
    Run::of(&mut place.command(&to_table)).succeeds();
    let mut table = csv::Reader::from_path(place.at("features.csv")).unwrap();
    let columns: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(columns[..4], ["id", "prompt_id", "model", "words"]);
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), lines.len());
    for (row, line) in rows.iter().zip(&lines) {
        let features = line["features"].as_object().unwrap();
        assert_eq!(features.len() + 4, columns.len());
        for (name, value) in columns.iter().zip(row.iter()).skip(4) {
            let difference = value.parse::<f64>().unwrap() - features[name].as_f64().unwrap();
            assert!(difference.abs() < 1e-6, "{name}");
        }
    }
    Run::of(&mut place.command(&["features", "x.jsonl", "--channels", "word"]))
        .fails(2, &["word", "rhythm"]);
    Run::of(&mut place.command(&["features", "x.jsonl", "-o", "x.jsonl"])).fails(2, &[IS_INPUT]);
}

#[test]
fn tables_of_scores_hold_the_largest_probability() {
    let place = Place::new();
    let lines = place.run(&["score", "x.jsonl"]).succeeds().json_lines();
    place.run(&["score", "x.jsonl", "-o", "scores.csv"]).succeeds();
    let mut table = csv::Reader::from_path(place.at("scores.csv")).unwrap();
    let columns: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(columns[..5], ["id", "prompt_id", "model", "top", "probability"]);
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), lines.len());
    for (row, line) in rows.iter().zip(&lines) {
        let top = line["top"].as_str().unwrap();
        assert_eq!((&row[0], &row[3]), (line["id"].as_str().unwrap(), top));
        assert_eq!(row[4].parse::<f64>().unwrap(), line["scores"][top].as_f64().unwrap());
    }
    #[cfg(feature = "parquet")]
    {
        place.run(&["score", "x.jsonl", "-o", "scores.parquet"]).succeeds();
        assert!(fs::read(place.at("scores.parquet")).unwrap().starts_with(b"PAR1"));
    }
}

#[test]
fn records_in_csv_are_read_back_and_start_no_formula() {
    let place = Place::new();
    let mut line: serde_json::Value =
        serde_json::from_str(&fixture_lines("new-model.jsonl")[0]).unwrap();
    line["id"] = "=HYPERLINK(1)".into();
    fs::write(place.at("one.jsonl"), line.to_string()).unwrap();
    Run::of(&mut place.command(&["ingest", "one.jsonl", "-q", "-o", "one.csv"])).succeeds();
    assert!(fs::read_to_string(place.at("one.csv")).unwrap().contains("'=HYPERLINK(1)"));
    let back = Run::of(&mut place.command(&["ingest", "one.csv", "-q"])).succeeds().json_lines();
    let from = Run::of(&mut place.command(&["ingest", "one.jsonl", "-q"])).succeeds().json_lines();
    assert_eq!(back[0]["reasoning"], from[0]["reasoning"]);
}

#[test]
fn an_ending_that_is_not_understood_is_refused_with_those_that_are() {
    let place = Place::new();
    for name in ["scores.txt", "scores.json", "scores", "scores.xlsx", "scores.csv.gz"] {
        let endings = [name, ".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".parquet"];
        place.run(&["score", "x.jsonl", "-o", name]).fails(2, &endings);
        Run::of(&mut place.command(&["ingest", "x.jsonl", "-o", name])).fails(2, &endings);
    }
    assert_eq!(place.names(), ["x.jsonl"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_a_sentence() {
    let place = Place::new();
    let full = ["cannot write", "/dev/full", "No space left", "room"];
    for verb in ["score", "card", "profile", "explain"] {
        place.run(&[verb, "x.jsonl", "-o", "/dev/full"]).fails(2, &full);
    }
    Run::of(&mut place.command(&["ingest", "x.jsonl", "-o", "/dev/full"])).fails(2, &full);
    let mut check = place.command(&["check", "--markdown", "/dev/full", "x.jsonl", "--policy"]);
    check.arg(fixture("gate/cotprint.toml")).arg("--atlas").arg(atlas());
    Run::of(&mut check).fails(2, &full);
    let mut score = std::process::Command::new(env!("CARGO_BIN_EXE_cotprint"));
    score.args(["score", "--atlas"]).arg(atlas()).arg(place.at("x.jsonl"));
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let done = score.stdout(full).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("cannot write to standard output"));
}

/// A file system that holds almost nothing; taken away at the end.
#[cfg(target_os = "linux")]
struct SmallDisk(tempfile::TempDir);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(folder.path());
        let mounted = mount.output().is_ok_and(|done| done.status.success());
        if !mounted {
            skipped("a small disk can be mounted by root only");
        }
        mounted.then_some(Self(folder))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(self.0.path()).output();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_keeps_the_files_of_before() {
    let Some(disk) = SmallDisk::mount("64k") else { return };
    let at = |name: &str| disk.0.path().join(name);
    let place = Place::new();
    fs::write(at("scores.jsonl"), "old").unwrap();
    fs::create_dir(at("report")).unwrap();
    fs::write(at("report/report.html"), "old").unwrap();
    let full = ["cannot write", "No space left"];
    let (scores, report) = (at("scores.jsonl"), at("report"));
    // A file that is named several times is read once.
    let copies: Vec<String> = (0..12).map(|i| format!("copy-{i}.jsonl")).collect();
    for copy in &copies {
        fs::copy(place.at("x.jsonl"), place.at(copy)).unwrap();
    }
    let copies: Vec<&str> = copies.iter().map(String::as_str).collect();
    let score = [&["score"], &copies[..], &["-o", scores.to_str().unwrap()]].concat();
    place.run(&score).fails(2, &full);
    place.run(&["compare", "x.jsonl", "--report", report.to_str().unwrap()]).fails(2, &full);
    let fresh = at("fresh");
    place.run(&["compare", "x.jsonl", "--report", fresh.to_str().unwrap()]).fails(2, &full);
    for name in ["scores.jsonl", "report/report.html"] {
        assert_eq!(fs::read_to_string(at(name)).unwrap(), "old", "{name}");
    }
    assert_eq!(names(disk.0.path()), ["report", "scores.jsonl"]);
    assert_eq!(names(&report), ["report.html"]);
}

#[test]
fn places_that_may_not_be_written_are_refused_before_the_run() {
    let place = Place::new();
    fs::write(place.at("file"), "old").unwrap();
    for output in ["file/s.jsonl", "nowhere/s.jsonl"] {
        place.run(&["score", "x.jsonl", "-o", output]).fails(2, &["cannot write", output, "-o"]);
    }
    fs::create_dir(place.at("folder.jsonl")).unwrap();
    place.run(&["score", "x.jsonl", "-o", "folder.jsonl"]).fails(2, &["is a folder", "-o"]);
    for verb in ["compare", "audit"] {
        for folder in ["file", "file/deeper", "/proc/report"] {
            place.run(&[verb, "x.jsonl", "--report", folder]).fails(2, &["report folder", folder]);
        }
    }
    let mut permissions = fs::metadata(place.at("file")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(place.at("file"), permissions).unwrap();
    place.run(&["card", "x.jsonl", "-o", "file"]).fails(2, &["file is read-only"]);
    assert_eq!(fs::read_to_string(place.at("file")).unwrap(), "old");
    assert_eq!(place.names(), ["file", "folder.jsonl", "x.jsonl"]);
}

#[test]
fn a_run_that_fails_leaves_what_was_there_and_no_folder() {
    let place = Place::new();
    fs::copy(fixture("bad/few-words.jsonl"), place.at("short.jsonl")).unwrap();
    fs::write(place.at("card.md"), "old").unwrap();
    place.run(&["card", "short.jsonl", "-o", "card.md"]).fails(3, &[]);
    place.run(&["profile", "short.jsonl", "-o", "new.profile"]).fails(3, &[]);
    fs::write(place.at("bad.jsonl"), "no record").unwrap();
    place.run(&["compare", "bad.jsonl", "--report", "a/b"]).fails(2, &["bad.jsonl"]);
    assert_eq!(fs::read_to_string(place.at("card.md")).unwrap(), "old");
    assert_eq!(place.names(), ["bad.jsonl", "card.md", "short.jsonl", "x.jsonl"]);
}

#[test]
fn a_report_folder_that_is_used_again_holds_nothing_stale() {
    let place = Place::new();
    let old = fixture("traces/ponder-1.jsonl").display().to_string();
    place.run(&["compare", "x.jsonl", "--baseline", &old, "--report", "r"]).succeeds();
    let first = names(&place.at("r"));
    assert!(first.contains(&"drift.png".to_owned()), "{first:?}");
    assert!(place.at("r/evidence/baseline-records.jsonl").exists());
    fs::write(place.at("r/notes.txt"), "mine").unwrap();
    fs::write(place.at("r/evidence/mine.txt"), "mine").unwrap();
    place.run(&["compare", "x.jsonl", "--report", "r"]).succeeds();
    let second = names(&place.at("r"));
    assert!(!second.iter().any(|name| name.starts_with("drift")), "{second:?}");
    assert!(second.contains(&"report.html".to_owned()) && second.contains(&"notes.txt".to_owned()));
    let evidence = names(&place.at("r/evidence"));
    assert_eq!(evidence, ["README.txt", "mine.txt", "parameters.json", "records.jsonl"]);
    place.run(&["audit", "x.jsonl", "--report", "r"]).succeeds();
    let third = names(&place.at("r"));
    assert!(!third.contains(&"report.html".to_owned()), "{third:?}");
    assert!(third.contains(&"audit.html".to_owned()) && third.contains(&"notes.txt".to_owned()));
}

#[test]
fn two_runs_into_one_place_leave_whole_files() {
    let place = Place::new();
    let start = |seed: &str| {
        let mut audit = std::process::Command::new(env!("CARGO_BIN_EXE_cotprint"));
        audit
            .current_dir(place.folder.path())
            .args(["audit", "x.jsonl", "--report", "r", "--seed"]);
        audit.arg(seed).arg("--atlas").arg(atlas());
        audit.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        audit.spawn().unwrap()
    };
    let runs = [start("1"), start("2")];
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
    let written = names(&place.at("r"));
    assert!(!written.iter().any(|name| name.contains("partial")), "{written:?}");
    let json = fs::read_to_string(place.at("r/audit.json")).unwrap();
    serde_json::from_str::<serde_json::Value>(&json).unwrap();
    assert!(fs::read_to_string(place.at("r/audit.html")).unwrap().trim_end().ends_with("</html>"));
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_what_was_there_and_no_folder() {
    use std::{
        process::{Command, Stdio},
        time::{Duration, Instant},
    };
    let hidden = |folder: &Path| {
        folder.exists() && names(folder).iter().any(|name| name.ends_with(".partial"))
    };
    let ignored = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = ignored.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
    for (signal, number, code) in [("INT", 2, 130), ("TERM", 15, 143)] {
        if ignored & (1 << (number - 1)) != 0 {
            skipped(&format!("the tests were started with SIG{signal} ignored"));
            continue;
        }
        for (verb, option, output) in
            [("score", "-o", "scores.jsonl"), ("compare", "--report", "new/report")]
        {
            let place = Place::new();
            fs::write(place.at("scores.jsonl"), "old").unwrap();
            let mut command = Command::new(env!("CARGO_BIN_EXE_cotprint"));
            command.args([verb, "-", option, output, "--atlas"]).arg(atlas());
            command.current_dir(place.folder.path());
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            // Held open, so that the run waits for more.
            let mut input = child.stdin.take().unwrap();
            input.write_all(fixture_lines("new-model.jsonl")[0].as_bytes()).unwrap();
            let folder = if verb == "score" { place.at("") } else { place.at("new/report") };
            let begin = Instant::now();
            while !hidden(&folder) {
                assert!(begin.elapsed() < Duration::from_secs(60), "nothing was begun");
                std::thread::sleep(Duration::from_millis(20));
            }
            let kill = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
            assert!(kill.unwrap().success());
            assert_eq!(child.wait().unwrap().code(), Some(code), "{verb} {signal}");
            assert_eq!(place.names(), ["scores.jsonl", "x.jsonl"], "{verb} {signal}");
            assert_eq!(fs::read_to_string(place.at("scores.jsonl")).unwrap(), "old");
        }
    }
}

#[test]
fn a_policy_that_is_there_is_not_written_over() {
    let place = Place::new();
    Run::of(&mut place.command(&["check", "--init=p.toml"])).succeeds();
    let first = fs::read_to_string(place.at("p.toml")).unwrap();
    Run::of(&mut place.command(&["check", "--init=p.toml"]))
        .fails(2, &["p.toml", "exists already"]);
    assert_eq!(fs::read_to_string(place.at("p.toml")).unwrap(), first);
    assert_eq!(place.names(), ["p.toml", "x.jsonl"]);
}

#[test]
fn an_atlas_appears_whole() {
    let place = Place::new();
    let mut fit = place.command(&["fit", "-q", "-o", "new.atlas"]);
    Run::of(fit.args(labelled_fixtures())).succeeds();
    assert_eq!(place.names(), ["new.atlas", "x.jsonl"]);
}
