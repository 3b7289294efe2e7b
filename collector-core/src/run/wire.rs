//! The frames between the core and a worker.
//!
//! ```text
//! 0        4      5      6        8
//! | length | kind | 1    | 0      | payload: length bytes |      numbers are little endian
//! ```
//!
//! The fifth byte is the version of this protocol. Both ends are the same program file, so the
//! version guards against nothing but a mistake; the length, the kind and the contents guard the
//! core against a worker that a plugin has taken over. This module turns bytes into messages and
//! back; it neither waits nor decides.

mod trial;

use std::io::{self, Read, Write};

use plugin_api::host::{Trial, Tried};
use serde::{Deserialize, Serialize};

/// Version of this protocol.
const VERSION: u8 = 1;
/// Bytes before the payload.
const HEADER_BYTES: usize = 8;
/// How much of an artifact goes into one frame.
pub(crate) const DATA_BYTES: usize = 64 * 1024;
/// What the core holds of a worker's reports: a frame of data and some small ones. One buffer per
/// collector, and there may be 64: twice as much took 4 MiB more, and no less processor time.
const BUFFER_BYTES: usize = DATA_BYTES + 8 * 1024;
/// The largest payload of a report. A worker splits data at [`DATA_BYTES`], and a message has no
/// more; names are far smaller.
const MAX_REPORT: usize = BUFFER_BYTES - HEADER_BYTES;
/// The largest payload of a command: the configuration may be a manifest's whole megabyte.
const MAX_COMMAND: usize = 2 << 20;

/// What a worker is told first. The core sends it as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    /// The path of the plugin's file, which need not be UTF-8: as JSON it is numbers.
    pub(crate) library: std::ffi::OsString,
    /// What the core saw in it; the worker loads nothing else.
    pub(crate) sha256: String,
    /// Whether the manifest pins it: then a sealed copy of the checked bytes is loaded.
    pub(crate) pinned: bool,
    /// The configuration, defaults filled in.
    pub(crate) config_json: String,
    /// Most bytes of artifacts in one sample.
    pub(crate) max_bytes: u64,
    /// Most bytes of memory; no file may be larger either.
    pub(crate) max_memory: u64,
    /// Capabilities to keep, such as `CAP_SYS_PTRACE`.
    pub(crate) capabilities: Vec<String>,
    /// Whether the plugin reads other processes: Landlock would blind it.
    pub(crate) reads_other_processes: bool,
    /// Whether the worker waits for a debugger before it loads the plugin.
    pub(crate) debugger: bool,
    /// What is wrong with the plugin's host, to see what it makes of that.
    pub(crate) trial: Option<Trial>,
}

/// From the core to a worker.
#[derive(Debug)]
pub(crate) enum Command {
    /// Load the plugin and create the collector.
    Start(Box<Start>),
    /// Take a sample within this many milliseconds.
    Collect { deadline_ms: u64 },
    /// Return soon. The only command that comes while the plugin works.
    Stop,
}

