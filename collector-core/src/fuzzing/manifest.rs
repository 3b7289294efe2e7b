//! The target for manifests. Whether their plugins exist is not asked.

use crate::manifest::Manifest;

/// The value of every variable. No manifest has it, unless a fuzzer copies it.
const VALUE: &str = "value-of-variable-7c1e";

pub(super) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.contains(VALUE) {
        return;
    }
    let manifest = match parse(text) {
        Ok(manifest) => manifest,
        Err(told) => {
            assert!(told.starts_with("m.yaml:"), "an error names its place: {told}");
            assert!(!told.contains(VALUE), "an error shows a variable: {told}");
            return;
        }
    };
    let printed = manifest.masked_yaml().expect("what was read can be written");
    assert!(!printed.contains(VALUE), "the copy shows a variable: {printed}");
    if manifest.collectors.iter().any(|it| it.config.to_string().contains(VALUE)) {
        let message = manifest.secrets().mask(&format!("{text}: refused for {VALUE}!"));
        assert!(!message.contains(VALUE), "a message shows a variable: {message}");
    }
    let again = parse(&printed).unwrap_or_else(|told| panic!("{told}\nin {printed}"));
    let printed_again = again.masked_yaml().expect("what was read can be written");
    assert_eq!(printed, printed_again, "the copy of the copy is the copy");
    assert_eq!(
        (manifest.case, manifest.output, manifest.schedule, manifest.plugin_directories),
        (again.case, again.output, again.schedule, again.plugin_directories)
    );
    assert_eq!(manifest.collectors.len(), again.collectors.len());
    for (one, other) in manifest.collectors.iter().zip(&again.collectors) {
        assert_eq!(
            (&one.plugin, &one.name, one.every, one.limits, &one.sha256),
            (&other.plugin, &other.name, other.every, other.limits, &other.sha256)
        );
    }
}

/// The error with its causes.
fn parse(text: &str) -> Result<Manifest, String> {
    Manifest::parse("m.yaml", text, &|_| Some(VALUE.to_owned())).map_err(|error| {
        let mut told = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            told.push_str(&format!(": {cause}"));
            source = cause.source();
        }
        told
    })
}
