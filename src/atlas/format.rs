//! An atlas as bytes.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `COTPRINT` |
//! | 4 | format version, little-endian like all numbers |
//! | 4 | number of sections |
//! | 8 | length of everything after the header |
//! | 16 | XXH3-128 of everything after the header |
//! | … | sections: 8 bytes length packed, 8 bytes length unpacked, zstd data |
//!
//! The sections are, in this order: the description (JSON), the features, their weights (bytes) and
//! factors, the weights and factors of the dense values, the scale of the dense values (means, then
//! deviations), the profiles, the weights and factors of the style embedding's two heads, their centres,
//! the weights and factors of the data sets, the tokenizer of the channel `token` (its file, or nothing),
//! the hashes of the texts learned from. After them may come sections that not every atlas has; each
//! begins with a name of eight bytes, and those with an unknown name are skipped: `CLASSIC1`, what the
//! classic measures of stylometry need, `PANEL001`, the panel of shared prompts, and `EXTEND01`, what it takes to add references (kept
//! packed, as only `fit --extend` reads it). Every length is checked before memory is taken.

use super::{About, Atlas, Error};
use crate::{
    attribution::{
        Model,
        added::{Added, Extendable},
        binary_logistic::BinaryLogistic,
        classic::Tables,
        delta::Profiles,
        open_set::OpenSet,
        panel::{Member, Panel, SharedPrompt},
        pool::Pooling,
        stack::Stack,
        style::{DataSets, GROUND_SIGNS, Head, PIECE_WORDS, StyleEmbedding},
        weights::{Weights, round_to_bytes},
    },
    features::{
        Channel, Feature, Scale, Vectorizer, Vocabulary, embed::MOST_DIMENSIONS,
        token_ngrams::TokenNgrams,
    },
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{io::Read, sync::Arc};
use xxhash_rust::xxh3::xxh3_128;

/// The first bytes of every atlas.
pub const MAGIC: &[u8; 8] = b"COTPRINT";
/// The version that this program writes and reads.
pub const FORMAT_VERSION: u32 = 5;

const HEADER: usize = 40;
const SECTIONS: usize = 17;
/// So many sections more may there be at most.
const MOST_EXTRA_SECTIONS: usize = 8;
/// The name of the section with the tables of the classic measures.
const CLASSIC: &[u8; 8] = b"CLASSIC1";
/// The name of the section with the panel.
const PANEL: &[u8; 8] = b"PANEL001";
/// The name of the section with what it takes to add references.
const EXTEND: &[u8; 8] = b"EXTEND01";
const LEVEL: i32 = 9;
/// No section of an honest atlas is larger.
const LARGEST_SECTION: u64 = 1 << 31;

/// The first section.
#[derive(Serialize, Deserialize)]
struct Description {
    about: About,
    /// Atlases that do not say so were learned before several traces were judged together.
    #[serde(default)]
    pooling: Pooling,
    open_set: OpenSet,
    open_set_new: Option<OpenSet>,
    known: Stack,
    new: Option<Stack>,
    /// Of the data sets: what their weights give for the mean, how near their own traces are, and the odds of being on known
    /// data set.
    #[serde(rename = "ground_offsets")]
    data_set_offsets: Vec<f32>,
    #[serde(rename = "ground_usual")]
    data_set_usual: Vec<[f64; 2]>,
    #[serde(rename = "familiarity")]
    in_domain_probability: BinaryLogistic,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    added: Option<Added>,
}

/// What an atlas is written from.
pub(super) struct Parts<'a> {
    pub about: &'a About,
    pub model: &'a Model,
    pub seen: &'a [u64],
    pub classic: Option<&'a Tables>,
    pub panel: &'a Panel,
    pub extendable: Option<&'a Extendable>,
}

