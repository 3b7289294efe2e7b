//! The zstd stream to the file, in a thread of its own.
//!
//! Compressing is nearly all the work of writing; beside it the core hashes and copies what the
//! workers send. A few buffers of 128 KiB are on their way at most, so memory use does not depend
//! on the data.
//!
//! What is tar and what is a sample, this file does not know.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rustix::io::{Errno, retry_on_intr};
use zstd::zstd_safe::zstd_sys::ZSTD_EndDirective as Directive;
use zstd::zstd_safe::{self, CCtx, CParameter, InBuffer, OutBuffer};

/// Size of a buffer: a block of the zstd format, so that none waits inside zstd.
const BUFFER: usize = 128 << 10;
/// Buffers that wait between the two threads: enough for both to go on while a busy host lets only
/// one of them run. A small sample never uses more than three.
const QUEUE: usize = 6;
/// Bytes given to [`Compressor`] that may not have reached the file.
pub(super) const IN_FLIGHT: u64 = (QUEUE as u64 + 3) * BUFFER as u64;

/// How far back a match may reach: 4 MiB, whatever the level.
///
/// A sample is some 250 KiB on a small host and 2 to 3 MiB on one with hundreds of processes, and
/// nearly all of it repeats the sample before. Only a window longer than a sample finds that: one
/// shorter costs twenty times the bytes. Each doubling doubles the memory of this process (it is
/// about 6 MiB with 22, 11 MiB with 23, of 32 MiB for everything), and every decoder has to spend
/// the window too; they take 2^27 without being asked.
const WINDOW_LOG: u32 = 22;

/// Long-distance matching finds the repeated file of the sample before where the level's own
/// tables have long forgotten it. It saves a third of the bytes of a sample. Matches of 128 bytes
/// and one position in 2^7 keep its price in time near a tenth.
const LONG_MATCH: u32 = 128;
const LONG_RATE_LOG: u32 = 7;

/// A block of the zstd format that holds nothing and is not the last.
///
/// One stands behind every flush. The `zstd` program gives up at the end of a file that was cut
/// off, although its decoder may hold the end of a block that did not fit into the buffer of the
/// program: 128 KiB of what was flushed would be lost. It asks the decoder once more when a byte
/// of input is left.
const EMPTY_BLOCK: [u8; 3] = [0; 3];

enum Command {
    Data(Vec<u8>),
    /// Flush: a decoder can read everything so far, once it is on the disk.
    Flush,
    /// Flush and sync; the answer means that everything so far is on the disk.
    Sync,
    /// End the frame, sync, and end the thread.
    End,
}

/// Compresses what is written to it into a file.
#[derive(Debug)]
pub(super) struct Compressor {
    commands: SyncSender<Command>,
    done: Receiver<()>,
    spare: Receiver<Vec<u8>>,
    buffer: Vec<u8>,
    n_buffers: usize,
    thread: Option<JoinHandle<io::Result<()>>>,
    written: Arc<AtomicU64>,
}

