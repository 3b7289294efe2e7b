//! The manifest of one plugin, for whoever writes it: its library, and a file with its configuration.
//!
//! What is checked, and how, is the same as in a manifest.

use std::path::Path;

use super::places::Places;
use super::resolve::Resolver;
use super::{
    Collector, KeyPath, Limits, Manifest, ManifestError, Output, Schedule, names, places_in, read,
};

/// What the collector is called where its file's name makes no name.
const NAME: &str = "plugin";

impl Manifest {
    /// A manifest of one plugin and one sample. `library` is the path of the plugin's file, with a
    /// `/`; `config` that of a YAML file with what would stand under `config`, `-` being standard
    /// input, or nothing.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), of the file with the configuration.
    pub fn of_plugin(
        library: &str,
        config: Option<&Path>,
        limits: Limits,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ManifestError> {
        let at = KeyPath::config(0);
        let (name, text) = match config {
            Some(path) => read::read(path).map_err(|error| as_config(error, path))?,
            None => ("(no configuration)".to_owned(), String::new()),
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let places = places_in(&name, text)?.unwrap_or_else(Places::none).below(at.clone());
        let directory = Path::new("");
        let resolver = Resolver { name: &name, places: &places, directory, environment };
        let written = serde_yaml::from_str(text).map_err(|error| resolver.typed(&error))?;
        let resolved = resolver.config(written, &at)?;
        let default = names::default_name(library);
        let collector = Collector {
            plugin: library.to_owned(),
            name: names::check_name(&default).map_or(NAME.to_owned(), |()| default),
            every: None,
            limits,
            sha256: None,
            config: resolved.expanded,
            written_config: resolved.written,
            variable_values: resolved.variable_values,
        };
        Ok(Manifest {
            case: None,
            output: Output::default(),
            schedule: Schedule::Once,
            plugin_directories: Vec::new(),
            collectors: vec![collector],
            default_limits: limits,
            name,
            // What was not written has no place.
            places: config.is_some().then_some(places),
        })
    }
}

/// The error without the word manifest: the file is none.
fn as_config(error: ManifestError, path: &Path) -> ManifestError {
    match error {
        ManifestError::Read { source, .. } => ManifestError::NotAManifest {
            file: path.display().to_string(),
            reason: format!("cannot be read: {source}; correct the path of the configuration"),
        },
        error => error,
    }
}
