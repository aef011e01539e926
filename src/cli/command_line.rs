//! The command that gives the same result again, for the provenance of a result.
//!
//! It is made of what clap found on the command line, so that a new option cannot be forgotten: an
//! option is left out only where [`NO_EFFECT`] says that it changes place, speed or noise, or where
//! it has its default value. [`ORDER`] gives the options of today their places; others follow.

use clap::{Arg, ArgMatches, Command, parser::ValueSource};

/// Options that change only where a result goes, how fast it comes and what is said meanwhile.
const NO_EFFECT: [&str; 15] = [
    "threads",
    "quiet",
    "json",
    "output",
    "report",
    "evidence_texts",
    "junit",
    "sarif",
    "gitlab",
    "markdown",
    "init",
    "written_as",
    "explain",
    "help",
    "version",
];

/// How inputs are read.
const READING: [&str; 13] = [
    "text",
    "turns",
    "model",
    "format",
    "map",
    "max_record_bytes",
    "max_depth",
    "max_unpacked_bytes",
    "max_unpacked_ratio",
    "max_members",
    "skip_cleaning",
    "strict",
    "mask_names",
];

/// How the command of one verb is written.
struct Order {
    /// The verb, and the one that gives the same result.
    verb: &'static str,
    again: &'static str,
    /// Arguments in order; `""` stands for those of [`READING`].
    first: &'static [&'static str],
    /// What is always written, with its default value too. Seed and resamples come last.
    always: &'static [&'static str],
    /// Options that are written as one word, `--option=value`.
    joined: &'static [&'static str],
}

const ORDER: [Order; 8] = [
    Order {
        verb: "compare",
        again: "compare",
        first: &["inputs", "atlas", "method", "embed", "", "refs", "baseline"],
        always: &["seed", "resamples"],
        joined: &[],
    },
    Order {
        verb: "audit",
        again: "audit",
        first: &["inputs", "atlas", "method", "embed", ""],
        always: &["seed", "resamples"],
        joined: &[],
    },
    Order {
        verb: "check",
        again: "check",
        first: &["policy", "inputs", "atlas", "baseline", "method", "embed", ""],
        always: &["policy", "seed", "resamples"],
        joined: &[],
    },
    Order {
        verb: "card",
        again: "compare",
        first: &["inputs", "atlas", "baseline", "method", "embed", ""],
        always: &["seed", "resamples"],
        joined: &[],
    },
    Order {
        verb: "explain",
        again: "explain",
        first: &["inputs", "atlas", "method", "embed", "", "id"],
        always: &[],
        joined: &[],
    },
    Order {
        verb: "evaluate",
        again: "evaluate",
        first: &[
            "inputs",
            "label",
            "families",
            "channels",
            "tokenizer",
            "embed",
            "",
            "group",
            "folds",
            "open_set",
            "no_robustness",
            "method",
            "pair",
        ],
        always: &["group", "folds", "seed", "resamples"],
        joined: &[],
    },
    Order {
        verb: "ingest",
        again: "ingest",
        first: &["inputs", "", "drop_duplicates"],
        always: &[],
        joined: &[],
    },
    Order {
        verb: "tree",
        again: "tree",
        first: &["inputs", "atlas", "embed", "", "method", "consensus", "references"],
        always: &["seed", "resamples"],
        joined: &["method", "consensus"],
    },
];

/// What was asked, as words of a command.
#[derive(Debug, Clone, Default)]
pub(super) struct Invocation {
    /// The command that gives the same result, quoted for a shell. Empty for verbs whose results
    /// name none.
    pub command: String,
    /// The options of reading that were given, one word each.
    pub reading: Vec<String>,
}

