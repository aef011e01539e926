//! The tables of a policy file → rules with conditions.
//!
//! Called by [`super::read`], once for each rule. Numbers are checked here: a share that was
//! written as per cent would else be a bound that nothing ever passes or fails.

use super::{
    Bound, Condition, Error, Kind, OnInconclusive, Problem, Quantity, Rule, RuleProblem, Slice,
    Target,
    table::{self, Several, keys_of},
};
use crate::{text::language_code, trace::Mediation};
use std::collections::BTreeMap;

/// The most characters of an id.
const ID_LIMIT: usize = 64;
/// The growth of a similarity that `not_towards` allows where `change` does not say.
const LEAST_CHANGE: f64 = 0.05;

/// Makes a rule of its table.
pub(super) fn rule(
    kind: Kind,
    line: usize,
    table: table::Rule,
    default: OnInconclusive,
    file: &str,
) -> Result<Rule, Error> {
    let fail = |what| Error::of_line(file, line, what);
    let id = table.id.clone().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if id.is_empty() {
        return Err(fail(Problem::NoId { kind, most: ID_LIMIT }));
    }
    if id.len() > ID_LIMIT || !id.chars().all(plain) {
        return Err(fail(Problem::BadId { kind, id, most: ID_LIMIT }));
    }
    let blamed = |what| fail(Problem::Rule { rule: id.clone(), what });
    said_something(&table).map_err(blamed)?;
    let only = slice(&table).map_err(blamed)?;
    let conditions = match kind {
        Kind::Require => require(&table),
        Kind::Forbid => shares(&table, Bound::AtMost),
        Kind::Expect => expect(&table),
        Kind::Drift => drift(&table),
        Kind::Mixture => mixture(&table),
        Kind::Quality => quality(&table),
    }
    .map_err(blamed)?;
    if conditions.is_empty() {
        return Err(fail(Problem::AsksNothing { rule: id, kind, keys: keys_of(kind) }));
    }
    Ok(Rule {
        id,
        kind,
        severity: table.severity.unwrap_or_default(),
        message: table.message.filter(|message| !message.trim().is_empty()),
        only,
        on_inconclusive: table.on_inconclusive.unwrap_or(default),
        conditions,
        file: file.to_owned(),
        line,
    })
}

/// A confidence.
pub(super) fn confidence(found: f64) -> Result<f64, Problem> {
    if (0.5..1.0).contains(&found) { Ok(found) } else { Err(Problem::Confidence { found }) }
}

/// No key has an empty list or a blank text: such a rule would seem to ask for what it does not.
fn said_something(table: &table::Rule) -> Result<(), RuleProblem> {
    let only = table.only.as_ref();
    for (key, several) in [
        ("reference", table.reference.as_ref()),
        ("family", table.family.as_ref()),
        ("not_towards", table.not_towards.as_ref()),
        ("mediation", table.mediation.as_ref()),
        ("only.domain", only.and_then(|only| only.domain.as_ref())),
        ("only.prompts", only.and_then(|only| only.prompts.as_ref())),
    ] {
        let Some(several) = several else { continue };
        let names = several.clone().list();
        if names.is_empty() || names.iter().any(|name| name.trim().is_empty()) {
            return Err(RuleProblem::NamesNothing { key });
        }
    }
    if table.languages.as_ref().is_some_and(BTreeMap::is_empty) {
        return Err(RuleProblem::NoLanguages);
    }
    Ok(())
}

/// The languages of a rule by their ISO 639-3 codes.
fn languages(table: &table::Rule) -> Result<BTreeMap<&'static str, f64>, RuleProblem> {
    let mut known = BTreeMap::new();
    for (name, &value) in table.languages.iter().flatten() {
        let code = language_code(name)
            .ok_or_else(|| RuleProblem::UnknownLanguage { name: name.clone() })?;
        if known.insert(code, value).is_some() {
            return Err(RuleProblem::RepeatedLanguage { code });
        }
    }
    Ok(known)
}

fn list(several: &Option<Several>) -> Vec<String> {
    several.clone().map(Several::list).unwrap_or_default()
}

