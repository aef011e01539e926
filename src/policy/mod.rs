//! A policy file → the rules that a check decides by.
//!
//! Comes in: the path of a TOML file and the names that an atlas knows. Goes out: a [`Policy`], all
//! of whose names, numbers and rules were found to make sense together, or an [`Error`] with file
//! and line. Called by `cli`; `gate` decides by the rules. Nothing here reads a trace.
//!
//! `read` puts files together (`extends`), `table` is one file, `rules` makes conditions of tables,
//! `validate` looks for names that are not known and rules that contradict each other.

mod error;
mod nearest;
mod read;
mod rules;
mod table;
mod validate;

pub use error::{Contradiction, Error, Problem, RuleProblem, Suggestion};
pub use nearest::nearest;
pub use read::open;
pub use validate::validate;

use crate::trace::{CleaningStep, Mediation};
use serde::{Deserialize, Serialize};

/// The policy that `check --init` writes: names are of the embedded atlas; rules on a baseline are
/// commented out, so that it can be used as it is.
pub const EXAMPLE: &str = include_str!("../../assets/cotprint.toml");

/// Rules, and how they are decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The file that was asked for.
    pub file: String,
    /// The probability, in (0, 1), that no rule fails or passes wrongly: all rules together.
    pub confidence: f64,
    /// What "cannot tell" comes to, where a rule does not say.
    pub on_inconclusive: OnInconclusive,
    /// The rules, in the order of the files.
    pub rules: Vec<Rule>,
}

impl Policy {
    /// The first rule that measures by a step of cleaning: left out, it would find nothing and the
    /// rule would pass.
    pub fn rule_that_needs(&self, step: CleaningStep) -> Option<&Rule> {
        let needs = |quantity: &Quantity| match quantity {
            Quantity::InLanguage(_) | Quantity::LanguageShare(_) => step == CleaningStep::Language,
            Quantity::Duplicates => step == CleaningStep::Duplicates,
            Quantity::Refusals => step == CleaningStep::Refusals,
            Quantity::SelfNaming => step == CleaningStep::Names,
            _ => false,
        };
        self.rules.iter().find(|rule| rule.conditions.iter().any(|one| needs(&one.quantity)))
    }

    /// Whether a rule measures against a baseline.
    pub fn needs_baseline(&self) -> bool {
        let conditions = || self.rules.iter().flat_map(|rule| &rule.conditions);
        conditions().any(|condition| condition.quantity.needs_baseline())
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name, unique in the policy: letters, digits, `-`, `_` and `.`.
    pub id: String,
    /// What it asks.
    pub kind: Kind,
    /// How bad it is when it fails.
    pub severity: Severity,
    /// The message to show with the figures.
    pub message: Option<String>,
    /// The traces that it is about.
    pub only: Slice,
    /// What "cannot tell" comes to.
    pub on_inconclusive: OnInconclusive,
    /// All of them have to hold.
    pub conditions: Vec<Condition>,
    /// The policy file.
    pub file: String,
    /// The line there.
    pub line: usize,
}

/// What a rule asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// That there is enough to judge.
    Require,
    /// That the traces do not resemble a reference or family.
    Forbid,
    /// That they do.
    Expect,
    /// That they did not move from a baseline.
    Drift,
    /// That a data set holds no more of a reference.
    Mixture,
    /// That the traces are in order.
    Quality,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 6] =
        [Self::Require, Self::Forbid, Self::Expect, Self::Drift, Self::Mixture, Self::Quality];

    /// Its name in a policy file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Require => "require",
            Self::Forbid => "forbid",
            Self::Expect => "expect",
            Self::Drift => "drift",
            Self::Mixture => "mixture",
            Self::Quality => "quality",
        }
    }
}

/// How bad it is when a rule fails. Only an error fails the check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a line.
    Note,
    /// Worth a look.
    Warning,
    /// Fails the check.
    #[default]
    Error,
}

/// What "cannot tell" comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnInconclusive {
    /// Nothing.
    Pass,
    /// A warning (a note, where the rule is one).
    #[default]
    Warn,
    /// The same as failing.
    Fail,
}

/// The traces that a rule is about: all of them where both lists are empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slice {
    /// Domains, one of which a trace must have.
    pub domains: Vec<String>,
    /// Globs, one of which the prompt's id must match.
    pub prompts: Vec<glob::Pattern>,
}

impl Slice {
    /// Whether a rule with this slice is about all traces.
    pub fn is_everything(&self) -> bool {
        self.domains.is_empty() && self.prompts.is_empty()
    }

    /// Whether a trace of this domain, on the prompt with this key, is in it.
    pub fn holds(&self, domain: Option<&str>, prompt: &str) -> bool {
        let in_domain = self.domains.is_empty()
            || domain.is_some_and(|domain| self.domains.iter().any(|own| own == domain));
        let in_prompts =
            self.prompts.is_empty() || self.prompts.iter().any(|glob| glob.matches(prompt));
        in_domain && in_prompts
    }

