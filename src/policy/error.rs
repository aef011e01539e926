//! Why a policy cannot be used.

use super::Kind;

/// Why a policy cannot be used: where, and what was found. The messages name no options of the
/// command line, which adds its own advice.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{file}{}: {what}", line.map_or_else(String::new, |line| format!(", line {line}")))]
pub struct Error {
    /// The policy file as it was named.
    pub file: String,
    /// The line, beginning with 1, where one is to blame.
    pub line: Option<usize>,
    /// What was found there.
    pub what: Box<Problem>,
}

impl Error {
    /// The error of a whole file.
    pub(super) fn of_file(file: &str, what: Problem) -> Self {
        Self { file: file.to_owned(), line: None, what: Box::new(what) }
    }

    /// The error of a line.
    pub(super) fn of_line(file: &str, line: usize, what: Problem) -> Self {
        Self { line: Some(line), ..Self::of_file(file, what) }
    }
}

/// What is wrong with a policy.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// There is no rule.
    #[error("holds no rule, so that nothing would be checked")]
    NoRules,
    /// There are too many rules.
    #[error("has {found} rules; {most} are the most, and each makes all the others less sure")]
    TooManyRules {
        /// The rules.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// The file that was asked for is not there.
    #[error("cannot be read ({error})")]
    NotFound {
        /// What the system says.
        error: String,
    },
    /// The file is there and cannot be read.
    #[error("cannot be read ({error})")]
    Unreadable {
        /// What the system says.
        error: String,
    },
    /// A file that is extended is not there.
    #[error("extends {extended}, which cannot be read ({error})")]
    ExtendedNotFound {
        /// The file that is extended.
        extended: String,
        /// What the system says.
        error: String,
    },
    /// Files extend each other in a circle.
    #[error("extends {extended}, which extends it again; break the circle")]
    Circle {
        /// The file that is extended.
        extended: String,
    },
    /// Too many files are extended.
    #[error(
        "extends {extended}, and that is one too many: {depth} files may extend each other, {files} in all"
    )]
    TooManyFiles {
        /// The file that is extended.
        extended: String,
        /// How deeply files may extend each other.
        depth: usize,
        /// How many files there may be.
        files: usize,
    },
    /// The path is that of a folder.
    #[error("is a folder; name a policy file")]
    IsFolder,
    /// The file is too long.
    #[error("is longer than {most} bytes, which no policy is; name a policy file")]
    TooLong {
        /// The most bytes.
        most: u64,
    },
    /// The file is not UTF-8.
    #[error("is not UTF-8, which TOML has to be")]
    NotUtf8,
    /// The file is not TOML, or a value is of another type.
    #[error("is not what a policy holds here: {found}")]
    Toml {
        /// What the parser says.
        found: String,
    },
    /// The policy is of another version.
    #[error("is a policy of version {found}; this program reads version 1")]
    Version {
        /// Its version.
        found: i64,
    },
    /// A key is not known.
    #[error(
        "`{key}` is not a key of {of}{} It has {}",
        nearest.map_or_else(|| ".".to_owned(), |near| format!("; did you mean `{near}`?")),
        keys.join(", ")
    )]
    UnknownKey {
        /// The key.
        key: String,
        /// The table that has it, in words.
        of: String,
        /// The known key that is most like it.
        nearest: Option<&'static str>,
        /// The keys that the table may have.
        keys: Vec<&'static str>,
    },
    /// Rules are a list of tables.
    #[error("`{kind}` is a list of rules: write [[{kind}]], not [{kind}]", kind = kind.name())]
    NoList {
        /// The kind of the rules.
        kind: Kind,
    },
    /// The confidence is no probability that makes sense.
    #[error("`confidence` is {found}; it is a probability from 0.5 to just below 1, such as 0.95")]
    Confidence {
        /// The value.
        found: f64,
    },
    /// A rule has no id.
    #[error(
        "a rule of [[{}]] has no id; give it an id of its own, up to {most} letters, digits, -, _ and .",
        kind.name()
    )]
    NoId {
        /// The kind of the rule.
        kind: Kind,
        /// The most characters of an id.
        most: usize,
    },
    /// The id of a rule cannot be one.
    #[error(
        "a rule of [[{}]] has the id {id:?}; give it an id of its own, up to {most} letters, digits, -, _ and .",
        kind.name()
    )]
    BadId {
        /// The kind of the rule.
        kind: Kind,
        /// The id.
        id: String,
        /// The most characters of an id.
        most: usize,
    },
    /// Two rules of a file have one id.
    #[error("the id {id} is already used in line {first}; give each rule its own id")]
    RepeatedId {
        /// The id.
        id: String,
        /// The line of the first rule.
        first: usize,
    },
    /// A rule has no bound.
    #[error(
        "rule {rule} asks for nothing; give it at least one bound of those that [[{}]] has: {}",
        kind.name(),
        keys.join(", ")
    )]
    AsksNothing {
        /// The rule.
        rule: String,
        /// Its kind.
        kind: Kind,
        /// The bounds that a rule of this kind may have.
        keys: &'static [&'static str],
    },
    /// A rule says something that makes no sense.
    #[error("rule {rule}: {what}")]
    Rule {
        /// The rule.
        rule: String,
        /// What it says.
        what: RuleProblem,
    },
    /// A rule measures against a baseline that is not there.
    #[error("rule {rule} asks for the {quantity}, and there is no baseline")]
    NoBaseline {
        /// The rule.
        rule: String,
        /// What it asks for.
        quantity: String,
    },
    /// A rule names a reference or family that the atlas does not know.
    #[error(
        "rule {rule} names the {what} {name:?}, which the atlas does not know{}",
        suggestion.as_ref().map_or_else(String::new, |suggestion| format!("; {suggestion}"))
    )]
    UnknownName {
        /// The rule.
        rule: String,
        /// `reference` or `family`.
        what: &'static str,
        /// The name.
        name: String,
        /// What may have been meant.
        suggestion: Option<Suggestion>,
    },
    /// Two rules cannot both hold.
    #[error("the rules {one} and {other} contradict each other: {why}; change one of them")]
    Contradiction {
        /// The first rule.
        one: String,
        /// The other rule.
        other: String,
        /// Why not.
        why: Contradiction,
    },
}

