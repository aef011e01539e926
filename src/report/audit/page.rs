//! An audit → `audit.html`: one file that needs nothing else and asks for nothing.
//!
//! Everything is text before the template in `assets/audit.html` sees it.

use super::downloads::AuditData;
use super::shown;
use crate::{
    lineage::audit::{Audit, AuditKind, FamilyShare, RecordShares, ReferenceShare},
    report::{
        Error,
        escape::{name, sentence},
        ingest::terminal::input_notes,
        numbers::{self, count, percent},
        page_parts::{Fact, fact, input_facts, listed, provenance, unbroken},
        plots::{Look, RankingPlot},
        template::{fill, inline, style_sheet},
        wording,
    },
};
use minijinja::context;
use serde::Serialize;

const TEMPLATE: &str = include_str!("../../../assets/audit.html");
/// References in the table, and families in theirs.
const SHOWN: (usize, usize) = (40, 12);

#[derive(Serialize)]
struct Row {
    reference: String,
    family: String,
    share: String,
    interval: String,
    counted: String,
    similarity: String,
    unlike: bool,
}

#[derive(Serialize)]
struct Family {
    family: String,
    share: String,
    interval: String,
    members: String,
}

#[derive(Serialize)]
struct Record {
    id: String,
    source: String,
    model: String,
    words: String,
    resembles: String,
}

/// The page as text.
///
/// # Errors
/// When the figure cannot be drawn or the template fails.
pub fn render_audit(audit: &Audit) -> Result<String, Error> {
    let drawn = |source| Error::Figure { what: "the shares".into(), source };
    let figure = |look, id| inline(RankingPlot::of_audit(audit, look), id).map_err(drawn);
    let (figure, figure_phone) = match audit.kind {
        AuditKind::Shares => (figure(Look::Page, "shares")?, figure(Look::Phone, "shares-phone")?),
        _ => (String::new(), String::new()),
    };
    let (references, more) = shown(audit, SHOWN.0);
    let rows: Vec<Row> = references.into_iter().map(|share| row(audit, share)).collect();
    let families: Vec<Family> = audit
        .families
        .iter()
        .filter(|family| family.share >= 0.01 && audit.kind == AuditKind::Shares)
        .take(SHOWN.1)
        .map(|own| family(audit.kind, own))
        .collect();
    let records = |records: &[RecordShares]| -> Vec<Record> {
        records.iter().map(|own| record(audit.kind, own)).collect()
    };
    let none = &audit.none;
    fill(
        "audit.html",
        TEMPLATE,
        style_sheet(),
        context! {
            sentence => sentence(&audit.sentence()).replace(" %", "\u{a0}%"),
            kind => wording::audit_kind(audit.kind),
            kind_class => if audit.kind == AuditKind::Shares { "found" } else { "open" },
            is_rough => audit.kind == AuditKind::Rough,
            first_of_all => unbroken(wording::audit_warnings(&audit.checks, audit.traces)),
            reasons => audit.reasons.iter().map(|line| sentence(&line.to_string())).collect::<Vec<_>>(),
            style_is_evidence => wording::STYLE_IS_EVIDENCE,
            facts => facts(audit),
            data => AuditData::new(audit)?,
            figure,
            figure_phone,
            rows,
            more => if more > 0 { count(more) } else { String::new() },
            none_share => none.share.map_or_else(String::new, |share| wording::audit_share(audit.kind, share)),
            none_interval => wording::audit_interval(none.low, none.high),
            families,
            certain => records(&audit.certain),
            doubtful => records(&audit.doubtful),
            input => input_facts(&audit.input),
            checks => checks(audit),
            notes => input_notes(&audit.input).iter().map(|note| sentence(note)).collect::<Vec<_>>(),
            dropped => audit.input.dropped.iter().map(|(why, n)| fact(&name(why), count(*n))).collect::<Vec<_>>(),
            limits => audit.limits.iter().map(|limit| sentence(&limit.to_string())).collect::<Vec<_>>(),
            method => unbroken(method(audit)),
            command => sentence(&audit.provenance.command),
            provenance => provenance(&audit.provenance),
        },
    )
}

fn row(audit: &Audit, share: &ReferenceShare) -> Row {
    Row {
        reference: name(&share.reference),
        family: share.family.as_deref().map_or_else(|| "–".into(), name),
        share: wording::audit_share(audit.kind, share.share),
        interval: wording::audit_interval(share.low, share.high),
        counted: wording::audit_share(audit.kind, share.counted),
        similarity: share.similarity.map_or_else(|| "–".into(), numbers::similarity),
        unlike: share.unlike,
    }
}

fn family(kind: AuditKind, family: &FamilyShare) -> Family {
    Family {
        family: name(&family.family),
        share: wording::audit_share(kind, family.share),
        interval: wording::audit_interval(family.low, family.high),
        members: listed(family.members.iter().map(|member| name(member)), 6),
    }
}

fn record(kind: AuditKind, record: &RecordShares) -> Record {
    Record {
        id: name(&record.id),
        source: name(&record.source),
        model: record.model.as_deref().map_or_else(|| "–".into(), name),
        words: count(record.words),
        resembles: wording::audit_record(kind, record),
    }
}

fn facts(audit: &Audit) -> Vec<Fact> {
    vec![
        fact("traces", count(audit.traces)),
        fact("prompts", count(audit.prompts)),
        fact("words", count(audit.words)),
        fact("references compared", count(audit.provenance.atlas_references)),
    ]
}

fn checks(audit: &Audit) -> Vec<Fact> {
    let checks = &audit.checks;
    let mediation =
        checks.mediation.iter().map(|(kind, n)| format!("{} {}", name(kind), count(*n)));
    vec![
        fact("Learned from", count(checks.seen_before)),
        fact("Repeated", count(checks.repeated)),
        fact("Too short", count(checks.too_short)),
        fact("Mediation", mediation.collect::<Vec<_>>().join(", ")),
        fact("Median words", count(checks.median_words)),
        fact("Largest prompt", format!("{} of the traces", percent(checks.largest_prompt))),
        fact("In-domain probability", percent(checks.in_domain)),
    ]
}

/// The method in plain words, one paragraph each.
fn method(audit: &Audit) -> Vec<String> {
    vec![
        "Every trace gets a calibrated probability for each reference. Counting the first references \
         would include every confusion of two similar models. Instead, the shares are those that \
         make all traces together most likely (expectation–maximization under prior shift; \
         Saerens, Latinne & Decaestecker 2002)."
            .into(),
        "The share of “none of these” comes from how unlike all references the traces are. For traces \
         of known models that p-value is spread evenly between 0 and 1, or slightly towards 0, as \
         measured on single references; for others it is close to 0 (after the beta-uniform mixture \
         of Pounds & Morris 2003). A model that writes like a reference is not found this way."
            .into(),
        format!(
            "Intervals come from {} over prompts; each repeats the whole estimate.",
            numbers::counted(
                audit.provenance.resamples,
                "bootstrap resample",
                "bootstrap resamples"
            )
        ),
    ]
}
