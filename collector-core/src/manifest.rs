//! The manifest: what to collect, when, and where bundles go. Version 1, `docs/manifest.md`.
//!
//! A [`Manifest`] is checked as far as it can be without looking at the machine: whether a plugin
//! exists, and whether its `config` has the shape it documents, is for `plan` to say, with the
//! places known here.

mod config;
mod error;
mod key_path;
mod masked;
mod names;
mod overrides;
mod places;
mod read;
mod resolve;
mod scalar;
mod schedule;
mod schema;
mod secrets;
mod single;
#[cfg(test)]
mod tests;
mod variables;
mod wording;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::units::Bytes;
use places::{Places, Position, Refused};
use resolve::{Resolver, invalid};

pub use error::{ManifestError, Place};
pub use key_path::{KeyPath, Step};
pub use overrides::Overrides;
pub use schedule::{End, Schedule};
pub use secrets::{Secrets, mask_text};
pub use wording::{nearest, unknown_key};

/// The manifest a run without one uses: the host's and the processes' memory, and descriptors.
const BUILT_IN: &str = "\
version: 1
collectors:
  - plugin: meminfo
  - plugin: slabinfo
  - plugin: process-memory
  - plugin: fd-scan
";

/// What to collect, when, and where the bundle goes.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// Ticket or other reference, part of the bundle's name: `[A-Za-z0-9._-]`, 1 to 64 bytes, no
    /// dot or dash first.
    pub case: Option<String>,
    /// Where the bundle goes.
    pub output: Output,
    /// When samples are taken.
    pub schedule: Schedule,
    /// Searched for plugins before the standard places. Relative ones were joined to the
    /// manifest's directory.
    pub plugin_directories: Vec<PathBuf>,
    /// What to collect, 1 to 64 with names of their own, in the manifest's order.
    pub collectors: Vec<Collector>,
    /// The limits of a collector that sets none.
    default_limits: Limits,
    /// The manifest's name in messages.
    name: String,
    places: Option<Places>,
}

/// Where the bundle goes and how large it may grow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// From the current directory; created with mode 0700 when missing.
    pub directory: PathBuf,
    /// Most bytes of the bundle's file, at least 64 KiB.
    pub max_bytes: Bytes,
    /// Free space the disk keeps.
    pub min_free: Bytes,
    /// Level of zstd, 1 to 19.
    pub compression: i32,
}

impl Default for Output {
    fn default() -> Self {
        Output {
            directory: PathBuf::from("."),
            max_bytes: Bytes(2 << 30),
            min_free: Bytes(1 << 30),
            compression: 3,
        }
    }
}

/// What one collector may use in one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest time: 10 ms to 1 day.
    pub timeout: Duration,
    /// Most bytes delivered, at least 1.
    pub max_bytes: Bytes,
    /// Most resident memory of the worker, at least 1 MiB.
    pub max_memory: Bytes,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            timeout: Duration::from_secs(30),
            max_bytes: Bytes(256 << 20),
            max_memory: Bytes(256 << 20),
        }
    }
}

/// A plugin with a name and a configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Collector {
    /// The plugin's name, `[a-z0-9-]`; or, when it holds a `/`, the path of its library.
    pub plugin: String,
    /// Its directory in the bundle: `[a-z0-9-]`, 1 to 32 bytes, unique in the manifest.
    pub name: String,
    /// Its own interval, 10 ms to 366 days. It means nothing in a capture of one sample.
    pub every: Option<Duration>,
    /// Its limits; the manifest's where it sets none.
    pub limits: Limits,
    /// SHA-256 the library must have: 64 hexadecimal digits in lower case.
    pub sha256: Option<String>,
    /// Its configuration, an object. Variables are expanded, so it may hold secrets: show it only
    /// through [`Manifest::masked_yaml`].
    pub config: serde_json::Value,
    /// The configuration before variables were expanded.
    written_config: serde_json::Value,
    /// The values of the variables it names.
    variable_values: Vec<String>,
}

