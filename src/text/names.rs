//! Values with names: the words of command lines, records and policies.

/// A name that stands for none of the known values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not one of {}", .known.join(", "))]
pub struct UnknownName {
    /// The name.
    pub name: String,
    /// The names that are known.
    pub known: &'static [&'static str],
}

/// Gives an enum without fields a stable name for each value: `ALL`, `name`, `Display` and `FromStr`.
macro_rules! named_values {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name of the value. It does not change between versions.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::text::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    _ => Err($crate::text::UnknownName {
                        name: name.to_owned(),
                        known: &[$($name),+],
                    }),
                }
            }
        }
    };
}
pub(crate) use named_values;

#[cfg(test)]
mod tests {
    use super::UnknownName;

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Fruit {
        Apple,
        Pear,
    }
    named_values!(Fruit { Apple = "apple", Pear = "pear" });

    #[test]
    fn a_value_is_found_by_its_name() {
        for &fruit in Fruit::ALL {
            assert_eq!(fruit.to_string().parse(), Ok(fruit));
        }
        let unknown: Result<Fruit, UnknownName> = "plum".parse();
        assert_eq!(unknown.unwrap_err().to_string(), "\"plum\" is not one of apple, pear");
    }
}
