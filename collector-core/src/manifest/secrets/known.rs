//! The secrets that a manifest is known to hold, to be masked wherever a plugin repeats them.
//!
//! [`mask_text`] goes by names and shapes and misses a password that stands alone in a message;
//! here the values themselves are looked for.

use std::fmt;

use serde_json::Value;

use super::{MASK, mask_and_find, mask_text};
use crate::manifest::Manifest;

/// Shorter values are found everywhere, so they are no use: a message would be nothing but masks.
const MIN_BYTES: usize = 4;
/// Shorter words of a value of several words are those of a sentence.
const MIN_WORD_BYTES: usize = 8;

/// Values that no text of a bundle may show.
#[derive(Clone, Default)]
pub struct Secrets {
    /// Each at least [`MIN_BYTES`] long, the longest first.
    values: Vec<String>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("n_values", &self.values.len()).finish_non_exhaustive()
    }
}

impl Manifest {
    /// The values that variables brought into configurations, and those that look like secrets
    /// there, by their names or shapes.
    ///
    /// A default, as in `${VAR:-default}`, is none by itself: it stands in the manifest.
    #[must_use]
    pub fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        for collector in &self.collectors {
            collector.variable_values.iter().for_each(|value| secrets.add(value));
            let mut found = Vec::new();
            mask_and_find(&collector.config, &mut found);
            found.iter().for_each(|value| secrets.add(value));
        }
        secrets
    }
}

impl Secrets {
    /// Adds every text and number in `value`.
    pub fn add_all(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.add(text),
            Value::Number(number) => self.add(&number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| self.add_all(item)),
            Value::Object(entries) => entries.values().for_each(|item| self.add_all(item)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Adds `value`, the ways a message may have it, and what of it is a secret alone: the
    /// password of `user:password`, and long words of several.
    fn add(&mut self, value: &str) {
        let value = value.trim();
        self.add_value(value);
        if let Some((_, password)) = value.split_once(':') {
            self.add_value(password.trim_start());
        }
        let words = value.split_whitespace().filter(|it| it.len() >= MIN_WORD_BYTES);
        words.for_each(|word| self.add_value(word));
    }

    fn add_value(&mut self, value: &str) {
        // A flag in a variable; `true` says nothing, and hides half of a message.
        if ["true", "false"].contains(&value) {
            return;
        }
        let json = Value::String(value.to_owned()).to_string();
        // A plugin that prints its configuration prints JSON, without these quotes.
        for form in [value, &json[1..json.len() - 1]] {
            if form.len() >= MIN_BYTES && !self.values.iter().any(|it| it == form) {
                let after = self.values.partition_point(|it| it.len() >= form.len());
                self.values.insert(after, form.to_owned());
            }
        }
    }

    /// A copy of `text` with `***` in the place of every secret that is known, and of what
    /// [`mask_text`] takes for one. Where two overlap, both are masked.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let mut places: Vec<(usize, usize)> = Vec::new();
        for value in &self.values {
            let mut from = 0;
            while let Some(at) = text.get(from..).and_then(|rest| rest.find(value.as_str())) {
                let begin = from + at;
                places.push((begin, begin + value.len()));
                // On to the next character: the value may overlap itself.
                from = begin + value.chars().next().map_or(1, char::len_utf8);
            }
        }
        places.extend(self.cut_places(text));
        places.sort_unstable();
        let mut masked = String::with_capacity(text.len());
        let mut done = None;
        for (begin, end) in places {
            if done.is_none_or(|done| begin > done) {
                masked.push_str(&text[done.unwrap_or(0)..begin]);
                masked.push_str(MASK);
            }
            done = done.max(Some(end));
        }
        masked.push_str(&text[done.unwrap_or(0)..]);
        mask_text(&masked)
    }

    /// Secrets that are there in part, because a text was cut: their beginnings before a `…`, and
    /// their ends at its very beginning, as the kept end of a long output may have one.
    fn cut_places(&self, text: &str) -> Vec<(usize, usize)> {
        let mut places = Vec::new();
        for value in &self.values {
            let inner = |n: &usize| value.is_char_boundary(*n);
            for (cut, _) in text.match_indices('…') {
                let mut sizes = (MIN_BYTES..value.len()).rev().filter(inner);
                let n = sizes.find(|n| text[..cut].ends_with(&value[..*n]));
                places.extend(n.map(|n| (cut - n, cut)));
            }
            let longest = value.len().saturating_sub(MIN_WORD_BYTES);
            let begin = (1..=longest).filter(inner).find(|at| text.starts_with(&value[*at..]));
            places.extend(begin.map(|at| (0, value.len() - at)));
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(config: &str) -> Secrets {
        let text = format!("version: 1\ncollectors: [{{ plugin: meminfo, config: {config} }}]\n");
        let environment = |name: &str| match name {
            "PATH_TOKEN" => Some("sesame-street".to_owned()),
            "QUOTED" => Some("a\"quoted\\one".to_owned()),
            "PIN" => Some("123".to_owned()),
            _ => None,
        };
        Manifest::parse("m.yaml", &text, &environment).expect("a manifest").secrets()
    }

    fn check(config: &str, text: &str, masked: &str) {
        let secrets = secrets(config);
        assert_eq!(secrets.mask(text), masked, "{text}");
        assert_eq!(secrets.mask(masked), masked, "masking twice changes nothing");
        assert!(!format!("{secrets:?}").contains("sesame"));
    }

    #[test]
    fn values_of_variables_are_masked_wherever_they_stand() {
        let config = r#"{ url: "http://h/${PATH_TOKEN}/x", pin: "${PIN}", q: "${QUOTED}" }"#;
        check(config, "GET http://h/sesame-street/x: 404", "GET http://h/***/x: 404");
        check(config, r#"{"q":"a\"quoted\\one"}"#, r#"{"q":"***"}"#);
        check(config, r#"q is a"quoted\one"#, "q is ***");
        check(config, "too short: 123", "too short: 123");
    }

    #[test]
    fn values_under_names_of_secrets_are_masked_alone_too() {
        let config = r#"{ url: "http://joe:hunter2@h/?token=t0psecret", db_pass: "letmein", pin_token: 123456, host: "db1.example" }"#;
        check(config, "hunter2, t0psecret, letmein, 123456", "***, ***, ***, ***");
        check(config, "db1.example does not answer", "db1.example does not answer");
    }

    #[test]
    fn defaults_stay_readable() {
        check(r#"{ url: "http://${HOST:-db1.example}/" }"#, "no db1.example", "no db1.example");
        check(r#"{ password: "${PW:-hunter2}" }"#, "not hunter2", "not ***");
    }

    #[test]
    fn overlapping_and_longer_values_leave_no_rest() {
        let config = r#"{ password: "abcdef", token: "defghi", secret: "abcdefxyz" }"#;
        check(config, "abcdefghi abcdefxyz abcdefabcdef", "*** *** ***");
    }

    #[test]
    fn a_secret_that_was_cut_is_masked() {
        let config = r#"{ password: "hunter2-and-more" }"#;
        check(config, "it is hunter2-an… (9000 bytes in all)", "it is ***… (9000 bytes in all)");
        check(config, "r2-and-more, it said", "***, it said");
    }
}