/// The bytes of an atlas, and their checksum.
pub(super) fn write(parts: &Parts<'_>) -> Result<(Vec<u8>, String), Error> {
    let Parts { about, model, seen, classic, panel, extendable } = *parts;
    let inconsistent = |what: String| Error::Inconsistent { name: "the new atlas".into(), what };
    let description = Description {
        about: about.clone(),
        pooling: model.pooling.clone(),
        open_set: model.open_set.clone(),
        open_set_new: model.open_set_new.clone(),
        known: model.known.clone(),
        new: model.new.clone(),
        data_set_offsets: model.data_sets.offsets.clone(),
        data_set_usual: model.data_sets.usual.clone(),
        in_domain_probability: model.data_sets.in_domain_probability.clone(),
        added: model.added.clone(),
    };
    let json = serde_json::to_vec(&description).map_err(|e| inconsistent(e.to_string()))?;
    let (bytes, factors, dense_bytes, dense_factors) = model.weights.parts();
    let scale = model.vectorizer.scale();
    let [whole, whole_factors, pieces, pieces_factors, centres] = write_style(model.style.as_ref());
    let (data_set_bytes, data_set_factors, ..) = model.data_sets.weights.parts();
    let mut sections = vec![
        json,
        write_features(model.vectorizer.vocabulary().features()),
        write_bytes(bytes),
        write_floats(factors),
        write_bytes(dense_bytes),
        write_floats(dense_factors),
        [write_floats(&scale.mean), write_floats(&scale.deviation)].concat(),
        write_profiles(&model.profiles),
        whole,
        whole_factors,
        pieces,
        pieces_factors,
        centres,
        write_bytes(data_set_bytes),
        write_floats(data_set_factors),
        model.vectorizer.tokens().map(|tokens| tokens.source().to_vec()).unwrap_or_default(),
        seen.iter().flat_map(|hash| hash.to_le_bytes()).collect(),
    ];
    if let Some(classic) = classic {
        sections.push([CLASSIC.as_slice(), &classic.to_bytes().map_err(inconsistent)?].concat());
    }
    if panel.width() > 0 {
        sections.push(write_panel(panel));
    }
    if let Some(extendable) = extendable {
        let bytes = extendable.to_bytes().map_err(inconsistent)?;
        sections.push([EXTEND.as_slice(), &bytes].concat());
    }
    let packed: Vec<Vec<u8>> = sections
        .par_iter()
        .map(|section| zstd::bulk::compress(section, LEVEL))
        .collect::<Result<_, _>>()
        .map_err(|e| inconsistent(format!("it cannot be compressed: {e}")))?;
    let mut body = Vec::new();
    for (section, packed) in sections.iter().zip(&packed) {
        body.extend((packed.len() as u64).to_le_bytes());
        body.extend((section.len() as u64).to_le_bytes());
        body.extend(packed);
    }
    let checksum = xxh3_128(&body);
    let mut file = Vec::with_capacity(HEADER + body.len());
    file.extend(MAGIC);
    file.extend(FORMAT_VERSION.to_le_bytes());
    file.extend((sections.len() as u32).to_le_bytes());
    file.extend((body.len() as u64).to_le_bytes());
    file.extend(checksum.to_le_bytes());
    file.extend(body);
    Ok((file, format!("{checksum:032x}")))
}

