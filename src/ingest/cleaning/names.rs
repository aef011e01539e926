//! The names of models and their vendors in a text: found, and replaced by a placeholder.
//!
//! A closed list, the table [`LEXICON`]. A name that is nothing else (`OpenAI`, `Qwen`, `深度求索`)
//! counts wherever it stands as a word. A name that is also a person, a star sign, an animal or a
//! verb (`Claude`, `Gemini`, `Llama`, `Grok`) counts only
//!
//! - before a version or a product (`Claude 3.5`, `Gemini Pro`, `Llama-3.1-8B`),
//! - after words of a self-introduction (`I am Claude`, `as Gemini`, `我是`), or
//! - in a text that names its vendor in a way that is beyond doubt (`Claude, made by Anthropic`).
//!
//! Company names that are everyday subject matter (`Google`, `Meta`, `Microsoft`, `Amazon`,
//! `Alibaba`) are not in the list by themselves; `Google DeepMind`, `Meta AI` and `Alibaba Cloud` are.
//! Called by `finish` (to mask) and by [`examine`](super::examine) (to mark).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use crate::text::is_ideographic;

/// What stands for a name that was masked.
pub const PLACEHOLDER: &str = "[NAME]";

/// How a spelling of a name is recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// In any case of its letters.
    AnyCase,
    /// In exactly this case.
    ThisCase,
    /// In exactly this case, and only where a version, a self-introduction or its vendor says that
    /// the model is meant; in any case with a version glued to it (`claude-3-opus`).
    Ambiguous,
}

use Rule::{Ambiguous, AnyCase, ThisCase};

