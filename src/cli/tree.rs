//! `cotprint tree`: references and inputs as a tree of how alike they write.

use super::{
    Common, TooLittleText,
    inputs::{ScoringArguments, open_atlas},
    output::Output,
    progress::Progress,
    quoted,
    reading::ReadingArguments,
    vectors,
};
use crate::{
    atlas::Atlas,
    attribution::classic,
    ingest,
    lineage::tree::{
        Consensus, Corpora, Error as TreeError, LineageTree, Method, TreeOptions, grow,
    },
    output::InputFiles,
    report::{
        plots::{self, Look, TreePlot},
        tree::{TreeProvenance, newick, nexus, phylip, render_tree, tree_json, write_tree},
    },
    trace::Trace,
};
use anyhow::Context;
use clap::{Args, ValueEnum};
use std::{
    io::{IsTerminal, Read, Write},
    path::{Path, PathBuf},
};

/// Arguments of `tree`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// Files, folders, globs, or - for standard input: a corpus for each model that the records name, and
    /// one for the records of each INPUT that name none. Without any input, the tree is that of the references
    #[arg(value_name = "INPUT")]
    inputs: Vec<String>,
    /// The atlas whose references are shown [default: the one that is built in]
    #[arg(long, value_name = "FILE")]
    atlas: Option<PathBuf>,
    /// Write to this file; its ending chooses the format: .html, .nwk, .nex, .phy, .png, .svg, .txt or .json
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The format, whatever the file's ending [default: text on a terminal, else Newick]
    #[arg(long = "as", value_enum, value_name = "FORMAT")]
    written_as: Option<Format>,
    /// How the tree is made of distances
    #[arg(long, value_enum, default_value_t)]
    method: Method,
    /// Show the consensus of the resampled trees: extended (greedy) or majority
    #[arg(long, value_enum, value_name = "RULE", num_args = 0..=1, require_equals = true, default_missing_value = "extended")]
    consensus: Option<Consensus>,
    /// Keep only the N references that are nearest to any of the inputs
    #[arg(long, value_name = "N", requires = "inputs")]
    references: Option<u32>,
    /// Bootstrap resamples over features and prompts; 0 for none
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    resamples: u32,
    /// Print JSON: the tree, its groups with their support, and the distances
    #[arg(long)]
    json: bool,
    /// Where the vectors of the traces come from, for an atlas that was learned with `fit --embed`: the folder of the
    /// same model [default: where `fit` found it], or a file with the vectors of these traces
    #[arg(long, value_name = "SOURCE", requires = "inputs")]
    embed: Option<String>,
    #[command(flatten)]
    reading: ReadingArguments,
}

/// What a tree is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Newick, support as labels of forks
    Newick,
    /// NEXUS: the distances and the tree
    Nexus,
    /// The distances as a PHYLIP matrix
    Phylip,
    /// A page: the figure, groups, distances and limits
    Html,
    /// A figure in pixels
    Png,
    /// A figure in lines
    Svg,
    /// Drawn in characters, in 80 columns
    Text,
    /// JSON, as --json prints it
    Json,
}

