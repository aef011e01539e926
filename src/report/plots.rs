//! All figures, and what draws them: the part of the report that other programs use.

pub use super::drawing::figure::{Figure, Look};
pub use super::drawing::heat_map::HeatMap;
pub use super::drawing::render::{png_bytes, svg};
pub use super::drawing::shares::RankingPlot;
pub use super::drawing::text::PlotError;
pub use super::evaluation::detection_figure::DetectionPlot;
pub use super::evaluation::reliability_figure::ReliabilityPlot;
pub use super::evaluation::steps_figure::StepsPlot;
pub use super::explain::course_figure::CoursePlot;
pub use super::sections::breakdown::figure::BreakdownPlot;
pub use super::sections::drift::figure::DriftPlot;
pub use super::sections::habits::figure::HabitsPlot;
pub use super::sections::likeness::figure::LikenessPlot;
pub use super::sections::map::figure::MapPlot;
pub use super::sections::similarity::floors_figure::FloorsPlot;
pub use super::tree::figure::TreePlot;
