//! What in a description nobody reads: keys that are not known here, and capabilities that the
//! kernel does not have. A newer plugin may have such keys; its author wants to know of a misspelt
//! one.

use serde_json::Value;

use super::Description;
use crate::plan::needs::capability;

const KEYS: &[&str] = &[
    "name",
    "version",
    "abi",
    "summary",
    "doc",
    "contact",
    "license",
    "order",
    "needs",
    "reads",
    "effects",
    "outputs",
    "cost",
    "config_schema",
    "examples",
    "runtime",
];
const OF_NEEDS: &[&str] = &["uid0", "caps", "read_paths", "proc_other_pids", "net", "kernel_min"];
const OF_COST: &[&str] = &["typical_ms", "typical_bytes"];
const OF_OUTPUT: &[&str] = &["name", "media_type", "sensitivity", "max_bytes"];

/// The keys and capabilities of `about` that mean nothing here, by their places.
#[must_use]
pub fn unread(about: &Description) -> Vec<String> {
    // It was read before.
    let Ok(value) = serde_json::from_str::<Value>(&about.json) else { return Vec::new() };
    let mut found = unknown(&value, "", KEYS);
    found.extend(unknown(&value["needs"], "needs.", OF_NEEDS));
    found.extend(unknown(&value["cost"], "cost.", OF_COST));
    let outputs = value["outputs"].as_array().into_iter().flatten().enumerate();
    found.extend(outputs.flat_map(|(at, it)| unknown(it, &format!("outputs[{at}]."), OF_OUTPUT)));
    let capabilities = about.needs.caps.iter().filter(|it| capability(it).is_none());
    found.extend(capabilities.map(|it| format!("needs.caps {it}")));
    found
}

fn unknown(value: &Value, place: &str, known: &[&str]) -> Vec<String> {
    let keys = value.as_object().into_iter().flat_map(|it| it.keys());
    let others = keys.filter(|key| !known.contains(&key.as_str()));
    others.map(|key| format!("{place}{key}")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn misspelt_keys_and_capabilities_are_told_with_their_places() {
        let json = r#"{
            "name": "x", "version": "1", "abi": "1.0", "summary": "X", "ordr": "scan",
            "needs": { "caps": ["CAP_DAC", "CAP_SYS_PTRACE", "sys_admin"], "root": true },
            "outputs": [
                { "name": "a", "media_type": "text/plain", "sensitivity": "none" },
                { "name": "b", "media_type": "text/plain", "sensitivity": "none", "max": 1 }
            ],
            "examples": [{ "anything": 1 }]
        }"#;
        let about = Description::parse(json.as_bytes()).expect("a description");
        assert_eq!(unread(&about), ["ordr", "needs.root", "outputs[1].max", "needs.caps CAP_DAC"]);
    }

    #[test]
    fn every_key_of_our_own_plugins_is_read() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let places = ["plugins", "examples", "collector-core/templates"].map(|it| root.join(it));
        let dirs = places.iter().flat_map(|it| fs::read_dir(it).expect("a directory"));
        let files = dirs.map(|it| it.expect("an entry").path().join("plugin.json"));
        let mut n_read = 0;
        for file in files.filter(|it| it.exists()) {
            let about =
                Description::parse(&fs::read(&file).expect("a file")).expect("a description");
            assert_eq!(unread(&about), [""; 0], "{}", file.display());
            n_read += 1;
        }
        assert!(n_read >= 10, "only {n_read}");
    }
}