impl Compressor {
    /// Starts the thread that compresses into `file`, whose content it is the first to write.
    pub(super) fn start(file: File, level: i32) -> io::Result<Self> {
        let (commands, inbox) = sync_channel(QUEUE);
        let (spare_out, spare) = sync_channel(QUEUE + 2);
        let (done_out, done) = sync_channel(1);
        let written = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&written);
        let mut stream = Stream::new(file, level, counter)?;
        let thread = thread::Builder::new().name("compress".into()).spawn(move || {
            while let Ok(command) = inbox.recv() {
                match command {
                    Command::Data(mut buffer) => {
                        stream.run(&buffer, Directive::ZSTD_e_continue)?;
                        buffer.clear();
                        // The other side may be gone: then nobody wants the buffer.
                        let _ = spare_out.send(buffer);
                    }
                    Command::Flush => stream.flush()?,
                    Command::Sync => {
                        stream.flush()?;
                        stream.sync()?;
                        let _ = done_out.send(());
                    }
                    Command::End => {
                        stream.run(&[], Directive::ZSTD_e_end)?;
                        return stream.sync();
                    }
                }
            }
            Ok(())
        })?;
        let buffer = Vec::with_capacity(BUFFER);
        let thread = Some(thread);
        Ok(Compressor { commands, done, spare, buffer, n_buffers: 1, thread, written })
    }

    /// Bytes in the file so far.
    pub(super) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Copies up to `limit` bytes from `content` and says how many there were.
    ///
    /// # Errors
    ///
    /// The outer one is of the file, the inner one of `content`.
    pub(super) fn copy_from(
        &mut self,
        content: &mut dyn Read,
        limit: u64,
    ) -> io::Result<(u64, io::Result<()>)> {
        let mut copied = 0;
        while copied < limit {
            if self.buffer.len() == BUFFER {
                self.hand_over()?;
            }
            let start = self.buffer.len();
            let left = usize::try_from(limit - copied).unwrap_or(usize::MAX);
            let wanted = left.min(BUFFER - start);
            self.buffer.resize(start + wanted, 0);
            let result = content.read(&mut self.buffer[start..]);
            let n_read = *result.as_ref().unwrap_or(&0);
            self.buffer.truncate(start + n_read.min(wanted));
            copied += n_read as u64;
            match result {
                Ok(0) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Ok((copied, Err(error))),
                Ok(_) => {}
            }
        }
        Ok((copied, Ok(())))
    }

    /// Makes all that was written readable for a decoder, without waiting for the disk.
    pub(super) fn flush_frame(&mut self) -> io::Result<()> {
        self.hand_over()?;
        self.send(Command::Flush)
    }

    /// Returns when all that was written is on the disk, and a decoder can read it.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.hand_over()?;
        self.send(Command::Sync)?;
        self.done.recv().or_else(|_| self.failure())
    }

    /// Ends the stream with its checksum and returns when it is on the disk, and the file closed.
    pub(super) fn end(mut self) -> io::Result<u64> {
        self.hand_over()?;
        self.send(Command::End)?;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(Err(error))) => Err(error),
            Some(Err(_)) => Err(io::Error::other("the compressing thread panicked")),
            Some(Ok(Ok(()))) | None => Ok(self.written()),
        }
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let next = match self.spare.try_recv() {
            Ok(buffer) => buffer,
            Err(_) if self.n_buffers < QUEUE + 2 => {
                self.n_buffers += 1;
                Vec::with_capacity(BUFFER)
            }
            Err(_) => match self.spare.recv() {
                Ok(buffer) => buffer,
                Err(_) => return self.failure(),
            },
        };
        let full = std::mem::replace(&mut self.buffer, next);
        self.send(Command::Data(full))
    }

    fn send(&mut self, command: Command) -> io::Result<()> {
        self.commands.send(command).or_else(|_| self.failure())
    }

    /// The thread ends before it is told to only with an error.
    fn failure(&mut self) -> io::Result<()> {
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(Err(error))) => Err(error),
            Some(Ok(Ok(()))) | None => Err(io::Error::other("the stream has ended")),
            Some(Err(_)) => Err(io::Error::other("the compressing thread panicked")),
        }
    }
}

impl Write for Compressor {
    fn write(&mut self, mut bytes: &[u8]) -> io::Result<usize> {
        let n_bytes = bytes.len();
        self.copy_from(&mut bytes, n_bytes as u64)?.1?;
        Ok(n_bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sync()
    }
}

/// The thread's side: one zstd frame, from the first byte of the bundle to the last.
struct Stream {
    context: CCtx<'static>,
    output: Vec<u8>,
    filled: usize,
    file: File,
    written: Arc<AtomicU64>,
}

impl Stream {
    fn new(file: File, level: i32, written: Arc<AtomicU64>) -> io::Result<Self> {
        let mut context = CCtx::try_create().ok_or(io::ErrorKind::OutOfMemory)?;
        for parameter in [
            CParameter::CompressionLevel(level),
            CParameter::WindowLog(WINDOW_LOG),
            CParameter::EnableLongDistanceMatching(true),
            CParameter::LdmMinMatch(LONG_MATCH),
            CParameter::LdmHashRateLog(LONG_RATE_LOG),
            CParameter::ChecksumFlag(true),
        ] {
            context.set_parameter(parameter).map_err(zstd_error)?;
        }
        let output = vec![0; CCtx::out_size()];
        Ok(Stream { context, output, filled: 0, file, written })
    }

    fn run(&mut self, bytes: &[u8], directive: Directive) -> io::Result<()> {
        let is_data = directive == Directive::ZSTD_e_continue;
        let mut input = InBuffer::around(bytes);
        loop {
            let mut output = OutBuffer::around_pos(self.output.as_mut_slice(), self.filled);
            let left = self.context.compress_stream2(&mut output, &mut input, directive);
            self.filled = output.pos();
            let left = left.map_err(zstd_error)?;
            let is_done = if is_data { input.pos() == bytes.len() } else { left == 0 };
            // Small blocks are gathered: a system call for each would cost more than zstd.
            if self.filled == self.output.len() || (is_done && !is_data) {
                self.file.write_all(&self.output[..self.filled])?;
                self.written.fetch_add(self.filled as u64, Ordering::Relaxed);
                self.filled = 0;
            }
            if is_done {
                return Ok(());
            }
        }
    }

    /// Writes all that came so far in a way that a decoder gives all of it.
    fn flush(&mut self) -> io::Result<()> {
        self.run(&[], Directive::ZSTD_e_flush)?;
        self.file.write_all(&EMPTY_BLOCK)?;
        self.written.fetch_add(EMPTY_BLOCK.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        match retry_on_intr(|| rustix::fs::fdatasync(&self.file)) {
            // A file system that cannot: the bytes are as safe as it gets there.
            Err(Errno::INVAL | Errno::OPNOTSUPP) => Ok(()),
            other => Ok(other?),
        }
    }
}

fn zstd_error(code: usize) -> io::Error {
    io::Error::other(format!("zstd: {}", zstd_safe::get_error_name(code)))
}
