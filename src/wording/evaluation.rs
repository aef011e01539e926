//! An evaluation, in sentences: the same in the terminal and in the page.

use super::escape;
use super::json::sentences;
use super::numbers::{accuracy, accuracy_interval, count, counted, fixed, fixed_interval, percent};
use crate::evaluation::{
    Evaluation, EvaluationLimit, Group, MOST, NamingPlan, NoVerification, OpenSetFigures, PairPlan,
    VerificationFigures,
};
use std::fmt::{Display, Formatter};

/// Names in a sentence; the rest are counted.
const NAMED: usize = 6;

sentences!(EvaluationLimit);

impl Display for EvaluationLimit {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TheseModels { models } => write!(
                f,
                "The figures are about these {models} models on prompts like these. With more models, \
                 or models that are more alike, they would be lower."
            ),
            Self::PartsNotLearned { parts } => {
                let quoted: Vec<String> = parts.iter().map(|part| format!("\"{part}\"")).collect();
                write!(
                    f,
                    "Without {} too little is left to learn from, so the traces held out there were \
                     not scored.",
                    listed(&quoted)
                )
            }
            Self::ModelsNotLearned { traces, models } => write!(
                f,
                "{} could not be scored, because too few traces of their model were left to learn it \
                 from: {}. No figure counts them.",
                counted(*traces, "held-out trace", "held-out traces"),
                listed(models)
            ),
            Self::NoErrors { prompts } => write!(
                f,
                "No scored trace was given to a wrong model, so resampling cannot show how rare errors \
                 are: with {prompts} prompts, up to about {:.0} % of new prompts may have one (the \
                 rule of three).",
                (300.0 / *prompts as f64).min(100.0)
            ),
            Self::SimilarPrompts { prompts, similar } => write!(
                f,
                "Of {prompts} prompts, {similar} ask nearly the same as another. They were held out \
                 together with it and count as one prompt in the intervals."
            ),
            Self::FewPrompts { prompts, needed } => write!(
                f,
                "The traces answer only {}; with fewer than {needed} the intervals are too narrow.",
                counted(*prompts, "different prompt", "different prompts")
            ),
            Self::OwnPrompts { models } => write!(
                f,
                "{} answered mostly prompts that no other model here answered: such models may differ \
                 by what they were asked, not by how they write.",
                listed(models)
            ),
            Self::Lengths { shortest, longest } => write!(
                f,
                "The models' median lengths range from {shortest} to {longest} words: length alone, \
                 which is not style, tells some of them apart."
            ),
            Self::OneDomain { domain } => write!(
                f,
                "All traces are of one domain (\"{domain}\"): the accuracy on other subject matter was \
                 not measured."
            ),
            Self::KnownDomains { domains } => write!(
                f,
                "Training and held-out traces have the same domains ({}): the accuracy on held-out domains \
                 was not measured.",
                listed(domains)
            ),
            Self::UserVectors => f.write_str(
                "The channel vectors reflects what a trace is about at least as much as how it is \
                 written: compare with the figures without it.",
            ),
            Self::NoChangedTexts => f.write_str(
                "Changed texts were not scored: the file of vectors has those of the unchanged traces \
                 only.",
            ),
            Self::TwoKnownModels => f.write_str(
                "In rounds of the open set only two models were learned. `unknown` is learned from \
                 traces whose own model is taken off the list; with one model left this says nothing. \
                 Do not rely on `unknown` in an atlas of two models.",
            ),
            Self::NoOpenSet(why) => f.write_str(&super::as_sentence(why)),
            Self::NoVerification(why) => write!(f, "The verdict was not measured: {why}."),
            Self::Text(sentence) => f.write_str(sentence),
        }
    }
}

impl Display for NoVerification {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoFamilies => f.write_str(
                "the families of the models were not given. A model is a stranger only if its whole \
                 family is left out",
            ),
            Self::FewFamilies { families, needed } => write!(
                f,
                "an atlas that knows what an unknown model looks like needs {needed} families with \
                 enough traces beside those that are left out. The models belong to {}",
                counted(*families, "family", "families")
            ),
            Self::OneKind => f.write_str(
                "there were no held-out traces both of known models and of models that are no \
                 relatives of the first reference",
            ),
        }
    }
}