/// Reads what [`write`] wrote.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<Atlas, Error> {
    let name = || name.to_owned();
    if !bytes.starts_with(MAGIC) {
        let found = match bytes.len() {
            0 => "nothing (the file is empty)".into(),
            n => format!("\"{}\"", bytes[..n.min(8)].escape_ascii()),
        };
        return Err(Error::NotAnAtlas { name: name(), found });
    }
    let cut_off =
        |expected: u64| Error::CutOff { name: name(), found: bytes.len() as u64, expected };
    let inconsistent = |what: &str| Error::Inconsistent { name: name(), what: what.to_owned() };
    let version =
        number::<4>(bytes, 8).map(u32::from_le_bytes).ok_or_else(|| cut_off(HEADER as u64))?;
    if version != FORMAT_VERSION {
        return Err(Error::Version { name: name(), found: version, expected: FORMAT_VERSION });
    }
    let length = number::<8>(bytes, 16).map(u64::from_le_bytes);
    let expected = number::<16>(bytes, 24).map(u128::from_le_bytes);
    let (Some(length), Some(expected)) = (length, expected) else {
        return Err(cut_off(HEADER as u64));
    };
    let body = &bytes[HEADER..];
    if (body.len() as u64) < length {
        return Err(cut_off(length.saturating_add(HEADER as u64)));
    }
    let found = xxh3_128(body);
    if found != expected || body.len() as u64 != length {
        return Err(Error::Damaged {
            name: name(),
            found: format!("{found:032x}"),
            expected: format!("{expected:032x}"),
        });
    }

    let mut packed = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let sizes = number::<8>(rest, 0).zip(number::<8>(rest, 8));
        let Some((size, unpacked)) = sizes else {
            return Err(inconsistent("a section has no length"));
        };
        let (size, unpacked) = (u64::from_le_bytes(size), u64::from_le_bytes(unpacked));
        let data = usize::try_from(size).ok().and_then(|size| rest[16..].get(..size));
        let Some(data) = data.filter(|_| unpacked <= LARGEST_SECTION) else {
            return Err(inconsistent("a section is larger than the file"));
        };
        packed.push((data, unpacked as usize));
        rest = &rest[16 + data.len()..];
    }
    let promised = number::<4>(bytes, 12).map(u32::from_le_bytes);
    let allowed = SECTIONS..=SECTIONS + MOST_EXTRA_SECTIONS;
    if !allowed.contains(&packed.len()) || promised != Some(packed.len() as u32) {
        return Err(inconsistent(&format!(
            "it has {} sections, where there are {SECTIONS} to {} and its header says how many",
            packed.len(),
            allowed.end()
        )));
    }
    let extendable = packed
        .iter()
        .skip(SECTIONS)
        .position(|(data, _)| name_of(data).is_some_and(|name| &name == EXTEND))
        .map(|place| packed.remove(SECTIONS + place).0.to_vec());
    let sections: Vec<Vec<u8>> = packed
        .par_iter()
        .map(|(data, size)| zstd::bulk::decompress(data, *size))
        .collect::<Result<_, _>>()
        .map_err(|e| inconsistent(&format!("a section cannot be unpacked ({e})")))?;
    let (sections, extra) = sections.split_at(SECTIONS);
    let (about, model) = assemble(sections).map_err(|what| inconsistent(&what))?;
    let classic = extra
        .iter()
        .find_map(|section| section.strip_prefix(CLASSIC))
        .map(|bytes| Tables::from_bytes(bytes, about.references.len()))
        .transpose()
        .map_err(|what| inconsistent(&what))?;
    let panel = match extra.iter().find_map(|section| section.strip_prefix(PANEL)) {
        Some(bytes) => {
            let panel = read_panel(bytes, model.vectorizer.style_places().len());
            panel
                .filter(|panel| panel.fits(about.references.len(), about.data_sets.len()))
                .ok_or_else(|| inconsistent("its panel of shared prompts does not fit the rest"))?
        }
        None => Panel::default(),
    };
    let seen = sections[SECTIONS - 1].chunks_exact(8).filter_map(|b| b.try_into().ok());
    let seen = seen.map(u64::from_le_bytes).collect();
    let checksum = format!("{found:032x}");
    Ok(Atlas { about, model, classic, panel, seen, extendable, checksum, vectors: None })
}

/// The name of a packed section; `None` where it cannot be unpacked or is shorter than a name.
fn name_of(packed: &[u8]) -> Option<[u8; 8]> {
    let mut name = [0; 8];
    zstd::stream::read::Decoder::new(packed).ok()?.read_exact(&mut name).ok()?;
    Some(name)
}

/// Unpacks what [`Extendable::from_bytes`] reads; `name` is the atlas's.
pub(super) fn unpack_extendable(packed: &[u8], name: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let unpacked = zstd::stream::read::Decoder::new(packed)
        .and_then(|decoder| decoder.take(LARGEST_SECTION).read_to_end(&mut bytes));
    match unpacked {
        Ok(_) => Ok(bytes.split_off(EXTEND.len().min(bytes.len()))),
        Err(error) => Err(Error::Inconsistent {
            name: name.to_owned(),
            what: format!("a section cannot be unpacked ({error})"),
        }),
    }
}

