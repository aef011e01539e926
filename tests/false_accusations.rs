//! Nobody is accused of what a model wrote that the atlas does not know: three cases in which an earlier version
//! was wrong. Reads real corpora; where there are none, each test says so and tests nothing.
//!
//! The atlas is learned from a few dozen traces of models on puzzles, mathematics and politics, without the
//! families phi-4-reasoning, deepseek-r1 and Qwen's, as those of the accused are the nearest that is left.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, command, real, write};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::OnceLock,
};
use tempfile::{TempDir, tempdir};

/// Files that the atlas is learned from.
const KNOWN: [&str; 20] = [
    "misguided-attention/anthropic_claude-opus-4.5",
    "misguided-attention/anthropic_claude-sonnet-4",
    "misguided-attention/deepseek_deepseek-v3.2-speciale",
    "misguided-attention/google_gemini-2.5-pro",
    "misguided-attention/moonshotai_kimi-k2-thinking",
    "misguided-attention/nousresearch_deephermes-3-mistral-24b-pre",
    "misguided-attention/nvidia_llama-3.3-nemotron-super-49b-v1",
    "misguided-attention/openai_gpt-oss-120b",
    "misguided-attention/x-ai_grok-3-mini-beta",
    "misguided-attention/z-ai_glm-4.7",
    "misguided-attention/z-ai_glm-z1-32b",
    "lrm-token-economy/anthropic_claude-sonnet-4",
    "lrm-token-economy/nousresearch_deephermes-3-mistral-24b-pre",
    "lrm-token-economy/nvidia_llama-3.3-nemotron-super-49b-v1",
    "lrm-token-economy/openai_gpt-oss-120b",
    "lrm-token-economy/x-ai_grok-3-mini-beta",
    "lrm-token-economy/z-ai_glm-z1-32b",
    "speechmap/openai_gpt-oss-120b",
    "speechmap/x-ai_grok-3-mini-beta",
    "speechmap/z-ai_glm-z1-32b",
];
/// Traces that are learned of each file, and that are judged.
const TRACES: usize = 24;

/// The traces of a file of the corpora that `chosen` takes, after so many others, each on a prompt of its own
/// where there are enough prompts; `None` where there are no corpora.
fn traces(name: &str, chosen: fn(&Value) -> bool, after: usize) -> Option<Vec<Value>> {
    let file = real(&format!("corpora/{name}.jsonl.gz"))?;
    let mut ingest = command();
    ingest.arg("ingest").arg(file).args(["-o", "-", "--quiet"]);
    let records = Run::of(&mut ingest).succeeds().json_lines();
    let (mut prompts, mut first, mut others) = (BTreeSet::new(), Vec::new(), Vec::new());
    for record in records.into_iter().filter(chosen) {
        let is_new = prompts.insert(record["prompt_id"].to_string());
        if is_new { first.push(record) } else { others.push(record) }
    }
    first.append(&mut others);
    Some(first.into_iter().skip(after).take(TRACES).collect())
}

/// Writes records, a line each.
fn lines(folder: &TempDir, name: &str, records: &[Value]) -> PathBuf {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    write(folder, name, lines.join("\n"))
}

/// An atlas of the known models; `None` where there are no corpora.
fn atlas() -> Option<&'static Path> {
    static ATLAS: OnceLock<Option<PathBuf>> = OnceLock::new();
    let learn = || {
        let families = real("corpora/families.tsv")?;
        let folder = tempdir().unwrap();
        let mut fit = command();
        fit.arg("fit").arg("--families").arg(families);
        for (i, name) in KNOWN.iter().enumerate() {
            fit.arg(lines(&folder, &format!("{i}.jsonl"), &traces(name, |_| true, 0)?));
        }
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("accusers.atlas");
        Run::of(fit.arg("-o").arg(&path).arg("--quiet")).succeeds();
        Some(path)
    };
    ATLAS.get_or_init(learn).as_deref()
}

/// The traces of an unknown model, without their label.
struct Stranger {
    _folder: TempDir,
    file: PathBuf,
}

impl Stranger {
    fn read(name: &str, chosen: fn(&Value) -> bool) -> Option<Self> {
        let mut records = traces(name, chosen, 0)?;
        assert!(records.len() >= 20, "{name}");
        records.iter_mut().for_each(|record| record["model"] = Value::Null);
        let folder = tempdir().unwrap();
        let file = lines(&folder, "stranger.jsonl", &records);
        Some(Self { _folder: folder, file })
    }

