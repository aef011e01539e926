//! Which program answers: what has to be set to see the reasoning depends on it.
//!
//! Comes in: the name of a host, a list of models, an answer. Goes out: a [`Server`], as far as one of these
//! gives it away. Called by `connect` and `collector`.

use super::kind::Api;
use serde_json::Value;

/// A program or service that serves models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Server {
    /// vLLM.
    Vllm,
    /// SGLang.
    Sglang,
    /// The server of llama.cpp.
    LlamaCpp,
    /// Ollama.
    Ollama,
    /// LM Studio.
    LmStudio,
    /// OpenRouter.
    OpenRouter,
    /// OpenAI.
    OpenAi,
    /// Anthropic.
    Anthropic,
    /// Google.
    Google,
    /// Another one.
    Unknown,
}

impl Server {
    /// What the name of a host gives away.
    pub(super) fn at(host: &str, api: Api) -> Self {
        let ends = |name: &str| {
            host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        match api {
            _ if ends("openrouter.ai") => Self::OpenRouter,
            _ if ends("openai.com") => Self::OpenAi,
            Api::Ollama => Self::Ollama,
            Api::Anthropic => Self::Anthropic,
            Api::Gemini => Self::Google,
            _ => Self::Unknown,
        }
    }

    /// What a list of models gives away: who owns them.
    pub(super) fn of_list(list: &Value) -> Option<Self> {
        let owner = list.pointer("/data/0/owned_by").and_then(Value::as_str)?;
        Some(match owner {
            "vllm" => Self::Vllm,
            "sglang" => Self::Sglang,
            "llamacpp" => Self::LlamaCpp,
            "library" => Self::Ollama,
            "organization_owner" => Self::LmStudio,
            _ => return None,
        })
    }

    /// What an answer gives away: fields that one program alone has.
    pub(super) fn of_answer(response: &Value) -> Option<Self> {
        let has = |name: &str| response.get(name).is_some();
        match () {
            () if has("provider") => Some(Self::OpenRouter),
            () if has("prompt_logprobs") || has("kv_transfer_params") => Some(Self::Vllm),
            () if has("timings") => Some(Self::LlamaCpp),
            () if has("stats") && has("model_info") => Some(Self::LmStudio),
            () if has("eval_count") => Some(Self::Ollama),
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn servers_are_known_by_what_they_say() {
        assert_eq!(Server::at("openrouter.ai", Api::Chat), Server::OpenRouter);
        assert_eq!(Server::at("api.openai.com", Api::Chat), Server::OpenAi);
        assert_eq!(Server::at("notopenai.com", Api::Chat), Server::Unknown);
        assert_eq!(Server::at("localhost", Api::Ollama), Server::Ollama);
        let list = json!({"data": [{"id": "m", "owned_by": "vllm"}]});
        assert_eq!(Server::of_list(&list), Some(Server::Vllm));
        assert_eq!(Server::of_list(&json!({"data": []})), None);
        assert_eq!(Server::of_answer(&json!({"timings": {}})), Some(Server::LlamaCpp));
        assert_eq!(Server::of_answer(&json!({"choices": []})), None);
    }
}
