//! The hash by which a plugin's file is known and pinned.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::units::hex;

/// SHA-256 of everything `content` still has, as 64 hexadecimal digits, with a buffer that does
/// not depend on its size.
///
/// # Errors
///
/// What reading says.
pub(crate) fn sha256(mut content: impl Read) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(n) => hash.update(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