/// A spelling: what it is called in `meta.names`, whose it is, how it is written, its rule.
type Entry = (&'static str, &'static str, &'static str, Rule);

/// The closed list. What stands first is the name that is reported.
const LEXICON: &[Entry] = &[
    ("OpenAI", "openai", "OpenAI", AnyCase),
    ("OpenAI", "openai", "Open AI", ThisCase),
    ("ChatGPT", "openai", "ChatGPT", AnyCase),
    ("ChatGPT", "openai", "Chat GPT", AnyCase),
    ("GPT", "openai", "gpt-oss", AnyCase),
    ("GPT", "openai", "GPT-2", AnyCase),
    ("GPT", "openai", "GPT-3", AnyCase),
    ("GPT", "openai", "GPT-4", AnyCase),
    ("GPT", "openai", "GPT-5", AnyCase),
    ("GPT", "openai", "GPT3", AnyCase),
    ("GPT", "openai", "GPT4", AnyCase),
    ("GPT", "openai", "GPT5", AnyCase),
    ("GPT", "openai", "GPT 3", ThisCase),
    ("GPT", "openai", "GPT 4", ThisCase),
    ("GPT", "openai", "GPT 5", ThisCase),
    // "The anthropic principle" is written with a small letter.
    ("Anthropic", "anthropic", "Anthropic", ThisCase),
    ("Claude", "anthropic", "Claude", Ambiguous),
    ("Google DeepMind", "google", "Google DeepMind", AnyCase),
    ("Google DeepMind", "google", "DeepMind", AnyCase),
    ("Google AI", "google", "Google AI", ThisCase),
    ("Gemini", "google", "Google Gemini", ThisCase),
    ("Gemini", "google", "Google's Gemini", ThisCase),
    ("Gemini", "google", "Gemini", Ambiguous),
    ("Gemma", "google", "Gemma", Ambiguous),
    ("Qwen", "alibaba", "Qwen", AnyCase),
    ("QwQ", "alibaba", "QwQ", Ambiguous),
    ("Qwen", "alibaba", "通义千问", AnyCase),
    ("Qwen", "alibaba", "千问", AnyCase),
    ("Tongyi", "alibaba", "Tongyi", AnyCase),
    ("Tongyi", "alibaba", "通义实验室", AnyCase),
    ("Alibaba Cloud", "alibaba", "Alibaba Cloud", AnyCase),
    ("Alibaba Cloud", "alibaba", "阿里云", AnyCase),
    ("DeepSeek", "deepseek", "DeepSeek", AnyCase),
    ("DeepSeek", "deepseek", "Deep Seek", ThisCase),
    ("DeepSeek", "deepseek", "深度求索", AnyCase),
    ("Moonshot AI", "moonshot", "Moonshot AI", AnyCase),
    ("Moonshot AI", "moonshot", "MoonshotAI", AnyCase),
    ("Moonshot AI", "moonshot", "月之暗面", AnyCase),
    ("Kimi", "moonshot", "Kimi", Ambiguous),
    ("xAI", "xai", "xAI", ThisCase),
    ("Grok", "xai", "Grok", Ambiguous),
    ("Mistral AI", "mistral", "Mistral AI", AnyCase),
    ("Mistral AI", "mistral", "MistralAI", AnyCase),
    ("Mistral", "mistral", "Mistral", Ambiguous),
    ("Mixtral", "mistral", "Mixtral", AnyCase),
    ("Magistral", "mistral", "Magistral", ThisCase),
    ("Meta AI", "meta", "Meta AI", ThisCase),
    ("Meta AI", "meta", "MetaAI", ThisCase),
    ("Llama", "meta", "Llama", Ambiguous),
    ("Llama", "meta", "LLaMA", ThisCase),
    ("GLM", "zhipu", "ChatGLM", AnyCase),
    ("GLM", "zhipu", "GLM", Ambiguous),
    ("Zhipu", "zhipu", "Zhipu", AnyCase),
    ("Zhipu", "zhipu", "智谱", AnyCase),
    ("Z.ai", "zhipu", "Z.ai", ThisCase),
    ("MiniMax", "minimax", "MiniMax", Ambiguous),
    ("ERNIE", "baidu", "ERNIE Bot", AnyCase),
    ("ERNIE", "baidu", "文心一言", AnyCase),
    ("Doubao", "bytedance", "Doubao", AnyCase),
    ("Doubao", "bytedance", "豆包", Ambiguous),
    ("Hunyuan", "tencent", "Hunyuan", AnyCase),
    ("Hunyuan", "tencent", "腾讯混元", AnyCase),
    ("Nemotron", "nvidia", "Nemotron", AnyCase),
    ("OLMo", "ai2", "OLMo", ThisCase),
    ("EXAONE", "lgai", "EXAONE", ThisCase),
    ("Phi", "microsoft", "Phi-3", ThisCase),
    ("Phi", "microsoft", "Phi-4", ThisCase),
];

/// What may follow a name with a space between them and belongs to it.
const PRODUCTS: &[&str] = &[
    "AI", "Opus", "Sonnet", "Haiku", "Instant", "Pro", "Flash", "Ultra", "Nano", "Advanced",
    "Turbo", "Instruct", "Large", "Medium", "Small", "Chat", "K1", "K2", "Code", "Thinking",
];

/// What stands before a name in a self-introduction, in small letters, and in front of it no letter.
const INTRODUCTIONS: &[&str] = &[
    "i am ",
    "i'm ",
    "i’m ",
    "am i ",
    "as ",
    "named ",
    "called ",
    "name is ",
    "model ",
    "assistant ",
    "我是",
    "我叫",
    "名为",
    "叫做",
];

static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let spellings = LEXICON.iter().map(|(_, _, spelling, _)| spelling);
    let mut builder = AhoCorasickBuilder::new();
    builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true);
    // It fails for lists of millions only.
    builder.build(spellings).ok()
});

/// A name in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    name: &'static str,
    /// With the version and product that belong to it.
    range: Range<usize>,
}

/// The names in a text, each once, in alphabetical order.
pub(super) fn names(text: &str) -> BTreeSet<&'static str> {
    find(text).into_iter().map(|found| found.name).collect()
}

/// The text with [`PLACEHOLDER`] for each name, with its version and product.
pub fn mask(text: &str) -> Cow<'_, str> {
    let found = find(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut kept = 0;
    for Found { range, .. } in found {
        masked.push_str(&text[kept..range.start]);
        masked.push_str(PLACEHOLDER);
        kept = range.end;
    }
    masked.push_str(&text[kept..]);
    Cow::Owned(masked)
}

