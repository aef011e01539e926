//! `cotprint tree`: references and inputs as a tree of how alike they write.

use super::{
    Common,
    inputs::{ScoringArguments, open_atlas},
    output::Output,
    progress::Progress,
    reading::ReadingArguments,
    shows_colour,
};
use crate::{
    analysis::{Error, Progress as _, tree_corpora},
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
};
use clap::{Args, ValueEnum};
use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

/// Arguments of `tree`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// Files, folders, globs, or - for standard input; each model that the records name is one
    /// corpus. Without an input, the tree shows the models of the atlas
    #[arg(value_name = "INPUT")]
    inputs: Vec<String>,
    /// Atlas whose models are shown [default: the atlas that is built in]
    #[arg(long, value_name = "FILE")]
    atlas: Option<PathBuf>,
    /// File for the tree: .html, .nwk, .nex, .phy, .png, .svg, .txt or .json
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Format, whatever the ending of the file [default: text on a terminal, otherwise Newick]
    #[arg(long = "as", value_enum, value_name = "FORMAT")]
    written_as: Option<Format>,
    /// Method that makes a tree of distances
    #[arg(long, value_enum, default_value_t)]
    method: Method,
    /// Show the consensus of the resampled trees
    #[arg(long, value_enum, value_name = "RULE", num_args = 0..=1, require_equals = true, default_missing_value = "extended")]
    consensus: Option<Consensus>,
    /// Keep only the N models that are nearest to an input
    #[arg(long, value_name = "N", requires = "inputs")]
    references: Option<u32>,
    /// Number of bootstrap resamples of features and prompts; 0 for none
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    resamples: u32,
    /// Print JSON: the tree, its groups with their support, and the distances
    #[arg(long)]
    json: bool,
    /// Source of vectors, for an atlas that was learned with `fit --embed`: the folder of the same
    /// model [default: the folder that `fit` used], or a file with a vector for each trace
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
    let progress = Progress::new(common);
    let scoring = arguments.scoring();
    let corpora = match arguments.inputs.is_empty() {
        true => Corpora::default(),
        false => tree_corpora(&scoring.scorer(&atlas)?.progress(&progress), &arguments.inputs)?,
    };
    progress.stage("growing trees");
    let tree = grow(&atlas, &corpora, &arguments.options(common)).map_err(|error| match error {
        TreeError::TooLittleText(_) => Error::TooLittleText { sentence: error.to_string() }.into(),
        TreeError::TooFewCorpora { .. } => anyhow::Error::new(error),
    })?;
    progress.done();
    for sentence in &tree.left_out {
        progress.say(&format!("left out: {sentence}"));
    }
    let from = TreeProvenance {
        command: &common.invocation.command,
        atlas: &scoring.atlas_name(),
        atlas_checksum: &atlas.checksum,
    };
    let colour = arguments.output.is_none() && shows_colour();
    write(format, &tree, from, colour, &mut output)?;
    output.finish()?;
    if arguments.json && arguments.output.is_some() {
        let mut out = std::io::stdout().lock();
        write(Format::Json, &tree, from, false, &mut out)?;
        out.flush()?;
    }
    Ok(())
}

fn write(
    format: Format,
    tree: &LineageTree,
    from: TreeProvenance<'_>,
    colour: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let figure = || TreePlot::new(tree, Look::File);
    match format {
        Format::Newick => out.write_all(newick(tree).as_bytes())?,
        Format::Nexus => out.write_all(nexus(tree).as_bytes())?,
        Format::Phylip => out.write_all(phylip(tree).as_bytes())?,
        Format::Json => {
            let json = tree_json(tree, from.command, from.atlas, from.atlas_checksum)?;
            out.write_all(json.as_bytes())?;
        }
        Format::Html => out.write_all(render_tree(tree, from)?.as_bytes())?,
        Format::Svg => out.write_all(plots::svg(&figure()?, "tree")?.as_bytes())?,
        Format::Png => out.write_all(&plots::png_bytes(&figure()?)?)?,
        Format::Text => write_tree(tree, colour, out)?,
    }
    Ok(())
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

    /// What is asked of the tree.
    fn options(&self, common: &Common) -> TreeOptions {
        TreeOptions {
            method: self.method,
            replicates: self.resamples as usize,
            seed: common.seed,
            consensus: self.consensus,
            nearest: self.references.map(|count| count as usize),
        }
    }

    /// How the inputs are read and scored.
    fn scoring(&self) -> ScoringArguments {
        ScoringArguments {
            inputs: self.inputs.clone(),
            atlas: self.atlas.clone(),
            // Distances are those of fingerprints, whatever gives scores.
            method: classic::Method::Default,
            embed: self.embed.clone(),
            reading: self.reading.clone(),
        }
    }

    /// Opens the atlas; where traces are read, it must have been learned from the same kind of text.
    fn open_atlas(&self) -> anyhow::Result<Atlas> {
        match self.inputs.is_empty() {
            false => self.scoring().open_atlas(),
            true => open_atlas(self.atlas.as_deref()),
        }
    }
}