/// What may have been meant by a name that is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Suggestion {
    /// A reference, where the name was given as that of a family.
    #[error("it is a reference: write `reference`")]
    IsReference,
    /// A family, where the name was given as that of a reference.
    #[error("it is a family: write `family`")]
    IsFamily,
    /// One of the names that are most like it.
    #[error("did you mean {}?", .0.join(", "))]
    Near(Vec<String>),
}

/// Why two rules cannot both hold.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// More is expected of a part than is allowed of the whole.
    #[error(
        "one expects at least {low} of {expected} and the other forbids more than {high} of {forbidden}"
    )]
    Shares {
        /// What is expected at least.
        low: f64,
        /// Of what.
        expected: String,
        /// What is allowed at most.
        high: f64,
        /// Of what.
        forbidden: String,
    },
    /// Traces in a language are asked for and forbidden.
    #[error("one asks for traces in {language} and the other for none")]
    Language {
        /// The language.
        language: String,
    },
    /// No trace is of a kind that both allow.
    #[error("they allow kinds of reasoning (`mediation`) that have none in common")]
    Mediation,
    /// The shares that are expected add up to more than 1.
    #[error("together with others they expect {sum:.2}, more than all there is")]
    MoreThanAll {
        /// The sum.
        sum: f64,
    },
}

/// What a rule says that makes no sense.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleProblem {
    /// A list of names is empty, or a name is blank.
    #[error("`{key}` names nothing; write at least one name, or leave it out")]
    NamesNothing {
        /// The key.
        key: &'static str,
    },
    /// The table of languages is empty.
    #[error("`languages` names none; write for example {{ eng = 30 }}, or leave it out")]
    NoLanguages,
    /// A language is not known.
    #[error(
        "`languages` names {name:?}, which is not a known language; write an ISO 639-3 code, such as eng, cmn or deu"
    )]
    UnknownLanguage {
        /// The name.
        name: String,
    },
    /// A language stands twice, perhaps under two names.
    #[error("`languages` names {code} twice; write each language once")]
    RepeatedLanguage {
        /// Its code.
        code: &'static str,
    },
    /// A pattern of prompts is not a glob.
    #[error(
        "`only.prompts` contains {glob:?}, which is not a glob ({error}); write for example \"math-*\""
    )]
    BadGlob {
        /// The pattern.
        glob: String,
        /// What is wrong with it.
        error: String,
    },
    /// The slice says nothing.
    #[error("`only` is empty; give it a `domain` or `prompts`, or leave it out")]
    EmptySlice,
    /// A share is not from 0 to 1.
    #[error(
        "`{key}` is {found}, and a share is a number from 0 to 1{}",
        if *found > 1.0 && *found <= 100.0 { format!("; for {found} % write {}", found / 100.0) } else { String::new() }
    )]
    NoShare {
        /// The key.
        key: String,
        /// Its value.
        found: f64,
    },
    /// An estimate is never as small as that.
    #[error(
        "`share` is 0, and every estimate is above 0; write the smallest share that must not pass, or `attributed = 0` \
         if none of these may come first for any trace"
    )]
    ZeroShare,
    /// An estimate is never as large as that.
    #[error("`share` is 1, which no estimate reaches; write the smallest share that is enough")]
    WholeShare,
    /// No reference and no family is named.
    #[error("it names no model; give it a `reference` or a `family`")]
    NoModel,
    /// A kind of reasoning is not known.
    #[error("`mediation` is {name:?}; it is one of raw, summary, truncated and unknown")]
    UnknownMediation {
        /// The name.
        name: String,
    },
    /// A number of traces is no whole number.
    #[error(
        "`languages` asks for {found} traces in {language}; in [[require]] it is a number of traces"
    )]
    NoCount {
        /// The language.
        language: &'static str,
        /// The number.
        found: f64,
    },
    /// A likeness is expected, and not how much of it.
    #[error(
        "it names what to resemble but not how much; give it a `share` or `attributed`, or leave the names out and give \
         the `similarity` to the baseline"
    )]
    NoAmount,
    /// A distance from the baseline is not above 0.
    #[error("`size` is {found}; it is a number of standard deviations of a single trace, above 0")]
    NoSize {
        /// The number.
        found: f64,
    },
    /// A change is allowed, and not towards what.
    #[error("it has a `change` but does not say towards which names; add `not_towards`")]
    ChangeOfNothing,
}
