//! The bytes of the tar stream, out of the zstd stream, and the three ways they can end.

use std::fs::File;
use std::io::{self, BufReader, Read};

use zstd::stream::read::Decoder;
use zstd::zstd_safe::zstd_sys::ZSTD_ErrorCode;

/// The largest window a bundle may ask for, which is also the most memory decoding takes: 16 MiB.
/// The writer's is 4 MiB; `zstd` makes none larger than 8 MiB up to level 19.
const WINDOW_LOG_MAX: u32 = 24;

/// Why there are no more bytes.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file ends in the middle.
    Cut,
    /// The file was changed: what zstd or the tar format says.
    Damaged(String),
    /// The file itself cannot be read.
    File(io::Error),
}

/// The decompressed bytes of a file.
pub(super) struct Stream {
    decoder: Decoder<'static, BufReader<File>>,
    /// Bytes given so far.
    position: u64,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("position", &self.position).finish_non_exhaustive()
    }
}

impl Stream {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let mut decoder = Decoder::new(file)?;
        decoder.window_log_max(WINDOW_LOG_MAX)?;
        Ok(Stream { decoder, position: 0 })
    }

    /// Bytes given so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Reads some bytes; 0 at the end of a stream that is whole.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Stop> {
        loop {
            match self.decoder.read(buffer) {
                Ok(n_read) => {
                    self.position += n_read as u64;
                    return Ok(n_read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(stop(error)),
            }
        }
    }

    /// Fills `buffer`; says whether the stream had ended before its first byte.
    pub(super) fn read_exact(&mut self, buffer: &mut [u8]) -> Result<bool, Stop> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..])? {
                0 if filled == 0 => return Ok(false),
                0 => return Err(Stop::Cut),
                n_read => filled += n_read,
            }
        }
        Ok(true)
    }
}

fn stop(error: io::Error) -> Stop {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return Stop::Cut;
    }
    let Some(zstd) = error.get_ref().and_then(|it| it.downcast_ref::<zstd::Error>()) else {
        return Stop::File(error);
    };
    if zstd.is(ZSTD_ErrorCode::ZSTD_error_frameParameter_windowTooLarge) {
        let limit = 1_u64 << (WINDOW_LOG_MAX - 20);
        Stop::Damaged(format!(
            "it wants more than {limit} MiB of memory to be decompressed (hint: compress it again with `zstd -19`)"
        ))
    } else {
        Stop::Damaged(format!("zstd: {zstd}"))
    }
}