fn assemble(sections: &[Vec<u8>]) -> Result<(About, Model), String> {
    let [json, features, bytes, factors, dense_bytes, dense_factors, scale, profiles, rest @ ..] =
        sections
    else {
        return Err("a section is missing".into());
    };
    let [
        whole,
        whole_factors,
        pieces,
        pieces_factors,
        centres,
        data_set_bytes,
        data_set_factors,
        tokenizer,
        _,
    ] = rest
    else {
        return Err("a section is missing".into());
    };
    let description: Description = serde_json::from_slice(json)
        .map_err(|e| format!("its description cannot be read ({e})"))?;
    let about = description.about;
    let references = about.references.len();
    let learned = about.learned().len();
    let traces = about.learned().iter().map(|reference| reference.traces).sum();
    let vocabulary = Vocabulary::new(read_features(features)?)?;
    let weights = Weights::from_parts(
        references,
        (read_bytes(bytes), read_floats(factors)),
        (read_bytes(dense_bytes), read_floats(dense_factors)),
    )?;
    let has_channel = about.options.channels.has(Channel::Token);
    if has_channel == tokenizer.is_empty() {
        return Err("its tokenizer and its channels do not fit together".into());
    }
    let tokens = has_channel
        .then(|| TokenNgrams::from_bytes(tokenizer, "the atlas's tokenizer").map(Arc::new))
        .transpose()
        .map_err(|e| e.to_string())?;
    let lengths: Vec<usize> = (about.options.channels.channels().iter())
        .filter(|options| options.channel == Channel::Vectors)
        .map(|options| options.features)
        .collect();
    let expected: Vec<usize> = about.vectors.iter().map(|source| source.dimensions).collect();
    if lengths != expected || lengths.iter().any(|length| !(1..=MOST_DIMENSIONS).contains(length)) {
        return Err("its source of vectors and its channels do not fit together".into());
    }
    let mut vectorizer =
        Vectorizer::new(vocabulary, traces, about.options.channels.extracted()).with_tokens(tokens);
    let values = vectorizer.dense_values();
    if weights.features() != vectorizer.vocabulary().len()
        || weights.dense_values() != values
        || scale.len() != 8 * values
        || !description.open_set.fits(learned)
        || description.open_set_new.as_ref().is_some_and(|own| !own.fits(learned))
        || references < 2
    {
        return Err("its sections are of different sizes".into());
    }
    let (mean, deviation) = scale.split_at(4 * values);
    vectorizer.set_scale(Scale { mean: read_floats(mean), deviation: read_floats(deviation) });
    let profiles = read_profiles(profiles, references, vectorizer.profile_features())?;
    let data_sets = description.data_set_offsets.len();
    let style =
        read_style([whole, whole_factors, pieces, pieces_factors, centres], references, data_sets)?;
    let learners = if style.is_some() { 3 } else { 1 };
    let data_set_weights = Weights::from_parts(
        data_sets,
        (read_bytes(data_set_bytes), read_floats(data_set_factors)),
        (Vec::new(), Vec::new()),
    )?;
    if data_sets == 0
        || data_set_weights.features() != vectorizer.vocabulary().len()
        || style.as_ref().is_some_and(|s| !s.fits(values))
        || !description.known.weighs(learners)
        || !description.in_domain_probability.fits(GROUND_SIGNS)
        || (data_sets > 1 && description.data_set_usual.len() != data_sets)
        || !description.data_set_usual.iter().flatten().all(|value| value.is_finite())
        || description.new.as_ref().is_some_and(|new| style.is_none() || !new.weighs(2))
        || description.added.as_ref().map_or(0, Added::references) != references - learned
        || description
            .added
            .as_ref()
            .is_some_and(|added| style.is_none() || !added.stack.weighs(2) || learned == 0)
    {
        return Err("its learners do not fit together".into());
    }
    let model = Model {
        vectorizer,
        weights,
        style,
        data_sets: DataSets {
            weights: data_set_weights,
            offsets: description.data_set_offsets,
            usual: description.data_set_usual,
            in_domain_probability: description.in_domain_probability,
        },
        known: description.known,
        new: description.new,
        added: description.added,
        pooling: description.pooling,
        open_set: description.open_set,
        open_set_new: description.open_set_new,
        profiles,
    };
    Ok((about, model))
}

