//! An artifact of records, in the format described at the top of the plugin.

use std::io::Write as _;

use plugin_api::{Artifact, Context, Error};

/// Records are handed over together when there are this many bytes: one message to the host for
/// about fifty processes.
const CHUNK_BYTES: usize = 64 << 10;

/// One artifact being written. It is begun with its first record, so that what nobody could read
/// does not look like what nobody has.
#[derive(Debug)]
pub(crate) struct Records<'c> {
    context: &'c Context,
    file: &'static str,
    media_type: &'static str,
    artifact: Option<Artifact<'c>>,
    chunk: Vec<u8>,
}

impl<'c> Records<'c> {
    pub(crate) fn new(
        context: &'c Context,
        file: &'static str,
        media_type: &'static str,
    ) -> Records<'c> {
        Records { context, file, media_type, artifact: None, chunk: Vec::new() }
    }

    /// Adds the record of one process.
    ///
    /// # Errors
    ///
    /// The host takes no more.
    pub(crate) fn push(&mut self, pid: u32, text: &[u8]) -> Result<(), Error> {
        self.push_start(pid, text, true)
    }

    /// Adds the record of one process; not whole, it is the beginning of its text.
    ///
    /// # Errors
    ///
    /// As for [`push`](Self::push).
    pub(crate) fn push_start(
        &mut self,
        pid: u32,
        text: &[u8],
        is_whole: bool,
    ) -> Result<(), Error> {
        let left_out = if is_whole { "" } else { " (rest left out)" };
        writeln!(self.chunk, "==> {pid}/{}{left_out} {} <==", self.file, text.len())?;
        self.chunk.extend_from_slice(text);
        self.chunk.push(b'\n');
        if self.chunk.len() >= CHUNK_BYTES { self.flush() } else { Ok(()) }
    }

    /// Ends the artifact as whole, or as cut, with all that was read.
    ///
    /// # Errors
    ///
    /// The host takes no more.
    pub(crate) fn end(mut self, is_whole: bool) -> Result<(), Error> {
        if !self.chunk.is_empty() {
            self.flush()?;
        }
        match self.artifact {
            Some(artifact) if is_whole => artifact.finish(),
            // An artifact that is not finished is marked as cut.
            _ => Ok(()),
        }
    }

    fn flush(&mut self) -> Result<(), Error> {
        let artifact = match &mut self.artifact {
            Some(artifact) => artifact,
            none => none.insert(self.context.artifact(self.file, self.media_type)?),
        };
        artifact.append(&self.chunk)?;
        self.chunk.clear();
        Ok(())
    }
}
