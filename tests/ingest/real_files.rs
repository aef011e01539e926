//! The original files of other projects and the corpora, where they are at hand.

use super::*;
use cotprint::trace::Mediation;

/// The folder `corpora`, or `None` with a word about it.
fn corpora() -> Option<PathBuf> {
    let named = std::env::var_os("COTPRINT_CORPORA").map(PathBuf::from);
    let path =
        named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"));
    if !path.is_dir() {
        println!(
            "skipped: {} is not there; set COTPRINT_CORPORA to read real files",
            path.display()
        );
        return None;
    }
    Some(path)
}

fn raw(name: &str) -> Option<PathBuf> {
    let path = corpora()?.parent()?.join("raw").join(name);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// What was counted by hand in each file: records, traces, drops, and the label of all traces.
#[test]
fn original_files_give_what_was_counted_by_hand() {
    let none: &[(&str, usize)] = &[];
    for (name, records, traces, drops, model) in [
        (
            "speechmap/us_criticism_microsoft_mai-ds-r1-fp8.jsonl",
            50,
            50,
            none,
            "microsoft/mai-ds-r1-fp8",
        ),
        (
            "speechmap/us_criticism_x-ai_grok-3-mini-beta.jsonl",
            50,
            50,
            none,
            "x-ai/grok-3-mini-beta",
        ),
        ("pm-llm-benchmark", 2, 2, none, "pm-llm-benchmark"),
        ("llmbenchmark-thinkingtraces", 2, 2, none, "llmbenchmark-thinkingtraces"),
        (
            "misguided-attention/kimi-k2-thinking_results.json",
            52,
            150,
            &[("no_reasoning", 6)],
            "kimi-k2-thinking",
        ),
        (
            "misguided-attention/output_queries_gf25high.json",
            52,
            156,
            none,
            "gemini-2.5-flash-high",
        ),
        (
            "cot-monitor-stress-test/gpt_oss_creative_casual_author_ai.jsonl",
            20,
            19,
            &[("no_reasoning", 1)],
            "openai/gpt-oss-120b",
        ),
        (
            "cot-monitor-stress-test/grok_creative_casual_author_ai.jsonl",
            20,
            20,
            none,
            "x-ai/grok-3-mini",
        ),
        (
            "reasoning-models-lie/mmlu_pro_test200_verbalize_sycophancy_v1_correct_claude_4.5_haiku_changed.jsonl",
            23,
            23,
            none,
            "claude-haiku-4-5-20251001",
        ),
        (
            "reasoning-models-lie/mmlu_pro_test200_verbalize_sycophancy_v1_correct_kimi_k2_thinking_changed.jsonl",
            35,
            35,
            none,
            "moonshotai/Kimi-K2-Thinking",
        ),
        (
            "steering-thinking-llms/reasoning_comparison_deepseek-r1-distill-qwen-32b.json",
            100,
            100,
            none,
            "reasoning_comparison_deepseek-r1-distill-qwen-32b",
        ),
        (
            "steering-thinking-llms/reasoning_comparison_qwen2.5-32b-instruct.json",
            100,
            100,
            none,
            "reasoning_comparison_qwen2.5-32b-instruct",
        ),
        (
            // Two rows only repeat the prompt.
            "thinking-llms-interp/base_eval_responses_llama-3.1-8b.json",
            50,
            48,
            &[("no_reasoning", 2)],
            "base_eval_responses_llama-3.1-8b",
        ),
        (
            "thinking-llms-interp/eval_responses_deepseek-r1-distill-llama-8b.json",
            50,
            50,
            none,
            "eval_responses_deepseek-r1-distill-llama-8b",
        ),
        (
            "thought-anchors/deepseek-r1-distill-llama-8b_correct_base_solution_problem_1591_base_solution.json",
            1,
            1,
            none,
            "deepseek-r1-distill-llama-8b_correct_base_solution_problem_1591_base_solution",
        ),
        (
            "trace-topology/pilot_math500_llama8b.jsonl",
            20,
            20,
            none,
            "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
        ),
        (
            "trace-topology/pilot_math500_qwen7b.jsonl",
            20,
            19,
            &[("no_reasoning", 1)],
            "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
        ),
        ("alpaca-eval/claude-2_model_outputs.json", 805, 0, &[("no_reasoning", 805)], ""),
        ("zeroeval/math-l5_claude-3-5-sonnet-20241022.json", 721, 0, &[("no_reasoning", 721)], ""),
    ] {
        let Some(path) = raw(name) else { return };
        let (all, summary) =
            read(&[&path], Options::default()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((summary.records, all.len()), (records, traces), "{name}");
        assert_eq!(dropped(&summary), drops, "{name}");
        assert!(
            all.iter().all(|trace| trace.model.as_deref() == Some(model)),
            "{name}: {:?}",
            summary.models
        );
        assert!(all.iter().all(|trace| !trace.reasoning.contains("think>")), "{name}");
        let ids: std::collections::HashSet<_> = all.iter().map(|trace| &trace.id).collect();
        assert_eq!(ids.len(), all.len(), "{name}: ids are unique");
    }
}

/// The corpora were made of the original files by other code: both must agree, letter by letter.
#[test]
fn original_files_agree_with_the_corpora_made_of_them() {
    let Some(corpora) = corpora() else { return };
    for (name, corpus) in [
        (
            "speechmap/us_criticism_microsoft_mai-ds-r1-fp8.jsonl",
            "speechmap/microsoft_mai-ds-r1-fp8.jsonl.gz",
        ),
        (
            "speechmap/us_criticism_x-ai_grok-3-mini-beta.jsonl",
            "speechmap/x-ai_grok-3-mini-beta.jsonl.gz",
        ),
        (
            "pm-llm-benchmark/deepseekdeepseek-v3.2-thinking_cat01_01_case_id_inference.txt",
            "pm-llm-benchmark/deepseek_deepseek-v3.2.jsonl.gz",
        ),
        (
            "pm-llm-benchmark/googlegemini-3.1-pro-preview_cat01_01_case_id_inference.txt",
            "pm-llm-benchmark/google_gemini-3.1-pro-preview.jsonl.gz",
        ),
        (
            "misguided-attention/kimi-k2-thinking_results.json",
            "misguided-attention/moonshotai_kimi-k2-thinking.jsonl.gz",
        ),
        (
            "cot-monitor-stress-test/gpt_oss_creative_casual_author_ai.jsonl",
            "cot-monitor-stress-test/openai_gpt-oss-120b.jsonl.gz",
        ),
        (
            "reasoning-models-lie/mmlu_pro_test200_verbalize_sycophancy_v1_correct_claude_4.5_haiku_changed.jsonl",
            "reasoning-models-lie/anthropic_claude-haiku-4.5.jsonl.gz",
        ),
    ] {
        let Some(path) = raw(name) else { return };
        let (made, _) = read(&[&corpora.join(corpus)], Options::default()).unwrap();
        let made: HashMap<_, _> =
            made.iter().map(|trace| (trace.reasoning.trim(), trace)).collect();
        let (own, _) = read(&[&path], Options::default()).unwrap();
        let mut met = 0;
        for trace in &own {
            let Some(other) = made.get(trace.reasoning.as_str()) else { continue };
            met += 1;
            let answer =
                |trace: &Trace| trace.answer.as_deref().unwrap_or_default().trim().to_owned();
            assert_eq!(answer(trace), answer(other), "{name}");
            // The name of a file is no evidence of how the reasoning came about.
            let told = trace.mediation();
            assert!([other.mediation(), Mediation::Unknown].contains(&told), "{name}: {told:?}");
        }
        println!("{name}: {met} of {} traces are in the corpus", own.len());
        assert!(met > 0, "{name}");
        if name.starts_with("speechmap") {
            assert_eq!(met, own.len(), "{name}");
        }
    }
}

#[test]
fn the_corpora_are_read_whole_and_unchanged() {
    let Some(corpora) = corpora() else { return };
    let (_, summary) = read(&[&corpora], Options::default()).unwrap();
    let dropped = |reason| summary.dropped.get(&reason).map_or(0, |dropped| dropped.count);
    // The tables of families and lineages lie in the same folder; their rows are no traces.
    let rows = |name: &str| {
        std::fs::read_to_string(corpora.join(name)).map_or(0, |text| text.lines().count() - 1)
    };
    assert_eq!(dropped(Reason::NoReasoningColumn), rows("families.tsv") + rows("lineage.tsv"));
    assert_eq!(
        summary.records - summary.formats["canonical"],
        dropped(Reason::NoReasoning) + dropped(Reason::NoReasoningColumn)
    );
    assert_eq!(summary.formats.len(), 1);
    println!(
        "{} traces of {} models, {:?}",
        summary.traces,
        summary.models.len(),
        summary.mediation
    );
}

/// What is known of models by name agrees with the labels that the corpora carry.
#[test]
fn mediation_by_name_agrees_with_the_corpora() {
    let Some(corpora) = corpora() else { return };
    let (all, _) = read(&[&corpora], Options::default()).unwrap();
    let mut labels = BTreeMap::new();
    // A corpus that does not know its models' mediation says nothing against their names.
    for trace in all.iter().filter(|trace| trace.mediation() != Mediation::Unknown) {
        labels.insert(trace.model.clone().unwrap_or_default(), trace.mediation().name());
    }
    let rows: Vec<_> = labels
        .keys()
        .map(|model| {
            serde_json::json!({"model": model, "thinking": "I add.", "output": "4"}).to_string()
        })
        .collect();
    let (made, _) = read_text("a.jsonl", rows.join("\n")).unwrap();
    for (trace, label) in made.iter().zip(labels.values()) {
        assert_eq!(trace.mediation().name(), *label, "{:?}", trace.model);
    }
}
