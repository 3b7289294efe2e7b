//! What is published about manifests agrees with the code: schema, document, examples.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::manifest::{Limits, Manifest, Output, json_schema};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn document() -> String {
    fs::read_to_string(root().join("docs/manifest.md")).expect("docs/manifest.md")
}

/// Every YAML text we publish, with its name.
fn published() -> Vec<(String, String)> {
    let document = document();
    let blocks = document.split("```yaml\n").skip(1).enumerate();
    let mut texts: Vec<_> = blocks
        .map(|(index, it)| {
            let block = it.split_once("```").expect("a closed block").0;
            (format!("docs/manifest.md, block {index}"), block.to_owned())
        })
        .collect();
    assert!(texts.len() >= 3, "the document has examples");
    let examples = fs::read_dir(root().join("examples")).expect("examples");
    let paths = examples.map(|it| it.expect("an entry").path());
    for path in paths.filter(|it| it.extension().is_some_and(|it| it == "yaml")) {
        texts.push((path.display().to_string(), fs::read_to_string(path).expect("an example")));
    }
    texts
}

#[test]
fn published_manifests_are_taken_and_fit_the_schema() {
    let schema = jsonschema::validator_for(&json_schema()).expect("a schema");
    for (name, text) in published() {
        let manifest = Manifest::parse(&name, &text, &|_| None).expect(&name);
        let mut texts = vec![text];
        texts.push(manifest.masked_yaml().expect("YAML"));
        for text in texts {
            let json: Value = serde_yaml::from_str(&text).expect(&name);
            let errors: Vec<String> = schema.iter_errors(&json).map(|it| it.to_string()).collect();
            assert!(errors.is_empty(), "{name}: {errors:?}");
        }
    }
}

#[test]
fn the_schema_refuses_what_the_code_refuses() {
    let schema = jsonschema::validator_for(&json_schema()).expect("a schema");
    let check = |key: &str, value: Value| {
        let mut manifest = json!({ "version": 1, "collectors": [{ "plugin": "meminfo" }] });
        assert!(schema.is_valid(&manifest));
        match key.strip_prefix("collector.") {
            Some(key) => manifest["collectors"][0][key] = value,
            None => manifest[key] = value,
        }
        assert!(!schema.is_valid(&manifest), "{manifest}");
        let text = manifest.to_string();
        assert!(Manifest::parse("m", &text, &|_| None).is_err(), "{text}");
    };
    check("version", json!(2));
    check("colectors", json!([]));
    check("case", json!("../x"));
    check("collectors", json!([]));
    check("output", json!({ "compression": 20 }));
    check("output", json!({ "max_bytes": "2 gigs" }));
    check("schedule", json!({ "every": "10s" }));
    check("schedule", json!({ "every": "10s", "for": "1m", "samples": 2 }));
    check("schedule", json!({ "every": "10", "samples": 2 }));
    check("schedule", json!({ "every": "10s", "samples": 0 }));
    check("limits", json!({ "time": "10s" }));
    check("collector.name", json!("A"));
    check("collector.sha256", json!("9f86"));
    check("collector.config", json!([]));
}

#[test]
fn defaults_in_the_schema_are_those_of_the_code() {
    let schema = json_schema();
    let size = |text: &Value| text.as_str().expect("a text").parse().expect("a size");
    let output = &schema["$defs"]["Output"]["properties"];
    let published = Output {
        directory: output["directory"]["default"].as_str().expect("a text").into(),
        max_bytes: size(&output["max_bytes"]["default"]),
        min_free: size(&output["min_free"]["default"]),
        compression: serde_json::from_value(output["compression"]["default"].clone())
            .expect("a level"),
    };
    assert_eq!(published, Output::default());
    let limits = &schema["$defs"]["Limits"]["properties"];
    let timeout = limits["timeout"]["default"].as_str().expect("a text");
    let published = Limits {
        timeout: crate::units::parse_duration(timeout).expect("a duration"),
        max_bytes: size(&limits["max_bytes"]["default"]),
        max_memory: size(&limits["max_memory"]["default"]),
    };
    assert_eq!(published, Limits::default());
}

#[test]
fn the_document_explains_every_key() {
    let schema = json_schema();
    let document = document();
    let mut mappings = vec![("", &schema)];
    let definitions = schema["$defs"].as_object().expect("definitions");
    mappings.extend(definitions.iter().map(|(name, it)| (name.as_str(), it)));
    let mut n_keys = 0;
    for (name, mapping) in mappings {
        let Some(properties) = mapping["properties"].as_object() else { continue };
        assert_eq!(mapping["additionalProperties"], json!(false), "{name}");
        for (key, property) in properties {
            n_keys += 1;
            assert!(property["description"].is_string(), "{name}.{key} has no description");
            // A row of the table, with the section the key stands in.
            let key = match name {
                "" => key.clone(),
                "Collector" => format!("collectors[].{key}"),
                section => format!("{}.{key}", section.to_lowercase()),
            };
            assert!(document.contains(&format!("| `{key}` |")), "docs/manifest.md lacks `{key}`");
        }
    }
    assert!(n_keys > 20, "{n_keys} keys");
}
