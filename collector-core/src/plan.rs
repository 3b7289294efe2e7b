//! Decides everything before anything starts: which file is which plugin, whether it may be
//! loaded, whether its configuration fits, and what the machine will not let it read.
//!
//! Nothing of a plugin is run here, and nothing of the target is touched. What is wrong with one
//! collector is a value in the plan, a row of the bundle later; the others run.

pub mod config;
pub mod description;
mod elf;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod hash;
pub mod host;
pub mod inspect;
pub mod locate;
pub mod needs;
pub mod shown;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::manifest::{Collector, KeyPath, Limits, Manifest, Output, Schedule, Secrets};

use config::ConfigError;
use inspect::Refusal;
use locate::Places;
use shown::Shown;

pub use description::{Description, Order};
pub use elf::{ElfFault, Exports, GlibcDemand, GlibcVersion};
pub(crate) use hash::sha256;
pub use host::Machine;
pub use inspect::{FileIdentity, PluginFile, inspect};

/// A capture, decided: what runs, in which order, and what will not run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Ticket or other reference.
    pub case: Option<String>,
    /// Where the bundle goes.
    pub output: Output,
    /// When samples are taken.
    pub schedule: Schedule,
    /// The collectors in the order a sample runs them: snapshots first, then the others, each in
    /// the manifest's order.
    pub collectors: Vec<PlannedCollector>,
    /// What no text of the bundle may show: the secrets of the manifest, and the values of
    /// properties that a plugin's schema marks `writeOnly`.
    pub secrets: Secrets,
}

/// One collector, decided.
#[derive(Debug, Clone)]
pub struct PlannedCollector {
    /// Its name, unique in the plan; its directory in the bundle.
    pub name: String,
    /// The plugin as the manifest names it.
    pub plugin: String,
    /// When in a sample it runs. Of a refused one that is not known, and it counts as a fetch.
    pub order: Order,
    /// Its own interval.
    pub every: Option<Duration>,
    /// What it may use in a sample.
    pub limits: Limits,
    /// Its configuration as JSON, checked and with the plugin's defaults. It may hold secrets.
    /// `{}` for a refused one.
    pub config_json: String,
    /// Whether the manifest pins the plugin's file by its hash.
    pub pinned: bool,
    /// The plugin's file, or why the collector will not run.
    pub library: Result<PluginFile, Refused>,
    /// What will be missing on this machine and how to get it, one sentence each, with its name.
    pub needs: Vec<String>,
}

/// Why a collector will not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    /// What is wrong, where, and what to do; a line for each thing.
    pub message: String,
}

impl Plan {
    /// Plans what `manifest` asks for, on `machine`, with plugins from the manifest's directories
    /// and the standard places.
    #[must_use]
    pub fn make(manifest: &Manifest, machine: &Machine) -> Self {
        Self::make_from(&Places::standard(&manifest.plugin_directories), manifest, machine)
    }

    /// As [`Plan::make`], with plugins from `places`.
    #[must_use]
    pub fn make_from(places: &Places, manifest: &Manifest, machine: &Machine) -> Self {
        let secrets = manifest.secrets();
        let mut planner = Planner { places, manifest, machine, secrets, seen: HashMap::new() };
        let collectors = manifest.collectors.iter().enumerate();
        let mut collectors: Vec<PlannedCollector> =
            collectors.map(|(index, collector)| planner.plan(index, collector)).collect();
        collectors.sort_by_key(|collector| collector.order != Order::Snapshot);
        Plan {
            case: manifest.case.clone(),
            output: manifest.output.clone(),
            schedule: manifest.schedule,
            collectors,
            secrets: planner.secrets,
        }
    }

    /// The collectors that will not run, and why.
    pub fn refused(&self) -> impl Iterator<Item = (&PlannedCollector, &Refused)> {
        self.collectors.iter().filter_map(|it| Some((it, it.library.as_ref().err()?)))
    }
}

struct Planner<'a> {
    places: &'a Places,
    manifest: &'a Manifest,
    machine: &'a Machine,
    secrets: Secrets,
    /// The files that were looked at, so that one of many collectors is hashed once.
    seen: HashMap<PathBuf, Result<PluginFile, String>>,
}

impl Planner<'_> {
    fn plan(&mut self, index: usize, collector: &Collector) -> PlannedCollector {
        let decided = self.library(index, collector).and_then(|library| {
            let config = self.config(index, collector, &library.description)?;
            Ok((library, config))
        });
        let mut planned = PlannedCollector {
            name: collector.name.clone(),
            plugin: collector.plugin.clone(),
            order: Order::Fetch,
            every: collector.every,
            limits: collector.limits,
            config_json: "{}".to_owned(),
            pinned: collector.sha256.is_some(),
            library: Err(Refused { message: String::new() }),
            needs: Vec::new(),
        };
        planned.library = decided.map(|(library, config)| {
            planned.order = library.description.order;
            planned.config_json = config;
            planned.needs =
                needs::missing(&collector.name, &library.description.needs, self.machine);
            library
        });
        planned
    }

    fn library(&mut self, index: usize, collector: &Collector) -> Result<PluginFile, Refused> {
        let at = KeyPath::root().key("collectors").index(index);
        let asked = &collector.plugin;
        let path = self
            .places
            .locate(asked)
            .map_err(|error| self.refused(&at.key("plugin"), &error.to_string()))?;
        let found = self
            .seen
            .entry(path.clone())
            .or_insert_with(|| inspect(&path, None).map_err(|refusal| refusal.to_string()))
            .clone();
        let named = |key: &str, reason: &str| {
            self.refused(&at.key(key), &format!("{}: {reason}", Shown(&path)))
        };
        let found = found.map_err(|reason| named("plugin", &reason))?;
        found
            .check_pin(collector.sha256.as_deref())
            .map_err(|refusal| named("sha256", &refusal.to_string()))?;
        if !asked.contains('/') && found.description.name != *asked {
            let refusal = Refusal::Name { found: found.description.name, asked: asked.clone() };
            return Err(named("plugin", &refusal.to_string()));
        }
        Ok(found)
    }

    fn config(
        &mut self,
        index: usize,
        collector: &Collector,
        description: &Description,
    ) -> Result<String, Refused> {
        let at = KeyPath::config(index);
        match config::complete(&description.config_schema, &collector.config) {
            Ok(config) => {
                let schema = &description.config_schema;
                config::write_only(schema, &config)
                    .into_iter()
                    .for_each(|value| self.secrets.add_all(value));
                Ok(config.to_string())
            }
            Err(ConfigError::Faults(faults)) => {
                let lines = faults
                    .iter()
                    .map(|fault| self.refused(&at.with(&fault.path), &fault.message).message);
                Err(Refused { message: lines.collect::<Vec<_>>().join("\n") })
            }
            Err(error) => {
                let path = KeyPath::root().key("collectors").index(index).key("plugin");
                Err(self.refused(&path, &error.to_string()))
            }
        }
    }

    /// A refusal that starts with its place in the manifest.
    fn refused(&self, path: &KeyPath, reason: &str) -> Refused {
        let message = match self.manifest.place(path) {
            Some(place) => format!("{place}: {path}: {reason}"),
            None => format!("{path}: {reason}"),
        };
        Refused { message }
    }
}

#[cfg(test)]
mod tests;
