//! The examples that `--help` shows.

/// A command, and what it does.
type Example = (&'static str, &'static str);

/// The examples of each verb.
pub(super) const EXAMPLES: &[(&str, &[Example])] = &[
    (
        "compare",
        &[
            ("cotprint compare traces.jsonl", "The verdict on a corpus"),
            (
                "cotprint compare new.jsonl --baseline old.jsonl --report report",
                "What moved since the old checkpoint, with a page and figures",
            ),
            (
                "cotprint compare traces.jsonl --refs 'known/*.jsonl'",
                "Compare with models of your own instead of the atlas",
            ),
        ],
    ),
    (
        "audit",
        &[
            ("cotprint audit dataset.parquet", "The share of each known model in a data set"),
            (
                "cotprint audit 'data/*.jsonl.gz' --report report",
                "The same with a page and figures",
            ),
            ("cotprint audit dataset.parquet --json", "The same for a program"),
        ],
    ),
    (
        "explain",
        &[
            ("cotprint explain traces.jsonl", "Which model each part of the first trace resembles"),
            ("cotprint explain traces.jsonl --id t17", "The same for the trace with this id"),
            (
                "cotprint explain traces.jsonl -o trace.html",
                "Also as a page, with the trace marked",
            ),
        ],
    ),
    (
        "check",
        &[
            ("cotprint check --init", "Write a policy to start from: cotprint.toml"),
            ("cotprint check traces.jsonl", "Check by cotprint.toml; exit code 1 if a rule fails"),
            (
                "cotprint check traces.jsonl --policy p.toml --junit junit.xml --report report",
                "Another policy, with files for a CI system",
            ),
        ],
    ),
    (
        "profile",
        &[
            (
                "cotprint profile v1.jsonl -o v1.profile",
                "Keep what a later release is compared with",
            ),
            ("cotprint profile merge a.profile b.profile -o all.profile", "Add two profiles up"),
            ("cotprint compare v2.jsonl --baseline v1.profile", "Compare a release with a profile"),
        ],
    ),
    (
        "card",
        &[
            ("cotprint card traces.jsonl", "Markdown for a model card"),
            ("cotprint card traces.jsonl --baseline old.profile", "Also what moved since"),
            ("cotprint card traces.jsonl -o card.md", "Write it to a file"),
        ],
    ),
    (
        "score",
        &[
            ("cotprint score traces.jsonl > scores.jsonl", "A line of JSON for each trace"),
            ("cotprint score 'runs/*.jsonl.gz' -o scores.csv", "A table for a spreadsheet"),
            ("cotprint score traces.jsonl --top 5", "Only the five largest probabilities of each"),
            ("zcat traces.jsonl.gz | cotprint score -", "Read standard input"),
        ],
    ),
    (
        "features",
        &[
            ("cotprint features traces.jsonl -o features.parquet", "A column for each number"),
            (
                "cotprint features traces.jsonl --channels rhythm,function -o features.csv",
                "Two channels only, for a spreadsheet",
            ),
        ],
    ),
    (
        "tree",
        &[
            ("cotprint tree", "The tree of the models in the atlas"),
            ("cotprint tree traces.jsonl -o tree.svg", "Add your traces, and draw a figure"),
            ("cotprint tree traces.jsonl --references 8 -o tree.nwk", "Only the 8 nearest models"),
        ],
    ),
    (
        "ingest",
        &[
            ("cotprint ingest logs/ -o traces.jsonl.zst", "Turn logs of any format into records"),
            ("cotprint ingest logs/ -o traces.parquet --drop-duplicates", "Without repetitions"),
            (
                "cotprint ingest odd.jsonl --map reasoning=/out/think --explain -o t.jsonl",
                "Name the field that holds the reasoning",
            ),
        ],
    ),
    (
        "fit",
        &[
            (
                "cotprint fit 'known/*.jsonl' -o my.atlas",
                "Learn an atlas; records name their model",
            ),
            (
                "cotprint fit --label acme/a=a.jsonl --label acme/b=b.jsonl -o my.atlas",
                "Name the models yourself",
            ),
            (
                "cotprint fit new.jsonl --extend embedded -o my.atlas",
                "Add a model to the atlas that is built in",
            ),
        ],
    ),
    (
        "evaluate",
        &[
            ("cotprint evaluate 'known/*.jsonl'", "Accuracy and calibration on prompts held out"),
            ("cotprint evaluate 'known/*.jsonl' --group domain", "The same on domains held out"),
            ("cotprint evaluate 'known/*.jsonl' --open-set --report report", "With unknown models"),
        ],
    ),
    (
        "atlas",
        &[
            ("cotprint atlas show", "What is in the atlas that is built in"),
            ("cotprint atlas show my.atlas --json", "The same of a file, for a program"),
            ("cotprint atlas verify my.atlas", "Verify the checksum of a file"),
        ],
    ),
    (
        "probes",
        &[
            ("cotprint probes", "The public prompt sets that the atlas knows"),
            ("cotprint probes --json", "The same for a program"),
            ("cotprint probes --atlas my.atlas", "Those of another atlas"),
        ],
    ),
    #[cfg(feature = "collect")]
    (
        "collect",
        &[
            (
                "cotprint collect --endpoint http://gpu:8000/v1 --model mine -o t.jsonl",
                "Ask a server the prompts that most known models answered, or go on",
            ),
            (
                "cotprint collect --endpoint http://gpu:8000/v1 --model mine --compare",
                "The same up to the verdict, which ends the asking once sure",
            ),
            (
                "cotprint collect --endpoint https://host/v1 --model a --prompts p.jsonl",
                "Prompts of your own, and the key of OPENAI_API_KEY",
            ),
        ],
    ),
    #[cfg(feature = "collect")]
    (
        "fetch",
        &[(
            "cotprint probes fetch misguided-attention --from clone",
            "Take the prompts out of a clone, without a network",
        )],
    ),
    #[cfg(feature = "collect")]
    (
        "export",
        &[(
            "cotprint probes export misguided-attention -o prompts.jsonl",
            "Prompts for a client of your own",
        )],
    ),
    (
        "formats",
        &[
            ("cotprint formats", "The formats and containers that are understood"),
            ("cotprint formats --json", "The same for a program"),
            ("cotprint ingest odd.jsonl --explain", "How one of your files is understood"),
        ],
    ),
    (
        "completions",
        &[
            ("cotprint completions bash > cotprint.bash", "For bash"),
            ("cotprint completions zsh > _cotprint", "For zsh"),
            ("cotprint completions fish > cotprint.fish", "For fish"),
        ],
    ),
];
