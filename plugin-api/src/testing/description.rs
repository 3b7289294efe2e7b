//! Compares a plugin's description with its code.

use schemars::JsonSchema;
use serde_json::Value;

use crate::Described;

/// Checks the description of `P`: that it is JSON with the package's version, and that its
/// `config_schema` is the schema of `P::Config`. With `UPDATE_EXPECT` set, writes version and
/// schema into the file at `path` instead.
///
/// # Panics
///
/// If they differ, with what to do.
pub fn check_description<P: Described<Config: JsonSchema>>(path: &str, version: &str) {
    let mut described: Value =
        serde_json::from_str(P::DESCRIPTION).expect("the description is JSON");
    let schema = serde_json::to_value(schemars::schema_for!(P::Config)).expect("a schema is JSON");
    if described["config_schema"] == schema && described["version"] == version {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        described["version"] = version.into();
        described["config_schema"] = schema;
        let text = serde_json::to_string_pretty(&described).expect("a value is JSON");
        std::fs::write(path, text + "\n").expect(path);
        return;
    }
    panic!(
        "{path} says version {} and config_schema\n{}\nthe code has version {version} and\n{}\n\
         run `UPDATE_EXPECT=1 cargo test` to write them",
        described["version"],
        serde_json::to_string_pretty(&described["config_schema"]).expect("a value is JSON"),
        serde_json::to_string_pretty(&schema).expect("a value is JSON"),
    );
}