impl Invocation {
    /// Reads it off what clap found; `program` describes all arguments.
    pub fn of(program: &Command, matches: &ArgMatches) -> Self {
        let Some((verb, matches)) = matches.subcommand() else { return Self::default() };
        let (Some(order), Some(command)) =
            (ORDER.iter().find(|order| order.verb == verb), program.find_subcommand(verb))
        else {
            return Self::default();
        };
        let arguments: Vec<&Arg> = command.get_arguments().chain(program.get_arguments()).collect();
        let given = Given { arguments: &arguments, matches, order };
        let mut words = vec!["cotprint".to_owned(), order.again.to_owned()];
        // A file may be called like an option. Such names come last, behind `--`.
        let mut last = Vec::new();
        for id in order.ids(&arguments) {
            let own = given.words(id);
            let looks = given.is_positional(id) && own.iter().any(|word| is_like_an_option(word));
            if looks { last.extend(own) } else { words.extend(own) }
        }
        if !last.is_empty() {
            words.push("--".to_owned());
            words.extend(last);
        }
        Self {
            command: words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
            reading: READING.iter().flat_map(|id| given.words(id)).collect(),
        }
    }
}

impl Order {
    /// The arguments of the command in their order.
    fn ids<'a>(&self, arguments: &[&'a Arg]) -> Vec<&'a str> {
        let last = ["seed", "resamples"];
        let first: Vec<&str> = (self.first.iter())
            .flat_map(|id| if id.is_empty() { &READING[..] } else { std::slice::from_ref(id) })
            .copied()
            .collect();
        let known = |id: &str| first.contains(&id) || last.contains(&id) || NO_EFFECT.contains(&id);
        let find =
            |id: &&str| arguments.iter().map(|one| one.get_id().as_str()).find(|known| known == id);
        let others = arguments.iter().map(|one| one.get_id().as_str()).filter(|id| !known(id));
        let last = last.iter().filter(|id| self.always.contains(id));
        first.iter().filter_map(find).chain(others).chain(last.filter_map(find)).collect()
    }
}

/// The arguments of a verb and what was given of them.
struct Given<'a> {
    arguments: &'a [&'a Arg],
    matches: &'a ArgMatches,
    order: &'a Order,
}

impl Given<'_> {
    /// Whether an argument has no name.
    fn is_positional(&self, id: &str) -> bool {
        self.arguments.iter().any(|arg| arg.get_id() == id && arg.is_positional())
    }

    /// The words of one argument; none where it was not given or has its default value.
    fn words(&self, id: &str) -> Vec<String> {
        let Some(arg) = self.arguments.iter().find(|arg| arg.get_id() == id) else {
            return Vec::new();
        };
        let given = self.matches.value_source(id) == Some(ValueSource::CommandLine);
        let always = self.order.always.contains(&id);
        if !given && !always {
            return Vec::new();
        }
        let option = arg.get_long().map(|long| format!("--{long}"));
        if !arg.get_action().takes_values() {
            return option.into_iter().collect();
        }
        let occurrences: Vec<Vec<String>> = match number(self.matches, id) {
            Some(number) => vec![vec![number]],
            None => (self.matches.get_raw_occurrences(id).into_iter().flatten())
                .map(|values| values.map(|value| value.to_string_lossy().into_owned()).collect())
                .collect(),
        };
        let defaults: Vec<String> = (arg.get_default_values().iter())
            .map(|value| value.to_string_lossy().into_owned())
            .collect();
        if !always && !defaults.is_empty() && occurrences.concat() == defaults {
            return Vec::new();
        }
        let occurrences = match arg.get_value_delimiter() {
            Some(delimiter) => vec![vec![occurrences.concat().join(&delimiter.to_string())]],
            None => occurrences,
        };
        let joined = self.order.joined.contains(&id);
        let write = |values: Vec<String>| match &option {
            None => values,
            Some(option) if joined || matches!(&values[..], [one] if is_like_an_option(one)) => {
                vec![format!("{option}={}", values.join(","))]
            }
            Some(option) => std::iter::once(option.clone()).chain(values).collect(),
        };
        occurrences.into_iter().flat_map(write).collect()
    }
}

