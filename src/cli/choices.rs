//! The values of options that are a choice, with the help of each. The types know their names; only
//! the command line knows `clap`.

use crate::{
    attribution::classic,
    evaluation::Group,
    ingest::Turns,
    lineage::tree,
    trace::{CleaningStep, TextKind},
};
use clap::{ValueEnum, builder::PossibleValue};

/// Makes a type with names one that `clap` can offer as a choice.
macro_rules! choice {
    ($type:ty { $($variant:ident => $help:literal),+ $(,)? }) => {
        impl ValueEnum for $type {
            fn value_variants<'a>() -> &'a [Self] {
                Self::ALL
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                let help = match self { $(Self::$variant => $help),+ };
                Some(PossibleValue::new(self.name()).help(help))
            }
        }
    };
}

choice!(TextKind {
    Reasoning => "The reasoning (the default)",
    Answer => "The answer that followed the reasoning",
    Both => "The reasoning, a blank line, the answer",
});

choice!(Turns {
    Last => "Of each run, the last turn with reasoning",
    Run => "All turns since the last question (the default); of a session's log, all of every run",
    All => "All turns, those before the last question too",
});

choice!(CleaningStep {
    Unicode => "Unicode is brought into its composed form (NFC)",
    LineEnds => "`\\r\\n` and `\\r` become `\\n`, and NUL becomes a space",
    Language => "The language is told (`meta.language`, ISO 639-3), where it can be told reliably",
    Refusals => "Refusals are marked (`meta.refusal`)",
    Names => "Names of models and vendors are marked (`meta.names`)",
    PromptQuotes => "Stretches of the prompt that stand in the trace are marked (`meta.prompt_quotes`)",
    Duplicates => "Traces that repeat another one are reported",
});

choice!(classic::Method {
    Default => "The model that cotprint learns: a regression and a style embedding, stacked by length",
    Burrows => "Burrows's Delta (2002), on the 150 most frequent words",
    Cosine => "Cosine Delta (Smith & Aldridge 2011; Evert et al. 2017), on 1,000 words",
    Eder => "Eder's Delta, as in R's stylo, on 150 words",
    Argamon => "Argamon's quadratic Delta (2008), on 1,000 words",
    Ruzicka => "Ruzicka's min-max measure (Koppel & Winter 2014; Kestemont et al. 2016), on 1,000 words",
    Impostors => "The general impostors method (Koppel & Winter 2014), 100 draws of words and impostors",
    Compression => "Compression with each reference's texts (Cilibrasi & Vitányi 2005; Teahan & Harper 2003); \
                    not with an atlas, which holds no texts",
});

choice!(Group {
    Prompt => "Prompts, dealt out to folds",
    Domain => "One domain at a time",
    Source => "One source (data set or file) at a time",
});

choice!(tree::Method {
    Nj => "Neighbour joining (Saitou & Nei 1987): unrooted, branches of unequal length",
    Average => "Average linkage (Sokal & Michener 1958): rooted, all tips as far from the root",
});

choice!(tree::Consensus {
    Majority => "The groups in more than half of the trees",
    Extended => "Those, then others in the order of their frequency as long as they fit (greedy)",
});
/// A share of models above 0 and at most one half.
pub(super) fn error_rate(text: &str) -> Result<f64, String> {
    let rate: Option<f64> = text.parse().ok();
    rate.filter(|rate| *rate > 0.0 && *rate <= 0.5)
        .ok_or_else(|| "give a share above 0 and at most 0.5, such as 0.05".into())
}
