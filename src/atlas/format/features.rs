//! The section of n-grams: one after the other the channel (1 byte), the length of the form
//! (2 bytes), the form, and the number of training traces that hold it (4 bytes).

use super::{error::FormatError, numbers::number};
use crate::features::{Channel, Feature};

/// The bytes of the features.
pub(super) fn write(features: &[Feature]) -> Vec<u8> {
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

/// Reads what [`write`] wrote.
pub(super) fn read(mut bytes: &[u8]) -> Result<Vec<Feature>, FormatError> {
    let mut features = Vec::new();
    while let [channel, low, high, rest @ ..] = bytes {
        let index = features.len();
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let (form, traces) = rest
            .get(..length)
            .and_then(|form| std::str::from_utf8(form).ok())
            .zip(number::<4>(rest, length))
            .ok_or(FormatError::Feature { index })?;
        let channel = Channel::ALL.get(usize::from(*channel));
        features.push(Feature {
            channel: *channel.ok_or(FormatError::FeatureChannel { index })?,
            form: form.to_owned(),
            traces: u32::from_le_bytes(traces),
        });
        bytes = &rest[length + 4..];
    }
    if bytes.is_empty() { Ok(features) } else { Err(FormatError::LastFeature) }
}
