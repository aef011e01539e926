//! An evaluation → its tables as text, which the terminal and the page lay out.

use crate::evaluation::{Estimate, Evaluation, Summary, VerdictCounts};
use crate::report::escape;
use crate::report::numbers::{accuracy, accuracy_interval, count, fixed, fixed_interval, share};
use crate::wording::evaluation as words;
use serde::Serialize;

/// A table: the first column is text, the others are numbers unless they say otherwise.
#[derive(Debug, Serialize)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each as long as the columns.
    pub rows: Vec<Vec<String>>,
}

/// A column.
#[derive(Debug, Serialize)]
pub struct Column {
    /// Its heading.
    pub name: &'static str,
    /// Whether it holds text.
    pub text: bool,
    /// Whether a terminal has no room for it.
    pub page_only: bool,
}

fn text(name: &'static str) -> Column {
    Column { name, text: true, page_only: false }
}

fn number(name: &'static str) -> Column {
    Column { name, text: false, page_only: false }
}

/// The same, where there is room.
fn wide(column: Column) -> Column {
    Column { page_only: true, ..column }
}

/// Share and interval.
fn shares(estimate: &Estimate) -> [String; 2] {
    [accuracy(estimate.value), accuracy_interval(estimate.low, estimate.high)]
}

/// A calibration error, or a dash where an older program did not measure it.
fn error(estimate: Option<&Estimate>) -> String {
    estimate.map_or_else(|| "–".into(), |estimate| fixed(estimate.value, 3))
}

fn by_chance(error: Option<f64>) -> String {
    error.map_or_else(|| "–".into(), |error| fixed(error, 3))
}

/// The figures over all traces.
pub fn figures(evaluation: &Evaluation) -> Table {
    let summary = &evaluation.summary;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |name: &str, [value, interval]: [String; 2]| {
        rows.push(vec![name.to_owned(), value, interval]);
    };
    row("right model first (top-1)", shares(&summary.top1));
    if evaluation.design.models > 5 {
        row("right model among the first five (top-5)", shares(&summary.top5));
    }
    if let Some(family) = &summary.family_accuracy {
        row("right family first", shares(family));
    }
    row("macro-F1", words::with_interval(&summary.macro_f1, 3));
    row("log loss (nats)", words::with_interval(&summary.log_loss, 3));
    row("Brier score (0 to 2)", words::with_interval(&summary.brier, 3));
    row("expected calibration error", words::with_interval(&summary.calibration_error, 3));
    if let Some(by_chance) = summary.calibration_error_by_chance {
        row("the same for perfectly calibrated probabilities", [fixed(by_chance, 3), "–".into()]);
    }
    row(&words::cllr_name(evaluation), words::with_interval(&summary.cllr, 3));
    if let Some(c_at_1) = &summary.c_at_1 {
        row("c@1 (unanswered: unknown ≤ 0.05, short)", words::with_interval(c_at_1, 3));
    }
    if let Some(figures) = &evaluation.open_set {
        row("AUROC of unknown, models left out", words::with_interval(&figures.auroc, 3));
        row("left-out models called unknown (5 %)", shares(&figures.strangers_called_unknown));
        row("known models called unknown (5 %)", shares(&figures.known_called_unknown));
    }
    let columns = vec![text("figure"), number("value"), number("95 % interval")];
    Table { title: "Figures on held-out traces".into(), columns, rows }
}

/// The program's own method next to others; no rows where there are none.
pub fn methods(evaluation: &Evaluation) -> Table {
    let row = |name: &str, summary: &Summary| {
        let [top1, interval] = shares(&summary.top1);
        vec![
            escape::name(name),
            top1,
            interval,
            accuracy(summary.top5.value),
            fixed(summary.macro_f1.value, 3),
            fixed(summary.log_loss.value, 3),
            fixed(summary.brier.value, 3),
            fixed(summary.calibration_error.value, 3),
            fixed(summary.cllr.value, 3),
        ]
    };
    let mut rows: Vec<Vec<String>> =
        evaluation.methods.iter().map(|method| row(&method.name, &method.summary)).collect();
    if !rows.is_empty() {
        rows.insert(0, row("cotprint", &evaluation.summary));
    }
    let columns = vec![
        text("method"),
        number("top-1"),
        number("95 % interval"),
        wide(number("top-5")),
        wide(number("macro-F1")),
        number("log loss"),
        wide(number("Brier")),
        number("calibr. error"),
        wide(number("Cllr")),
    ];
    Table { title: "Other methods on the same traces".into(), columns, rows }
}

