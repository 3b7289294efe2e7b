//! Keeps the lines of some metrics while a page passes by.

use plugin_api::{Error, Status, glob};

/// Longest line that is looked at: far above any series with all its labels.
const MAX_LINE_BYTES: usize = 1024 * 1024;
/// What the samples of one histogram, summary, counter or info have after its name.
const SUFFIXES: [&[u8]; 6] = [b"_bucket", b"_sum", b"_count", b"_total", b"_created", b"_info"];

/// The names to keep.
#[derive(Debug)]
pub(crate) struct Globs(Vec<String>);

impl Globs {
    pub(crate) fn new(globs: Vec<String>) -> Self {
        Globs(globs)
    }

    /// Whether there is nothing to leave out.
    pub(crate) fn keep_all(&self) -> bool {
        self.0.is_empty()
    }

    fn matches(&self, name: &[u8]) -> bool {
        self.0.iter().any(|it| glob::fits(it.as_bytes(), name))
    }

    /// Whether the samples of `name` are kept: by it, or by the name of their histogram.
    fn keep_sample(&self, name: &[u8]) -> bool {
        self.matches(name)
            || SUFFIXES.iter().filter_map(|it| name.strip_suffix(*it)).any(|it| self.matches(it))
    }

    /// Whether what is said of the metric `name` is kept: when any sample of it may be.
    fn keep_metadata(&self, name: &[u8]) -> bool {
        self.matches(name) || SUFFIXES.iter().any(|suffix| self.matches(&[name, suffix].concat()))
    }

    fn keep_line(&self, line: &[u8]) -> bool {
        let line = line.trim_ascii();
        let Some(comment) = line.strip_prefix(b"#") else { return self.keep_sample(name(line)) };
        let comment = comment.trim_ascii_start();
        if comment == b"EOF" {
            return true;
        }
        let mut words = comment.splitn(3, u8::is_ascii_whitespace);
        match (words.next(), words.next()) {
            (Some(b"HELP" | b"TYPE" | b"UNIT"), Some(name)) => self.keep_metadata(bare(name)),
            _ => false,
        }
    }
}

/// The name of the sample in `line`: before the labels, or the first quoted text in them.
fn name(line: &[u8]) -> &[u8] {
    match line.strip_prefix(b"{") {
        Some(labels) => {
            let labels = labels.trim_ascii_start();
            let quoted = labels.strip_prefix(b"\"").unwrap_or(labels);
            quoted.split(|byte| *byte == b'"').next().unwrap_or_default()
        }
        None => {
            let end = |byte: &u8| *byte == b'{' || byte.is_ascii_whitespace();
            line.split(end).next().unwrap_or_default()
        }
    }
}

/// A name without the quotes it may have.
fn bare(name: &[u8]) -> &[u8] {
    let inside = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\""));
    inside.unwrap_or(name)
}

/// A filter over a page that comes in pieces.
pub(crate) struct Filter<'g> {
    globs: &'g Globs,
    /// A line whose end has not come.
    open: Vec<u8>,
    /// Lines so far.
    pub(crate) n_lines: u64,
    /// Of them, those kept.
    pub(crate) n_kept: u64,
}

impl<'g> Filter<'g> {
    pub(crate) fn new(globs: &'g Globs) -> Self {
        Filter { globs, open: Vec::new(), n_lines: 0, n_kept: 0 }
    }

    /// Gives `store` each whole line of the page that is kept.
    ///
    /// # Errors
    ///
    /// A line of more than a mebibyte; what `store` answers.
    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        mut store: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.open.len() + piece.len() > MAX_LINE_BYTES {
                return Err(Error::new(
                    Status::Partial,
                    format!(
                        "a line has more than {MAX_LINE_BYTES} bytes; leave `keep` out to store the page as sent"
                    ),
                ));
            }
            if piece.ends_with(b"\n") && self.open.is_empty() {
                self.line(piece, &mut store)?;
                continue;
            }
            self.open.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let mut line = std::mem::take(&mut self.open);
                self.line(&line, &mut store)?;
                line.clear();
                self.open = line;
            }
        }
        Ok(())
    }

    /// The last line, when it is one without its line feed.
    ///
    /// # Errors
    ///
    /// What `store` answers.
    pub(crate) fn finish(
        &mut self,
        mut store: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let line = std::mem::take(&mut self.open);
        if line == b"# EOF" { self.line(&line, &mut store) } else { Ok(()) }
    }

    fn line(
        &mut self,
        line: &[u8],
        store: &mut impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.n_lines += 1;
        if !self.globs.keep_line(line) {
            return Ok(());
        }
        self.n_kept += 1;
        store(line)
    }
}

#[cfg(test)]
mod tests;
