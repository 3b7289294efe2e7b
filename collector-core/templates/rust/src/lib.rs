//! A plugin for collector: the space and the number of files of a directory, at each sample.
//!
//! The host starts a process for each collector of a manifest, makes the plugin there once with
//! its configuration, and asks it for one sample at each tick. What it delivers is stored as it
//! is; judging is for `collector report`.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use plugin_api::openmetrics::{Kind, Page};
use plugin_api::{Context, Error, Plugin, Status, collector_plugin};
use schemars::JsonSchema;
use serde::Deserialize;

/// Directories below directories that are followed; a deeper tree is told as a problem.
const MAX_DEPTH: usize = 64;

// The schema in plugin.json is made of this type: after a change run `UPDATE_EXPECT=1 cargo test`.
// The comments of the fields are what `collector plugin describe` shows.
/// What to walk.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    /// The directory to walk, from the root
    path: PathBuf,
}

/// What is kept from one sample to the next.
struct Usage {
    path: PathBuf,
}

impl Plugin for Usage {
    type Config = Config;

    /// The host has checked the configuration against the schema. What the schema cannot say is
    /// checked here: `Error::bad_config` refuses this collector and lets the others run.
    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        if !config.path.is_absolute() {
            let path = config.path.display();
            return Err(Error::bad_config(format!("path {path}: write it from the root")));
        }
        Ok(Usage { path: config.path })
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        let mut count = Count::default();
        count.walk(context, &self.path, 0)?;

        // Numbers go on a page of OpenMetrics: `collector report` follows each of its series over
        // time and says which ones grow.
        let mut page = Page::new();
        page.family("acme_usage_bytes", Kind::Gauge, "bytes", "Space of the files.")?
            .sample(&[], count.bytes as f64)?;
        page.family("acme_usage_files", Kind::Gauge, "", "Files below the directory.")?
            .sample(&[], count.files as f64)?;
        page.write(context, "metrics")?;

        // The page stays, and the reader is told that it is not all there is.
        if let Some(error) = count.first_unread {
            let others = format!("the first of {} that were not counted", count.unread);
            context.problem(&error.advise(&others).advise("run with sudo to count them too"));
        }
        Ok(())
    }
}

/// What one walk found.
#[derive(Default)]
struct Count {
    bytes: u64,
    files: u64,
    /// What cannot be read is counted apart: it is not the same as empty.
    unread: u64,
    first_unread: Option<Error>,
}

impl Count {
    fn walk(&mut self, context: &Context, path: &Path, depth: usize) -> Result<(), Error> {
        if depth > MAX_DEPTH {
            return self.unread(path, depth, &io::Error::other("too deep"));
        }
        let mut entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.unread(path, depth, &error),
        };
        loop {
            // Ask between units of work: a plugin that does not stop in time is killed. Half a
            // walk is not the size of the directory, so nothing is delivered then.
            if context.stopping() {
                let what = format!("{}: not walked to its end in time", path.display());
                return Err(Error::new(Status::Stopped, what).advise("raise limits.timeout"));
            }
            let entry = match entries.next() {
                Some(Ok(entry)) => entry,
                Some(Err(error)) => return self.unread(path, depth, &error),
                None => return Ok(()),
            };
            let inner = entry.path();
            match entry.metadata() {
                Ok(it) if it.is_dir() => self.walk(context, &inner, depth + 1)?,
                Ok(it) => {
                    self.files += 1;
                    self.bytes += it.blocks() * 512;
                }
                Err(error) => self.unread(&inner, depth + 1, &error)?,
            }
        }
    }

    /// Notes what could not be read. Its status is taken from the kind of the error: denied,
    /// unavailable, failed.
    fn unread(&mut self, path: &Path, depth: usize, error: &io::Error) -> Result<(), Error> {
        let unread = Error::reading(path, error);
        if depth == 0 {
            // Nothing was read, and that is not a size of 0: `?` ends the sample.
            return Err(unread.advise(
                "let `path` of the configuration name a directory, and run with sudo if you may \
                 not read it",
            ));
        }
        // Removed meanwhile, which is no problem.
        if error.kind() != io::ErrorKind::NotFound {
            self.unread += 1;
            self.first_unread.get_or_insert(unread);
        }
        Ok(())
    }
}

// Exports the plugin: the entry that the host looks for, and plugin.json as a note in the library.
collector_plugin!(Usage, "../plugin.json");

#[cfg(test)]
mod tests;