    /// The slice in words; empty where it is everything.
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        if !self.domains.is_empty() {
            words.push(format!("domain {}", self.domains.join(" or ")));
        }
        if !self.prompts.is_empty() {
            let globs: Vec<&str> = self.prompts.iter().map(glob::Pattern::as_str).collect();
            words.push(format!("prompts {}", globs.join(" or ")));
        }
        words.join(", ")
    }
}

/// References that a condition is about, taken together.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// References by name.
    pub references: Vec<String>,
    /// Families, all of whose members count.
    pub families: Vec<String>,
}

impl Target {
    /// The names, references first.
    pub fn words(&self) -> String {
        let families = self.families.iter().map(|family| format!("the family {family}"));
        let names: Vec<String> = self.references.iter().cloned().chain(families).collect();
        names.join(" + ")
    }
}

/// What is measured.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantity {
    /// Traces that could be scored.
    Traces,
    /// Different prompts of them.
    Prompts,
    /// Words in them.
    Words,
    /// Traces in a language (ISO 639-3).
    InLanguage(String),
    /// The share of traces whose mediation is none of these.
    OtherMediation(Vec<Mediation>),
    /// The mean probability, each prompt with the same weight.
    Share(Target),
    /// The share of traces whose most probable reference is one of these.
    Attributed(Target),
    /// The share of a data set that is one of these.
    Mixture(Target),
    /// How alike the traces and the baseline are.
    Likeness,
    /// How far the traces are from the baseline.
    DriftSize,
    /// By how much the similarity to these grew since the baseline.
    DriftTowards(Target),
    /// The share of traces that repeat an earlier one.
    Duplicates,
    /// The share of refusals.
    Refusals,
    /// The share of traces that were cut off.
    CutOff,
    /// The share of traces that name a model or vendor which their prompt does not.
    SelfNaming,
    /// The share of traces in a language.
    LanguageShare(String),
}

impl Quantity {
    /// The references that it is about.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Share(target)
            | Self::Attributed(target)
            | Self::Mixture(target)
            | Self::DriftTowards(target) => Some(target),
            _ => None,
        }
    }

    /// Whether it needs a baseline.
    pub fn needs_baseline(&self) -> bool {
        matches!(self, Self::Likeness | Self::DriftSize | Self::DriftTowards(_))
    }

    /// Whether it is a count of what is there, and not an estimate.
    pub fn is_count(&self) -> bool {
        matches!(self, Self::Traces | Self::Prompts | Self::Words | Self::InLanguage(_))
    }

    /// Whether it is a share of traces that each are or are not something.
    pub fn is_share_of_traces(&self) -> bool {
        matches!(
            self,
            Self::OtherMediation(_)
                | Self::Attributed(_)
                | Self::Duplicates
                | Self::Refusals
                | Self::CutOff
                | Self::SelfNaming
                | Self::LanguageShare(_)
        )
    }

    /// What it is called in every output.
    pub fn words(&self) -> String {
        match self {
            Self::Traces => "usable traces".into(),
            Self::Prompts => "prompts".into(),
            Self::Words => "words".into(),
            Self::InLanguage(language) => format!("traces in {language}"),
            Self::OtherMediation(allowed) => {
                let names: Vec<&str> = allowed.iter().map(|kind| kind.name()).collect();
                format!("traces that are not {}", names.join(" or "))
            }
            Self::Share(target) => format!("share of {}", target.words()),
            Self::Attributed(target) => format!("traces attributed to {}", target.words()),
            Self::Mixture(target) => format!("part of the data that is {}", target.words()),
            Self::Likeness => "similarity to the baseline".into(),
            Self::DriftSize => "distance from the baseline".into(),
            Self::DriftTowards(target) => format!("change towards {}", target.words()),
            Self::Duplicates => "duplicates".into(),
            Self::Refusals => "refusals".into(),
            Self::CutOff => "traces cut off".into(),
            Self::SelfNaming => "traces that name a model or vendor".into(),
            Self::LanguageShare(language) => format!("share of traces in {language}"),
        }
    }
}

/// On which side of a value a quantity has to be; the value itself holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Bound {
    /// The value.
    pub fn value(self) -> f64 {
        match self {
            Self::AtMost(value) | Self::AtLeast(value) => value,
        }
    }
}

/// A quantity and its bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What is measured.
    pub quantity: Quantity,
    /// What it has to be.
    pub bound: Bound,
}

impl Condition {
    /// Whether it is decided by an interval, so that the number of such conditions has to be
    /// corrected for. A bound of 0 on a share of traces is about the traces that exist.
    pub fn is_estimated(&self) -> bool {
        !(self.quantity.is_count()
            || self.quantity.is_share_of_traces() && self.bound.value() == 0.0)
    }
}