/// From a worker to the core.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Report<'a> {
    /// The plugin could not be loaded, with the reason.
    NotLoaded(&'a str),
    /// `create` returned this status.
    Created(i32),
    /// A line of the log.
    Log { level: u32, message: &'a str },
    /// One problem.
    Fail { status: i32, message: &'a str },
    /// An artifact starts.
    Begin { handle: u64, name: &'a str, media_type: &'a str },
    /// Some of its bytes.
    Data { handle: u64, data: &'a [u8] },
    /// It ends with this status.
    End { handle: u64, status: i32 },
    /// What a host that is spoiled on purpose has done. Only the worker itself says it.
    Tried(Tried),
    /// `collect` returned this status.
    Done { status: i32, cpu_micros: u64 },
}

mod kind {
    pub(super) const START: u8 = 1;
    pub(super) const COLLECT: u8 = 2;
    pub(super) const STOP: u8 = 3;
    pub(super) const NOT_LOADED: u8 = 16;
    pub(super) const CREATED: u8 = 17;
    pub(super) const LOG: u8 = 18;
    pub(super) const FAIL: u8 = 19;
    pub(super) const BEGIN: u8 = 20;
    pub(super) const DATA: u8 = 21;
    pub(super) const END: u8 = 22;
    pub(super) const DONE: u8 = 23;
    pub(super) const TRIED: u8 = 24;
}

/// Bytes that are no frame of this protocol.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    /// The stream could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The header says more than any frame has.
    #[error("a frame of {length} bytes, the limit is {limit}")]
    TooLong {
        /// What it says.
        length: usize,
        /// The most a frame in this direction has.
        limit: usize,
    },
    /// The version or the reserved bytes are others.
    #[error("{0:02x?} where a frame header should be")]
    Header([u8; HEADER_BYTES]),
    /// No frame has this kind, or its payload does not have this kind's shape.
    #[error("a malformed frame of kind {0}")]
    Malformed(u8),
}

/// Appends one frame to `out`; the payload is the concatenation of `parts`.
fn put(out: &mut Vec<u8>, kind: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.extend_from_slice(&header(kind, length));
    for part in parts {
        out.extend_from_slice(part);
    }
}

fn header(kind: u8, length: usize) -> [u8; HEADER_BYTES] {
    let length = u32::try_from(length).expect("a payload is below its limit");
    let [a, b, c, d] = length.to_le_bytes();
    [a, b, c, d, kind, VERSION, 0, 0]
}

impl Command {
    /// Appends the command's frame to `out`.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        match self {
            Command::Start(start) => {
                let json = serde_json::to_vec(start).expect("texts and numbers are JSON");
                put(out, kind::START, &[&json]);
            }
            Command::Collect { deadline_ms } => {
                put(out, kind::COLLECT, &[&deadline_ms.to_le_bytes()]);
            }
            Command::Stop => put(out, kind::STOP, &[]),
        }
    }

    /// Waits for the next command; `None` when the core has hung up.
    pub(crate) fn read(stream: &mut impl Read) -> Result<Option<Command>, WireError> {
        let mut header = [0; HEADER_BYTES];
        if stream.read(&mut header[..1])? == 0 {
            return Ok(None);
        }
        stream.read_exact(&mut header[1..])?;
        let (kind, length) = parse_header(header, MAX_COMMAND)?;
        let mut payload = vec![0; length];
        stream.read_exact(&mut payload)?;
        let malformed = || WireError::Malformed(kind);
        Ok(Some(match kind {
            kind::START => {
                Command::Start(serde_json::from_slice(&payload).map_err(|_| malformed())?)
            }
            kind::COLLECT => Command::Collect {
                deadline_ms: u64::from_le_bytes(payload.try_into().map_err(|_| malformed())?),
            },
            kind::STOP => Command::Stop,
            _ => return Err(malformed()),
        }))
    }
}

impl<'a> Report<'a> {
    /// Appends the report's frame to `out`.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        match self {
            Report::NotLoaded(reason) => put(out, kind::NOT_LOADED, &[reason.as_bytes()]),
            Report::Created(status) => put(out, kind::CREATED, &[&status.to_le_bytes()]),
            Report::Log { level, message } => {
                put(out, kind::LOG, &[&level.to_le_bytes(), message.as_bytes()]);
            }
            Report::Fail { status, message } => {
                put(out, kind::FAIL, &[&status.to_le_bytes(), message.as_bytes()]);
            }
            Report::Begin { handle, name, media_type } => {
                let name_bytes = u32::try_from(name.len()).expect("a name was checked");
                let parts = [&handle.to_le_bytes()[..], &name_bytes.to_le_bytes(), name.as_bytes()];
                put(out, kind::BEGIN, &[parts[0], parts[1], parts[2], media_type.as_bytes()]);
            }
            Report::Data { handle, data } => {
                put(out, kind::DATA, &[&handle.to_le_bytes(), data]);
            }
            Report::End { handle, status } => {
                put(out, kind::END, &[&handle.to_le_bytes(), &status.to_le_bytes()]);
            }
            Report::Tried(tried) => {
                let (what, n) = trial::to_numbers(*tried);
                put(out, kind::TRIED, &[&what.to_le_bytes(), &n.to_le_bytes()]);
            }
            Report::Done { status, cpu_micros } => {
                put(out, kind::DONE, &[&status.to_le_bytes(), &cpu_micros.to_le_bytes()]);
            }
        }
    }

    fn parse(kind: u8, payload: &'a [u8]) -> Option<Self> {
        let mut rest = payload;
        let report = match kind {
            kind::NOT_LOADED => Report::NotLoaded(text(take_rest(&mut rest))?),
            kind::CREATED => Report::Created(i32::from_le_bytes(take(&mut rest)?)),
            kind::LOG => Report::Log {
                level: u32::from_le_bytes(take(&mut rest)?),
                message: text(take_rest(&mut rest))?,
            },
            kind::FAIL => Report::Fail {
                status: i32::from_le_bytes(take(&mut rest)?),
                message: text(take_rest(&mut rest))?,
            },
            kind::BEGIN => {
                let handle = u64::from_le_bytes(take(&mut rest)?);
                let name_bytes = u32::from_le_bytes(take(&mut rest)?);
                let (name, media_type) =
                    rest.split_at_checked(usize::try_from(name_bytes).ok()?)?;
                rest = &[];
                Report::Begin { handle, name: text(name)?, media_type: text(media_type)? }
            }
            kind::DATA => Report::Data {
                handle: u64::from_le_bytes(take(&mut rest)?),
                data: take_rest(&mut rest),
            },
            kind::END => Report::End {
                handle: u64::from_le_bytes(take(&mut rest)?),
                status: i32::from_le_bytes(take(&mut rest)?),
            },
            kind::TRIED => {
                let what = u32::from_le_bytes(take(&mut rest)?);
                let n = u64::from_le_bytes(take(&mut rest)?);
                Report::Tried(trial::from_numbers(what, n)?)
            }
            kind::DONE => Report::Done {
                status: i32::from_le_bytes(take(&mut rest)?),
                cpu_micros: u64::from_le_bytes(take(&mut rest)?),
            },
            _ => return None,
        };
        rest.is_empty().then_some(report)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*head)
}

