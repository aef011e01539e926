//! Data that JSON holds as the sentence about it.

/// Lets types be written as their sentence (`Display`), and read back as their variant `Text`.
macro_rules! sentences {
    ($($of:ty),+ $(,)?) => {$(
        impl serde::Serialize for $of {
            fn serialize<S: serde::Serializer>(&self, writer: S) -> std::result::Result<S::Ok, S::Error> {
                writer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $of {
            fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> std::result::Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(reader).map(Self::from)
            }
        }

        impl From<String> for $of {
            fn from(sentence: String) -> Self {
                Self::Text(sentence)
            }
        }

        impl From<&str> for $of {
            fn from(sentence: &str) -> Self {
                Self::Text(sentence.to_owned())
            }
        }
    )+};
}

pub(super) use sentences;
