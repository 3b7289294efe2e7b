//! Checks a collector's configuration against the schema of its plugin, and fills in defaults.
//!
//! The schema comes out of a file that nobody has loaded yet, so it is looked at first: it may
//! refer only to its own parts, may not be recursive, and may not unfold into something large.
//! Patterns run on an engine whose time is linear in the text.
//!
//! No value of a text is ever shown in a message: it may be a password that a variable brought.

mod defaults;
mod subset;
mod wording;
mod write_only;

use jsonschema::PatternOptions;
use serde_json::Value;

use crate::manifest::Step;

pub use defaults::parts;
pub(super) use write_only::write_only;

/// Most faults of one configuration that are told at once.
const MAX_FAULTS: usize = 8;
/// Bytes a compiled pattern may take.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// Why a configuration cannot be given to its plugin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The plugin's author wrote a schema that cannot be used.
    #[error(
        "the plugin's config_schema cannot be used: {reason}; ask its author for a repaired build"
    )]
    Schema {
        /// What is wrong with it.
        reason: String,
    },
    /// The configuration does not fit the schema.
    #[error("the configuration does not fit: {}", first(.0))]
    Faults(Vec<ConfigFault>),
}

fn first(faults: &[ConfigFault]) -> &str {
    faults.first().map_or("", |fault| &fault.message)
}

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// The way to it from the top of the configuration.
    pub path: Vec<Step>,
    /// What is wrong there and what would fit.
    pub message: String,
}

/// Checks `config` against `schema` and gives it with the defaults of the schema filled in.
/// No configuration, `null`, counts as an empty one.
///
/// # Errors
///
/// A schema that cannot be used, or everything that does not fit it, at most eight faults.
pub fn complete(schema: &Value, config: &Value) -> Result<Value, ConfigError> {
    let validator = validator(schema)?;
    let mut whole = match config {
        Value::Null => Value::Object(serde_json::Map::new()),
        config => config.clone(),
    };
    defaults::fill(schema, &mut whole);
    let mut faults: Vec<ConfigFault> = validator
        .iter_errors(&whole)
        .flat_map(|error| wording::faults(schema, &whole, &error))
        .collect();
    faults.truncate(MAX_FAULTS);
    if faults.is_empty() { Ok(whole) } else { Err(ConfigError::Faults(faults)) }
}

/// Checks that a schema can be used, without a configuration.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_schema(schema: &Value) -> Result<(), ConfigError> {
    validator(schema).map(|_| ())
}

fn validator(schema: &Value) -> Result<jsonschema::Validator, ConfigError> {
    let unusable = |reason| ConfigError::Schema { reason };
    subset::check(schema).map_err(unusable)?;
    jsonschema::options()
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(
            PatternOptions::regex().size_limit(MAX_PATTERN_BYTES).dfa_size_limit(MAX_PATTERN_BYTES),
        )
        .build(schema)
        .map_err(|error| unusable(wording::schema_fault(&error)))
}

#[cfg(test)]
mod tests;