/// Both heads' weights and factors, and the centres of both one after the other; empty sections where
/// there is no embedding.
fn write_style(style: Option<&StyleEmbedding>) -> [Vec<u8>; 5] {
    let Some(StyleEmbedding { whole, pieces }) = style else { return Default::default() };
    let (.., whole_bytes, whole_factors) = whole.weights.parts();
    let (.., pieces_bytes, pieces_factors) = pieces.weights.parts();
    let centres: Vec<f32> =
        [&whole.centres, &pieces.centres].into_iter().flatten().flatten().copied().collect();
    [
        write_bytes(whole_bytes),
        write_floats(whole_factors),
        write_bytes(pieces_bytes),
        write_floats(pieces_factors),
        write_floats(&centres),
    ]
}

fn read_style(
    [whole, whole_factors, pieces, pieces_factors, centres]: [&[u8]; 5],
    references: usize,
    data_sets: usize,
) -> Result<Option<StyleEmbedding>, String> {
    if whole_factors.is_empty() {
        return Ok(None);
    }
    let rows = data_sets + 1;
    if centres.len() != 4 * references * rows * (1 + PIECE_WORDS.len()) {
        return Err("the centres of its style embedding are of another size".into());
    }
    let mut centres: Vec<Vec<f32>> =
        read_floats(centres).chunks(references).map(<[f32]>::to_vec).collect();
    let head = |bytes: &[u8], factors: &[u8], centres: Vec<Vec<f32>>| {
        let weights = Weights::from_parts(
            references,
            (Vec::new(), Vec::new()),
            (read_bytes(bytes), read_floats(factors)),
        )?;
        Ok::<Head, String>(Head { weights, centres })
    };
    let of_pieces = centres.split_off(rows);
    Ok(Some(StyleEmbedding {
        whole: head(whole, whole_factors, centres)?,
        pieces: head(pieces, pieces_factors, of_pieces)?,
    }))
}

/// Width and three numbers of vectors; then for each vector its numbers, a factor and a byte per place.
fn write_panel(panel: &Panel) -> Vec<u8> {
    let mut bytes = PANEL.to_vec();
    let sizes = [panel.width(), panel.prompts.len(), panel.members.len(), panel.centres.len()];
    sizes.iter().for_each(|&size| bytes.extend((size as u32).to_le_bytes()));
    let mut add = |numbers: [u64; 3], noise: f32, values: &[f32]| {
        numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes.extend(noise.to_le_bytes());
        let mut rounded = vec![0_i8; panel.width()];
        bytes.extend(round_to_bytes(values, &mut rounded).to_le_bytes());
        bytes.extend(rounded.iter().map(|&byte| byte as u8));
    };
    for prompt in &panel.prompts {
        let numbers = [prompt.key, prompt.data_set as u64, prompt.references as u64];
        add(numbers, 0.0, &prompt.mean);
    }
    for member in &panel.members {
        let prompts = 2 * member.prompts as u64 + u64::from(member.paired);
        add(
            [member.reference as u64, member.data_set as u64, prompts],
            member.noise,
            &member.departure,
        );
    }
    for centre in &panel.centres {
        add([u64::from(!centre.is_empty()), 0, 0], 0.0, centre);
    }
    bytes
}