/// The models, those that are recognized least first.
pub fn models(evaluation: &Evaluation) -> Table {
    let mut models: Vec<_> = evaluation.models.iter().collect();
    models.sort_by(|a, b| a.f1.total_cmp(&b.f1).then(a.model.cmp(&b.model)));
    let rows = models.into_iter().map(|model| {
        let [recall, interval] = shares(&model.recall);
        vec![
            escape::name(&model.model),
            model.family.as_deref().map_or_else(|| "–".into(), escape::name),
            count(model.traces),
            recall,
            interval,
            model.precision.map_or_else(|| "–".into(), accuracy),
            share(model.f1),
            model.confused_with.as_deref().map_or_else(
                || "–".into(),
                |other| format!("{} ({})", escape::name(other), accuracy(model.confused_share)),
            ),
        ]
    });
    let columns = vec![
        text("model"),
        wide(text("family")),
        number("traces"),
        number("recognized"),
        number("95 % interval"),
        number("precision"),
        number("F1"),
        wide(text("most often confused with")),
    ];
    Table { title: "Models, the least recognized first".into(), columns, rows: rows.collect() }
}

/// By length.
pub fn lengths(evaluation: &Evaluation) -> Table {
    let rows = evaluation.by_length.iter().map(|bin| {
        let words = match bin.below {
            Some(below) => format!("{}–{}", count(bin.from), count(below - 1)),
            None => format!("{} or more", count(bin.from)),
        };
        let [top1, interval] = shares(&bin.top1);
        let loss = fixed(bin.log_loss.value, 3);
        vec![
            words,
            count(bin.traces),
            top1,
            interval,
            loss,
            error(bin.calibration_error.as_ref()),
            by_chance(bin.calibration_error_by_chance),
        ]
    });
    let columns = vec![
        text("words in the trace"),
        number("traces"),
        number("right first"),
        number("95 % interval"),
        number("log loss"),
        number("calibr. error"),
        wide(number("by chance")),
    ];
    Table { title: "Short and long traces".into(), columns, rows: rows.collect() }
}

/// By number of traces judged together.
pub fn pooled(evaluation: &Evaluation) -> Table {
    let rows = evaluation.pooled.iter().map(|pool| {
        let [top1, interval] = shares(&pool.top1);
        let [error, error_interval] = words::with_interval(&pool.calibration_error, 3);
        vec![
            count(pool.traces),
            count(pool.models),
            top1,
            interval,
            fixed(pool.log_loss.value, 3),
            error,
            error_interval,
            by_chance(pool.calibration_error_by_chance),
        ]
    });
    let columns = vec![
        text("traces together"),
        number("models"),
        number("right first"),
        number("95 % interval"),
        number("log loss"),
        number("calibr. error"),
        wide(number("95 % interval")),
        wide(number("by chance")),
    ];
    Table { title: "Several traces scored together".into(), columns, rows: rows.collect() }
}

/// What the verdict says of whole corpora; no rows where no model was left out.
pub fn verdicts(evaluation: &Evaluation) -> Table {
    let row = |what: &str, counts: &VerdictCounts| {
        let numbers = [
            counts.corpora,
            counts.with_relatives,
            counts.itself,
            counts.family,
            counts.another,
            counts.nobody,
        ];
        std::iter::once(what.to_owned()).chain(numbers.map(count)).collect()
    };
    let rows: Vec<Vec<String>> = match &evaluation.open_set {
        Some(figures) if figures.stranger_verdicts.corpora > 0 => vec![
            row("known models", &figures.known_verdicts),
            row("left-out models", &figures.stranger_verdicts),
        ],
        _ => Vec::new(),
    };
    let columns = vec![
        text("corpora of"),
        number("corpora"),
        wide(number("with relatives")),
        number("itself"),
        number("its family"),
        number("another"),
        number("no model"),
    ];
    Table {
        title: "What the verdict names, from all held-out traces of a model".into(),
        columns,
        rows,
    }
}

/// The verdict by verification, by number of traces; no rows where it was not measured.
pub fn verification(evaluation: &Evaluation) -> Table {
    let measured = evaluation.open_set.iter().filter_map(|figures| figures.verification.as_ref());
    let rows = measured.flat_map(|figures| &figures.by_traces).map(|own| {
        let [right, interval] = shares(&own.named_rightly);
        let maybe = |estimate: Option<&Estimate>, text: fn(f64) -> String| {
            estimate.map_or_else(|| "–".into(), |estimate| text(estimate.value))
        };
        let bits = |value| fixed(value, 2);
        let mut row = vec![
            count(own.traces),
            count(own.known),
            right,
            interval,
            accuracy(own.named_wrongly.value),
            count(own.strangers),
            accuracy(own.strangers_named.value),
            count(own.relatives),
            maybe(own.relatives_named.as_ref(), accuracy),
        ];
        row.extend(own.at.iter().map(|at| accuracy(at.named_rightly.value)));
        row.extend([
            bits(own.auroc.value),
            maybe(own.cllr.as_ref(), bits),
            maybe(own.min_cllr.as_ref(), bits),
        ]);
        row
    });
    let columns = vec![
        text("traces"),
        wide(number("known corpora")),
        number("named rightly"),
        wide(number("95 % interval")),
        number("wrongly"),
        wide(number("strangers")),
        number("strangers named"),
        wide(number("relatives")),
        wide(number("relatives named")),
        wide(number("rightly at 2 %")),
        number("rightly at 5 %"),
        wide(number("rightly at 10 %")),
        number("AUROC"),
        wide(number("Cllr")),
        wide(number("minCllr")),
    ];
    Table { title: "The verdict, by number of traces".into(), columns, rows: rows.collect() }
}

