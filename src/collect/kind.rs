//! The kinds of servers, by name.

/// The kind of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// OpenAI's chat completions, as nearly every server has them.
    Chat,
    /// OpenAI's Responses.
    Responses,
    /// Anthropic's messages.
    Anthropic,
    /// Google's Gemini.
    Gemini,
    /// Ollama's own chat.
    Ollama,
}

impl Api {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Chat, Self::Responses, Self::Anthropic, Self::Gemini, Self::Ollama];

    /// The name in options and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
        }
    }

    /// What usually stands in front of the operations.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Chat | Self::Responses | Self::Anthropic => "/v1",
            Self::Gemini => "/v1beta",
            Self::Ollama => "/api",
        }
    }

    /// The environment variable that has the key, where the user names none.
    pub fn key_variable(self) -> &'static str {
        match self {
            Self::Chat | Self::Responses | Self::Ollama => "OPENAI_API_KEY",
            Self::Anthropic => "ANTHROPIC_API_KEY",
            Self::Gemini => "GEMINI_API_KEY",
        }
    }

    /// The path of the list of models.
    pub(super) fn list(self) -> &'static str {
        match self {
            Self::Ollama => "/tags",
            _ => "/models",
        }
    }
}
