//! The targets for bundles: read, compared, unpacked and recovered, as the commands do.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tar::Header;

use crate::analysis::samples;
use crate::bundle::extract::extract;
use crate::bundle::reader::{BundleReader, ReadError, ReadLimits, Tail};
use crate::bundle::recover::{Recovery, recover};
use crate::bundle::verify::verify;

const BLOCK: usize = 512;
/// What is unpacked for a fuzzer. Bombs are tried by tests of their own.
const SMALL: ReadLimits =
    ReadLimits { entry_bytes: 1 << 20, total_bytes: 4 << 20, entries: 1000, json_bytes: 1 << 20 };

/// The bytes are an archive, as far as its headers are.
pub(super) fn check_tar(data: &[u8]) {
    let mut tar = data.to_vec();
    mend_checksums(&mut tar);
    check(&zstd::encode_all(tar.as_slice(), 1).expect("bytes can be compressed"));
}

/// The bytes are the file.
pub(super) fn check(data: &[u8]) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("a.tar.zst");
    fs::write(&path, data).expect("written");
    // Whatever else is wrong with it, the commands must do no harm with it.
    let tail = match read(&path) {
        Err(ReadError::TooLarge { .. }) => return,
        other => other.ok(),
    };

    let verdict = verify(&path);
    let unpacked = directory.path().join("unpacked");
    let extracted = extract(&path, &unpacked);
    let recovered_to = directory.path().join("recovered");
    fs::create_dir(&recovered_to).expect("made");
    let recovery = recover(&path, Some(&recovered_to));
    let n_recovered = fs::read_dir(&recovered_to).expect("listed").count();
    assert_eq!(fs::read(&path).expect("read"), data, "the bundle itself was changed");
    only_files_below(&unpacked);
    only_files_below(&recovered_to);
    for entry in fs::read_dir(directory.path()).expect("listed") {
        let name = entry.expect("an entry").file_name();
        let is_ours = ["a.tar.zst", "unpacked", "recovered"].iter().any(|it| name == *it);
        assert!(is_ours, "{name:?} was made beside");
    }

    if let Ok(verdict) = &verdict {
        let same = tail.is_none_or(|it| it == verdict.tail);
        assert!(same, "verify and the reader see one end: {verdict:?}");
        if verdict.is_good() {
            let extracted = extracted.expect("a good bundle is unpacked");
            assert_eq!((extracted.files, &extracted.tail), (verdict.files, &verdict.tail));
            assert!(matches!(recovery, Ok(Recovery::Complete { .. })), "{recovery:?}");
        }
    }
    match recovery {
        Ok(Recovery::Recovered(recovered)) => {
            let verdict = verify(&recovered.path).expect("what was recovered is a bundle");
            assert!(verdict.is_good(), "recovered, and not good: {verdict:?}");
            assert_eq!(verdict.samples, recovered.samples);
        }
        Ok(Recovery::Complete { proper_name }) => {
            assert!(!proper_name.contains('/') && n_recovered == 0);
        }
        Err(error) => assert_eq!(n_recovered, 0, "left behind by {error}"),
    }
}

/// Reads all of a small bundle; how it ends.
fn read(path: &Path) -> Result<Tail, ReadError> {
    let mut samples = BundleReader::open_with(path, SMALL)?;
    // What the texts mean is asked of the readers; here it is enough that they are found.
    let _ = samples::walk(&mut samples, |sample| {
        assert!(sample.artifacts.iter().all(|it| !it.name.starts_with('/')));
        Ok::<(), ReadError>(())
    });
    let mut reader = BundleReader::open_with(path, SMALL)?;
    reader.walk(|entry| {
        let name = entry.name().as_str().to_owned();
        assert!(name.split('/').all(|it| !["", ".", ".."].contains(&it)), "the name {name}");
        let mut content = Vec::new();
        let size = entry.size();
        let n_read = entry.read_to_end(&mut content);
        if let Ok(n_read) = n_read {
            assert_eq!(n_read as u64, size, "the length of {name}");
        }
        n_read.map(drop).map_err(|source| ReadError::File { path: path.to_owned(), source })
    })
}

fn only_files_below(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        let metadata = fs::symlink_metadata(&path).expect("it is there");
        let mode = metadata.permissions().mode() & 0o7777;
        if metadata.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            only_files_below(&path);
        } else {
            assert!(metadata.is_file() && mode == 0o600, "{}", path.display());
        }
    }
}

/// Gives each header of the archive the sum it should have: a fuzzer does not find it by itself.
fn mend_checksums(tar: &mut [u8]) {
    let mut at = 0;
    while let Some(block) = tar.get_mut(at..at + BLOCK) {
        if block.iter().all(|it| *it == 0) {
            return;
        }
        let mut header = Header::new_old();
        header.as_mut_bytes().copy_from_slice(block);
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
        let length = header.entry_size().ok().and_then(|it| usize::try_from(it).ok());
        let Some(length) = length.and_then(|it| it.checked_next_multiple_of(BLOCK)) else { return };
        let Some(next) = at.checked_add(BLOCK).and_then(|it| it.checked_add(length)) else {
            return;
        };
        at = next;
    }
}