/// Changed texts.
pub fn robustness(evaluation: &Evaluation) -> Table {
    let points = |value: f64| fixed(100.0 * value, 1);
    let mut rows: Vec<Vec<String>> = evaluation
        .robustness
        .iter()
        .map(|changed| {
            let difference = &changed.difference;
            vec![
                escape::name(&changed.change),
                count(changed.traces),
                accuracy(changed.top1.value),
                points(difference.value),
                fixed_interval(100.0 * difference.low, 100.0 * difference.high, 1),
                fixed(changed.log_loss.value, 3),
                error(changed.calibration_error.as_ref()),
                by_chance(changed.calibration_error_by_chance),
                fixed(changed.unchanged_log_loss, 3),
                count(changed.too_short),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let summary = &evaluation.summary;
        let loss = fixed(summary.log_loss.value, 3);
        let first = [
            "unchanged".to_owned(),
            count(summary.traces),
            accuracy(summary.top1.value),
            "–".into(),
            "–".into(),
            loss.clone(),
            error(Some(&summary.calibration_error)),
            by_chance(summary.calibration_error_by_chance),
            loss,
            "–".into(),
        ];
        rows.insert(0, first.to_vec());
    }
    let columns = vec![
        text("change"),
        number("traces"),
        number("right first"),
        number("points"),
        number("95 % interval"),
        number("log loss"),
        wide(number("calibr. error")),
        wide(number("by chance")),
        wide(number("unchanged")),
        wide(number("too short")),
    ];
    Table { title: "The same traces, changed".into(), columns, rows }
}

/// Pairs of models.
pub fn planner(evaluation: &Evaluation) -> Table {
    let rows = evaluation.planner.iter().map(|plan| {
        let [a, b] = &plan.sides;
        let ratio = |side: &crate::evaluation::Side| {
            format!("{} ± {}", fixed(side.mean, 1), fixed(side.deviation, 1))
        };
        vec![
            escape::name(&a.model),
            escape::name(&b.model),
            words::needed(plan.needed),
            words::plan_interval(plan),
            count(plan.words),
            share(plan.confusion),
            ratio(a),
            ratio(b),
        ]
    });
    let columns = vec![
        text("one model"),
        text("the other"),
        number("traces needed"),
        number("95 % interval"),
        number("words"),
        number("confusion"),
        number("ratio, one"),
        number("ratio, other"),
    ];
    Table { title: "Traces needed to tell two models apart".into(), columns, rows: rows.collect() }
}

/// The rounds of the open set; no rows where it was not measured.
pub fn rounds(evaluation: &Evaluation) -> Table {
    let rounds = evaluation.open_set.iter().flat_map(|figures| &figures.rounds);
    let rows = rounds.map(|round| {
        let names: Vec<String> = round.left_out.iter().map(|name| escape::name(name)).collect();
        vec![
            names.join(", "),
            count(round.strangers),
            count(round.known),
            round.auroc.map_or_else(|| "–".into(), |area| fixed(area, 3)),
        ]
    });
    let columns = vec![
        text("models left out"),
        number("their traces"),
        number("known models’"),
        number("AUROC"),
    ];
    Table { title: "Models left out in turn".into(), columns, rows: rows.collect() }
}

/// The rounds of learning and judging.
pub fn parts(evaluation: &Evaluation) -> Table {
    let rows = evaluation.design.parts.iter().map(|part| {
        vec![
            escape::name(&part.name),
            count(part.training),
            count(part.held_out),
            count(part.judged),
            part.top1.map_or_else(|| "–".into(), accuracy),
        ]
    });
    let columns = vec![
        text("held out"),
        number("learned from"),
        number("held out"),
        number("judged"),
        number("right first"),
    ];
    Table { title: "Learning and scoring, part by part".into(), columns, rows: rows.collect() }
}

/// What was not judged, by reason.
pub fn unjudged(evaluation: &Evaluation) -> Table {
    let unjudged = &evaluation.unjudged;
    let mut rows: Vec<Vec<String>> = unjudged
        .dropped
        .iter()
        .map(|(reason, traces)| vec![escape::name(reason), count(*traces)])
        .collect();
    if unjudged.too_short > 0 {
        let words = crate::attribution::MINIMUM_WORDS;
        rows.push(vec![format!("fewer than {words} words (no answer)"), count(unjudged.too_short)]);
    }
    for (model, traces) in &unjudged.vanished {
        rows.push(vec![
            format!("{}: not learned without them", escape::name(model)),
            count(*traces),
        ]);
    }
    let columns = vec![text("reason"), number("traces")];
    Table { title: "Not scored".into(), columns, rows }
}
