//! How a comparison is made and what it means, in a few paragraphs.

use super::numbers::counted;
use crate::lineage::Comparison;

/// Stands in every report, next to the verdict.
pub const STYLE_IS_EVIDENCE: &str = "Style is evidence, not proof: this says which model's writing the \
    traces resemble, not how the model came to write that way.";

/// The method in plain words, one paragraph each.
pub fn method(comparison: &Comparison) -> Vec<String> {
    let from = &comparison.provenance;
    vec![
        format!(
            "Each trace’s {} is turned into numbers by the channels {}: how often words and \
             phrases occur in it, and habits such as layout and rhythm. Two learners, a linear \
             classifier and a style embedding that compares models within one data set only, were \
             learned from {} of {} and give each trace a probability for every reference. The \
             probabilities are calibrated on prompts that were not used for learning: among \
             answers given with 0.8, about 8 in 10 are right. Where the traces are out of domain, only \
             the embedding is used, and its probabilities are calibrated on held-out data sets, which \
             is less exact.",
            match from.text.as_str() {
                "answer" => "answer",
                "both" => "reasoning and answer",
                _ => "reasoning",
            },
            from.channels.join(", "),
            counted(from.atlas_traces, "trace", "traces"),
            counted(from.atlas_references, "reference", "references"),
        ),
        format!(
            "A reference’s share of the evidence is its probability, averaged over the corpus; \
             every prompt has the same weight, however many traces answer it. The 95 % interval \
             comes from {} over prompts. “Without layout” is the same share when the \
             classifier sees no layout, since layout is easily changed by reformatting.",
            counted(from.resamples, "bootstrap resample", "bootstrap resamples"),
        ),
        "Similarity is Cosine Delta: how alike two corpora are in their use of frequent features, \
         from −1 (opposite habits) through 0 (unrelated) to 1 (the same). It does not depend on \
         the classifier. What a value means is shown by the floors: the values between corpora \
         whose relation is known."
            .into(),
        "A trace counts as unlike every reference when fewer than 5 % of the references’ own held-out \
         traces fit their reference as badly as this trace fits its best one."
            .into(),
    ]
}
