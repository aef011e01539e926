//! An evaluation → the sentences around its numbers, the same in the terminal and in the page.

use super::escape;
use super::numbers::{accuracy, accuracy_interval, count, counted, fixed, fixed_interval};
use crate::evaluation::{Evaluation, Group, MOST, OpenSetFigures, PairPlan};

/// What was found, in one sentence.
pub fn headline(evaluation: &Evaluation) -> String {
    let parts = evaluation.design.parts.len();
    let held_out = match evaluation.design.group {
        Group::Prompt => format!("prompts that were held out ({parts} folds)"),
        Group::Domain => format!("domains that were held out (one of {parts} at a time)"),
        Group::Source => format!("sources that were held out (one of {parts} at a time)"),
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
        "The 95 % interval over prompts is {}; always naming the most frequent of the {} would be right for \
         {}.",
        accuracy_interval(summary.top1.low, summary.top1.high),
        counted(evaluation.design.models, "model", "models"),
        accuracy(most as f64 / summary.traces.max(1) as f64)
    )];
    if let Some(family) = &summary.family_accuracy {
        sentences.push(format!("The right family came first for {}.", accuracy(family.value)));
    }
    let by_chance = summary.calibration_error_by_chance.map_or_else(String::new, |by_chance| {
        format!(
            "; were every probability right, it would seem off by {} by chance",
            fixed(by_chance, 3)
        )
    });
    sentences.push(format!(
        "The probability given to the first model is off by {} on average (expected calibration error){by_chance}.",
        fixed(summary.calibration_error.value, 3)
    ));
    if summary.cllr.value > summary.cllr_of_ignorance {
        sentences.push(format!(
            "The probabilities mislead: their Cllr of {} bits is above the {} bits of who gives every model the \
             same.",
            fixed(summary.cllr.value, 2),
            fixed(summary.cllr_of_ignorance, 2)
        ));
    }
    if let Some(pool) = evaluation.pooled.iter().rfind(|pool| pool.traces > 1) {
        sentences.push(format!(
            "With {} traces of one model judged together, it came first for {}.",
            pool.traces,
            accuracy(pool.top1.value)
        ));
    }
    sentences.extend(evaluation.open_set.as_ref().map(open_set));
    sentences
}

/// What the open set says.
pub fn open_set(figures: &OpenSetFigures) -> String {
    format!(
        "Traces of models that were left out are told from those of known models with an area under the curve \
         (AUROC) of {} (0.5 is chance); at the 5 % level {} of them are called unknown, and {} of the known \
         models’ traces.",
        fixed(figures.auroc.value, 2),
        accuracy(figures.strangers_called_unknown.value),
        accuracy(figures.known_called_unknown.value)
    )
}

/// How many traces tell a pair apart.
pub fn plan(plan: &PairPlan) -> String {
    let [a, b] = &plan.sides;
    let pair =
        format!("To tell {} from {} at 95 %", escape::name(&a.model), escape::name(&b.model));
    let misleading = plan.sides.iter().find(|side| side.mean <= 0.0);
    if let (None, Some(side)) = (plan.needed, misleading) {
        return format!(
            "{pair}, no number of traces is enough: on average those of {} speak for the other.",
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

/// The Cllr with what it is measured by.
pub fn cllr_name(evaluation: &Evaluation) -> String {
    format!(
        "Cllr, multi-class (bits; ignorance: {})",
        fixed(evaluation.summary.cllr_of_ignorance, 2)
    )
}

/// How it was measured, a paragraph each.
pub fn method(evaluation: &Evaluation) -> Vec<String> {
    let mut paragraphs = vec![
        "An atlas was learned as cotprint fit learns it, on all traces but those held out, and the held-out \
         traces were scored as cotprint score scores them. No prompt is on both sides of a split. Intervals are \
         percentiles of a bootstrap that draws whole prompts."
            .to_owned(),
        "Macro-F1 is the mean F1 over models. Log loss is the mean of −ln of the right model’s probability, at \
         least 10⁻⁶. The Brier score sums squares over all models (Brier 1950). The expected calibration error has 15 \
         bins of equal width. Cllr is the multi-class form of Brümmer and du Preez (2006): probabilities are \
         divided by the models’ shares of the training traces and scaled to a flat prior; the cost is −log₂ of \
         the right model’s, averaged within and then over models. Resamples hold some prompts several times, which makes bins \
         rougher: the interval of the calibration error leans upwards. c@1 (Peñas and Rodrigo 2011) rewards leaving a \
         trace unanswered above answering wrongly; unanswered are traces with unknown of at most 0.05 or too few \
         words."
            .to_owned(),
        "Traces that are judged together are of one model and of different prompts, drawn by lot; their log \
         probabilities are averaged. To plan how many traces are needed, log-likelihood ratios of held-out traces \
         are drawn by prompt and added up until 95 % of 2,000 such sums have the right sign, whichever of the \
         two models wrote them."
            .to_owned(),
    ];
    if evaluation.open_set.is_some() {
        paragraphs.push(
            "For the open set the models were dealt out to groups; one group and one fold of prompts at a time \
             was left out of learning, and the traces of that fold were judged."
                .to_owned(),
        );
    }
    paragraphs
}

/// A value and its interval with so many decimals.
pub fn with_interval(estimate: &crate::evaluation::Estimate, places: usize) -> [String; 2] {
    [fixed(estimate.value, places), fixed_interval(estimate.low, estimate.high, places)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Side;

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
            never.contains("no number of traces") && never.contains("those of b speak"),
            "{never}"
        );
    }
}
