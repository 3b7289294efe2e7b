//! Reads a profile that an argument names: a file, or a file inside a bundle.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::analysis::profile::Profile;
use crate::analysis::readers::pprof::{self, LIMIT};
use crate::bundle::reader::BundleReader;
use crate::cli::bundle::with_entry;
use crate::cli::{Exit, Failure};

/// As many profiles of a bundle are named in a message.
const MOST_NAMED: usize = 8;

/// Reads `FILE` or `BUNDLE:ENTRY`. A file that is there is one, whatever colons its name has.
pub(super) fn read(argument: &str) -> Result<Profile, Failure> {
    let bytes = match split(argument) {
        Some((bundle, entry)) => with_entry(bundle, entry, |entry| {
            entry.content(LIMIT.0).map_err(|error| Failure::new(Exit::Unreadable, error))
        })?,
        None => read_file(Path::new(argument))?,
    };
    pprof::read(&bytes).map_err(|error| {
        let mut text = format!("{argument} cannot be read as a profile: {error}");
        if let Some(cause) = std::error::Error::source(&error) {
            text.push_str(&format!(": {cause}"));
        }
        Failure::new(Exit::Unreadable, text)
    })
}

/// The bundle and the entry. A name of an entry has no colon, that of a bundle may.
fn split(argument: &str) -> Option<(&Path, &str)> {
    if Path::new(argument).exists() {
        return None;
    }
    let (bundle, entry) = argument.rsplit_once(':')?;
    Some((Path::new(bundle), entry)).filter(|(bundle, _)| bundle.is_file())
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: io::Error| {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => " (hint: name a file, or BUNDLE:ENTRY)",
            _ => "",
        };
        let text = format!("cannot read {}: {error}{hint}", path.display());
        Failure::new(Exit::Unreadable, text)
    };
    let mut bytes = Vec::new();
    // One byte above the limit, which the reader of profiles then refuses.
    File::open(path)
        .and_then(|file| file.take(LIMIT.0 + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.starts_with(&ZSTD_MAGIC) {
        return Err(Failure::new(Exit::Usage, whole_bundle(path)));
    }
    Ok(bytes)
}

/// RFC 8878, 3.1.1.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// What to say when a bundle was named without an entry.
fn whole_bundle(path: &Path) -> String {
    let shown = path.display();
    let profiles = profiles(path);
    if profiles.is_empty() {
        return format!(
            "{shown} is a bundle without profiles (hint: collect with the plugin go-pprof)"
        );
    }
    let mut text =
        format!("{shown} is a bundle (hint: name one of its profiles, with a colon before it):");
    for name in profiles.iter().take(MOST_NAMED) {
        text.push_str(&format!("\n  {shown}:{name}"));
    }
    if let Some(more @ 1..) = profiles.len().checked_sub(MOST_NAMED) {
        text.push_str(&format!("\n  and {more} more"));
    }
    text
}

/// The names of the profiles in a bundle, as far as it can be read.
fn profiles(path: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let Ok(mut reader) = BundleReader::open(path) else { return names };
    while let Ok(Some(entry)) = reader.next_entry() {
        if entry.name().as_str().ends_with(".pb.gz") {
            names.push(entry.name().to_string());
        }
    }
    names
}
