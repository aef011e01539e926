//! One policy file as TOML: every key known, every value of its type.
//!
//! Comes in: a file's text. Goes out: a [`File`] whose rules are still tables of single values.
//! Called by [`super::read`]. A key that is not known is an error that names the nearest one that
//! is: a rule with a slip in it must never pass because it was not read.

use super::{Error, Kind, OnInconclusive, Problem, Severity, nearest::nearest};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// Keys of the file itself.
pub(super) const TOP: [&str; 9] =
    ["version", "extends", "gate", "require", "forbid", "expect", "drift", "mixture", "quality"];
/// Keys of `[gate]`.
pub(super) const GATE: [&str; 2] = ["confidence", "on_inconclusive"];
/// Keys of `only`.
pub(super) const ONLY: [&str; 2] = ["domain", "prompts"];
/// Keys of every rule.
pub(super) const EVERY_RULE: [&str; 5] = ["id", "severity", "message", "only", "on_inconclusive"];

/// The keys that a rule of each kind has besides.
pub(super) fn keys_of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Require => &["traces", "prompts", "words", "mediation", "languages"],
        Kind::Forbid => &["reference", "family", "share", "attributed"],
        Kind::Expect => &["reference", "family", "share", "attributed", "similarity"],
        Kind::Drift => &["size", "not_towards", "change"],
        Kind::Mixture => &["reference", "family", "share"],
        Kind::Quality => &["duplicates", "refusals", "cut_off", "self_naming", "languages"],
    }
}

/// One value or several.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a text or a list of texts")]
pub(super) enum Several {
    One(String),
    More(Vec<String>),
}

impl Several {
    pub fn list(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::More(more) => more,
        }
    }
}

/// `[gate]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct Gate {
    pub confidence: Option<f64>,
    pub on_inconclusive: Option<OnInconclusive>,
}

/// `only`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct Only {
    pub domain: Option<Several>,
    pub prompts: Option<Several>,
}

/// A rule of any kind; which keys it may have was looked at before ([`keys_of`]).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Rule {
    pub id: Option<String>,
    pub severity: Option<Severity>,
    pub message: Option<String>,
    pub only: Option<Only>,
    pub on_inconclusive: Option<OnInconclusive>,
    pub traces: Option<u64>,
    pub prompts: Option<u64>,
    pub words: Option<u64>,
    pub mediation: Option<Several>,
    pub languages: Option<BTreeMap<String, f64>>,
    pub reference: Option<Several>,
    pub family: Option<Several>,
    pub share: Option<f64>,
    pub attributed: Option<f64>,
    pub similarity: Option<f64>,
    pub size: Option<f64>,
    pub not_towards: Option<Several>,
    pub change: Option<f64>,
    pub duplicates: Option<f64>,
    pub refusals: Option<f64>,
    pub cut_off: Option<f64>,
    pub self_naming: Option<f64>,
}

/// The file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Whole {
    version: Option<i64>,
    extends: Option<Several>,
    gate: Gate,
    require: Vec<Rule>,
    forbid: Vec<Rule>,
    expect: Vec<Rule>,
    drift: Vec<Rule>,
    mixture: Vec<Rule>,
    quality: Vec<Rule>,
}

/// What a file says; its rules with their kinds and lines, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct File {
    pub extends: Vec<String>,
    pub gate: Gate,
    pub rules: Vec<(Kind, usize, Rule)>,
}

impl File {
    /// Reads a file's text; `name` is what errors call it.
    pub fn parse(text: &str, name: &str) -> Result<Self, Error> {
        let fail = |offset: Option<usize>, what| Error {
            line: offset.map(|offset| line(text, offset)),
            ..Error::of_file(name, what)
        };
        let invalid = |error: toml::de::Error| {
            let what = Problem::Toml { found: error.message().trim().to_owned() };
            fail(error.span().map(|span| span.start), what)
        };
        let table = DeTable::parse(text).map_err(invalid)?;
        let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        look(table.get_ref(), &mut places).map_err(|(offset, what)| fail(Some(offset), what))?;
        let whole: Whole = toml::from_str(text).map_err(invalid)?;
        if let Some(found) = whole.version.filter(|version| *version != 1) {
            return Err(fail(None, Problem::Version { found }));
        }
        let mut rules = Vec::new();
        let of_kind = [
            (Kind::Require, whole.require),
            (Kind::Forbid, whole.forbid),
            (Kind::Expect, whole.expect),
            (Kind::Drift, whole.drift),
            (Kind::Mixture, whole.mixture),
            (Kind::Quality, whole.quality),
        ];
        for (kind, tables) in of_kind {
            let places = places.get(kind.name()).map(Vec::as_slice).unwrap_or_default();
            for (at, table) in tables.into_iter().enumerate() {
                let offset = places.get(at).copied().unwrap_or_default();
                rules.push((offset, kind, table));
            }
        }
        rules.sort_by_key(|(offset, ..)| *offset);
        let rules = rules
            .into_iter()
            .map(|(offset, kind, table)| (kind, line(text, offset), table))
            .collect();
        Ok(Self {
            extends: whole.extends.map(Several::list).unwrap_or_default(),
            gate: whole.gate,
            rules,
        })
    }
}

