//! From the manifest as written to the manifest as meant: defaults, checks between keys, paths,
//! variables. Each error is put at its key.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::places::{Places, Position};
use super::scalar::{Interval, Size};
use super::schedule::{self, Schedule};
use super::{
    Collector, KeyPath, Limits, ManifestError, Output, Place, config, names, schema, wording,
};
use crate::units::Bytes;

/// Each collector is a process.
const MAX_COLLECTORS: usize = 64;
/// The levels `zstd` knows without extra memory on the reading side.
const COMPRESSION: std::ops::RangeInclusive<i32> = 1..=19;
/// Half of it is kept for the end of the bundle. With less no sample of the official plugins fits.
const MIN_OUTPUT: Bytes = Bytes(128 << 10);
/// Below this no process can start.
const MIN_MEMORY: Bytes = Bytes(1 << 20);
/// Most characters of a message; the longest of ours has 250, and the rest is what it quotes.
const MAX_REASON: usize = 500;
const MIN_TIMEOUT: Duration = Duration::from_millis(10);
/// A collector that is given longer than this is no sample any more.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// What the text of a manifest is resolved against.
pub(super) struct Resolver<'a> {
    /// The manifest's name in messages.
    pub(super) name: &'a str,
    pub(super) places: &'a Places,
    /// The manifest's directory.
    pub(super) directory: &'a Path,
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
}

/// The configuration of a collector.
pub(super) struct Config {
    /// With variables expanded.
    pub(super) expanded: Value,
    /// As it is written.
    pub(super) written: Value,
    /// The values of the variables it names.
    pub(super) variable_values: Vec<String>,
}

