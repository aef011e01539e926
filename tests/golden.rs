//! The figures as they were looked at: each is drawn from made-up results and compared with a small picture in `tests/golden`.
//!
//! `COTPRINT_WRITE_GOLDEN=1 cargo test --test golden` writes the pictures anew: look at them before they are committed, large, as
//! `COTPRINT_REPORT_SAMPLES` leaves them (see `tests/report.rs`).

#![allow(clippy::unwrap_used)]

#[path = "common/made_up.rs"]
mod made_up;
#[path = "common/made_up_others.rs"]
mod made_up_others;

use cotprint::lineage::Comparison;
use cotprint::report::plots::{
    BreakdownPlot, CoursePlot, DetectionPlot, DriftPlot, Figure, FloorsPlot, HabitsPlot, HeatMap,
    LikenessPlot, Look, MapPlot, RankingPlot, ReliabilityPlot, StepsPlot, TreePlot,
};
use made_up::{comparison, habits, holds, neighbourhood, tree};
use made_up_others::{audit, evaluation, explanation};
use std::{
    fs,
    io::BufWriter,
    path::{Path, PathBuf},
};

/// Width of a picture in pixels.
const WIDTH: usize = 280;
/// Side of the squares that are compared, in pixels.
const SQUARE: usize = 10;
/// The most that a square may differ: the mean over its pixels and colours, of 255. It is 0 where nothing changed, since figures
/// are drawn without the system's fonts; a hollow mark that is gone is more (`a_visible_change_is_found`).
const TOLERANCE: f64 = 1.2;

/// A small picture.
#[derive(Clone, PartialEq)]
struct Picture {
    height: usize,
    /// Red, green and blue of each pixel, row by row.
    pixels: Vec<u8>,
}

impl Picture {
    fn read(path: &Path) -> (usize, Self) {
        let file =
            fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgb, "{}", path.display());
        (info.width as usize, Self { height: info.height as usize, pixels })
    }

    /// Draws a figure and makes it small; sixteen steps of each colour, which keeps files small.
    fn of<F: Figure>(figure: &F) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("figure.png");
        fs::write(&path, cotprint::report::plots::png_bytes(figure).unwrap()).unwrap();
        let (width, large) = Self::read(&path);
        let height = (large.height * WIDTH).div_ceil(width);
        let mut pixels = Vec::with_capacity(3 * WIDTH * height);
        // The mean of the pixels that fall on each small one.
        let range = |at: usize, of: usize, all: usize| {
            at * all / of..((at + 1) * all / of).max(at * all / of + 1)
        };
        for y in 0..height {
            for x in 0..WIDTH {
                for colour in 0..3 {
                    let (mut sum, mut count) = (0_usize, 0);
                    for row in range(y, height, large.height) {
                        for column in range(x, WIDTH, width) {
                            sum += usize::from(large.pixels[3 * (row * width + column) + colour]);
                            count += 1;
                        }
                    }
                    pixels.push(((sum / count + 8) / 17 * 17).min(255) as u8);
                }
            }
        }
        Self { height, pixels }
    }

    fn write(&self, path: &Path) {
        let file = BufWriter::new(fs::File::create(path).unwrap());
        let mut encoder = png::Encoder::new(file, WIDTH as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Best);
        encoder.write_header().unwrap().write_image_data(&self.pixels).unwrap();
    }

    /// The largest mean difference of a square; endless where the heights differ.
    fn difference(&self, other: &Self) -> f64 {
        if self.height != other.height {
            return f64::INFINITY;
        }
        let mut largest = 0.0_f64;
        for top in (0..self.height).step_by(SQUARE) {
            for left in (0..WIDTH).step_by(SQUARE) {
                let (mut sum, mut count) = (0.0, 0.0);
                for y in top..(top + SQUARE).min(self.height) {
                    for x in 3 * left..3 * (left + SQUARE).min(WIDTH) {
                        let at = 3 * y * WIDTH + x;
                        sum += f64::from(self.pixels[at].abs_diff(other.pixels[at]));
                        count += 1.0;
                    }
                }
                largest = largest.max(sum / count);
            }
        }
        largest
    }
}