/// The line of a byte, beginning with 1.
fn line(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count()
}

/// Sees that every key is known, and notes where each rule begins.
fn look<'a>(
    table: &'a DeTable<'_>,
    places: &mut BTreeMap<&'a str, Vec<usize>>,
) -> Result<(), (usize, Problem)> {
    known(table, "a policy", &TOP)?;
    for (key, value) in table {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("gate", DeValue::Table(gate)) => known(gate, "[gate]", &GATE)?,
            (name, value) => {
                let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == name) else {
                    continue;
                };
                let DeValue::Array(rules) = value else {
                    return Err((key.span().start, Problem::NoList { kind }));
                };
                for rule in rules {
                    let DeValue::Table(fields) = rule.get_ref() else { continue };
                    let keys: Vec<&'static str> =
                        EVERY_RULE.iter().chain(keys_of(kind)).copied().collect();
                    known(fields, &format!("a rule of [[{name}]]"), &keys)?;
                    let only = fields.iter().find(|(key, _)| key.get_ref() == "only");
                    if let Some(DeValue::Table(only)) = only.map(|(_, value)| value.get_ref()) {
                        known(only, "`only`", &ONLY)?;
                    }
                    places.entry(kind.name()).or_default().push(rule.span().start);
                }
            }
        }
    }
    Ok(())
}

fn known(table: &DeTable<'_>, of: &str, keys: &[&'static str]) -> Result<(), (usize, Problem)> {
    for (key, _) in table {
        let name = key.get_ref().as_ref();
        if !keys.contains(&name) {
            let problem = Problem::UnknownKey {
                key: name.to_owned(),
                of: of.to_owned(),
                nearest: nearest(name, keys.iter().copied(), 1).first().copied(),
                keys: keys.to_vec(),
            };
            return Err((key.span().start, problem));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        File::parse(text, "p.toml").unwrap_err().to_string()
    }

    #[test]
    fn a_slip_in_a_key_is_an_error_with_the_nearest_right_name() {
        let message = refused("[[forbid]]\nid = \"a\"\nrefernce = \"x/y\"\nshare = 0.1\n");
        assert!(message.starts_with("p.toml, line 3: `refernce`"), "{message}");
        assert!(message.contains("did you mean `reference`?"), "{message}");
        assert!(refused("[gate]\nconfidense = 0.9").contains("`confidence`"));
        assert!(refused("[[forbit]]\nid = \"a\"").contains("`forbid`"));
        assert!(refused("[[quality]]\nonly = { prompt = \"a*\" }").contains("`prompts`"));
        // A key of another kind is not taken either.
        assert!(refused("[[quality]]\nid = \"a\"\nshare = 0.1").contains("line 3"));
    }

    #[test]
    fn what_is_no_toml_or_of_another_type_is_told_with_its_line() {
        assert!(refused("[gate]\nconfidence = \n").starts_with("p.toml, line 2: "));
        assert!(refused("[gate]\n\nconfidence = \"high\"").starts_with("p.toml, line 3: "));
        assert!(refused("[forbid]\nid = \"a\"").contains("write [[forbid]]"));
        assert!(refused("version = 2").contains("version 2"));
        assert!(refused("[[forbid]]\nseverity = \"fatal\"").contains("fatal"));
    }

    #[test]
    fn rules_keep_the_order_of_the_file() {
        let text = "[[quality]]\nid = \"b\"\n[[forbid]]\nid = \"a\"\n[[quality]]\nid = \"c\"\n";
        let file = File::parse(text, "p").unwrap();
        let found: Vec<_> =
            file.rules.iter().map(|(_, line, rule)| (*line, rule.id.clone())).collect();
        let named = |id: &str| Some(id.to_owned());
        assert_eq!(found, [(1, named("b")), (3, named("a")), (5, named("c"))]);
    }
}