impl Manifest {
    /// Reads the manifest at `path`; `-` is standard input. `environment` gives the values of the
    /// variables it names.
    ///
    /// # Errors
    ///
    /// What cannot be read, is no regular file, is larger than 1 MiB or not UTF-8; and all of
    /// [`parse`](Self::parse).
    pub fn load(
        path: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ManifestError> {
        let (name, text) = read::read(path)?;
        let directory = path.parent().unwrap_or(Path::new(""));
        Self::parse_in(directory, &name, &text, environment)
    }

    /// Reads the manifest `text`. `name` is its path as the user gave it: it stands in messages,
    /// and relative paths start at its directory.
    ///
    /// # Errors
    ///
    /// What is not YAML, not of the manifest's shape, or not within bounds: the first such thing,
    /// with its place.
    pub fn parse(
        name: &str,
        text: &str,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ManifestError> {
        let directory = Path::new(name).parent().unwrap_or(Path::new(""));
        Self::parse_in(directory, name, text, environment)
    }

    /// The manifest of a run without one: memory of the host and of processes, and descriptors,
    /// once.
    #[must_use]
    pub fn builtin() -> Self {
        Self::parse_in(Path::new(""), "(built in)", BUILT_IN, &|_| None)
            .expect("a test reads the manifest that is built in")
    }

    /// The manifest's name in messages: its path as the user gave it, or `(built in)`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the key or item at the end of `path` stands in the manifest.
    ///
    /// For a key that is not there, the place of the mapping it would stand in. `None` for what
    /// came from the command line.
    #[must_use]
    pub fn place(&self, path: &KeyPath) -> Option<Place> {
        let position = self.places.as_ref()?.begin(path)?;
        Some(Place { file: self.name.clone(), line: position.line, column: position.column })
    }

    fn parse_in(
        directory: &Path,
        name: &str,
        text: &str,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ManifestError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let places = places_in(name, text)?;
        let Some(places) = places else {
            let reason = "the manifest is empty; begin with `version: 1` and a list `collectors`";
            let position = Position { line: 1, column: 1 };
            return Err(invalid(name, position, KeyPath::root(), reason.to_owned()));
        };
        let resolver = Resolver { name, places: &places, directory, environment };
        let typed = |error| resolver.typed(&error);
        check_version(&serde_yaml::from_str(text).map_err(typed)?)
            .map_err(|it| resolver.invalid(KeyPath::root().key("version"), it))?;
        let written: schema::Manifest = serde_yaml::from_str(text).map_err(typed)?;

        let limits_path = KeyPath::root().key("limits");
        let case = resolver.case(written.case)?;
        let output = resolver.output(written.output)?;
        let schedule = resolver.schedule(written.schedule)?;
        let default_limits = resolver.limits(written.limits, Limits::default(), &limits_path)?;
        let plugin_directories = resolver.plugin_directories(written.plugin_directories)?;
        let collectors = resolver.collectors(written.collectors, default_limits)?;
        Ok(Manifest {
            case,
            output,
            schedule,
            plugin_directories,
            collectors,
            default_limits,
            name: name.to_owned(),
            places: Some(places),
        })
    }
}

/// Where everything stands in `text`, the content of the file `name`; `None` where it is empty.
fn places_in(name: &str, text: &str) -> Result<Option<Places>, ManifestError> {
    Places::of(text).map_err(|it| match it {
        Refused::Syntax { position, reason } => {
            let (line, reason) = wording::syntax(&reason, text, position.line);
            let column = if line == position.line { position.column } else { 1 };
            invalid(name, Position { line, column }, KeyPath::root(), reason)
        }
        Refused::Rule { position, path, reason } => invalid(name, position, path, reason),
    })
}

/// The JSON Schema of a manifest, as `collector schema manifest` prints it.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schema::json_schema()
}

/// The version alone, so that a manifest of a later version is told so before its new keys are.
#[derive(Deserialize)]
#[serde(expecting = "a mapping that begins with `version: 1`")]
struct Probe {
    version: Option<serde_yaml::Value>,
}

fn check_version(probe: &Probe) -> Result<(), String> {
    let this = env!("CARGO_PKG_VERSION");
    match probe.version.as_ref() {
        None => Err("the key is missing; write `version: 1` as the first line".to_owned()),
        Some(version) => match version.as_u64() {
            Some(1) => Ok(()),
            Some(newer) if newer > 1 => Err(format!(
                "this manifest is of version {newer}, and collector {this} reads version 1; use a newer collector, or ask whoever sent the manifest for version 1"
            )),
            _ => Err("expected the number 1; write `version: 1`".to_owned()),
        },
    }
}
