//! What an evaluation cannot say, as data. [`crate::wording`] makes the sentences.

/// One thing that the figures of an evaluation cannot say. `Display` gives the sentence, and so
/// does JSON.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum EvaluationLimit {
    /// The figures are about these models only.
    TheseModels {
        /// Models that were told apart.
        models: usize,
    },
    /// Without some parts nothing could be learned.
    PartsNotLearned {
        /// These parts.
        parts: Vec<String>,
    },
    /// Some models had too few traces left to be learned.
    ModelsNotLearned {
        /// Held-out traces of these models.
        traces: usize,
        /// The models.
        models: Vec<String>,
    },
    /// No scored trace was given to a wrong model.
    NoErrors {
        /// Prompts of these traces.
        prompts: usize,
    },
    /// Some prompts ask nearly the same.
    SimilarPrompts {
        /// All prompts.
        prompts: usize,
        /// Prompts that ask nearly the same as another.
        similar: usize,
    },
    /// There are few prompts.
    FewPrompts {
        /// Different prompts.
        prompts: usize,
        /// Prompts from which on the intervals are wide enough.
        needed: usize,
    },
    /// Some models answered mostly prompts of their own.
    OwnPrompts {
        /// These models.
        models: Vec<String>,
    },
    /// Lengths tell models apart.
    Lengths {
        /// The smallest median of a model, in words.
        shortest: usize,
        /// The largest.
        longest: usize,
    },
    /// All traces have one domain.
    OneDomain {
        /// The domain.
        domain: String,
    },
    /// Training and held-out traces have the same domains.
    KnownDomains {
        /// The domains.
        domains: Vec<String>,
    },
    /// The channel vectors reflects subject matter.
    UserVectors,
    /// Changed texts have no vectors.
    NoChangedTexts,
    /// In rounds of the open set only two models were learned.
    TwoKnownModels,
    /// The open set was not measured, and why.
    NoOpenSet(String),
    /// The open set was measured, but not the verdict.
    NoVerification(NoVerification),
    /// A sentence, as read from a file.
    Text(String),
}

/// Why the verdict was not measured on models that were left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoVerification {
    /// The families of the models were not given: nothing says who is a relative of a left-out model.
    NoFamilies,
    /// No atlas could learn what a stranger looks like.
    FewFamilies {
        /// The families of the models.
        families: usize,
        /// The families that an atlas needs for that.
        needed: usize,
    },
    /// There were no held-out corpora both of known models and of strangers.
    OneKind,
}
