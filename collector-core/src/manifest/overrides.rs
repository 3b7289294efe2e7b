//! What the command line changes in a manifest.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::schedule::{self, End, Schedule};
use super::{Collector, Manifest, ManifestError, names, variables};

/// The options of `collector run` that change the manifest. An absent one changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--every`.
    pub every: Option<Duration>,
    /// `--for`; takes the place of the manifest's `samples`.
    pub span: Option<Duration>,
    /// `--samples`; takes the place of the manifest's `for`.
    pub samples: Option<u64>,
    /// `--case`.
    pub case: Option<String>,
    /// `--output`.
    pub output_directory: Option<PathBuf>,
    /// `--pprof`, each of them a collector `go-pprof` more.
    pub pprof_urls: Vec<String>,
    /// `--metrics`, each of them a collector `prometheus-scrape` more.
    pub metrics_urls: Vec<String>,
}

impl Manifest {
    /// Changes this manifest as `overrides` say. Variables in a URL are not expanded: the shell
    /// has done that.
    ///
    /// # Errors
    ///
    /// An option that is out of bounds, or that does not fit the manifest; this manifest is then
    /// half changed and should be dropped.
    pub fn apply(&mut self, overrides: &Overrides) -> Result<(), ManifestError> {
        self.schedule = self.changed_schedule(overrides)?;
        if let Some(case) = &overrides.case {
            names::check_case(case).map_err(|reason| refused("--case", reason))?;
            self.case = Some(case.clone());
        }
        if let Some(directory) = &overrides.output_directory {
            if directory.as_os_str().is_empty() {
                return Err(refused("--output", "expected a directory; write `.` for this one"));
            }
            self.output.directory = directory.clone();
        }
        for url in &overrides.pprof_urls {
            self.add("--pprof", "go-pprof", url, "http://127.0.0.1:6060")?;
        }
        for url in &overrides.metrics_urls {
            self.add("--metrics", "prometheus-scrape", url, "http://127.0.0.1:9090/metrics")?;
        }
        Ok(())
    }

    fn changed_schedule(&self, overrides: &Overrides) -> Result<Schedule, ManifestError> {
        if overrides.every.is_none() && overrides.span.is_none() && overrides.samples.is_none() {
            return Ok(self.schedule);
        }
        if overrides.span.is_some() && overrides.samples.is_some() {
            return Err(refused("--samples", "--for says when to end as well; keep one of them"));
        }
        let (mut span, mut samples) = match self.schedule {
            Schedule::Once => (None, None),
            Schedule::Repeat { end: End::After(span), .. } => (Some(span), None),
            Schedule::Repeat { end: End::Samples(n), .. } => (None, Some(n)),
        };
        if overrides.span.is_some() || overrides.samples.is_some() {
            (span, samples) = (overrides.span, overrides.samples);
        }
        let every = overrides.every.or(self.schedule.every());
        if every.is_none() {
            let option = if span.is_some() { "--for" } else { "--samples" };
            let reason = "says when to end, but not how often; add --every, such as --every 10s";
            return Err(refused(option, reason));
        }
        if span.is_none() && samples.is_none() {
            let reason = "says how often, but not when to end; add --for 5m or --samples 30";
            return Err(refused("--every", reason));
        }
        schedule::schedule(every, span, samples).map_err(|(key, reason)| match key {
            "every" => refused("--every", reason),
            "for" => refused("--for", reason),
            _ => refused("--samples", reason),
        })
    }

    /// Adds a collector of `plugin` that reads `url`.
    fn add(
        &mut self,
        option: &'static str,
        plugin: &str,
        url: &str,
        example: &str,
    ) -> Result<(), ManifestError> {
        let is_url = ["http://", "https://"]
            .iter()
            .any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        if !is_url {
            let shown = super::mask_text(url);
            let reason = format!("`{shown}` is no URL of a server; write one such as {example}");
            return Err(refused(option, reason));
        }
        self.collectors.push(Collector {
            plugin: plugin.to_owned(),
            name: self.free_name(plugin),
            every: None,
            limits: self.default_limits,
            sha256: None,
            config: with_url(url),
            written_config: with_url(&variables::escape(url)),
            variable_values: Vec::new(),
        });
        Ok(())
    }

    /// `name`, or `name-2`, `name-3` and so on: the first that no collector has.
    fn free_name(&self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut n = 1;
        while self.collectors.iter().any(|it| it.name == free) {
            n += 1;
            free = format!("{name}-{n}");
        }
        free
    }
}

fn with_url(url: &str) -> Value {
    json!({ "url": url })
}

fn refused(option: &'static str, reason: impl Into<String>) -> ManifestError {
    ManifestError::Override { option, reason: reason.into() }
}
