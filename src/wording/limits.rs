//! What a comparison, a comparison of profiles or an audit cannot say, in sentences.

use super::{json::sentences, numbers::counted};
use crate::{
    attribution::classic::Method,
    lineage::{Limit, OtherLanguage, Writer},
};
use std::fmt::{Display, Formatter, Result};

sentences!(Limit);

impl Display for Limit {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::NothingScored => {
                f.write_str("No trace could be scored. Give more or longer traces.")
            }
            Self::OtherMethod(method) => other_method(*method, f),
            Self::RankingDiffers { first, candidate } => write!(
                f,
                "The ranking begins with {first}, and the verdict looks at {candidate}: the ranking \
                 compares single traces with the references, the verdict compares all of them \
                 together, and decides."
            ),
            Self::SeenBefore { traces, of } => seen_before(*traces, *of, f),
            Self::CommonOrigin => f.write_str(
                "Two models can look alike because they share a teacher, a public data set or a base \
                 model. The ranking does not say which.",
            ),
            Self::AddedLater { reference } => write!(
                f,
                "{reference} was added to the atlas later. Only its style tells it from the others, \
                 the phrases shown are those it uses more than the average reference, and the \
                 atlas's accuracy figures do not cover it."
            ),
            Self::MixedMediation { summaries, others, by } => write!(
                f,
                "{summaries} of the traces are a provider's summaries and {others} are {}: the input \
                 mixes two writers. Compare them separately.",
                writer(*by)
            ),
            Self::UnknownMediation => f.write_str(
                "The traces do not say whether they are raw reasoning or a provider's summaries. \
                 Another model writes such summaries.",
            ),
            Self::ReferenceMediationUnknown { reference, input } => write!(
                f,
                "The atlas does not say whether {reference} was learned from raw reasoning or from a \
                 provider's summaries; the input is {}.",
                writer(*input)
            ),
            Self::OtherMediation { reference, known_from, input } => write!(
                f,
                "{reference} was learned from {}, and the input is {}: part of the difference is \
                 that between a model and a summarizer.",
                writer(*known_from),
                writer(*input)
            ),
            Self::NamesMasked { in_input: true } => f.write_str(
                "Names of models and vendors were masked in the input but not in the atlas's \
                 training data: a name that a model often writes counts as missing.",
            ),
            Self::NamesMasked { in_input: false } => f.write_str(
                "Names of models and vendors were masked in the atlas's training data but not in the \
                 input: names in the input say nothing.",
            ),
            Self::OtherDomain { domains, reference, known_from, top1 } => {
                other_domain(domains, reference, known_from, *top1, f)
            }
            Self::DomainUnknown => f.write_str(
                "The traces or the references name no domain, so it is unknown whether both have the \
                 same subject matter. Across domains the ranking is far less certain.",
            ),
            Self::Layout { reference, without, with } => write!(
                f,
                "Layout drives much of this result: without the layout channel the share of \
                 {reference} is {:.0} %, not {:.0} %.",
                100.0 * without,
                100.0 * with
            ),
            Self::FewPrompts { prompts } => write!(
                f,
                "The intervals are rough, because they rest on only {}.",
                counted(*prompts, "prompt", "prompts")
            ),
            Self::Untokenized { bytes } => write!(
                f,
                "The atlas's tokenizer failed on {} of the traces; the channel token ignores them.",
                counted(*bytes, "byte", "bytes")
            ),
            Self::UserVectors => f.write_str(
                "The scores also rest on vectors that the user gave (the channel vectors). These \
                 reflect what a trace is about at least as much as how it is written.",
            ),
            Self::WithoutVector { traces } => write!(
                f,
                "{} no vector, so the channel vectors says nothing about {}.",
                counted(*traces, "trace has", "traces have"),
                if *traces == 1 { "it" } else { "them" }
            ),
            Self::TooShort { traces, words } => write!(
                f,
                "{} fewer than {words} words and {} not scored.",
                counted(*traces, "trace had", "traces had"),
                if *traces == 1 { "was" } else { "were" }
            ),
            Self::OnlyReferences { references } => write!(
                f,
                "Only the {references} references of this atlas were compared. A model outside the \
                 atlas cannot be named."
            ),
            Self::OtherPrompts => f.write_str(
                "The two corpora answered different prompts, so the figures also reflect subject \
                 matter. Run both on the same prompts.",
            ),
            Self::ReferencesOtherPrompts => f.write_str(
                "The references did not answer these prompts, so the likeness to them also reflects \
                 subject matter.",
            ),
            Self::ProfileWithoutScores => f.write_str(
                "A profile keeps no scores, so there is no verdict, no share of the evidence and no \
                 `unknown`. Compare the traces themselves to get these.",
            ),
            Self::ProfileWithoutText => f.write_str(
                "A profile keeps no text, so it cannot show which phrases came and went, or which \
                 records differ.",
            ),
            Self::ProfileMeans => f.write_str(
                "A profile keeps one mean per prompt, each value as a byte, and no label. The \
                 intervals resample prompts and leave out how far traces of one prompt differ. The \
                 profile of a reference is also compared with that reference itself.",
            ),
            Self::Copies { traces, of } => write!(
                f,
                "{} of the {of} traces {} word by word the text of another one. Prompts under which \
                 the same text stands count as one prompt.",
                traces,
                if *traces == 1 { "repeats" } else { "repeat" }
            ),
            Self::Repeated { traces } => write!(
                f,
                "{} an earlier one, word by word or nearly. Each repetition counts.",
                counted(*traces, "trace repeats", "traces repeat")
            ),
            Self::UnlikeReference { reference, similarity } => write!(
                f,
                "The traces nearest to {reference} resemble it less ({similarity:.2}) than two halves \
                 of one model's corpus resemble each other. They may come from a model outside the \
                 atlas, or have other subject matter."
            ),
            Self::HiddenByRelative => f.write_str(
                "A model outside the atlas is rarely counted as \"none of these\" if the atlas has a \
                 reference with a similar style: its share is then added to that reference.",
            ),
            Self::IntervalsOfShares => f.write_str(
                "The intervals show how far the shares would move with other prompts, and leave out \
                 the error of the calibration itself: for known mixtures, 7 to 9 of 10 intervals \
                 contained the true share. Read close relatives as one family.",
            ),
            Self::OtherLanguage(other) => other.fmt(f),
            Self::OnlyReferencesHaveShares { references } => {
                write!(f, "Only the {references} references of this atlas can have a share.")
            }
            Self::Text(sentence) => f.write_str(sentence),
        }
    }
}

