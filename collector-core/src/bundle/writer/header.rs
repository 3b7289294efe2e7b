//! Headers of the tar format, one file or directory at a time.
//!
//! POSIX `ustar` headers, which split a long path at a `/`; where a path cannot be split, the
//! GNU long-name entry that every `tar` knows comes first. No PAX records, no sparse files, no
//! names of users: the bytes depend on the arguments alone.

use tar::{EntryType, Header};

/// The unit of the tar format.
pub(super) const BLOCK: usize = 512;

/// Two empty blocks end an archive.
pub(super) const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// Zero bytes that fill the last block of a file of `bytes` bytes.
pub(super) fn padding(bytes: u64) -> &'static [u8] {
    // The remainder is below 512.
    let over = usize::try_from(bytes % 512).unwrap_or(0);
    &END[..(BLOCK - over) % BLOCK]
}

/// The header of a file that only its owner may read and write.
pub(super) fn file(path: &str, bytes: u64, mtime: u64) -> Vec<u8> {
    header(path, bytes, mtime, EntryType::Regular, 0o600)
}

/// The header of a directory that only its owner may use. `path` ends with `/`.
pub(super) fn directory(path: &str, mtime: u64) -> Vec<u8> {
    header(path, 0, mtime, EntryType::Directory, 0o700)
}

fn header(path: &str, bytes: u64, mtime: u64, kind: EntryType, mode: u32) -> Vec<u8> {
    let mut blocks = Vec::with_capacity(BLOCK);
    let mut header = Header::new_ustar();
    if header.set_path(path).is_err() {
        blocks = long_name(path);
        // A reader that knows no long names gets the beginning of this one. It is ASCII.
        let fields = header.as_old_mut();
        let length = fields.name.len().min(path.len());
        fields.name[..length].copy_from_slice(&path.as_bytes()[..length]);
    }
    header.set_size(bytes);
    header.set_mtime(mtime);
    header.set_mode(mode);
    header.set_entry_type(kind);
    seal(&mut header);
    blocks.extend_from_slice(header.as_bytes());
    blocks
}

/// The entry that carries the path of the entry after it.
fn long_name(path: &str) -> Vec<u8> {
    let mut header = Header::new_gnu();
    let name = b"././@LongLink";
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    let bytes = path.len() as u64 + 1; // with a NUL
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_entry_type(EntryType::GNULongName);
    seal(&mut header);
    let mut blocks = header.as_bytes().to_vec();
    blocks.extend_from_slice(path.as_bytes());
    blocks.push(0);
    blocks.extend_from_slice(padding(bytes));
    blocks
}

fn seal(header: &mut Header) {
    header.set_uid(0);
    header.set_gid(0);
    header.set_cksum();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_comes_back_from_its_header() {
        let wide = "x".repeat(200);
        let paths = ["a", &format!("{}/b", "a".repeat(120)), &format!("samples/t/{wide}/{wide}")];
        for path in paths {
            let mut archive = file(path, 3, 1_795_401_912);
            archive.extend_from_slice(b"abc");
            archive.extend_from_slice(padding(3));
            archive.extend_from_slice(&END);
            let mut archive = tar::Archive::new(archive.as_slice());
            let entry = archive.entries().expect("entries").next().expect("one").expect("whole");
            assert_eq!(entry.path().expect("a path").to_str(), Some(path));
            assert_eq!(entry.header().mode().ok(), Some(0o600));
            assert_eq!(entry.header().mtime().ok(), Some(1_795_401_912));
            assert_eq!(entry.size(), 3);
        }
    }

    #[test]
    fn padding_fills_a_block() {
        let lengths: Vec<usize> = [0, 1, 511, 512, 513].map(|it| padding(it).len()).into();
        assert_eq!(lengths, [0, 511, 1, 0, 511]);
    }
}