/// Endings of files and what they stand for.
const ENDINGS: [(&str, Format); 16] = [
    ("nwk", Format::Newick),
    ("newick", Format::Newick),
    ("tree", Format::Newick),
    ("tre", Format::Newick),
    ("nex", Format::Nexus),
    ("nexus", Format::Nexus),
    ("nxs", Format::Nexus),
    ("phy", Format::Phylip),
    ("phylip", Format::Phylip),
    ("dist", Format::Phylip),
    ("html", Format::Html),
    ("htm", Format::Html),
    ("png", Format::Png),
    ("svg", Format::Svg),
    ("txt", Format::Text),
    ("json", Format::Json),
];

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let format = arguments.format_of_output()?;
    let atlas = arguments.open_atlas()?;
    // All paths, before the first of them is read.
    let mut files = InputFiles::default();
    if !arguments.inputs.is_empty() {
        arguments.reading.options()?;
        files = ingest::input_files(&arguments.inputs)?;
    }
    arguments.atlas.iter().for_each(|path| files.add(path));
    arguments.embed.iter().for_each(|path| files.add(Path::new(path)));
    let mut output = Output::open(arguments.output.as_deref(), "-o", &files)?;
    let mut corpora = Corpora::default();
    for input in &arguments.inputs {
        read(arguments, input, &atlas, common, &mut corpora)?;
    }
    let progress = Progress::stages(common);
    progress.stage("growing trees");
    let options = TreeOptions {
        method: arguments.method,
        replicates: arguments.resamples as usize,
        seed: common.seed,
        consensus: arguments.consensus,
        nearest: arguments.references.map(|count| count as usize),
    };
    let tree = grow(&atlas, &corpora, &options).map_err(|error| match error {
        TreeError::TooLittleText(_) => TooLittleText(error.to_string()).into(),
        TreeError::TooFewCorpora { .. } => anyhow::Error::new(error),
    })?;
    progress.done();
    for sentence in &tree.left_out {
        progress.say(&format!("left out: {sentence}"));
    }
    let name =
        arguments.atlas.as_ref().map_or("embedded".into(), |path| path.display().to_string());
    let command = arguments.command_line(common);
    let json = || tree_json(&tree, &command, &name, &atlas.checksum);
    match format {
        Format::Newick => output.write_all(newick(&tree).as_bytes())?,
        Format::Nexus => output.write_all(nexus(&tree).as_bytes())?,
        Format::Phylip => output.write_all(phylip(&tree).as_bytes())?,
        Format::Json => output.write_all(json()?.as_bytes())?,
        Format::Html => {
            let from =
                TreeProvenance { command: &command, atlas: &name, atlas_checksum: &atlas.checksum };
            output.write_all(render_tree(&tree, from)?.as_bytes())?;
        }
        Format::Svg => {
            output.write_all(plots::svg(&TreePlot::new(&tree, Look::File)?, "tree")?.as_bytes())?;
        }
        Format::Png => output.write_all(&png(&tree)?)?,
        Format::Text => {
            let colour = arguments.output.is_none() && shows_colour();
            write_tree(&tree, colour, &mut output)?;
        }
    }
    output.finish()?;
    if arguments.json && arguments.output.is_some() {
        let mut out = std::io::stdout().lock();
        out.write_all(json()?.as_bytes())?;
        out.flush()?;
    }
    Ok(())
}

/// Adds the corpora of one input.
fn read(
    arguments: &Arguments,
    input: &str,
    atlas: &Atlas,
    common: &Common,
    corpora: &mut Corpora,
) -> anyhow::Result<()> {
    let unlabelled = name_of_unlabelled(input, &arguments.inputs);
    let look = |_: &Trace| ();
    arguments.scoring(input).score(atlas, common, look, |trace, scored, ()| {
        let name = trace.model.as_deref().filter(|name| !name.trim().is_empty());
        let name = name.unwrap_or(&unlabelled);
        match scored {
            Ok(scored) => {
                corpora.add(name, &trace.prompt_key(), scored.words, scored.row.profile())?;
            }
            Err(_) => corpora.add_too_short(name)?,
        }
        Ok(())
    })?;
    Ok(())
}

/// What the traces of an input are called that name no model: the last part of its path where no other
/// input has the same, else all of it.
fn name_of_unlabelled(input: &str, inputs: &[String]) -> String {
    fn last(input: &str) -> Option<&str> {
        Path::new(input).file_name().and_then(|name| name.to_str())
    }
    if input == "-" {
        return "standard input".into();
    }
    let same = inputs.iter().filter(|other| last(other) == last(input)).count();
    last(input).filter(|_| same < 2).unwrap_or(input).to_owned()
}

