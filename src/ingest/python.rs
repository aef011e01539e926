//! What Python prints of a dictionary or list → JSON.
//!
//! `str(row)` in a line, or a column of lists that pandas wrote into a table: single quotes, `None`,
//! `True`. Comes in: a text. Goes out: its value, or `None` where it is no such thing. Called by `json`
//! and by `rows`. Depth and time are bounded; nothing is evaluated.

use serde_json::{Map, Value};

/// How deeply brackets may be nested.
const DEEPEST: usize = 64;

/// Parses a dictionary, list or tuple.
pub(super) fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(DEEPEST)?;
    reader.skip_blanks();
    (reader.at == text.len()).then_some(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes a sign, and the blanks before it.
    fn take(&mut self, sign: char) -> bool {
        self.skip_blanks();
        let is_next = self.rest().starts_with(sign);
        self.at += if is_next { sign.len_utf8() } else { 0 };
        is_next
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.skip_blanks();
        let depth = depth.checked_sub(1)?;
        match self.rest().chars().next()? {
            '{' => self.dictionary(depth),
            '[' => self.list(']', depth),
            '(' => self.list(')', depth),
            '\'' | '"' => self.texts().map(Value::String),
            _ => self.word(depth),
        }
    }

    fn dictionary(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut object = Map::new();
        while !self.take('}') {
            let key = match self.value(depth)? {
                Value::String(key) => key,
                Value::Number(key) => key.to_string(),
                _ => return None,
            };
            if !self.take(':') {
                return None;
            }
            object.insert(key, self.value(depth)?);
            if !self.take(',') && !self.closes('}') {
                return None;
            }
        }
        Some(Value::Object(object))
    }

    fn list(&mut self, end: char, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut list = Vec::new();
        while !self.take(end) {
            list.push(self.value(depth)?);
            // An array of numpy has no commas.
            let _ = self.take(',');
        }
        Some(Value::Array(list))
    }

    fn closes(&mut self, end: char) -> bool {
        self.skip_blanks();
        self.rest().starts_with(end)
    }

    /// A text.
    fn texts(&mut self) -> Option<String> {
        let quote = self.rest().chars().next()?;
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let stop = rest.find([quote, '\\'])?;
            out.push_str(&rest[..stop]);
            self.at += stop + 1;
            if rest[stop..].starts_with(quote) {
                return Some(out);
            }
            self.escape(&mut out)?;
        }
    }

    /// What stands behind a backslash.
    fn escape(&mut self, out: &mut String) -> Option<()> {
        let sign = self.rest().chars().next()?;
        self.at += sign.len_utf8();
        let digits = match sign {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let code =
                self.rest().get(..digits).and_then(|code| u32::from_str_radix(code, 16).ok())?;
            self.at += digits;
            out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            return Some(());
        }
        match sign {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            '0' => out.push(' '),
            '\n' => {}
            '\\' | '\'' | '"' => out.push(sign),
            other => out.extend(['\\', other]),
        }
        Some(())
    }

    /// A number, `None`, `True`, or the name of a class in front of its value: `array([…])`.
    fn word(&mut self, depth: usize) -> Option<Value> {
        let rest = self.rest();
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.' | '+' | '-'))
            .unwrap_or(rest.len());
        let word = rest[..length].to_owned();
        self.at += length;
        match word.as_str() {
            "" => None,
            "None" | "nan" | "NaN" | "null" | "inf" | "-inf" => Some(Value::Null),
            "True" | "true" => Some(Value::Bool(true)),
            "False" | "false" => Some(Value::Bool(false)),
            "array" if self.rest().starts_with('(') => {
                self.at += 1;
                let value = self.value(depth)?;
                // The type of the elements may follow.
                let end = self.rest().find(')')?;
                self.at += end + 1;
                Some(value)
            }
            number => match number.parse::<i64>() {
                Ok(number) => Some(number.into()),
                Err(_) => number.parse::<f64>().ok().map(Value::from),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_python_prints_is_read() {
        let text = r#"{'a': 'it\'s\n', "b": "x 'y'", 'c': [1, -2.5, None, True], 'd': (1,), 3: {}, 'e': 'ü\x41\u00e9'}"#;
        let value = json!({"a": "it's\n", "b": "x 'y'", "c": [1, -2.5, null, true], "d": [1], "3": {}, "e": "üAé"});
        assert_eq!(parse(text), Some(value));
        let numpy = "array([{'role': 'user'}\n {'role': 'x'}], dtype=object)";
        assert_eq!(parse(numpy), Some(json!([{"role": "user"}, {"role": "x"}])));
    }

    #[test]
    fn what_is_no_value_is_none() {
        for text in [
            "",
            "{",
            "{'a'}",
            "{'a': }",
            "['a",
            "{so}",
            "[1] So",
            "open('x')",
            "'a' + 'b'",
            "{'a': 1}}",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"[".repeat(100_000)), None);
        assert_eq!(parse(&format!("{}{}", "[".repeat(100), "]".repeat(100))), None);
    }
}
