//! The first bytes of a bundle: what else they may be, and what to say then.

use rustix::fs::{Mode, OFlags};

use super::*;

/// Opens a file without waiting for somebody to write into it, as opening a pipe does.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

/// What stands at the path in place of a file; `None` for a file.
pub(super) fn foreign_kind(file: &File) -> io::Result<Option<&'static str>> {
    let kind = file.metadata()?.file_type();
    Ok(if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some("it is a directory (hint: name the .tar.zst file itself)")
    } else {
        Some("it is a pipe or a device (hint: save it as a file first)")
    })
}

/// What a file is that is not a zstd stream; `None` for one that may be.
pub(super) fn foreign_format(file: &mut File) -> io::Result<Option<&'static str>> {
    const FORMATS: &[(&[u8], &str)] = &[
        (b"\x28\xb5\x2f\xfd", ""),
        (b"\x1f\x8b", "it is compressed with gzip; bundles are .tar.zst"),
        (b"\xfd7zXZ", "it is compressed with xz; bundles are .tar.zst"),
        (b"BZh", "it is compressed with bzip2; bundles are .tar.zst"),
        (b"PK", "it is a zip archive; bundles are .tar.zst"),
        (b"\x7fELF", "it is a program or a shared library"),
        (b"{", "it is JSON (hint: name the .tar.zst file itself)"),
    ];
    let mut start = Vec::new();
    file.by_ref().take(512).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(match FORMATS.iter().find(|(magic, _)| start.starts_with(magic)) {
        Some((_, "")) => None,
        Some((_, what)) => Some(what),
        None if start.is_empty() => Some("it is empty: the capture ended before its first byte"),
        None if start.get(257..262) == Some(b"ustar") => {
            Some("it is an uncompressed tar archive (hint: compress it again with zstd)")
        }
        None => Some("it is not compressed with zstd"),
    })
}

/// A fault before `capture.json` is known: there is nothing to read.
pub(super) fn first_fault(path: &Path, fault: Fault) -> ReadError {
    let why = match fault {
        Fault::Stop(Stop::Cut) => {
            "it ends before its first entry does, and nothing can be saved".to_owned()
        }
        Fault::Stop(Stop::Damaged(why)) => format!("its first entry cannot be read: {why}"),
        other => return fatal(path, other),
    };
    ReadError::NotABundle { path: path.to_owned(), why }
}

/// A fault after which there is no going on.
pub(super) fn fatal(path: &Path, fault: Fault) -> ReadError {
    let path = path.to_owned();
    match fault {
        Fault::Refused { entry, reason } => ReadError::Refused { path, entry, reason },
        Fault::TooLarge { what, bytes, limit } => {
            ReadError::TooLarge { path, what, bytes: Bytes(bytes), limit: Bytes(limit) }
        }
        Fault::Stop(Stop::File(source)) => ReadError::File { path, source },
        Fault::Stop(Stop::Cut) => ReadError::NotABundle { path, why: "it was cut off".to_owned() },
        Fault::Stop(Stop::Damaged(why)) => ReadError::NotABundle { path, why },
    }
}

/// The part of `capture.json` that no version may change.
#[derive(Debug, serde::Deserialize)]
struct Preamble {
    layout: Layout,
    tool: Option<Tool>,
}

/// Reads `capture.json`, its version first: a later one may have changed all the rest.
pub(super) fn parse_capture(path: &Path, text: &[u8]) -> Result<Capture, ReadError> {
    let json = |source| ReadError::Json {
        path: path.to_owned(),
        entry: layout::CAPTURE.to_owned(),
        source,
    };
    let preamble: Preamble = serde_json::from_slice(text).map_err(json)?;
    if !preamble.layout.is_readable() {
        let tool = match preamble.tool {
            Some(tool) => format!("{} {}", tool.name, tool.version),
            None => "a later version of collector".to_owned(),
        };
        // It is printed.
        let tool = tool.escape_default().take(80).collect();
        return Err(ReadError::Newer { path: path.to_owned(), found: preamble.layout, tool });
    }
    serde_json::from_slice(text).map_err(json)
}
