//! An audit → what `audit` prints for a person: at most 80 columns, no text unescaped.

use super::shown;
use crate::{
    lineage::audit::{Audit, AuditKind, FamilyShare, RecordShares},
    report::{
        TerminalOptions, escape,
        input_lines::{data, dropped},
        numbers,
        terminal::{Ink, TerminalPage, bar},
        wording,
    },
};
use std::io::{self, Write};

/// Families that are printed.
const FAMILIES: usize = 8;
/// Records that are printed of each list.
const RECORDS: usize = 5;

/// Prints the audit.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_audit(audit: &Audit, options: TerminalOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut page = TerminalPage { out, color: options.color, width: options.width };
    for line in wording::audit_warnings(&audit.checks, audit.traces) {
        page.paragraph(&line, "", Ink::Bold)?;
    }
    page.paragraph(&escape::sentence(&audit.sentence()), "", Ink::Bold)?;
    if audit.kind == AuditKind::Rough {
        for reason in &audit.reasons {
            page.paragraph(&escape::sentence(&reason.to_string()), "", Ink::Plain)?;
        }
    }
    if !options.verbose {
        shares(&mut page, audit, options.rows)?;
        page.line("")?;
        page.paragraph(&format!("Based on {}.", wording::audit_rests_on(audit)), "", Ink::Plain)?;
        dropped(&mut page, &audit.input)?;
        return page.paragraph(wording::STYLE_IS_EVIDENCE, "", Ink::Dim);
    }
    page.paragraph(wording::STYLE_IS_EVIDENCE, "", Ink::Dim)?;
    shares(&mut page, audit, options.rows)?;
    families(&mut page, audit.kind, &audit.families)?;
    page.line("")?;
    page.paragraph(&format!("Based on {}.", wording::audit_rests_on(audit)), "", Ink::Plain)?;
    dropped(&mut page, &audit.input)?;
    data(&mut page, &audit.input)?;
    records(&mut page, audit.kind, "Most certain", &audit.certain)?;
    records(&mut page, audit.kind, "Most doubtful", &audit.doubtful)?;
    page.bullets("What this cannot say", &audit.limits)
}

fn shares(page: &mut TerminalPage<'_>, audit: &Audit, rows: usize) -> io::Result<()> {
    if audit.shares.is_empty() {
        return Ok(());
    }
    let (shown, more) = shown(audit, rows);
    page.line("")?;
    if audit.kind == AuditKind::Rough {
        for share in &shown {
            let name = escape::name(&share.reference);
            page.paragraph(
                &format!("{name}: {}", wording::audit_share(audit.kind, share.share)),
                "  ",
                Ink::Plain,
            )?;
        }
        return Ok(());
    }
    let head = page.row("", "reference", "family", "share", "95 % interval");
    let head = page.paint(head.trim_end(), Ink::Dim);
    page.line(&head)?;
    for (place, share) in shown.iter().enumerate() {
        let cells = page.row(
            &(place + 1).to_string(),
            &escape::name(&share.reference),
            &share.family.as_deref().map(escape::name).unwrap_or_default(),
            &wording::audit_share(audit.kind, share.share),
            &wording::audit_interval(share.low, share.high),
        );
        let bar = page.paint(&bar(share.share), Ink::Bar);
        page.line(format!("{cells}{bar}").trim_end())?;
    }
    let none = &audit.none;
    if let Some(share) = none.share {
        let cells = page.row(
            "",
            "none of these",
            "",
            &wording::audit_share(audit.kind, share),
            &wording::audit_interval(none.low, none.high),
        );
        let bar = page.paint(&bar(share), Ink::Bar);
        page.line(format!("{cells}{bar}").trim_end())?;
    }
    if more > 0 {
        let more = format!("    … and {} more with almost no share", numbers::count(more));
        let more = page.paint(&more, Ink::Dim);
        page.line(&more)?;
    }
    Ok(())
}

fn families(
    page: &mut TerminalPage<'_>,
    kind: AuditKind,
    families: &[FamilyShare],
) -> io::Result<()> {
    let told: Vec<&FamilyShare> =
        families.iter().filter(|family| family.share >= 0.01).take(FAMILIES).collect();
    if told.is_empty() || kind == AuditKind::Rough {
        return Ok(());
    }
    page.heading("Families (members summed)")?;
    for family in told {
        let cells = page.row(
            "",
            &escape::name(&family.family),
            "",
            &wording::audit_share(kind, family.share),
            &wording::audit_interval(family.low, family.high),
        );
        let bar = page.paint(&bar(family.share), Ink::Bar);
        page.line(format!("{cells}{bar}").trim_end())?;
    }
    Ok(())
}

fn records(
    page: &mut TerminalPage<'_>,
    kind: AuditKind,
    title: &str,
    records: &[RecordShares],
) -> io::Result<()> {
    if records.is_empty() || kind != AuditKind::Shares {
        return Ok(());
    }
    page.heading(&format!("{title} (record and source: what it resembles)"))?;
    for record in records.iter().take(RECORDS) {
        let line = format!(
            "{} ({}): {}",
            escape::name(&record.id),
            escape::name(&record.source),
            wording::audit_record(kind, record)
        );
        page.paragraph(&line, "  - ", Ink::Plain)?;
    }
    Ok(())
}