impl Resolver<'_> {
    pub(super) fn case(&self, case: Option<String>) -> Result<Option<String>, ManifestError> {
        if let Some(case) = &case {
            names::check_case(case).map_err(|it| self.invalid(KeyPath::root().key("case"), it))?;
        }
        Ok(case)
    }

    pub(super) fn output(&self, written: Option<schema::Output>) -> Result<Output, ManifestError> {
        let written = written.unwrap_or_default();
        let path = KeyPath::root().key("output");
        let mut output = Output::default();
        if let Some(directory) = written.directory {
            self.check_path(&directory, &path.key("directory"))?;
            output.directory = PathBuf::from(directory);
        }
        if let Some(Size(max_bytes)) = written.max_bytes {
            if max_bytes < MIN_OUTPUT {
                let reason = format!("{max_bytes} is too small for a bundle; the least is 128KiB");
                return Err(self.invalid(path.key("max_bytes"), reason));
            }
            output.max_bytes = max_bytes;
        }
        if let Some(Size(min_free)) = written.min_free {
            output.min_free = min_free;
        }
        if let Some(level) = written.compression {
            if !COMPRESSION.contains(&level) {
                let reason = format!("{level} is no level of zstd; write 1 (fast) to 19 (small)");
                return Err(self.invalid(path.key("compression"), reason));
            }
            output.compression = level;
        }
        Ok(output)
    }

    pub(super) fn schedule(
        &self,
        written: Option<schema::Schedule>,
    ) -> Result<Schedule, ManifestError> {
        let written = written.unwrap_or_default();
        let duration = |it: Option<Interval>| it.map(|it| it.0);
        schedule::schedule(duration(written.every), duration(written.span), written.samples)
            .map_err(|(key, reason)| self.invalid(KeyPath::root().key("schedule").key(key), reason))
    }

    /// The limits at `path`, with `defaults` where they say nothing.
    pub(super) fn limits(
        &self,
        written: Option<schema::Limits>,
        defaults: Limits,
        path: &KeyPath,
    ) -> Result<Limits, ManifestError> {
        let written = written.unwrap_or_default();
        let mut limits = defaults;
        if let Some(Interval(timeout)) = written.timeout {
            if !(MIN_TIMEOUT..=MAX_TIMEOUT).contains(&timeout) {
                let reason = "a timeout is 10ms at least and 1d at most; 30s is usual";
                return Err(self.invalid(path.key("timeout"), reason));
            }
            limits.timeout = timeout;
        }
        if let Some(Size(max_bytes)) = written.max_bytes {
            if max_bytes == Bytes(0) {
                let reason = "nothing could be collected with this limit; 256MiB is usual";
                return Err(self.invalid(path.key("max_bytes"), reason));
            }
            limits.max_bytes = max_bytes;
        }
        if let Some(Size(max_memory)) = written.max_memory {
            if max_memory < MIN_MEMORY {
                let reason = format!(
                    "no worker can run in {max_memory}; the least is 1MiB, and 256MiB is usual"
                );
                return Err(self.invalid(path.key("max_memory"), reason));
            }
            limits.max_memory = max_memory;
        }
        Ok(limits)
    }

    pub(super) fn plugin_directories(
        &self,
        written: Option<Vec<String>>,
    ) -> Result<Vec<PathBuf>, ManifestError> {
        let written = written.into_iter().flatten().enumerate();
        let directories = written.map(|(index, directory)| {
            let path = KeyPath::root().key("plugin_directories").index(index);
            self.check_path(&directory, &path)?;
            Ok(self.directory.join(directory))
        });
        directories.collect()
    }

    pub(super) fn collectors(
        &self,
        written: Vec<schema::Collector>,
        defaults: Limits,
    ) -> Result<Vec<Collector>, ManifestError> {
        let path = KeyPath::root().key("collectors");
        if written.is_empty() {
            let reason = "the list is empty; name at least one, such as `- plugin: meminfo`";
            return Err(self.invalid(path, reason));
        }
        if written.len() > MAX_COLLECTORS {
            let reason = format!(
                "{} collectors are too many; each is a process, so the most is {MAX_COLLECTORS}",
                written.len()
            );
            return Err(self.invalid(path, reason));
        }
        let mut named = HashMap::new();
        let mut collectors = Vec::new();
        for (index, written) in written.into_iter().enumerate() {
            let path = path.index(index);
            let named_by = if written.name.is_some() { "name" } else { "plugin" };
            let collector = self.collector(written, defaults, &path)?;
            if let Some(first) = named.insert(collector.name.clone(), index) {
                let reason = format!(
                    "`{}` is the name of collectors[{first}] too{}; give one of them another `name`",
                    collector.name,
                    self.on_line(&KeyPath::root().key("collectors").index(first)),
                );
                return Err(self.invalid(path.key(named_by), reason));
            }
            collectors.push(collector);
        }
        Ok(collectors)
    }

    fn collector(
        &self,
        written: schema::Collector,
        defaults: Limits,
        path: &KeyPath,
    ) -> Result<Collector, ManifestError> {
        let plugin = self.plugin(&written.plugin, path)?;
        let name = match written.name {
            Some(name) => {
                names::check_name(&name).map_err(|it| self.invalid(path.key("name"), it))?;
                name
            }
            None => {
                let name = names::default_name(&written.plugin);
                names::check_name(&name).map_err(|_| {
                    let reason = "the file's name makes no name for the collector; add a `name`";
                    self.invalid(path.key("plugin"), reason)
                })?;
                name
            }
        };
        let every = written.every.map(|it| it.0);
        if let Some(every) = every {
            schedule::check_every(every).map_err(|it| self.invalid(path.key("every"), it))?;
        }
        let limits = self.limits(written.limits, defaults, &path.key("limits"))?;
        let sha256 = written.sha256.as_deref().map(names::check_sha256).transpose();
        let sha256 = sha256.map_err(|it| self.invalid(path.key("sha256"), it))?;
        let config = self.config(written.config, &path.key("config"))?;
        let Config { expanded: config, written: written_config, variable_values } = config;
        Ok(Collector {
            plugin,
            name,
            every,
            limits,
            sha256,
            config,
            written_config,
            variable_values,
        })
    }

    fn plugin(&self, plugin: &str, path: &KeyPath) -> Result<String, ManifestError> {
        let path = path.key("plugin");
        if plugin.contains('/') {
            self.check_path(plugin, &path)?;
            if plugin.ends_with('/') {
                let reason =
                    "expected the path of a plugin's library, such as /opt/acme/libacme.so";
                return Err(self.invalid(path, reason));
            }
            let whole = self.directory.join(plugin).into_os_string().into_string();
            return whole.map_err(|_| {
                let reason = "the path starts in the manifest's directory, whose name is not \
                              UTF-8; write an absolute path, or go to that directory first";
                self.invalid(path, reason)
            });
        }
        names::check_name(plugin).map_err(|reason| {
            let advice = if plugin.contains('.') {
                format!("; for a library write its path with a slash, such as ./{plugin}")
            } else {
                String::new()
            };
            self.invalid(path, format!("{reason}{advice}"))
        })?;
        Ok(plugin.to_owned())
    }

    /// The configuration at `path`.
    pub(super) fn config(
        &self,
        written: Option<serde_yaml::Value>,
        path: &KeyPath,
    ) -> Result<Config, ManifestError> {
        let at = |(path, reason): (KeyPath, String)| self.invalid(path, reason);
        let written = match written {
            None | Some(serde_yaml::Value::Null) => Value::Object(serde_json::Map::new()),
            Some(yaml) => config::to_json(&yaml, path).map_err(at)?,
        };
        if !written.is_object() {
            let reason = "expected a mapping (`key: value` lines), the keys of the plugin";
            return Err(self.invalid(path.clone(), reason));
        }
        let values = RefCell::new(Vec::new());
        let environment = |name: &str| {
            let value = (self.environment)(name);
            values.borrow_mut().extend(value.clone());
            value
        };
        let expanded = config::expand(&written, path, &environment).map_err(at)?;
        Ok(Config { expanded, written, variable_values: values.into_inner() })
    }

    fn check_path(&self, text: &str, path: &KeyPath) -> Result<(), ManifestError> {
        let reason = if text.is_empty() {
            "the path is empty; write `.` for the current directory"
        } else if text.contains('\0') {
            "no path has a zero byte"
        } else if text.contains("${") {
            "variables are expanded in `config` only; write the path out"
        } else {
            return Ok(());
        };
        Err(self.invalid(path.clone(), reason))
    }

    /// What serde says of the text.
    pub(super) fn typed(&self, error: &serde_yaml::Error) -> ManifestError {
        let (path, reason) = wording::reword(error);
        match error.location() {
            Some(it) => {
                let position = Position { line: it.line(), column: it.column() };
                invalid(self.name, position, path, reason)
            }
            None => self.invalid(path, reason),
        }
    }

    pub(super) fn invalid(&self, path: KeyPath, reason: impl Into<String>) -> ManifestError {
        let position = self.places.value(&path).unwrap_or(Position { line: 1, column: 1 });
        invalid(self.name, position, path, reason.into())
    }

    fn on_line(&self, path: &KeyPath) -> String {
        self.places.begin(path).map_or(String::new(), |it| format!(" (line {})", it.line))
    }
}

/// An error at a position of the manifest called `name`.
pub(super) fn invalid(
    name: &str,
    position: Position,
    path: KeyPath,
    reason: String,
) -> ManifestError {
    let reason = printable(&reason);
    let place = Place { file: name.to_owned(), line: position.line, column: position.column };
    ManifestError::Invalid { place, path, reason }
}

/// `text` as one short line: a manifest may hold anything, and a message goes to a terminal.
fn printable(text: &str) -> String {
    let n_chars = text.chars().count();
    let mut printable = String::new();
    for (index, c) in text.chars().enumerate() {
        // What is quoted stands first and the advice last, so the middle is left out.
        if n_chars > MAX_REASON && (MAX_REASON / 4..n_chars - MAX_REASON / 2).contains(&index) {
            if index == MAX_REASON / 4 {
                printable.push('…');
            }
            continue;
        }
        // The second: characters that turn the direction of what follows.
        if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            printable.extend(c.escape_unicode());
        } else {
            printable.push(c);
        }
    }
    printable
}
