//! Markup of tool calls in a reasoning, which is no reasoning.
//!
//! Where a server's parser fails, calls stand between the tags or in the reasoning field. Called by
//! `finish` for every reasoning, and by [`split`](super::split) for one that was never closed.

use super::quotes;

/// What begins a call or a result, and what ends it. Without its end a call goes on to the end of the
/// text.
const CALLS: &[(&str, &str)] = &[
    ("<tool_call>", "</tool_call>"),
    ("<tool_calls>", "</tool_calls>"),
    ("<tool_response>", "</tool_response>"),
    ("<function_calls>", "</function_calls>"),
    ("<minimax:tool_call>", "</minimax:tool_call>"),
    ("<seed:tool_call>", "</seed:tool_call>"),
    ("<function=", "</function>"),
    ("<invoke name=", "</invoke>"),
    ("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"),
    ("<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>"),
    ("<｜tool▁outputs▁begin｜>", "<｜tool▁outputs▁end｜>"),
    ("<｜DSML｜function_calls>", "</｜DSML｜function_calls>"),
    ("<｜DSML｜tool_calls>", "</｜DSML｜tool_calls>"),
    ("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"),
    ("<|tool_call_begin|>", "<|tool_call_end|>"),
    ("<|tool_call_start|>", "<|tool_call_end|>"),
    ("<|tool_call>", "<tool_call|>"),
    ("<|tool_list_start|>", "<|tool_list_end|>"),
    ("<|action_start|>", "<|action_end|>"),
    ("<|START_ACTION|>", "<|END_ACTION|>"),
    ("<start_function_call>", "<end_function_call>"),
    ("[TOOL_CALLS]", "\u{0}"),
];

/// More calls than this are left in; no model writes them.
const MOST: usize = 512;

/// The text without its calls, or `None` where it has none. Calls that are quoted in code are text.
pub(in crate::ingest) fn without_calls(text: &str) -> Option<String> {
    let mut kept = String::new();
    let mut from = 0;
    let mut at = 0;
    let mut calls = 0;
    while let Some((start, end)) = next(text, at) {
        calls += 1;
        if calls > MOST {
            break;
        }
        // What begins a call is one byte long, so that the next place is a whole character.
        if quotes::is_quoted(text, start, start + 1) {
            at = start + 1;
            continue;
        }
        at = end;
        push(&mut kept, &text[from..start]);
        from = end;
    }
    if from == 0 {
        return None;
    }
    push(&mut kept, text.get(from..).unwrap_or_default());
    Some(kept)
}

/// Where the next call stands: `None` where there is none.
fn next(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some(found) = text.as_bytes().get(at..)?.iter().position(|b| matches!(b, b'<' | b'['))
    {
        let start = at + found;
        let rest = &text[start..];
        if let Some((_, close)) = CALLS.iter().find(|(open, _)| rest.starts_with(open)) {
            let end = rest.find(close).map_or(text.len(), |end| start + end + close.len());
            return Some((start, end));
        }
        at = start + 1;
    }
    None
}

fn push(kept: &mut String, more: &str) {
    let more = more.trim();
    if !kept.is_empty() && !more.is_empty() {
        kept.push_str("\n\n");
    }
    kept.push_str(more);
}

/// Whether a text that was never closed ends in a call: the model had done with thinking.
pub(super) fn ends_in_call(text: &str) -> bool {
    next(text, 0).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_cut_out() {
        for call in [
            "<tool_call>\n{\"name\": \"f\"}\n</tool_call>",
            "<function=f>\n<parameter=x>1</parameter>\n</function>",
            "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
            "<|tool_calls_section_begin|><|tool_call_begin|>f<|tool_call_end|><|tool_calls_section_end|>",
        ] {
            let text = format!("First I look. {call}\nThen I know.");
            assert_eq!(without_calls(&text).as_deref(), Some("First I look.\n\nThen I know."));
            let last = format!("First I look. {call}");
            assert_eq!(without_calls(&last).as_deref(), Some("First I look."));
        }
        assert_eq!(without_calls("I look. [TOOL_CALLS]f{}").as_deref(), Some("I look."));
    }

    #[test]
    fn what_speaks_of_calls_is_text() {
        for text in ["I write `<tool_call>` first.", "a < b [1]", "The \"<tool_call>\" tag."] {
            assert_eq!(without_calls(text), None, "{text}");
        }
    }

    #[test]
    fn a_flood_of_calls_takes_no_time() {
        let start = std::time::Instant::now();
        for text in ["<tool_call>", "`<tool_call>`", "<", "[TOOL_CALLS]"] {
            without_calls(&text.repeat(100_000));
        }
        assert!(start.elapsed().as_secs() < 20);
    }
}
