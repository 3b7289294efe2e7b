//! Kernel texts that are copied as they are: a plugin lists them and this copies them.

use std::path::Path;

use crate::{Context, Error, Level, Status};

/// One file that becomes one artifact.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// Path below the root, such as `sys/fs/file-nr` below `/proc`.
    pub path: &'static str,
    /// Name of the artifact.
    pub name: &'static str,
    /// Media type of the artifact.
    pub media_type: &'static str,
    /// When a kernel has it: then its absence is a line of the log and not a problem. `None` for
    /// what every kernel has.
    pub since: Option<&'static str>,
}

impl Context {
    /// Copies `sources` from below `root`, one after another with nothing in between, and records
    /// a problem for each that could not be read. `advice` says what would grant the denied ones.
    pub fn copy_sources(&self, root: &Path, sources: &[Source], advice: &str) {
        for source in sources {
            if self.stopping() {
                self.problem(&Error::new(
                    Status::Stopped,
                    format!("{}: not read, the time was up", source.path),
                ));
                continue;
            }
            let path = root.join(source.path);
            let Err(error) = self.copy(&path, source.name, source.media_type) else { continue };
            match (error.status(), source.since) {
                (Status::Unavailable, Some(since)) => {
                    self.log(Level::Warn, &format!("{error}; kernels have it with {since}"));
                }
                (Status::Denied, _) => self.problem(&error.advise(advice)),
                _ => self.problem(&error),
            }
        }
    }
}
