//! Where results go: standard output, or a file that appears only when it is complete.

use anyhow::Context;
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// Standard output or a file. A file is written beside its place and moved there by
/// [`Output::finish`], so that a run that fails leaves no half result and no empty file.
pub(super) enum Output {
    Standard(BufWriter<io::Stdout>),
    File { file: BufWriter<File>, partial: PathBuf, path: PathBuf },
}

impl Output {
    /// Opens the place for results before the long run starts.
    pub fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        Self::open_for(path, "-o")
    }

    /// The same for another option, which errors name.
    pub fn open_for(path: Option<&Path>, option: &str) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            return Ok(Self::Standard(BufWriter::new(io::stdout())));
        };
        let mut partial = path.as_os_str().to_owned();
        partial.push(format!(".partial-{}", std::process::id()));
        let partial = PathBuf::from(partial);
        if path.is_dir() {
            anyhow::bail!("{} is a folder; give {option} the name of a file", path.display());
        }
        let file = File::create(&partial).with_context(|| {
            format!(
                "cannot write {}; give {option} a file in a folder that exists and may be written",
                path.display()
            )
        })?;
        Ok(Self::File { file: BufWriter::new(file), partial, path: path.to_owned() })
    }

    /// Writes what is left and puts a file in its place.
    pub fn finish(mut self) -> anyhow::Result<()> {
        self.flush()?;
        if let Self::File { partial, path, .. } = &self {
            fs::rename(partial, path)
                .with_context(|| format!("cannot put the result at {}", path.display()))?;
        }
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::File { file, .. } => file.flush(),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Self::File { partial, .. } = self {
            // After `finish` there is nothing left to remove.
            let _ = fs::remove_file(partial);
        }
    }
}