    fn run(&self, verb: &str, atlas: &Path, more: &[&str]) -> Run {
        let mut command = command();
        command.env_remove("GITHUB_ACTIONS").arg(verb).arg(&self.file).arg("--atlas").arg(atlas);
        Run::of(command.args(["--json", "--quiet"]).args(more))
    }

    /// No rule against the family fails, and no reference of it has a share.
    fn is_not_accused_of(&self, atlas: &Path, family: &str) {
        let folder = tempdir().unwrap();
        let policy = format!(
            "[[forbid]]\nid = \"likeness\"\nfamily = \"{family}\"\nshare = 0.02\n\n\
             [[forbid]]\nid = \"first\"\nfamily = \"{family}\"\nattributed = 0.02\n\n\
             [[mixture]]\nid = \"part\"\nfamily = \"{family}\"\nshare = 0.02\n"
        );
        let policy = write(&folder, "policy.toml", policy);
        let policy = policy.display().to_string();
        let checked = self.run("check", atlas, &["--policy", &policy]).succeeds().json();
        for rule in checked["rules"].as_array().unwrap() {
            assert_ne!(rule["outcome"], "failed", "{rule}");
        }
        let kind = checked["verdict"]["kind"].as_str().unwrap();
        assert!(["none", "between", "unfamiliar"].contains(&kind), "{}", checked["verdict"]);

        let audit = self.run("audit", atlas, &[]).succeeds().json();
        for share in audit["shares"].as_array().unwrap() {
            assert!(share["family"] != family || share["share"] == 0.0, "{share}");
        }
        // Without shares there is none of unknown models either, not even one of 0.
        match audit["none"]["share"].as_f64() {
            Some(none) => assert!(none > 0.9, "{}", audit["sentence"]),
            None => assert_eq!(audit["shares"].as_array().unwrap().len(), 0),
        }
    }
}

#[test]
fn phi_on_puzzles_is_no_mixture_with_deepseek() {
    let Some(atlas) = atlas() else { return };
    let name = "misguided-attention/microsoft_phi-4-reasoning-plus";
    let Some(phi) = Stranger::read(name, |_| true) else { return };
    phi.is_not_accused_of(atlas, "deepseek-v3.x");
}

#[test]
fn deepseek_r1_on_mathematics_is_not_hermes() {
    let Some(atlas) = atlas() else { return };
    let Some(r1) = Stranger::read("mip-overthinking/deepseek_deepseek-r1", |_| true) else {
        return;
    };
    r1.is_not_accused_of(atlas, "hermes");
}

#[test]
fn qwen_in_chinese_is_not_claude() {
    let Some(atlas) = atlas() else { return };
    let is_chinese = |record: &Value| {
        let text: Vec<char> = record["reasoning"].as_str().unwrap_or_default().chars().collect();
        3 * text.iter().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(*c)).count() > text.len()
    };
    let Some(qwen) = Stranger::read("speechmap/qwen_qwen3-14b", is_chinese) else { return };
    qwen.is_not_accused_of(atlas, "claude-4");
}

#[test]
fn a_model_on_two_subjects_has_a_verdict_on_each() {
    let Some(atlas) = atlas() else { return };
    let of = |source: &str| traces(&format!("{source}/x-ai_grok-3-mini-beta"), |_| true, TRACES);
    let Some((puzzles, politics)) = of("misguided-attention").zip(of("speechmap")) else { return };
    let folder = tempdir().unwrap();
    let file = lines(&folder, "two-subjects.jsonl", &[puzzles, politics].concat());
    let mut compare = command();
    compare.arg("compare").arg(&file).arg("--atlas").arg(atlas).args(["--json", "--quiet"]);
    let found = Run::of(&mut compare).succeeds().json();
    let parts = found["verdict_by_data_set"].as_array().unwrap();
    let names: BTreeSet<&str> = parts.iter().map(|own| own["data_set"].as_str().unwrap()).collect();
    assert!(names.contains("misguided-attention") && names.contains("speechmap"), "{names:?}");
    let traces: u64 = parts.iter().map(|own| own["traces"].as_u64().unwrap()).sum();
    assert!(traces <= found["traces"].as_u64().unwrap());
    for own in parts {
        let candidate = &own["verdict"]["candidate"];
        assert!(candidate["probability"].is_number() && own["verdict"]["sentence"].is_string());
    }
    let mut verbose = command();
    verbose.arg("compare").arg(&file).arg("--atlas").arg(atlas).args(["-v", "--quiet"]);
    let told = Run::of(&mut verbose).succeeds().stdout;
    assert!(told.contains("The verdict by subject matter"), "{told}");
}