/// Made-up comparisons of the sizes that have to look well: 2, 24 and 119 references; names of 60 characters; East Asian names.
fn comparisons() -> Vec<(&'static str, Comparison)> {
    let renamed = |new: fn(usize, &str) -> String| {
        let mut c = comparison(24, 0.3);
        for (i, one) in c.ranking.iter_mut().enumerate() {
            one.reference = new(i, &one.reference);
        }
        let names: Vec<String> = c.ranking.iter().map(|one| one.reference.clone()).collect();
        c.similarity.labels[1..].clone_from_slice(&names);
        let (pairing, drift) = (c.pairing.as_mut().unwrap(), c.drift.as_mut().unwrap());
        pairing
            .similarities
            .iter_mut()
            .zip(&names)
            .for_each(|(one, name)| one.reference.clone_from(name));
        drift
            .references
            .iter_mut()
            .zip(&names)
            .for_each(|(one, name)| one.reference.clone_from(name));
        (c.holds, c.habits, c.neighbourhood) =
            (Some(holds(&names)), habits(&names), neighbourhood(&names));
        c
    };
    let long = |i: usize, name: &str| {
        format!("{name}-{}", "x".repeat(60))
            .chars()
            .take(58)
            .chain(format!("{i:02}").chars())
            .collect()
    };
    vec![
        ("two", comparison(2, 0.83)),
        ("many", comparison(24, 0.3)),
        ("all", comparison(119, 0.1)),
        ("long", renamed(long)),
        ("cjk", renamed(|i, _| format!("通义/千问-思考模型-{i}"))),
    ]
}

/// The figures of a comparison by name.
fn figures(c: &Comparison) -> Vec<(&'static str, Picture)> {
    let look = Look::File;
    let mut drawn = vec![
        ("ranking", Picture::of(&RankingPlot::new(c, look).unwrap())),
        ("similarity", Picture::of(&HeatMap::new(c, look).unwrap())),
        ("drift", Picture::of(&DriftPlot::new(c.drift.as_ref().unwrap(), look).unwrap())),
        ("likeness", Picture::of(&LikenessPlot::new(c.pairing.as_ref().unwrap(), look).unwrap())),
        ("holds", Picture::of(&BreakdownPlot::new(c.holds.as_ref().unwrap(), look).unwrap())),
        ("habits", Picture::of(&HabitsPlot::new(&c.habits[0], look).unwrap())),
    ];
    if let Some(map) = MapPlot::new(c, look).unwrap() {
        drawn.push(("map", Picture::of(&map)));
    }
    if let Some(known) = &c.neighbourhood {
        drawn.push(("neighbours", Picture::of(&MapPlot::of_neighbours(c, known, look).unwrap())));
    }
    drawn
}

/// The figures of the other verbs.
fn others() -> Vec<(&'static str, Picture)> {
    let look = Look::File;
    let (small, large) = (evaluation(3), evaluation(24));
    let open_set = large.open_set.as_ref().unwrap();
    let detection = DetectionPlot::new(open_set, look).unwrap().unwrap();
    let long = |i: usize, name: &str| format!("{name}-{}{i:02}", "x".repeat(60));
    let own = |_: usize, name: &str| name.to_owned();
    let tree =
        |corpora, name, look| Picture::of(&TreePlot::new(&tree(corpora, name), look).unwrap());
    vec![
        ("tree-three", tree(3, own, look)),
        ("tree-many", tree(25, own, look)),
        ("tree-all", tree(120, own, Look::Page)),
        ("tree-long", tree(25, long, look)),
        ("tree-phone", tree(25, own, Look::Phone)),
        ("course", Picture::of(&CoursePlot::new(&explanation(), look).unwrap())),
        ("reliability", Picture::of(&ReliabilityPlot::new(&large, look).unwrap())),
        ("steps-length", Picture::of(&StepsPlot::by_length(&large, look).unwrap())),
        ("steps-pooled", Picture::of(&StepsPlot::pooled(&large, look).unwrap())),
        ("detection", Picture::of(&detection)),
        ("confusion-three", Picture::of(&HeatMap::confusion(&small, look).unwrap())),
        ("confusion-many", Picture::of(&HeatMap::confusion(&large, look).unwrap())),
        ("shares", Picture::of(&RankingPlot::of_audit(&audit(), look).unwrap())),
    ]
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.png"))
}