/// All names in a text, in order; they do not overlap.
fn find(text: &str) -> Vec<Found> {
    let Some(automaton) = AUTOMATON.as_ref() else { return Vec::new() };
    let mut candidates = Vec::new();
    let mut vendors = BTreeSet::new();
    let mut end_of_last = 0;
    for found in automaton.find_iter(text) {
        let (start, end) = (found.start(), found.end());
        if start < end_of_last || !stands_apart(text, start, end) {
            continue;
        }
        let whole = extended(text, end);
        let Some((name, vendor, rule)) = entry(&text[start..end], &text[end..whole]) else {
            continue;
        };
        let sure = rule != Ambiguous || whole > end || is_introduced(text, start);
        if sure {
            vendors.insert(vendor);
        }
        end_of_last = whole;
        candidates.push((Found { name, range: start..whole }, vendor, sure));
    }
    let counts = |(found, vendor, sure)| (sure || vendors.contains(vendor)).then_some(found);
    candidates.into_iter().filter_map(counts).collect()
}

/// The entry of a spelling, if its case is right. `version` is what follows it.
fn entry(written: &str, version: &str) -> Option<(&'static str, &'static str, Rule)> {
    let has_case = |spelling: &str, rule| match rule {
        AnyCase => true,
        ThisCase => written == spelling,
        Ambiguous => written == spelling || version.starts_with(|c: char| c != ' '),
    };
    LEXICON.iter().find_map(|&(name, vendor, spelling, rule)| {
        let is_it = spelling.eq_ignore_ascii_case(written) && has_case(spelling, rule);
        is_it.then_some((name, vendor, rule))
    })
}

/// Whether no letter of a word runs into the name. A digit or a hyphen behind it may: a version.
fn stands_apart(text: &str, start: usize, end: usize) -> bool {
    let in_word = |c: char| c.is_alphanumeric() && !is_ideographic(c);
    let inside_ideographs = text[start..end].chars().all(is_ideographic);
    let before = text[..start].chars().next_back().is_some_and(in_word);
    let after = text[end..].chars().next().is_some_and(|c| in_word(c) && !c.is_ascii_digit());
    // "GPT-4" runs on as "GPT-4o".
    let runs_on = text[start..end].ends_with(|c: char| c.is_ascii_digit());
    inside_ideographs || (!before && (!after || runs_on))
}

/// The most bytes of a version and product. Without a bound, a text of names without a space between
/// them would be read to its end for each of them.
const LONGEST_VERSION: usize = 100;

/// The end of the name with its version (`-3.1-8B`, ` 4.5`) and product (` Sonnet`).
fn extended(text: &str, end: usize) -> usize {
    let mut most = text.len().min(end.saturating_add(LONGEST_VERSION));
    while !text.is_char_boundary(most) {
        most -= 1;
    }
    let text = &text[..most];
    let mut end = end;
    let glued = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let run = |from: usize| -> usize {
        let rest = &text[from..];
        let length = rest.find(|c: char| !glued(c)).unwrap_or(rest.len());
        from + rest[..length].trim_end_matches(['-', '.', '_']).len()
    };
    let first = text[end..].chars().next();
    let whole = run(end);
    let is_glued = match first {
        Some('-') => is_version(&text[end + 1..whole.max(end + 1)]),
        Some(c) => {
            c.is_ascii_digit()
                || (text[..end].ends_with(|c: char| c.is_ascii_digit())
                    && (c.is_ascii_alphanumeric() || c == '.'))
        }
        None => false,
    };
    if is_glued {
        end = whole;
    }
    loop {
        let Some(rest) = text[end..].strip_prefix(' ') else { return end };
        let word_end = rest.find(|c: char| !glued(c)).unwrap_or(rest.len());
        let word = rest[..word_end].trim_end_matches(['-', '.', '_']);
        let is_number = word.starts_with(|c: char| c.is_ascii_digit())
            && (word.contains('.') || word.len() == 1);
        if !(is_number || PRODUCTS.contains(&word)) {
            return end;
        }
        end += 1 + word.len();
    }
}

/// Whether what follows a hyphen is a version (`3.1-8B`) or a product (`pro`), not `like`.
fn is_version(text: &str) -> bool {
    let first = text.split('-').next().unwrap_or_default();
    text.bytes().any(|byte| byte.is_ascii_digit())
        || PRODUCTS.iter().any(|product| product.eq_ignore_ascii_case(first))
}

