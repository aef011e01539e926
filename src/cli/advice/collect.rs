//! Advice on errors of `collect`: what to set at the server, and what to give this program.

use crate::collect::{Error, Server};

/// A sentence to follow the message.
pub(super) fn advice(error: &Error) -> Option<String> {
    Some(match error {
        Error::Address { .. } => "Give --endpoint an address such as http://localhost:8000/v1".into(),
        Error::Unreachable { .. } => {
            "Check that the server runs and that --endpoint has its host and port".into()
        }
        Error::NoEndpoint { .. } => {
            "Give --endpoint the address that stands in front of /chat/completions, or name another kind of \
             server with --api"
                .into()
        }
        Error::NotAllowed { key_from: None, .. } => {
            "No key was sent: put one into an environment variable and name it with --key-env. A key that \
             --key-env does not name is sent over https and to this machine only"
                .into()
        }
        Error::NotAllowed { key_from: Some(variable), .. } => {
            format!("The key came from {variable}; --key-env names another variable")
        }
        Error::NoModel { there, .. } if there.is_empty() => {
            "Give --model a name that the server has".into()
        }
        Error::NoModel { .. } => "Give --model one of these names, or --unlisted to ask anyway".into(),
        Error::Redirected { .. } => {
            "Give --endpoint the address that it leads to, if that server is to have the key".into()
        }
        Error::MustWait { .. } => "The same command goes on later".into(),
        Error::KeepsFailing { .. } | Error::Incomplete { .. } => {
            "What was answered is kept, and the same command asks for the rest".into()
        }
        Error::NoReasoning { server, .. } => no_reasoning(*server),
        Error::OtherSettings { .. } => {
            "Write to another file with -o, or ask with the settings of this one".into()
        }
        Error::NotCollected { .. } => "Write to another file with -o".into(),
        Error::NoSet { .. } => {
            "Name one of these, or a file of your own prompts, with --prompts".into()
        }
        Error::NotFetched { .. } | Error::NoPrompts { .. } => {
            "--from PATH takes a clone or an archive of the project".into()
        }
        _ => return None,
    })
}

/// Why the reasoning is usually not to be seen, and what to set.
fn no_reasoning(server: Server) -> String {
    let cause = match server {
        Server::Vllm => {
            "The server is vLLM: start it with the parser of the model, for example --reasoning-parser qwen3 \
             (deepseek_r1, glm45, …)"
        }
        Server::Sglang => {
            "The server is SGLang: start it with the parser of the model, for example --reasoning-parser \
             qwen3 (deepseek-r1, …)"
        }
        Server::LlamaCpp => {
            "The server is llama.cpp's: start it with --jinja --reasoning-format deepseek, and without \
             --reasoning-budget 0"
        }
        Server::Ollama => {
            "The server is Ollama: give the address without /v1, so that it is asked to think, and a model \
             that can (`ollama show MODEL` lists `thinking`)"
        }
        Server::LmStudio => {
            "The server is LM Studio: switch on that reasoning_content is separate, under Developer, Server \
             Settings"
        }
        Server::OpenRouter => {
            "The server is OpenRouter: give --extra '{\"reasoning\": {\"enabled\": true}}'; some hosts of a model \
             show no reasoning"
        }
        Server::OpenAi => {
            "OpenAI's chat completions never show reasoning: give --api responses, which has summaries of it"
        }
        Server::Anthropic => {
            "Give --max-tokens 2000 or more, so that there is room to think, and a model that thinks"
        }
        Server::Google => "Give a model that thinks: only such models show thoughts",
        _ => {
            "The model may not reason, or the server hides it: switch its parser of reasoning on, or ask for \
             reasoning with --extra '{\"chat_template_kwargs\": {\"enable_thinking\": true}}'"
        }
    };
    format!(
        "{cause}. Nothing was kept. --without-reasoning keeps such answers, for `compare --text answer`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_has_its_advice() {
        for server in [Server::Vllm, Server::Ollama, Server::OpenAi, Server::Unknown] {
            let error = Error::NoReasoning {
                model: "m".into(),
                answers: 3,
                why: "There is none.".into(),
                server,
            };
            let said = advice(&error).unwrap();
            assert!(said.contains("--without-reasoning") && !said.contains(".."), "{said}");
        }
    }
}
