//! JSON → a tree of values that knows whether an object in it has a key twice.
//!
//! Of two values under one key the last is kept, as everywhere in JSON; another reader may take the first,
//! so that it must not pass in silence. Called by `file`, through [`super::json::parse`].

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::{cell::Cell, fmt};

/// A value, and whether an object in it has a key twice.
#[derive(Debug, PartialEq)]
pub(super) struct Counted {
    pub value: Value,
    pub repeats: bool,
}

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let repeats = Cell::new(false);
        let value = Reader(&repeats).deserialize(deserializer)?;
        Ok(Self { value, repeats: repeats.get() })
    }
}

/// Reads a value; the flag is set where a key stands twice.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a Cell<bool>);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            if values.insert(key, object.next_value_seed(self)?).is_some() {
                self.0.set(true);
            }
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_the_same_and_a_key_twice_is_told() {
        let cases = [
            (
                r#"{"a":1,"b":[-2,0.5,1e300,null,true,"x\n\u00e4"],"c":{"a":18446744073709551615}}"#,
                false,
            ),
            (r#"[{"a":1},{"a":2}]"#, false),
            (r#"{"a":1,"b":2,"a":3}"#, true),
            (r#"[[{"x":{"a":1,"\u0061":null}}]]"#, true),
            (r#""text""#, false),
        ];
        for (text, repeats) in cases {
            let value: Value = serde_json::from_str(text).unwrap();
            let counted: Counted = serde_json::from_str(text).unwrap();
            assert_eq!(counted.value.to_string(), value.to_string());
            assert_eq!(counted, Counted { value, repeats }, "{text}");
        }
    }

    #[test]
    fn what_nests_too_deeply_is_refused() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(serde_json::from_str::<Counted>(&nested(127)).is_ok());
        assert!(serde_json::from_str::<Counted>(&nested(100_000)).is_err());
    }
}