/// The first names, and how many more there are.
fn listed(names: &[String]) -> String {
    let shown = names.len().min(NAMED);
    let list = names[..shown].join(", ");
    match names.len() - shown {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

/// The main figure, in one sentence.
pub fn headline(evaluation: &Evaluation) -> String {
    let parts = evaluation.design.parts.len();
    let held_out = match evaluation.design.group {
        Group::Prompt => format!("held-out prompts ({parts} folds)"),
        Group::Domain => format!("held-out domains (one of {parts} at a time)"),
        Group::Source => format!("held-out sources (one of {parts} at a time)"),
    };
    format!(
        "On {held_out}, the right model came first for {} of the traces.",
        accuracy(evaluation.summary.top1.value)
    )
}

/// What the headline means, a sentence each.
pub fn reading(evaluation: &Evaluation) -> Vec<String> {
    let summary = &evaluation.summary;
    let most = evaluation.models.iter().map(|model| model.traces).max().unwrap_or(0);
    let mut sentences = vec![format!(
        "The 95 % interval over prompts is {}. Always naming the most frequent of the {} would be \
         right for {}.",
        accuracy_interval(summary.top1.low, summary.top1.high),
        counted(evaluation.design.models, "model", "models"),
        accuracy(most as f64 / summary.traces.max(1) as f64)
    )];
    if let Some(family) = &summary.family_accuracy {
        sentences.push(format!("The right family came first for {}.", accuracy(family.value)));
    }
    let by_chance = summary.calibration_error_by_chance.map_or_else(String::new, |by_chance| {
        format!("; perfectly calibrated probabilities would still show {}", fixed(by_chance, 3))
    });
    sentences.push(format!(
        "The expected calibration error of the first model's probability is {}{by_chance}.",
        fixed(summary.calibration_error.value, 3)
    ));
    if summary.cllr.value > summary.cllr_of_ignorance {
        sentences.push(format!(
            "The probabilities mislead: their Cllr of {} bits exceeds {} bits, which uniform guessing \
             scores.",
            fixed(summary.cllr.value, 2),
            fixed(summary.cllr_of_ignorance, 2)
        ));
    }
    if let Some(pool) = evaluation.pooled.iter().rfind(|pool| pool.traces > 1) {
        sentences.push(format!(
            "With {} traces of one model scored together, it came first for {}.",
            pool.traces,
            accuracy(pool.top1.value)
        ));
    }
    sentences.extend(evaluation.open_set.as_ref().map(open_set));
    sentences.extend(verification_of(evaluation).and_then(verification));
    sentences
}

/// The figures of the open set, in two sentences.
pub fn open_set(figures: &OpenSetFigures) -> String {
    format!(
        "The AUROC between traces of left-out models and of known models is {} (0.5 is chance). At the \
         5 % level, {} of the left-out models’ traces are called unknown, and {} of the known models’.",
        fixed(figures.auroc.value, 2),
        accuracy(figures.strangers_called_unknown.value),
        accuracy(figures.known_called_unknown.value)
    )
}

/// What was measured of the verdict; `None` where it was not.
pub fn verification_of(evaluation: &Evaluation) -> Option<&VerificationFigures> {
    evaluation.open_set.as_ref()?.verification.as_ref()
}

/// What the program's own bound does with the most traces that all figures have.
pub fn verification(figures: &VerificationFigures) -> Option<String> {
    let own = figures.by_traces.last()?;
    let relatives = own.relatives_named.map_or_else(String::new, |named| {
        format!(
            " Of {} of left-out models whose candidate is of the same vendor, {} are named, which is \
             neither right nor wrong.",
            counted(own.relatives, "corpus", "corpora"),
            accuracy(named.value)
        )
    });
    Some(format!(
        "With {}, the verdict names the right family for {} of the corpora of known models, a wrong one \
         for {}, and names {} of the strangers.{relatives}",
        counted(own.traces, "trace", "traces"),
        accuracy(own.named_rightly.value),
        accuracy(own.named_wrongly.value),
        accuracy(own.strangers_named.value)
    ))
}

/// How many traces it takes until models are named, in one sentence.
pub fn naming(figures: &VerificationFigures) -> String {
    let all = counted(figures.models.len(), "model", "models");
    let level = percent(figures.named_level);
    let mut sentence = format!(
        "The smallest number of traces with which {level} of a model’s corpora are named rightly:"
    );
    for own in &figures.by_traces {
        let needs = |plan: &&NamingPlan| plan.needed == Some(own.traces);
        let models = figures.models.iter().filter(needs).count();
        if models > 0 {
            sentence += &format!(" {} for {};", count(own.traces), count(models));
        }
    }
    let never = figures.models.iter().filter(|plan| plan.needed.is_none()).count();
    let most = figures.models.iter().map(|plan| plan.most).max().unwrap_or(0);
    sentence += &match never {
        0 => format!(" of {all}, none needs more."),
        never => format!(
            " for {} of {all}, not with the {} or fewer that were tried.",
            count(never),
            count(most)
        ),
    };
    sentence
}

/// How many traces tell a pair apart.
pub fn plan(plan: &PairPlan) -> String {
    let [a, b] = &plan.sides;
    let pair =
        format!("To tell {} from {} at 95 %", escape::name(&a.model), escape::name(&b.model));
    let misleading = plan.sides.iter().find(|side| side.mean <= 0.0);
    if let (None, Some(side)) = (plan.needed, misleading) {
        return format!(
            "{pair}, no number of traces is enough: on average the traces of {} point to the other model.",
            escape::name(&side.model)
        );
    }
    let traces = match plan.needed {
        Some(1) => "one trace is enough".to_owned(),
        Some(n) => format!("you need about {n} traces"),
        None => format!("you need more than {} traces", count(MOST)),
    };
    let interval = match (plan.low, plan.high) {
        (low, high) if low == high => String::new(),
        _ => format!(" (95 % interval {})", plan_interval(plan)),
    };
    format!("{pair}, {traces} of some {} words{interval}.", count(plan.words))
}

/// The interval of the number of traces: `3–12`, `40–>1,000`.
pub fn plan_interval(plan: &PairPlan) -> String {
    format!("{}–{}", needed(plan.low), needed(plan.high))
}

/// A number of traces that is needed.
pub fn needed(traces: Option<usize>) -> String {
    traces.map_or_else(|| format!(">{}", count(MOST)), count)
}

/// The name of the Cllr, with the value of uniform guessing.
pub fn cllr_name(evaluation: &Evaluation) -> String {
    format!(
        "Cllr, multi-class (bits; uniform guessing: {})",
        fixed(evaluation.summary.cllr_of_ignorance, 2)
    )
}

/// How it was measured, a paragraph each.
pub fn method(evaluation: &Evaluation) -> Vec<String> {
    let mut paragraphs = vec![
        "An atlas was learned from all traces except the held-out ones, which were then scored with it, both in \
         the same way as in any other use. No prompt is on both sides of a split. Intervals are \
         percentiles of a bootstrap over prompts."
            .to_owned(),
        "Macro-F1 is the mean F1 over models. Log loss is the mean of −ln of the right model’s probability, at \
         least 10⁻⁶. The Brier score sums squares over all models (Brier 1950). The expected calibration error has 15 \
         bins of equal width. Cllr is the multi-class form of Brümmer and du Preez (2006): probabilities are \
         divided by the models’ shares of the training traces and scaled to a flat prior; the cost is −log₂ of \
         the right model’s, averaged within and then over models. Resamples contain some prompts several \
         times, which makes the bins rougher and the interval of the calibration error too high. c@1 (Peñas \
         and Rodrigo 2011) rewards no answer over a wrong one; traces with `unknown` of at most 0.05 or too \
         few words have no answer."
            .to_owned(),
        "Traces that are scored together are of one model and of different prompts, drawn at random; their \
         log probabilities are averaged. To plan how many traces are needed, log-likelihood ratios of \
         held-out traces are drawn by prompt and added up until 95 % of 2,000 such sums have the right sign \
         for both models."
            .to_owned(),
    ];
    if evaluation.open_set.is_some() {
        paragraphs.push(
            "For the open set the models were divided into groups of whole families. Each round left one \
             group and one fold of prompts out of the training data and scored the traces of that fold."
                .to_owned(),
        );
    }
    if verification_of(evaluation).is_some() {
        paragraphs.push(
            "For the verdict, corpora were drawn from the traces of that fold, of one model and data set \
             each, and judged as `compare` judges them. The detection curve gives for each bound on the \
             candidate’s probability how many known and left-out models are named. AUROC is the area under \
             it. Cllr (Brümmer and du Preez 2006) is the cost of the probability in bits, between known models \
             with the right candidate and strangers, both as likely beforehand; who knows nothing pays 1. \
             minCllr is the same after the best ascending change. Intervals resample families. Corpora \
             of fewer than 3 traces, 3 prompts or 300 words are never named by the program."
                .to_owned(),
        );
    }
    paragraphs
}

/// A value and its interval, with this number of decimals.
pub fn with_interval(estimate: &crate::evaluation::Estimate, places: usize) -> [String; 2] {
    [fixed(estimate.value, places), fixed_interval(estimate.low, estimate.high, places)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{DetectionFigures, Estimate, Side};

    /// A number of traces with this share of each kind of corpora named.
    fn detection(traces: usize, share: f64) -> DetectionFigures {
        let estimate = Estimate { value: share, low: share, high: share };
        DetectionFigures {
            traces,
            known: 8,
            known_models: 4,
            strangers: 4,
            stranger_families: 2,
            relatives: 1,
            unfamiliar: 0,
            named_rightly: estimate,
            named_wrongly: estimate,
            strangers_named: estimate,
            relatives_named: Some(estimate),
            auroc: estimate,
            at: Vec::new(),
            cllr: None,
            min_cllr: None,
            curve: Vec::new(),
            calibration: Vec::new(),
        }
    }

    #[test]
    fn what_the_verdict_names_and_with_how_many_traces() {
        let plan = |needed| NamingPlan {
            model: "a/b".into(),
            family: None,
            needed,
            most: 20,
            by_traces: Vec::new(),
        };
        let mut figures = VerificationFigures {
            error_rate: 0.05,
            by_traces: vec![detection(5, 0.25), detection(20, 0.5)],
            named_level: 0.8,
            models: vec![plan(Some(5)), plan(Some(5)), plan(Some(20))],
        };
        let said = verification(&figures).unwrap();
        assert!(said.starts_with("With 20 traces, the verdict names the right family for 50.0 %"));
        assert!(said.contains("Of 1 corpus of left-out models"), "{said}");
        let said = naming(&figures);
        assert!(said.ends_with("80 % of a model’s corpora are named rightly: 5 for 2; 20 for 1; of 3 models, none needs more."), "{said}");
        figures.models.push(plan(None));
        let said = naming(&figures);
        assert!(
            said.ends_with(
                "20 for 1; for 1 of 4 models, not with the 20 or fewer that were tried."
            ),
            "{said}"
        );
    }

    #[test]
    fn it_is_said_why_the_verdict_was_not_measured() {
        let of = |why| EvaluationLimit::NoVerification(why).to_string();
        assert!(of(NoVerification::NoFamilies).contains("families of the models were not given"));
        let few = of(NoVerification::FewFamilies { families: 5, needed: 6 });
        assert!(few.contains("needs 6 families") && few.ends_with("5 families."), "{few}");
        assert!(of(NoVerification::OneKind).contains("no held-out traces both"));
    }

    fn pair(needed: Option<usize>, high: Option<usize>, means: [f64; 2]) -> PairPlan {
        let side = |model: &str, mean: f64| Side {
            model: model.into(),
            traces: 40,
            prompts: 40,
            mean,
            deviation: 1.0,
            needed,
        };
        PairPlan {
            sides: [side("a", means[0]), side("b", means[1])],
            confusion: 0.1,
            needed,
            low: Some(2),
            high,
            words: 1_200,
        }
    }

    #[test]
    fn long_lists_are_counted() {
        let names: Vec<String> = (0..8).map(|i| format!("m{i}")).collect();
        assert_eq!(listed(&names), "m0, m1, m2, m3, m4, m5 and 2 more");
        assert_eq!(listed(&names[..1]), "m0");
    }

    #[test]
    fn a_plan_says_how_many_traces_or_that_none_are_enough() {
        assert_eq!(
            plan(&pair(Some(5), Some(9), [1.0, 2.0])),
            "To tell a from b at 95 %, you need about 5 traces of some 1,200 words (95 % interval 2–9)."
        );
        assert!(
            plan(&pair(Some(1), Some(2), [1.0, 2.0]))
                .contains("one trace is enough of some 1,200 words.")
        );
        let more = plan(&pair(None, None, [0.1, 2.0]));
        assert!(more.contains("more than 1,000 traces") && more.contains("2–>1,000"), "{more}");
        let never = plan(&pair(None, None, [1.0, -0.2]));
        assert!(
            never.contains("no number of traces") && never.contains("traces of b point"),
            "{never}"
        );
    }
}