impl Arguments {
    /// What the result is written as.
    fn format_of_output(&self) -> anyhow::Result<Format> {
        let path = self.output.as_deref().filter(|path| *path != Path::new("-"));
        let Some(path) = path else {
            let format = match self.written_as {
                _ if self.json => Format::Json,
                Some(format) => format,
                None if std::io::stdout().is_terminal() => Format::Text,
                None => Format::Newick,
            };
            if format == Format::Png {
                anyhow::bail!("a PNG is no text; name a file for it with -o FILE.png");
            }
            return Ok(format);
        };
        if let Some(format) = self.written_as {
            return Ok(format);
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let known = ENDINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending));
        known.map(|(_, format)| *format).ok_or_else(|| {
            anyhow::anyhow!(
                "-o {}: its ending names no format of a tree; end it in .html, .nwk (Newick), .nex (NEXUS), .phy \
                 (PHYLIP distances), .png, .svg, .txt or .json, or name the format with --as",
                path.display()
            )
        })
    }

    /// The arguments with which one input is read.
    fn scoring(&self, input: &str) -> ScoringArguments {
        ScoringArguments {
            inputs: vec![input.to_owned()],
            atlas: self.atlas.clone(),
            // Distances are those of fingerprints, whatever gives scores.
            method: classic::Method::Default,
            embed: self.embed.clone(),
            reading: self.reading.clone(),
        }
    }

    /// Opens the atlas; where traces are read, it must have been learned from the same kind of text.
    fn open_atlas(&self) -> anyhow::Result<Atlas> {
        match self.inputs.first() {
            Some(input) => {
                let atlas = self.scoring(input).open_atlas()?;
                if self.inputs.len() > 1 {
                    vectors::read_once(atlas.vectors(), "a tree of several inputs")?;
                }
                Ok(atlas)
            }
            None => open_atlas(self.atlas.as_deref()),
        }
    }

    /// The command that gives the same tree.
    fn command_line(&self, common: &Common) -> String {
        let mut words = vec!["cotprint".to_owned(), "tree".to_owned()];
        words.extend(self.inputs.iter().map(|input| quoted(input)));
        if let Some(atlas) = &self.atlas {
            words.extend(["--atlas".into(), quoted(&atlas.display().to_string())]);
        }
        if let Some(source) = &self.embed {
            words.extend(["--embed".into(), quoted(source)]);
        }
        words.extend(self.reading.words().iter().map(|word| quoted(word)));
        let mut value = |option: &str, value: &dyn ValueName| {
            words.push(format!("--{option}={}", value.name()));
        };
        if self.method != Method::default() {
            value("method", &self.method);
        }
        if let Some(consensus) = &self.consensus {
            value("consensus", consensus);
        }
        if let Some(references) = self.references {
            words.extend(["--references".into(), references.to_string()]);
        }
        words.extend(["--seed".into(), common.seed.to_string()]);
        words.extend(["--resamples".into(), self.resamples.to_string()]);
        words.join(" ")
    }
}

/// The name of a value on the command line.
trait ValueName {
    fn name(&self) -> String;
}

impl<T: ValueEnum> ValueName for T {
    fn name(&self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// The bytes of the figure. The drawing library writes to files only.
fn png(tree: &LineageTree) -> anyhow::Result<Vec<u8>> {
    let figure = TreePlot::new(tree, Look::File)?;
    let file = tempfile::Builder::new()
        .suffix(".png")
        .tempfile()
        .context("cannot make a temporary file to draw in")?;
    plots::png(&figure, file.path())?;
    let mut bytes = Vec::new();
    std::fs::File::open(file.path())
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .context("cannot read the figure that was drawn")?;
    Ok(bytes)
}

fn shows_colour() -> bool {
    std::io::stdout().is_terminal()
        && anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unlabelled_input_has_a_short_name_that_is_its_own() {
        let inputs = ["a/x.jsonl", "b/x.jsonl", "b/y.jsonl", "-", "c/.."].map(str::to_owned);
        let names = inputs.each_ref().map(|input| name_of_unlabelled(input, &inputs));
        assert_eq!(names, ["a/x.jsonl", "b/x.jsonl", "y.jsonl", "standard input", "c/.."]);
    }
}
