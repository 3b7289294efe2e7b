//! What arrives during a call: reports, checked and kept until it ends.
//!
//! Neither waits nor decides how long the call may take.

use std::time::Duration;

use plugin_api::abi::status;

use super::Called;
use crate::run::names;
use crate::run::outcome::{Artifact, End, Notes};
use crate::run::spool::{Spool, Spooling};
use crate::run::wire::{Report, Reports, WireError};
use crate::units::Bytes;

/// Most artifacts in one sample.
pub(super) const MAX_ARTIFACTS: usize = 500;

/// What arrives during a call.
#[derive(Debug)]
pub(super) struct Arriving<'a> {
    /// Whether a sample was asked for, and not that the plugin be loaded.
    is_sample: bool,
    spool: &'a Spool,
    max_bytes: Bytes,
    n_bytes: u64,
    open: Vec<(u64, Artifacting)>,
    done: Vec<Artifact>,
    notes: Notes,
    cpu: Option<Duration>,
    /// Whether the plugin's function returned, and can be called again.
    returned: bool,
}

/// An artifact that has begun.
#[derive(Debug)]
struct Artifacting {
    name: String,
    media_type: String,
    content: Spooling,
}

impl Artifacting {
    fn end(self, cut: bool) -> Artifact {
        let Artifacting { name, media_type, content } = self;
        Artifact { name, media_type, cut, content: content.end() }
    }
}

impl<'a> Arriving<'a> {
    pub(super) fn new(is_sample: bool, spool: &'a Spool, max_bytes: Bytes) -> Self {
        Arriving {
            is_sample,
            spool,
            max_bytes,
            n_bytes: 0,
            open: Vec::new(),
            done: Vec::new(),
            notes: Notes::default(),
            cpu: None,
            returned: false,
        }
    }

    /// Takes the reports that are there, up to the end of the call if it is among them.
    pub(super) fn take_all(&mut self, reports: &mut Reports) -> Result<Option<End>, WireError> {
        while let Some(report) = reports.next()? {
            if let Some(end) = self.take(report) {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    /// Takes one report; gives the end of the call if it is that.
    fn take(&mut self, report: Report<'_>) -> Option<End> {
        match report {
            Report::NotLoaded(_) | Report::Created(_) if self.is_sample => {
                return Some(broken("told of its start when it was asked for a sample"));
            }
            Report::Done { .. } if !self.is_sample => {
                return Some(broken("told of a sample when it was to start"));
            }
            Report::NotLoaded(reason) => return Some(End::NotLoaded(reason.to_owned())),
            Report::Created(status::OK) => {
                self.returned = true;
                return Some(End::Returned(status::OK));
            }
            Report::Created(code) => return Some(End::NotCreated(code)),
            Report::Done { status, cpu_micros } => {
                self.cpu = Some(Duration::from_micros(cpu_micros));
                self.returned = true;
                return Some(End::Returned(status));
            }
            Report::Log { level, message } => self.notes.line(level, message),
            Report::Fail { status, message } => self.notes.problem(status, message),
            Report::Tried(tried) => self.notes.tried(tried),
            Report::Begin { handle, name, media_type } => {
                return self.begin(handle, name, media_type).err();
            }
            Report::Data { handle, data } => return self.data(handle, data).err(),
            Report::End { handle, status } => {
                let Some(artifact) = self.take_open(handle) else {
                    return Some(broken("ended an artifact it had not begun"));
                };
                self.done.push(artifact.end(status != plugin_api::abi::status::OK));
            }
        }
        None
    }

    fn begin(&mut self, handle: u64, name: &str, media_type: &str) -> Result<(), End> {
        names::check_artifact(name).and(names::check_media_type(media_type)).map_err(broken)?;
        let has_name = self.done.iter().any(|artifact| artifact.name == name)
            || self.open.iter().any(|(_, artifact)| artifact.name == name);
        if has_name {
            self.notes.problem(status::FAILED, &names::delivered_twice(name));
        }
        if self.open.len() + self.done.len() >= MAX_ARTIFACTS {
            return Err(broken(format!("delivered more than {MAX_ARTIFACTS} artifacts")));
        }
        // A second one of the same name is taken in and thrown away at the end.
        let name = if has_name { String::new() } else { name.to_owned() };
        let content = self.spool.begin();
        self.open.push((handle, Artifacting { name, media_type: media_type.to_owned(), content }));
        Ok(())
    }

    fn data(&mut self, handle: u64, data: &[u8]) -> Result<(), End> {
        let found = self.open.iter_mut().find(|(open, _)| *open == handle);
        let Some((_, artifact)) = found else {
            return Err(broken("sent data for an artifact it had not begun"));
        };
        self.n_bytes += data.len() as u64;
        if self.n_bytes > self.max_bytes.0 {
            return Err(End::TooLarge(self.max_bytes));
        }
        artifact.content.append(data).map_err(|error| End::NoSpace(error.to_string()))
    }

    fn take_open(&mut self, handle: u64) -> Option<Artifacting> {
        let position = self.open.iter().position(|(open, _)| *open == handle)?;
        Some(self.open.remove(position).1)
    }

    /// Closes what is open, as cut, and hands everything over.
    pub(super) fn close(mut self, end: End) -> Called {
        self.done.extend(self.open.into_iter().map(|(_, artifact)| artifact.end(true)));
        self.done.retain(|artifact| !artifact.name.is_empty());
        self.notes.close();
        let Arriving { notes, done: artifacts, cpu, returned: goes_on, .. } = self;
        Called { end, goes_on, notes, artifacts, cpu }
    }
}

pub(super) fn broken(how: impl std::fmt::Display) -> End {
    End::Broken(format!("the worker broke the protocol: {how}"))
}