impl Display for OtherLanguage {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(
            f,
            "{} in another language ({}) than most of the atlas's training data ({}): the atlas does \
             not know any model's habits in it.",
            counted(self.traces, "trace is", "traces are"),
            self.languages.join(", "),
            self.atlas
        )
    }
}

fn other_method(method: Method, f: &mut Formatter<'_>) -> Result {
    write!(
        f,
        "The ranking uses the method {} ({}). The phrases, the similarities and the p-values of \
         `unknown` come from the default model, and so do all accuracy figures.",
        method.name(),
        method.title()
    )
}

fn seen_before(traces: usize, of: usize, f: &mut Formatter<'_>) -> Result {
    write!(
        f,
        "{traces} of the {of} traces {} in the atlas's training data, so the figures for {} are \
         over-confident. Leave {} out to test the program.",
        if traces == 1 { "is" } else { "are" },
        if traces == 1 { "it" } else { "them" },
        if traces == 1 { "it" } else { "them" }
    )
}

fn other_domain(
    domains: &[String],
    reference: &str,
    known_from: &[String],
    top1: Option<f64>,
    f: &mut Formatter<'_>,
) -> Result {
    match domains {
        [] => f.write_str("Judging by their words, the traces have new subject matter")?,
        domains => write!(f, "The traces are about {}", domains.join(", "))?,
    }
    let known_from = match known_from {
        [] => "other subject matter".to_owned(),
        known_from => known_from.join(", "),
    };
    write!(
        f,
        ", but {reference} was learned from {known_from} only. Across domains, subject matter and \
         style are mixed up: the ranking is far less certain, and a model outside the atlas cannot \
         be told from one in it."
    )?;
    top1.map_or(Ok(()), |top1| {
        write!(
            f,
            " On held-out data sets the right reference came first for {:.0} % of single traces.",
            100.0 * top1
        )
    })
}

/// What a writer's traces are.
fn writer(writer: Writer) -> &'static str {
    match writer {
        Writer::Model => "raw reasoning",
        Writer::Summarizer => "a provider's summaries",
        Writer::Both => "raw reasoning and a provider's summaries",
        Writer::Unknown => "of unknown mediation",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_trace_is_singular() {
        assert_eq!(
            Limit::SeenBefore { traces: 1, of: 9 }.to_string(),
            "1 of the 9 traces is in the atlas's training data, so the figures for it are \
             over-confident. Leave it out to test the program."
        );
        let short = Limit::TooShort { traces: 1, words: 20 };
        assert_eq!(short.to_string(), "1 trace had fewer than 20 words and was not scored.");
        let other = OtherLanguage {
            traces: 30,
            languages: vec!["cmn".into(), "fin".into()],
            atlas: "eng".into(),
        };
        assert!(other.to_string().starts_with("30 traces are in another language (cmn, fin)"));
    }

    #[test]
    fn new_subject_matter_is_named_where_it_has_a_name() {
        let limit = |domains: &[&str]| {
            Limit::OtherDomain {
                domains: domains.iter().map(|&domain| domain.to_owned()).collect(),
                reference: "a/x".into(),
                known_from: vec!["math".into()],
                top1: Some(0.34),
            }
            .to_string()
        };
        let named = limit(&["law"]);
        assert!(named.starts_with("The traces are about law, but a/x was learned from math only."));
        assert!(named.ends_with("came first for 34 % of single traces."), "{named}");
        assert!(limit(&[]).starts_with("Judging by their words, the traces have new subject"));
    }
}