#[test]
fn figures_look_as_they_did() {
    let writes = std::env::var_os("COTPRINT_WRITE_GOLDEN").is_some();
    let mut all: Vec<(String, Picture)> = vec![
        ("floors".into(), Picture::of(&FloorsPlot::new(&comparison(24, 0.3)))),
        (
            "habits-of-traces".into(),
            Picture::of(&HabitsPlot::new(&comparison(24, 0.3).habits[1], Look::File).unwrap()),
        ),
    ];
    for (size, c) in comparisons() {
        all.extend(
            figures(&c).into_iter().map(|(name, picture)| (format!("{name}-{size}"), picture)),
        );
    }
    all.extend(others().into_iter().map(|(name, picture)| (name.to_owned(), picture)));
    let mut different = Vec::new();
    for (name, picture) in &all {
        let path = golden(name);
        if writes {
            picture.write(&path);
            continue;
        }
        let difference = picture.difference(&Picture::read(&path).1);
        if difference > TOLERANCE {
            different.push(format!("{name} by {difference:.1}"));
        }
    }
    assert!(
        different.is_empty(),
        "these figures changed, by more than {TOLERANCE}: {}; look at them, and write them anew if they are right",
        different.join(", ")
    );
    // None is left over, and all of them are small.
    let files: Vec<_> =
        fs::read_dir(golden("x").parent().unwrap()).unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), all.len(), "pictures without a figure");
    let bytes: u64 = files.iter().map(|file| file.metadata().unwrap().len()).sum();
    assert!(bytes < 520_000, "{bytes} bytes");
}

#[test]
fn a_visible_change_is_found() {
    let look = Look::File;
    let c = comparison(24, 0.3);
    let differs = |name: &str, picture: &Picture| {
        picture.difference(&Picture::read(&golden(&format!("{name}-many"))).1)
    };
    let ranking = |change: fn(&mut Comparison)| {
        let mut c = c.clone();
        change(&mut c);
        differs("ranking", &Picture::of(&RankingPlot::new(&c, look).unwrap()))
    };
    assert!(ranking(|_| {}) <= TOLERANCE);
    // A dot elsewhere, another name, another family's colour, a mark that is gone.
    for (what, found) in [
        ("share", ranking(|c| c.ranking[1].score += 0.04)),
        ("name", ranking(|c| c.ranking[3].reference = "a/b".into())),
        ("colour", ranking(|c| c.ranking[0].family = Some("qwen".into()))),
        ("mark", ranking(|c| c.ranking[0].score_without_layout = f64::NAN)),
    ] {
        assert!(found > TOLERANCE, "{what}: {found}");
    }
    let mut other = c.clone();
    other.similarity.values[1][2] = -0.8;
    other.similarity.values[2][1] = -0.8;
    let found = differs("similarity", &Picture::of(&HeatMap::new(&other, look).unwrap()));
    assert!(found > TOLERANCE, "a cell: {found}");
    let mut other = c.habits[0].clone();
    other.habits[2].input += 0.5;
    let found = differs("habits", &Picture::of(&HabitsPlot::new(&other, look).unwrap()));
    assert!(found > TOLERANCE, "a ring: {found}");
    let mut other = c.holds.clone().unwrap();
    other.groups[3].first = other.reference.clone();
    let found = differs("holds", &Picture::of(&BreakdownPlot::new(&other, look).unwrap()));
    assert!(found > TOLERANCE, "a dot's colour: {found}");
    // Supports that are gone, a bin that is right less often, a step, a part of a trace.
    let gone = |name: &str, picture: Picture| picture.difference(&Picture::read(&golden(name)).1);
    let mut other = tree(25, |_, name| name.to_owned());
    other.tree.nodes.iter_mut().for_each(|node| node.support = None);
    let mut fewer = evaluation(24);
    fewer.calibration[6].right.value -= 0.2;
    fewer.pooled[2].top1.value -= 0.1;
    let mut elsewhere = explanation();
    elsewhere.courses[1].pieces[10].2 = 0.2;
    for (what, found) in [
        ("support", gone("tree-many", Picture::of(&TreePlot::new(&other, look).unwrap()))),
        ("bin", gone("reliability", Picture::of(&ReliabilityPlot::new(&fewer, look).unwrap()))),
        ("step", gone("steps-pooled", Picture::of(&StepsPlot::pooled(&fewer, look).unwrap()))),
        ("part", gone("course", Picture::of(&CoursePlot::new(&elsewhere, look).unwrap()))),
    ] {
        assert!(found > TOLERANCE, "{what}: {found}");
    }
}