fn slice(table: &table::Rule) -> Result<Slice, RuleProblem> {
    let Some(only) = &table.only else { return Ok(Slice::default()) };
    let prompts = list(&only.prompts)
        .iter()
        .map(|glob| {
            glob::Pattern::new(glob).map_err(|error| RuleProblem::BadGlob {
                glob: glob.clone(),
                error: error.to_string(),
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let slice = Slice { domains: list(&only.domain), prompts };
    if slice.is_everything() {
        return Err(RuleProblem::EmptySlice);
    }
    Ok(slice)
}

/// A share from 0 to 1.
fn share(key: &str, found: f64) -> Result<f64, RuleProblem> {
    if (0.0..=1.0).contains(&found) {
        Ok(found)
    } else {
        Err(RuleProblem::NoShare { key: key.to_owned(), found })
    }
}

/// An estimated share is never exactly 0 or 1, so that such a bound would fail whatever the traces
/// are.
fn can_hold(bound: Bound) -> Result<(), RuleProblem> {
    match bound {
        Bound::AtMost(0.0) => Err(RuleProblem::ZeroShare),
        Bound::AtLeast(1.0) => Err(RuleProblem::WholeShare),
        _ => Ok(()),
    }
}

fn target(table: &table::Rule) -> Result<Target, RuleProblem> {
    let target = Target { references: list(&table.reference), families: list(&table.family) };
    if target == Target::default() {
        return Err(RuleProblem::NoModel);
    }
    Ok(target)
}

fn require(table: &table::Rule) -> Result<Vec<Condition>, RuleProblem> {
    let mut conditions = Vec::new();
    for (quantity, least) in [
        (Quantity::Traces, table.traces),
        (Quantity::Prompts, table.prompts),
        (Quantity::Words, table.words),
    ] {
        if let Some(least) = least {
            conditions.push(Condition { quantity, bound: Bound::AtLeast(least as f64) });
        }
    }
    let kinds = [Mediation::Raw, Mediation::Summary, Mediation::Truncated, Mediation::Unknown];
    let mut allowed = Vec::new();
    for name in list(&table.mediation) {
        let kind = kinds
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or(RuleProblem::UnknownMediation { name })?;
        allowed.push(kind);
        // What was cut off is raw as far as it goes.
        if kind == Mediation::Raw {
            allowed.push(Mediation::Truncated);
        }
    }
    if !allowed.is_empty() {
        allowed.sort_unstable();
        allowed.dedup();
        let quantity = Quantity::OtherMediation(allowed);
        conditions.push(Condition { quantity, bound: Bound::AtMost(0.0) });
    }
    for (language, least) in languages(table)? {
        if least < 0.0 || least.fract() != 0.0 {
            return Err(RuleProblem::NoCount { language, found: least });
        }
        let quantity = Quantity::InLanguage(language.into());
        conditions.push(Condition { quantity, bound: Bound::AtLeast(least) });
    }
    Ok(conditions)
}

fn shares(table: &table::Rule, bound: fn(f64) -> Bound) -> Result<Vec<Condition>, RuleProblem> {
    let target = target(table)?;
    let mut conditions = Vec::new();
    if let Some(value) = table.share {
        let bound = bound(share("share", value)?);
        can_hold(bound)?;
        conditions.push(Condition { quantity: Quantity::Share(target.clone()), bound });
    }
    if let Some(value) = table.attributed {
        let bound = bound(share("attributed", value)?);
        conditions.push(Condition { quantity: Quantity::Attributed(target), bound });
    }
    Ok(conditions)
}

fn expect(table: &table::Rule) -> Result<Vec<Condition>, RuleProblem> {
    let mut conditions = Vec::new();
    if table.reference.is_some() || table.family.is_some() {
        conditions = shares(table, Bound::AtLeast)?;
        if conditions.is_empty() {
            return Err(RuleProblem::NoAmount);
        }
    } else if table.share.is_some() || table.attributed.is_some() {
        target(table)?;
    }
    if let Some(value) = table.similarity {
        let bound = Bound::AtLeast(share("similarity", value)?);
        conditions.push(Condition { quantity: Quantity::Likeness, bound });
    }
    Ok(conditions)
}

fn drift(table: &table::Rule) -> Result<Vec<Condition>, RuleProblem> {
    let mut conditions = Vec::new();
    if let Some(value) = table.size {
        if !(value > 0.0 && value.is_finite()) {
            return Err(RuleProblem::NoSize { found: value });
        }
        conditions.push(Condition { quantity: Quantity::DriftSize, bound: Bound::AtMost(value) });
    }
    let change = share("change", table.change.unwrap_or(LEAST_CHANGE))?;
    // Each by itself: what grows towards one may shrink towards another. Whether a name is a
    // reference or a family is seen once the atlas is known.
    for name in list(&table.not_towards) {
        let target = Target { references: vec![name], families: Vec::new() };
        let quantity = Quantity::DriftTowards(target);
        conditions.push(Condition { quantity, bound: Bound::AtMost(change) });
    }
    if table.change.is_some() && table.not_towards.is_none() {
        return Err(RuleProblem::ChangeOfNothing);
    }
    Ok(conditions)
}

fn mixture(table: &table::Rule) -> Result<Vec<Condition>, RuleProblem> {
    let quantity = Quantity::Mixture(target(table)?);
    let most = table.share.map(|value| share("share", value)).transpose()?;
    most.map_or(Ok(()), |most| can_hold(Bound::AtMost(most)))?;
    Ok(most
        .into_iter()
        .map(|most| Condition { quantity: quantity.clone(), bound: Bound::AtMost(most) })
        .collect())
}

fn quality(table: &table::Rule) -> Result<Vec<Condition>, RuleProblem> {
    let mut conditions = Vec::new();
    for (name, quantity, most) in [
        ("duplicates", Quantity::Duplicates, table.duplicates),
        ("refusals", Quantity::Refusals, table.refusals),
        ("cut_off", Quantity::CutOff, table.cut_off),
        ("self_naming", Quantity::SelfNaming, table.self_naming),
    ] {
        if let Some(most) = most {
            conditions.push(Condition { quantity, bound: Bound::AtMost(share(name, most)?) });
        }
    }
    for (language, most) in languages(table)? {
        let bound = Bound::AtMost(share(&format!("languages.{language}"), most)?);
        conditions.push(Condition { quantity: Quantity::LanguageShare(language.into()), bound });
    }
    Ok(conditions)
}
