//! Tells pages of metrics from other pages, and whole ones from cut ones.
//!
//! The formats: <https://prometheus.io/docs/instrumenting/exposition_formats/> and
//! <https://prometheus.io/docs/specs/om/open_metrics_spec/>.

/// What the reading side knows the text format by.
pub(crate) const TEXT_TYPE: &str = "text/plain; version=0.0.4";
const OPENMETRICS: &str = "application/openmetrics-text";

/// What a page is, by its header and its first bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// What the header says, and the first bytes do not contradict.
    Declared,
    /// Metrics in the text format, although the header does not say so.
    Recognized,
    /// Metrics by the header, and a first line that is none: it may be the beginning of one.
    Unknown,
    /// Something else.
    Other,
}

impl Page {
    /// What a page with this `Content-Type` and these first bytes is.
    pub(crate) fn of(media_type: Option<&str>, head: &[u8]) -> Self {
        let declared = media_type.is_some_and(|media_type| {
            is_openmetrics(media_type)
                || (essence(media_type) == "text/plain" && media_type.contains("version="))
        });
        match first_line(head) {
            None if declared && head.is_empty() => Page::Declared,
            Some(line) if declared && (line.starts_with(b"#") || is_sample(line)) => Page::Declared,
            Some(line) if declared && line.len() == head.len() && !is_markup(line) => Page::Unknown,
            Some(line) if is_metadata(line) || is_sample(line) => Page::Recognized,
            _ => Page::Other,
        }
    }
}

pub(crate) fn is_openmetrics(media_type: &str) -> bool {
    essence(media_type) == OPENMETRICS
}

/// The type without its parameters, in lower case.
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The first line that is not empty.
fn first_line(head: &[u8]) -> Option<&[u8]> {
    head.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty())
}

/// Whether `line` begins like HTML or JSON.
fn is_markup(line: &[u8]) -> bool {
    matches!(line.trim_ascii_start().first(), Some(b'<' | b'{' | b'['))
}

/// Whether `line` is a comment of these formats, and not any text's.
fn is_metadata(line: &[u8]) -> bool {
    [b"# HELP ", b"# TYPE ", b"# UNIT "].iter().any(|mark| line.starts_with(*mark))
}

/// Whether `line` is a name, perhaps labels, and a number.
fn is_sample(line: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
    let name_len = line.iter().take_while(|byte| is_name(byte)).count();
    let after_name = &line[name_len..];
    let after_labels = match (name_len, after_name.first()) {
        (_, Some(b'{')) => match after_name.iter().rposition(|byte| *byte == b'}') {
            Some(end) => &after_name[end + 1..],
            // A line longer than what is looked at.
            None => return name_len > 0,
        },
        (1.., Some(b' ' | b'\t')) => after_name,
        _ => return false,
    };
    let value = after_labels.trim_ascii_start().split(u8::is_ascii_whitespace).next();
    value
        .and_then(|value| std::str::from_utf8(value).ok())
        .is_some_and(|value| value.parse::<f64>().is_ok())
}

/// The last bytes of a page, which say whether it is whole.
#[derive(Debug, Default)]
pub(crate) struct Tail(Vec<u8>);

impl Tail {
    /// `# EOF` and a line feed.
    const MOST: usize = 6;

    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&bytes[bytes.len().saturating_sub(Self::MOST)..]);
        self.0.drain(..self.0.len().saturating_sub(Self::MOST));
    }

    /// Whether the page that ends so is whole.
    ///
    /// # Errors
    ///
    /// What is missing.
    pub(crate) fn check(&self, media_type: &str) -> Result<(), &'static str> {
        if is_openmetrics(media_type) {
            let whole = self.0.ends_with(b"# EOF") || self.0.ends_with(b"# EOF\n");
            return if whole { Ok(()) } else { Err("the page ends without `# EOF`") };
        }
        match self.0.last() {
            None | Some(b'\n') => Ok(()),
            Some(_) => Err("the page ends within a line"),
        }
    }
}

#[cfg(test)]
mod tests;