fn read_panel(bytes: &[u8], expected_width: usize) -> Option<Panel> {
    let size = |place: usize| Some(u32::from_le_bytes(number::<4>(bytes, 4 * place)?) as usize);
    let [width, prompts, members, centres] = [size(0)?, size(1)?, size(2)?, size(3)?];
    let rest = bytes.get(16..)?;
    let vectors = prompts.checked_add(members)?.checked_add(centres)?;
    if width != expected_width || rest.len() != vectors.checked_mul(32 + width)? {
        return None;
    }
    let mut vectors = rest.chunks_exact(32 + width).map(|chunk| {
        let numbers = [0, 8, 16].map(|at| number::<8>(chunk, at).map_or(0, u64::from_le_bytes));
        let floats = [24, 28].map(|at| number::<4>(chunk, at).map_or(0.0, f32::from_le_bytes));
        let values = chunk[32..].iter().map(|&byte| f32::from(byte as i8) * floats[1]).collect();
        (numbers, floats[0], values)
    });
    let prompts = vectors.by_ref().take(prompts).map(|([key, data_set, references], _, mean)| {
        SharedPrompt { key, data_set: data_set as usize, references: references as usize, mean }
    });
    let prompts = prompts.collect();
    let members =
        vectors.by_ref().take(members).map(|([reference, data_set, prompts], noise, departure)| {
            let (reference, data_set) = (reference as usize, data_set as usize);
            let (prompts, paired) = ((prompts / 2) as usize, prompts % 2 == 1);
            Member { reference, data_set, prompts, paired, departure, noise }
        });
    let members = members.collect();
    let centres = vectors
        .map(
            |(numbers, _, values): (_, _, Vec<f32>)| {
                if numbers[0] == 1 { values } else { Vec::new() }
            },
        )
        .collect();
    Some(Panel { prompts, members, centres })
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

fn write_bytes(values: &[i8]) -> Vec<u8> {
    values.iter().map(|&value| value as u8).collect()
}

fn read_bytes(bytes: &[u8]) -> Vec<i8> {
    bytes.iter().map(|&byte| byte as i8).collect()
}

fn write_floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn read_floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// Features one after the other: channel, length of the form (2 bytes), form, traces (4 bytes).
fn write_features(features: &[Feature]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for feature in features {
        bytes.push(number_of(feature.channel));
        // A form is at most a few tokens of 40 bytes, or five characters.
        bytes.extend((feature.form.len() as u16).to_le_bytes());
        bytes.extend(feature.form.as_bytes());
        bytes.extend(feature.traces.to_le_bytes());
    }
    bytes
}

fn number_of(channel: Channel) -> u8 {
    Channel::ALL.iter().position(|&other| other == channel).unwrap_or_default() as u8
}

fn read_features(mut bytes: &[u8]) -> Result<Vec<Feature>, String> {
    let mut features = Vec::new();
    while let [channel, low, high, rest @ ..] = bytes {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let (form, traces) = rest
            .get(..length)
            .and_then(|form| std::str::from_utf8(form).ok())
            .zip(number::<4>(rest, length))
            .ok_or_else(|| format!("feature {} is cut off or not UTF-8", features.len()))?;
        features.push(Feature {
            channel: *Channel::ALL
                .get(usize::from(*channel))
                .ok_or_else(|| format!("feature {} is of an unknown channel", features.len()))?,
            form: form.to_owned(),
            traces: u32::from_le_bytes(traces),
        });
        bytes = &rest[length + 4..];
    }
    if bytes.is_empty() { Ok(features) } else { Err("the last feature is cut off".into()) }
}

/// Means, deviations, then per reference a factor and a byte per coordinate.
fn write_profiles(profiles: &Profiles) -> Vec<u8> {
    let (mean, deviation) = profiles.parts();
    let mut bytes = write_floats(mean);
    bytes.extend(write_floats(deviation));
    for profile in profiles.references() {
        let mut rounded = vec![0_i8; profile.len()];
        bytes.extend(round_to_bytes(profile, &mut rounded).to_le_bytes());
        bytes.extend(rounded.iter().map(|&b| b as u8));
    }
    bytes
}

fn read_profiles(bytes: &[u8], references: usize, width: usize) -> Result<Profiles, String> {
    if bytes.len() != 8 * width + references * (4 + width) {
        return Err("its profiles are of another size than its vocabulary".into());
    }
    let (mean, rest) = bytes.split_at(4 * width);
    let (deviation, rest) = rest.split_at(4 * width);
    let profiles = rest
        .chunks_exact(4 + width)
        .map(|chunk| {
            let factor = f32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
            chunk[4..].iter().map(|&b| f32::from(b as i8) * factor).collect()
        })
        .collect();
    Ok(Profiles::from_parts(read_floats(mean), read_floats(deviation), profiles))
}
