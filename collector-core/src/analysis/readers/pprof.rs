//! Reads a profile in the form of `profile.proto`, as Go writes it, with gzip around it or without.
//!
//! Nothing in it is trusted: its size is limited before and after inflating, and every number that
//! names a part of it is checked here, once. What is wrong is an error that names the field. The
//! text form of older programs is not read.

mod inflate;
mod message;
mod parts;
mod wire;

use prost::Message;

use self::message::{
    FunctionMessage, LocationMessage, MappingMessage, SampleMessage, ValueTypeMessage,
};
use self::parts::Parts;
use self::wire::{Content, Fields};
use crate::analysis::profile::Profile;
use crate::units::Bytes;

/// The most bytes of a profile that are read, gzip or not. Large programs have some 20 MiB.
pub const LIMIT: Bytes = Bytes(64 << 20);

/// Why a profile cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PprofError {
    /// It has no bytes.
    #[error("it is empty (hint: the program was not done writing it, or the disk was full)")]
    Empty,

    /// It is larger than any profile.
    #[error("it has {bytes}, more than the {limit} this program reads")]
    TooLarge {
        /// Its size.
        bytes: Bytes,
        /// The limit.
        limit: Bytes,
    },

    /// It is small and inflates to more than any profile.
    #[error("its {bytes} of gzip inflate to more than the {limit} this program reads")]
    Bomb {
        /// Its size.
        bytes: Bytes,
        /// The limit.
        limit: Bytes,
    },

    /// The gzip around it cannot be inflated.
    #[error("its gzip ends early or is damaged (hint: copy or collect it again)")]
    Gzip {
        /// What is wrong.
        source: std::io::Error,
    },

    /// It is something else.
    #[error(
        "it is no profile in pprof's form: it begins with {begins} (hint: save it without `?debug=`, from the program itself and not from a login page)"
    )]
    Foreign {
        /// Its first bytes, for people to recognize.
        begins: String,
    },

    /// A field has a value that no profile has.
    #[error("it is damaged: {field}: {what} (hint: copy or collect it again)")]
    Field {
        /// The field, as `profile.proto` calls it, with its number from 0 where there are several.
        field: String,
        /// What is wrong with it.
        what: String,
    },
}

/// Reads a profile.
///
/// # Errors
///
/// Whatever [`PprofError`] lists; a profile that is damaged anywhere is not read in part, because
/// values that are missing would look like memory that was freed.
pub fn read(bytes: &[u8]) -> Result<Profile, PprofError> {
    read_within(bytes, LIMIT)
}

fn read_within(bytes: &[u8], limit: Bytes) -> Result<Profile, PprofError> {
    if bytes.is_empty() {
        return Err(PprofError::Empty);
    }
    let size = Bytes(bytes.len() as u64);
    if size > limit {
        return Err(PprofError::TooLarge { bytes: size, limit });
    }
    if inflate::is_gzip(bytes) {
        return read_message(&inflate::inflate(bytes, limit)?);
    }
    read_message(bytes)
}

/// In two passes: samples name locations, locations name functions, and all of them name texts,
/// which come last.
fn read_message(bytes: &[u8]) -> Result<Profile, PprofError> {
    let mut parts = Parts::default();
    first_pass(bytes, &mut parts).map_err(|error| match error {
        error @ PprofError::Field { .. } if looks_like_text(bytes) => {
            let begins = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
            drop(error);
            PprofError::Foreign { begins: format!("{begins:?}") }
        }
        error => error,
    })?;
    let mut builder = parts.build()?;
    let mut sample = SampleMessage::default();
    let mut n_samples = 0;
    for field in Fields::of(bytes) {
        if let (2, Content::Bytes(content)) = field? {
            sample.clear();
            decode(&mut sample, content, "sample", n_samples)?;
            builder.add(&sample, n_samples)?;
            n_samples += 1;
        }
    }
    Ok(builder.profile)
}

/// Collects everything but the samples.
fn first_pass(bytes: &[u8], parts: &mut Parts) -> Result<(), PprofError> {
    let mut location = LocationMessage::default();
    for field in Fields::of(bytes) {
        let (tag, content) = field?;
        match (tag, content) {
            (1, Content::Bytes(content)) => {
                push::<ValueTypeMessage>(&mut parts.types, content, "sample_type")?;
            }
            // Read in the second pass.
            (2, Content::Bytes(_)) => {}
            (3, Content::Bytes(content)) => {
                push::<MappingMessage>(&mut parts.mappings, content, "mapping")?;
            }
            (4, Content::Bytes(content)) => {
                location.clear();
                decode(&mut location, content, "location", parts.n_locations())?;
                parts.add_location(&location)?;
            }
            (5, Content::Bytes(content)) => {
                push::<FunctionMessage>(&mut parts.functions, content, "function")?;
            }
            (6, Content::Bytes(content)) => parts.add_text(content)?,
            (7, Content::Number(number)) => parts.drop_frames = number,
            (8, Content::Number(number)) => parts.keep_frames = number,
            (9, Content::Number(_)) if parts.time_nanos != 0 => {
                let what = "it comes twice: these are two profiles in one file";
                return Err(fault("time_nanos", what));
            }
            (9, Content::Number(number)) => parts.time_nanos = number,
            (10, Content::Number(number)) => parts.duration_nanos = number,
            (11, Content::Bytes(content)) => {
                decode(&mut parts.period_type, content, "period_type", 0)?;
            }
            (12, Content::Number(number)) => parts.period = number,
            (13, Content::Number(number)) => parts.comments.push(number),
            (13, Content::Bytes(content)) => parts.comments.extend(wire::packed(content)?),
            (14, Content::Number(number)) => parts.default_type = number,
            (15, Content::Number(number)) => parts.doc_url = number,
            (1..=15, _) => return Err(fault(&format!("field {tag}"), "it has another form")),
            // Of a later version.
            _ => {}
        }
    }
    Ok(())
}

fn push<M: Message + Default>(
    all: &mut Vec<M>,
    content: &[u8],
    field: &str,
) -> Result<(), PprofError> {
    if all.len() >= MOST_PARTS {
        return Err(too_many(field));
    }
    let mut message = M::default();
    decode(&mut message, content, field, all.len())?;
    all.push(message);
    Ok(())
}

/// The most functions, lines, texts and the like. Some take 4 bytes in the file and ten times that here.
const MOST_PARTS: usize = 4 << 20;

fn too_many(field: &str) -> PprofError {
    fault(field, format!("there are more than the {MOST_PARTS} this program reads"))
}

/// The most bytes of one message. The deepest stacks of Go have 128 frames, some 1 KiB.
const MESSAGE_LIMIT: usize = 1 << 20;

fn decode(
    message: &mut impl Message,
    content: &[u8],
    field: &str,
    place: usize,
) -> Result<(), PprofError> {
    if content.len() > MESSAGE_LIMIT {
        let (bytes, limit) = (Bytes(content.len() as u64), Bytes(MESSAGE_LIMIT as u64));
        let what = format!("it has {bytes}, more than the {limit} this program reads");
        return Err(fault(&format!("{field}[{place}]"), what));
    }
    message.merge(content).map_err(|error| fault(&format!("{field}[{place}]"), error.to_string()))
}

fn fault(field: &str, what: impl Into<String>) -> PprofError {
    PprofError::Field { field: field.to_owned(), what: what.into() }
}

fn looks_like_text(bytes: &[u8]) -> bool {
    let begin = &bytes[..bytes.len().min(60)];
    begin.iter().all(|it| it.is_ascii_graphic() || it.is_ascii_whitespace())
}

#[cfg(test)]
mod tests;
