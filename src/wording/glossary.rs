//! Terms of art and what they mean, for a reader who meets them for the first time.

/// A term as it stands in a sentence, and its meaning. A longer term stands before one that is a part
/// of it.
pub const GLOSSARY: [(&str, &str); 12] = [
    (
        "share of the evidence",
        "The probability of a reference, averaged over all traces; each prompt counts the same. All \
         shares together are 1.",
    ),
    (
        "95 % interval",
        "Where the value would fall in 95 of 100 repetitions with other prompts of the same kind.",
    ),
    (
        "prompt effects",
        "What all references write alike because of the prompt. It is subtracted, so only the model's \
         own style remains.",
    ),
    (
        "likeness",
        "How alike two styles are once prompt effects are removed: 1 is the same style, 0 is no more \
         alike than two random models.",
    ),
    (
        "left out of the atlas",
        "To set the bound, whole model families were removed from the atlas, and it was counted how \
         often a wrong name was given.",
    ),
    (
        "probability",
        "How often such a name is right; models that the atlas does not know are counted in.",
    ),
    ("references", "Known models whose traces the atlas was learned from."),
    ("layout", "Markdown, lists, line lengths: habits of form that reformatting can change."),
    ("family", "Models that were made from one another or named as versions of one."),
    ("atlas", "The file of known models that the traces are compared with."),
    ("p-value", "How often chance alone gives a result this extreme."),
    ("shift", "The change of style from the baseline to the input."),
];