/// The value of an argument that is a number: `64M` is written out.
fn number(matches: &ArgMatches, id: &str) -> Option<String> {
    let of = |value: Option<u64>| value.map(|value| value.to_string());
    of(matches.try_get_one::<usize>(id).ok().flatten().map(|&value| value as u64))
        .or_else(|| of(matches.try_get_one::<u64>(id).ok().flatten().copied()))
        .or_else(|| of(matches.try_get_one::<u32>(id).ok().flatten().map(|&value| value.into())))
        .or_else(|| of(matches.try_get_one::<u16>(id).ok().flatten().map(|&value| value.into())))
        .or_else(|| of(matches.try_get_one::<u8>(id).ok().flatten().map(|&value| value.into())))
}

/// Whether a value would be taken for an option.
fn is_like_an_option(word: &str) -> bool {
    word.len() > 1 && word.starts_with('-')
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::help;

    fn command(line: &str) -> Invocation {
        let program = help::command();
        let matches = help::command().get_matches_from(line.split(' '));
        Invocation::of(&program, &matches)
    }

    #[test]
    fn the_command_leaves_out_place_speed_noise_and_defaults() {
        let plain = "cotprint compare a.jsonl --seed 0 --resamples 1000";
        for line in [
            "cotprint compare a.jsonl",
            "cotprint compare -q --threads 3 --json --report out a.jsonl",
            "cotprint compare --text reasoning --method default a.jsonl",
            "cotprint --seed 0 card a.jsonl -o card.md",
        ] {
            assert_eq!(command(line).command, plain, "{line}");
        }
    }

    #[test]
    fn every_option_that_was_given_has_its_place() {
        for (given, written) in [
            (
                "cotprint compare --baseline o --refs r --strict --max-record-bytes 64K --map id=/a --map model=/b \
                 --method eder --seed 7 a b --resamples 200 --skip-cleaning names --skip-cleaning unicode",
                "cotprint compare a b --method eder --map id=/a --map model=/b --max-record-bytes 65536 \
                 --skip-cleaning names,unicode --strict --refs r --baseline o --seed 7 --resamples 200",
            ),
            (
                "cotprint check a --baseline o --atlas x.atlas --junit j.xml",
                "cotprint check --policy cotprint.toml a --atlas x.atlas --baseline o --seed 0 --resamples 2000",
            ),
            (
                "cotprint audit a?b.jsonl --mask-names",
                "cotprint audit 'a?b.jsonl' --mask-names --seed 0 --resamples 400",
            ),
            ("cotprint explain a --id x --seed 3", "cotprint explain a --id x"),
            (
                "cotprint evaluate --label m=p a --pair x y --pair z w --method eder,burrows --open-set \
                 --channels word:9+3@1,layout",
                "cotprint evaluate a --label m=p --channels word:9+3@1,layout --group prompt --folds 5 --open-set \
                 --method eder,burrows --pair x y --pair z w --seed 0 --resamples 1000",
            ),
            (
                "cotprint compare --seed 2 --baseline=--old -- a.jsonl --report=x",
                "cotprint compare --baseline=--old --seed 2 --resamples 1000 -- a.jsonl --report=x",
            ),
            (
                "cotprint ingest --drop-duplicates a -o b.jsonl",
                "cotprint ingest a --drop-duplicates",
            ),
            (
                "cotprint tree a --consensus --method average --references 9 --as nexus --model m",
                "cotprint tree a --model m --method=average --consensus=extended --references 9 --seed 0 --resamples 200",
            ),
        ] {
            assert_eq!(command(given).command, written);
        }
        assert_eq!(command("cotprint compare a --map id=/x").reading, ["--map", "id=/x"]);
    }

    #[test]
    fn every_listed_argument_is_there() {
        let mut program = help::command();
        program.build();
        for order in &ORDER {
            let verb = program.find_subcommand(order.verb).unwrap();
            let ids: Vec<&str> = verb.get_arguments().map(|arg| arg.get_id().as_str()).collect();
            for id in order.first.iter().filter(|id| !id.is_empty()).chain(&READING) {
                assert!(ids.contains(id), "{}: {id}", order.verb);
            }
        }
    }
}
