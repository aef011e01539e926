//! A file of prompts → prompts.
//!
//! JSON Lines (a text, or an object with its text in a usual field), an array of the same, a text file
//! with a prompt in each line, or a folder with a prompt in each `.txt` and `.md` file.

use super::Prompt;
use crate::collect::Error;
use serde_json::Value;
use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

/// The largest file that is read.
const MOST_BYTES: u64 = 256 << 20;
/// The most prompts.
const MOST_PROMPTS: usize = 100_000;
/// The fields that a prompt's text stands in.
const TEXTS: [&str; 8] =
    ["prompt", "question", "problem", "instruction", "input", "query", "text", "content"];
/// The fields that its id stands in.
const IDS: [&str; 4] = ["prompt_id", "id", "question_id", "name"];

/// Reads prompts in the order of the file, each text once.
///
/// # Errors
/// Where the file cannot be read, holds no prompt, or has a line that is none.
pub fn read_prompts(path: &Path) -> Result<Vec<Prompt>, Error> {
    let bad = |problem: String| Error::BadPrompts { file: path.to_owned(), problem };
    let set = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let mut prompts = if path.is_dir() {
        folder(path, &set)?
    } else {
        let text = content(path)?;
        let start = text.trim_start();
        if start.starts_with('[') {
            let list: Vec<Value> = serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
            (list.iter().enumerate())
                .map(|(at, value)| {
                    prompt(value, &set).ok_or_else(|| bad(format!("entry {} {NONE}", at + 1)))
                })
                .collect::<Result<Vec<_>, _>>()?
        } else if start.starts_with(['{', '"']) {
            lines(&text, |line| {
                let value: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
                prompt(&value, &set).ok_or_else(|| NONE.to_owned())
            })
            .map_err(bad)?
        } else {
            lines(&text, |line| Ok(Prompt::new(line.trim(), &set, None))).map_err(bad)?
        }
    };
    let mut seen = std::collections::BTreeSet::new();
    prompts.retain(|prompt| seen.insert(prompt.hash));
    match prompts.len() {
        0 => Err(bad("there is no prompt in it".into())),
        many if many > MOST_PROMPTS => {
            Err(bad(format!("{many} prompts are in it; {MOST_PROMPTS} are the most")))
        }
        _ => Ok(prompts),
    }
}

const NONE: &str = "holds no prompt: it is neither a text nor an object with a field `prompt`";

/// A prompt for each line that is not blank; the number of a line that is none.
fn lines(text: &str, read: impl Fn(&str) -> Result<Prompt, String>) -> Result<Vec<Prompt>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| read(line).map_err(|e| format!("line {}: {e}", at + 1))).collect()
}

fn prompt(value: &Value, set: &str) -> Option<Prompt> {
    let is_text = |text: &&str| !text.trim().is_empty();
    if let Some(text) = value.as_str().filter(is_text) {
        return Some(Prompt::new(text, set, None));
    }
    let text = TEXTS.iter().find_map(|name| value.get(*name)?.as_str().filter(is_text));
    let text = text.or_else(|| {
        let messages = value.get("messages")?.as_array()?;
        let user = messages.iter().rev().find(|message| message["role"] == "user")?;
        user["content"].as_str().filter(is_text)
    })?;
    let id = IDS.iter().find_map(|name| match value.get(*name)? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(format!("{set}:{id}")),
        _ => None,
    });
    Some(Prompt::new(text, set, id))
}

/// A prompt for each text file, by name.
fn folder(path: &Path, set: &str) -> Result<Vec<Prompt>, Error> {
    let failed = |source| Error::Read { file: path.to_owned(), source };
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)?.take(MOST_PROMPTS) {
        let file = entry.map_err(failed)?.path();
        if file.is_file() && file.extension().is_some_and(|end| end == "txt" || end == "md") {
            files.push(file);
        }
    }
    files.sort();
    let read = |file: &PathBuf| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Prompt::new(&content(file)?, set, Some(format!("{set}:{stem}"))))
    };
    let prompts: Result<Vec<Prompt>, Error> = files.iter().map(read).collect();
    Ok(prompts?.into_iter().filter(|prompt| !prompt.text.trim().is_empty()).collect())
}

/// The text of a file.
fn content(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::Read { file: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(failed)?
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    let bad = |problem: &str| Error::BadPrompts { file: path.to_owned(), problem: problem.into() };
    if bytes.len() as u64 > MOST_BYTES {
        return Err(bad("it is larger than 256 MiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| bad("it is no text in UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, content: &str) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let prompts = read_prompts(&path).map_err(|error| error.to_string())?;
        assert!(prompts.iter().all(|prompt| prompt.set == "p"));
        Ok(prompts.into_iter().map(|prompt| prompt.text).collect())
    }

    #[test]
    fn prompts_are_read_in_every_shape() {
        for (name, content) in [
            ("p.txt", "one\n\n two \n"),
            ("p.jsonl", "\u{feff}{\"prompt\":\"one\",\"id\":7}\n\"two\"\n"),
            (
                "p.json",
                "[{\"question\":\"one\"}, {\"messages\":[{\"role\":\"user\",\"content\":\"two\"}]}]",
            ),
            ("p.jsonl", "{\"text\":\"one\"}\n{\"text\":\"One.\"}\n{\"text\":\"two\"}\n"),
        ] {
            assert_eq!(read(name, content).unwrap(), ["one", "two"], "{content}");
        }
    }

    #[test]
    fn what_is_no_prompt_is_named_with_its_line() {
        for (content, words) in [
            ("", "no prompt in it"),
            ("{\"prompt\":\"a\"}\n{\"prompt\":7}\n", "line 2: holds no prompt"),
            ("{\"prompt\":\"a\"}\n{half\n", "line 2"),
            ("[7]", "entry 1"),
        ] {
            let error = read("p.jsonl", content).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        assert!(
            read_prompts(Path::new("nowhere.txt")).unwrap_err().to_string().contains("nowhere.txt")
        );
    }

    #[test]
    fn a_folder_holds_a_prompt_in_each_text() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in
            [("b.txt", "two\nlines"), ("a.md", "one"), ("c.png", "no"), ("d.txt", " ")]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let prompts = read_prompts(folder.path()).unwrap();
        let texts: Vec<&str> = prompts.iter().map(|prompt| prompt.text.as_str()).collect();
        assert_eq!(texts, ["one", "two\nlines"]);
        assert!(prompts[0].id.as_ref().unwrap().ends_with(":a"));
    }
}
