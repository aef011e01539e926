//! Whether a reader sees what the model wrote, or a summary of it.
//!
//! Called for every trace whose record does not say so itself. The rules go from the surest
//! evidence to the weakest: what the record declares, what is known of the model, the field.

use crate::trace::Mediation;

/// Where the reasoning of a trace was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Evidence {
    /// In a field that the provider declares to be a summary.
    DeclaredSummary,
    /// Between tags in the model's own output, or in `reasoning_content`, which servers of open
    /// models fill by cutting the output at its tags.
    OwnOutput,
    /// In a field whose name says only that it is reasoning.
    #[default]
    NamedField,
    /// In a text without any mark.
    Unmarked,
}

/// Judges one trace. `cut_off` tells that its reasoning has no end; `hints` are the names of the
/// file and of its folder, in which the model may be found. They decide nothing, but where one names a
/// model that shows only summaries, the trace is not called raw.
pub(super) fn judge(
    evidence: Evidence,
    model: Option<&str>,
    hints: &[&str],
    cut_off: bool,
) -> Mediation {
    let summary = evidence == Evidence::DeclaredSummary || model.is_some_and(shows_only_a_summary);
    let doubtful = model.is_none() && hints.iter().any(|hint| shows_only_a_summary(hint));
    match (summary, evidence, model) {
        (true, ..) => Mediation::Summary,
        _ if cut_off => Mediation::Truncated,
        _ if doubtful => Mediation::Unknown,
        (_, Evidence::OwnOutput, _) | (_, Evidence::NamedField, Some(_)) => Mediation::Raw,
        _ => Mediation::Unknown,
    }
}

/// Whether the model's provider is known to show a summary of its reasoning and never the
/// reasoning itself: OpenAI's o-series and GPT-5, Gemini from 2.5 on, Claude from 4 on, Grok from
/// 4 on.
fn shows_only_a_summary(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase().replace('_', "-");
    // Bedrock puts the region and the vendor in front: `us.anthropic.claude-sonnet-4-…`.
    let name = name.find("claude").map_or(name.as_str(), |at| &name[at..]);
    let generation = |prefix: &str| {
        let rest = name.strip_prefix(prefix)?.trim_start_matches('-');
        rest.chars().next().and_then(|c| c.to_digit(10))
    };
    if name.contains("gemini") {
        return !name.contains("gemini-2.0") && !name.contains("gemini2-flash");
    }
    if name.starts_with("claude") {
        let old = ["claude-1", "claude-2", "claude-3", "claude-instant", "claude3"];
        return !old.iter().any(|prefix| name.starts_with(prefix));
    }
    generation("grok").is_some_and(|n| n >= 4)
        || generation("gpt").is_some_and(|n| n >= 5)
        || (generation("o").is_some() && !name.starts_with("o-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_show_a_summary_are_known_by_name() {
        for model in [
            "openai/o1-preview-2024-09-12",
            "o4-mini",
            "openai/gpt-5.2-pro",
            "google/gemini-2.5-flash-preview-05-20",
            "googlegemini-3.1-pro-preview",
            "anthropic/claude-sonnet-4",
            "claude-haiku-4-5-20251001",
            "claude_4.5_haiku",
            "us.anthropic.claude-sonnet-4-20250514-v1:0",
            "x-ai/grok-4.5",
        ] {
            assert!(shows_only_a_summary(model), "{model}");
        }
        for model in [
            "openai/gpt-oss-120b",
            "openai/gpt-4o",
            "x-ai/grok-3-mini-beta",
            "x-ai/grok-code-fast-1",
            "anthropic/claude-3.7-sonnet",
            "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
            "google/gemini-2.0-flash-thinking-exp",
            "allenai/olmo-3-7b-think",
            "deepseek/deepseek-r1",
            "",
        ] {
            assert!(!shows_only_a_summary(model), "{model}");
        }
    }

    #[test]
    fn the_surest_evidence_comes_first() {
        let r1 = Some("deepseek/deepseek-r1");
        let o3 = Some("openai/o3");
        assert_eq!(judge(Evidence::DeclaredSummary, r1, &[], true), Mediation::Summary);
        assert_eq!(judge(Evidence::OwnOutput, o3, &[], false), Mediation::Summary);
        assert_eq!(judge(Evidence::OwnOutput, None, &[], false), Mediation::Raw);
        assert_eq!(judge(Evidence::OwnOutput, None, &[], true), Mediation::Truncated);
        assert_eq!(judge(Evidence::NamedField, r1, &[], false), Mediation::Raw);
        assert_eq!(judge(Evidence::NamedField, None, &[], false), Mediation::Unknown);
        assert_eq!(judge(Evidence::Unmarked, r1, &[], false), Mediation::Unknown);
        let hint = &["googlegemini-3.1-pro_case_1"];
        assert_eq!(judge(Evidence::OwnOutput, None, hint, false), Mediation::Unknown);
        assert_eq!(judge(Evidence::OwnOutput, r1, hint, false), Mediation::Raw);
    }
}
