//! Criterion's clock for what one thread does: its CPU time where the system tells it (Linux), so that
//! other programs on the machine do not count; else the time on the wall.

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use std::time::{Duration, Instant};

/// The CPU time of the calling thread.
pub struct ThreadTime;

/// The time that this thread has run. The system brings it up to date at every tick of some
/// milliseconds; criterion's samples are far longer.
fn run() -> Option<Duration> {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    line.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

impl Measurement for ThreadTime {
    type Intermediate = (Instant, Option<Duration>);
    type Value = Duration;

    fn start(&self) -> Self::Intermediate {
        (Instant::now(), run())
    }

    fn end(&self, (wall, before): Self::Intermediate) -> Duration {
        match (before, run()) {
            (Some(before), Some(after)) if after > before => after - before,
            _ => wall.elapsed(),
        }
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
