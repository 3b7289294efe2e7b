//! Reads the text of a manifest, whatever lies at the path: never without end, never hanging.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use super::ManifestError;

/// Most bytes of a manifest. The largest seen has a few thousand.
const MAX_BYTES: u64 = 1 << 20;

/// How a manifest from standard input is called in messages.
const STDIN: &str = "(standard input)";

/// Reads the manifest at `path`, `-` being standard input, and gives its name in messages.
pub(super) fn read(path: &Path) -> Result<(String, String), ManifestError> {
    let failed = |source| ManifestError::Read { path: path.to_owned(), source };
    let (name, bytes) = if path == Path::new("-") {
        (STDIN.to_owned(), read_limited(io::stdin().lock()).map_err(failed)?)
    } else {
        let name = path.display().to_string();
        // Without NONBLOCK, opening a FIFO waits for its writer; NOCTTY: a terminal stays one.
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(path)
            .map_err(failed)?;
        let kind = file.metadata().map_err(failed)?.file_type();
        if kind.is_dir() {
            return Err(not_a_manifest(name, "is a directory; name the manifest in it"));
        }
        if kind.is_fifo() || kind.is_char_device() || kind.is_socket() {
            return Err(not_a_manifest(
                name,
                "is a pipe or a device; to read from one, give `-` as the manifest and send it to standard input",
            ));
        }
        if !kind.is_file() {
            return Err(not_a_manifest(name, "is not a regular file; name a YAML file"));
        }
        (name, read_limited(file).map_err(failed)?)
    };
    let text = decode(&name, bytes)?;
    Ok((name, text))
}

fn read_limited(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn decode(name: &str, bytes: Vec<u8>) -> Result<String, ManifestError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(not_a_manifest(
            name.to_owned(),
            "is larger than 1 MiB, which no manifest is; check that this is the right file",
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..good].iter().filter(|it| **it == b'\n').count() + 1;
        not_a_manifest(
            name.to_owned(),
            &format!("is not UTF-8 text (line {line}); save it as UTF-8, and check that this is the right file"),
        )
    })
}

fn not_a_manifest(file: String, reason: &str) -> ManifestError {
    ManifestError::NotAManifest { file, reason: reason.to_owned() }
}
