//! `--embed`: where the vectors of traces come from, for an atlas that was learned with vectors.
//!
//! Used by the verbs that score. The verbs that learn open their source in `labelled`.

use crate::{atlas::Atlas, features::embed::Source};
use anyhow::Context;

/// Gives an atlas that needs vectors their source: what `--embed` names, else the model's folder where `fit` found
/// it. A file has to be named each time, since it only has the vectors of its own traces.
pub(super) fn attach(atlas: &mut Atlas, embed: Option<&str>, name: &str) -> anyhow::Result<()> {
    let needed = atlas.about.vectors.as_ref();
    let source = match (embed, needed.map(|info| info.folder.as_deref())) {
        (Some(named), _) => Source::open(named)?,
        (None, None) => return Ok(()),
        (None, Some(Some(folder))) => Source::open(folder).with_context(|| {
            let what = needed.map(|info| info.words()).unwrap_or_default();
            format!(
                "the atlas ({name}) was learned with {what}, which was in the folder {folder} and cannot be opened \
                 there; name its folder with --embed"
            )
        })?,
        (None, Some(None)) => anyhow::bail!(
            "the atlas ({name}) was learned with {}, which only has those of the traces learned from; give the vectors \
             of these traces, made in the same way, with --embed FILE",
            needed.map(|info| info.words()).unwrap_or_default()
        ),
    };
    Ok(atlas.set_vectors(source, name)?)
}