/// Whether the words before a name introduce it as the writer's own.
fn is_introduced(text: &str, start: usize) -> bool {
    let tail: String = text[..start].chars().rev().take(12).collect();
    let before: String = tail.chars().rev().collect::<String>().to_lowercase();
    INTRODUCTIONS.iter().any(|words| {
        before.strip_suffix(words).is_some_and(|rest| {
            let in_word = |c: char| c.is_alphanumeric() && !is_ideographic(c);
            !rest.chars().next_back().is_some_and(in_word)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str) -> Vec<&'static str> {
        names(text).into_iter().collect()
    }

    #[test]
    fn names_that_are_nothing_else_count_wherever_they_stand() {
        assert_eq!(listed("I was made by openai, not by DeepSeek."), ["DeepSeek", "OpenAI"]);
        assert_eq!(listed("我是通义千问，由阿里云开发。"), ["Alibaba Cloud", "Qwen"]);
        assert_eq!(listed("深度求索公司"), ["DeepSeek"]);
        assert_eq!(listed("Is it GPT-4o-mini or gpt-3.5?"), ["GPT"]);
        assert!(listed("a partition table (GPT) and xai, an anthropic principle").is_empty());
        assert!(listed("the OpenAIR festival, the qwents, ollama").is_empty());
    }

    #[test]
    fn ambiguous_names_need_a_sign_that_the_model_is_meant() {
        for text in [
            "Claude Monet painted lilies, and Jean-Claude watched.",
            "She is a Gemini; Kimi and Gemma are her cousins.",
            "The llama spat. To grok this, feel the mistral wind. A minimax search.",
            "A Llama grazes; Claude says that Bob lies. QwQ",
            "fit a GLM with a logit link, Llama-like",
        ] {
            assert!(listed(text).is_empty(), "{text}: {:?}", listed(text));
        }
        for (text, name) in [
            ("I'm Claude, so I should be careful", "Claude"),
            ("As Gemini I cannot do that", "Gemini"),
            ("the model claude-3-opus", "Claude"),
            ("Claude 3.5 Sonnet", "Claude"),
            ("Gemini Pro or so", "Gemini"),
            ("Llama-3.1-8B", "Llama"),
            ("我叫Kimi", "Kimi"),
            ("MiniMax-M2 wrote", "MiniMax"),
            ("Grok 4 wrote", "Grok"),
            ("QwQ-32B", "QwQ"),
        ] {
            assert_eq!(listed(text), [name], "{text}");
        }
        assert_eq!(listed("Claude is a model of Anthropic."), ["Anthropic", "Claude"]);
    }

    #[test]
    fn a_masked_text_names_nobody() {
        let text = "I am Claude 3.5 Sonnet. Not GPT-4o, not Qwen2.5-72B-Instruct. 深度求索也不是。";
        let masked = mask(text);
        assert_eq!(masked, "I am [NAME]. Not [NAME], not [NAME]. [NAME]也不是。");
        assert!(names(&masked).is_empty());
        assert_eq!(mask(&masked), masked);
        assert!(matches!(mask("nobody is named"), Cow::Borrowed(_)));
    }

    #[test]
    fn an_end_of_a_sentence_is_no_version() {
        assert_eq!(mask("Ask ChatGPT. 4 is even."), "Ask [NAME]. 4 is even.");
        assert_eq!(mask("Ask DeepSeek 12 times"), "Ask [NAME] 12 times");
    }

    #[test]
    fn no_name_reads_on_to_the_end_of_a_flood_of_names() {
        for pattern in ["gpt-4o-", "qwen", "qwen-", "claude 4.", "Claude-", "GPT 4 ", "openai."] {
            let text = pattern.repeat(10_000);
            assert!(extended(&text, pattern.len()) <= pattern.len() + LONGEST_VERSION, "{pattern}");
        }
        // The bound may fall inside a character.
        assert!(extended(&format!("x{}", "é".repeat(200)), 0) <= LONGEST_VERSION);
    }

    #[test]
    fn every_spelling_is_found() {
        for &(name, _, spelling, rule) in LEXICON {
            let text = match rule {
                Ambiguous => format!("I am {spelling}"),
                _ => format!("use {spelling} now"),
            };
            assert!(names(&text).contains(name), "{spelling}: {:?}", names(&text));
        }
    }
}
