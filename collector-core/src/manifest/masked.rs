//! The copy of the manifest that goes into the bundle: as used, secrets masked.
//!
//! It is written anew from the values, so comments are gone: a comment may hold a secret too.

use std::path::Path;

use super::scalar::{Interval, Size};
use super::schedule::{End, Schedule};
use super::{Collector, Manifest, ManifestError, schema, secrets};

impl Manifest {
    /// This manifest as YAML, with the changes of the command line, without comments, with
    /// secrets masked by `***` and variables as they were written.
    ///
    /// It is a manifest again.
    ///
    /// # Errors
    ///
    /// What the YAML library refuses to write; none is known.
    pub fn masked_yaml(&self) -> Result<String, ManifestError> {
        let manifest = schema::Manifest {
            version: 1,
            case: self.case.clone(),
            output: Some(schema::Output {
                directory: Some(text(&self.output.directory)),
                max_bytes: Some(Size(self.output.max_bytes)),
                min_free: Some(Size(self.output.min_free)),
                compression: Some(self.output.compression),
            }),
            schedule: schedule(self.schedule),
            // Every collector shows its own, so the defaults have nothing more to say.
            limits: None,
            plugin_directories: (!self.plugin_directories.is_empty())
                .then(|| self.plugin_directories.iter().map(|it| text(it)).collect()),
            collectors: self.collectors.iter().map(collector).collect::<Result<_, _>>()?,
        };
        serde_yaml::to_string(&manifest).map_err(|source| ManifestError::Write { source })
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn schedule(schedule: Schedule) -> Option<schema::Schedule> {
    let Schedule::Repeat { every, end } = schedule else { return None };
    let (span, samples) = match end {
        End::After(span) => (Some(Interval(span)), None),
        End::Samples(n) => (None, Some(n)),
    };
    Some(schema::Schedule { every: Some(Interval(every)), span, samples })
}

fn collector(collector: &Collector) -> Result<schema::Collector, ManifestError> {
    let config = secrets::mask_config(&collector.written_config);
    let config = config.as_object().filter(|it| !it.is_empty()).map(serde_yaml::to_value);
    let config = config.transpose().map_err(|source| ManifestError::Write { source })?;
    Ok(schema::Collector {
        plugin: collector.plugin.clone(),
        name: Some(collector.name.clone()),
        every: collector.every.map(Interval),
        limits: Some(schema::Limits {
            timeout: Some(Interval(collector.limits.timeout)),
            max_bytes: Some(Size(collector.limits.max_bytes)),
            max_memory: Some(Size(collector.limits.max_memory)),
        }),
        sha256: collector.sha256.clone(),
        config,
    })
}
