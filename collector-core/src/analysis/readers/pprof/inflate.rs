//! Inflates gzip up to a limit.

use std::io::Read;

use flate2::bufread::MultiGzDecoder;

use super::PprofError;
use crate::units::Bytes;

pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// What is in the gzip, if that is no more than `limit`.
pub(super) fn inflate(bytes: &[u8], limit: Bytes) -> Result<Vec<u8>, PprofError> {
    // What the gzip says of itself is room to begin with, and believed for nothing else.
    let said = bytes.last_chunk().map_or(0, |it| u64::from(u32::from_le_bytes(*it)));
    let mut inflated = Vec::with_capacity(usize::try_from(said.min(limit.0)).unwrap_or(0));
    let mut limited = MultiGzDecoder::new(bytes).take(limit.0 + 1);
    limited.read_to_end(&mut inflated).map_err(|source| PprofError::Gzip { source })?;
    if inflated.len() as u64 > limit.0 {
        return Err(PprofError::Bomb { bytes: Bytes(bytes.len() as u64), limit });
    }
    if inflated.is_empty() {
        return Err(PprofError::Empty);
    }
    Ok(inflated)
}