fn take_rest<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    std::mem::take(rest)
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn parse_header(header: [u8; HEADER_BYTES], limit: usize) -> Result<(u8, usize), WireError> {
    let [a, b, c, d, kind, VERSION, 0, 0] = header else {
        return Err(WireError::Header(header));
    };
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    if length > limit { Err(WireError::TooLong { length, limit }) } else { Ok((kind, length)) }
}

/// Collects what a worker sends and cuts it into reports, in one reused buffer.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    buffer: Vec<u8>,
    /// The part of `buffer` that was read and not yet taken.
    start: usize,
    end: usize,
}

impl Reports {
    /// Reads once from `stream` and says how many bytes came; 0 is its end.
    pub(crate) fn fill(&mut self, stream: &mut impl Read) -> io::Result<usize> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        // A whole frame always fits, so there is room for more of one that is not.
        self.buffer.resize(BUFFER_BYTES, 0);
        let n = stream.read(&mut self.buffer[self.end..])?;
        self.end += n;
        Ok(n)
    }

    /// Whether something was read that nobody has taken yet.
    pub(crate) fn has_unread(&self) -> bool {
        self.start < self.end
    }

    /// The next whole report, if there is one.
    pub(crate) fn next(&mut self) -> Result<Option<Report<'_>>, WireError> {
        let unread = &self.buffer[self.start..self.end];
        let Some(header) = unread.first_chunk() else { return Ok(None) };
        let (kind, length) = parse_header(*header, MAX_REPORT)?;
        let Some(payload) = unread.get(HEADER_BYTES..HEADER_BYTES + length) else {
            return Ok(None);
        };
        self.start += HEADER_BYTES + length;
        Report::parse(kind, payload).map(Some).ok_or(WireError::Malformed(kind))
    }
}

/// Writes an artifact's data as frames without copying it.
pub(crate) fn write_data(stream: &mut impl Write, handle: u64, data: &[u8]) -> io::Result<()> {
    for chunk in data.chunks(DATA_BYTES) {
        let mut head = [0; HEADER_BYTES + 8];
        head[..HEADER_BYTES].copy_from_slice(&header(kind::DATA, 8 + chunk.len()));
        head[HEADER_BYTES..].copy_from_slice(&handle.to_le_bytes());
        let sent = stream.write_vectored(&[io::IoSlice::new(&head), io::IoSlice::new(chunk)])?;
        // A socket may take less; the rest follows in order.
        let of_chunk = sent.saturating_sub(head.len());
        stream.write_all(&head[sent.min(head.len())..])?;
        stream.write_all(&chunk[of_chunk..])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
