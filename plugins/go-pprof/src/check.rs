//! Tells a profile from what is none, in passing: nothing is held but a window of the gzip.

mod message;

use std::io::{self, Write};

use flate2::write::GzDecoder;

use crate::config::Format;
use message::Message;

/// RFC 1952, 2.3.1.
const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];

/// A check under way.
pub(crate) struct Check {
    content: Content,
    /// Why it is none, once that is known.
    fault: Option<String>,
}

enum Content {
    /// Boxed: the state of inflating is large.
    Gzip(Box<GzDecoder<Message>>),
    Plain(Message),
    /// A trace has nothing at its end to check.
    Trace,
}

impl Check {
    /// A check for bytes that begin with `head`, which is fed again.
    ///
    /// # Errors
    ///
    /// `head` cannot be the beginning; the text is to be followed by what it is.
    pub(crate) fn start(format: Format, head: &[u8]) -> Result<Self, String> {
        if head.is_empty() {
            return Err("the answer is empty".to_owned());
        }
        if format == Format::Trace {
            // `go 1.22 trace` and NULs, since Go 1.5; src/runtime/trace.go.
            return if head.starts_with(b"go 1.") {
                Ok(Check { content: Content::Trace, fault: None })
            } else {
                Err("the answer is not a trace; it begins with ".to_owned())
            };
        }
        let mut trial = Check::of(head);
        trial.feed(head);
        trial.drain();
        match trial.fault.as_deref().filter(|fault| *fault != TRAILING) {
            None => Ok(Check::of(head)),
            Some(fault) if trial.is_gzip() => {
                Err(format!("the answer is not a profile: {fault}; it begins with "))
            }
            Some(_) => Err("the answer is not a profile; it begins with ".to_owned()),
        }
    }

    fn of(head: &[u8]) -> Self {
        let content = if head.starts_with(GZIP_MAGIC) {
            Content::Gzip(Box::new(GzDecoder::new(Message::default())))
        } else {
            Content::Plain(Message::default())
        };
        Check { content, fault: None }
    }

    pub(crate) fn is_gzip(&self) -> bool {
        matches!(self.content, Content::Gzip(_))
    }

    /// Looks at the next bytes. After a fault nothing more is looked at.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        if self.fault.is_some() {
            return;
        }
        let fed = match &mut self.content {
            Content::Gzip(gzip) => gzip.write_all(bytes).map_err(|error| in_gzip(&error)),
            Content::Plain(message) => message.feed(bytes).map_err(str::to_owned),
            Content::Trace => Ok(()),
        };
        self.fault = fed.err();
    }

    /// Looks at what was inflated and is still held.
    fn drain(&mut self) {
        if let (Content::Gzip(gzip), None) = (&mut self.content, &self.fault) {
            self.fault = gzip.flush().map_err(|error| in_gzip(&error)).err();
        }
    }

    /// Whether all of it was a whole profile.
    ///
    /// # Errors
    ///
    /// What is wrong.
    pub(crate) fn finish(self) -> Result<(), String> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        match self.content {
            Content::Gzip(gzip) => {
                let message = gzip.finish().map_err(|error| in_gzip(&error))?;
                message.finish().map_err(|fault| format!("{IN_GZIP}{fault}"))
            }
            Content::Plain(message) => message.finish().map_err(str::to_owned),
            Content::Trace => Ok(()),
        }
    }
}

const TRAILING: &str = "the gzip has bytes after its end";
const IN_GZIP: &str = "in the gzip: ";

fn in_gzip(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::WriteZero => TRAILING.to_owned(),
        io::ErrorKind::UnexpectedEof => "the gzip ends early".to_owned(),
        // What the message said of itself.
        io::ErrorKind::Other => format!("{IN_GZIP}{error}"),
        _ => format!("the gzip ends early or is damaged: {error}"),
    }
}

#[cfg(test)]
pub(crate) mod tests;
