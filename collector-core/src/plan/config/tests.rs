//! What a customer reads when a configuration does not fit, and what a plugin gets when it does.

use expect_test::{Expect, expect};
use serde_json::json;

use super::*;

/// The schema of a plugin such as `go-pprof`, with references as generators write them.
fn schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["url"],
        "properties": {
            "url": { "type": "string", "pattern": "^https?://", "description": "Where the server listens" },
            "profiles": {
                "type": "array",
                "items": { "enum": ["heap", "goroutine", "allocs"] },
                "default": ["heap"],
            },
            "cpu": { "anyOf": [{ "$ref": "#/$defs/Cpu" }, { "type": "null" }] },
            "retries": { "type": "integer", "minimum": 0, "maximum": 9, "default": 2 },
        },
        "$defs": {
            "Cpu": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "seconds": { "type": "number", "default": 10 } },
            },
        },
    })
}

fn check(config: &Value, expected: &Expect) {
    expected.assert_eq(&said(&schema(), config));
}

fn said(schema: &Value, config: &Value) -> String {
    match complete(schema, config) {
        Ok(whole) => whole.to_string(),
        Err(ConfigError::Faults(faults)) => {
            let said = faults.iter().map(|fault| {
                let steps = fault.path.iter().map(|step| match step {
                    Step::Key(key) => format!(".{key}"),
                    Step::Index(index) => format!("[{index}]"),
                });
                format!("config{}: {}", steps.collect::<String>(), fault.message)
            });
            said.collect::<Vec<_>>().join("\n")
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn defaults_are_filled_in_at_every_depth() {
    check(
        &json!({ "url": "http://x", "cpu": {} }),
        &expect![[r#"{"url":"http://x","cpu":{"seconds":10},"profiles":["heap"],"retries":2}"#]],
    );
    check(
        &json!({ "url": "http://x", "cpu": null, "retries": 0 }),
        &expect![[r#"{"url":"http://x","cpu":null,"retries":0,"profiles":["heap"]}"#]],
    );
}

#[test]
fn what_does_not_fit_is_told_with_its_place() {
    check(
        &json!({
            "prfiles": ["heap"], "profiles": ["heap", "hepa"], "retries": 12,
            "cpu": { "secnds": 3 },
        }),
        &expect![[r#"
            config.profiles[1]: not one of heap, goroutine, allocs; did you mean `heap`?
            config.retries: 12 is greater than the maximum of 9
            config.cpu.secnds: unknown key; did you mean `seconds`? the keys here are seconds
            config.prfiles: unknown key; did you mean `profiles`? the keys here are url, profiles, cpu, retries
            config.url: the key is missing (Where the server listens); add `url: …`"#]],
    );
    check(
        &json!({ "url": 7, "profiles": "heap", "retries": 1.5 }),
        &expect![[r#"
        config.url: expected a text, found 7
        config.profiles: expected a list (lines that start with `- `), found a text
        config.retries: expected a whole number, found 1.5"#]],
    );
}

#[test]
fn a_text_that_may_be_secret_is_not_repeated() {
    let said =
        said(&schema(), &json!({ "url": "hunter2", "retries": "hunter2", "cpu": "hunter2" }));
    assert!(!said.contains("hunter2"), "{said}");
    expect![[r#"
        config.url: expected a text that matches ^https?://
        config.retries: expected a whole number, found a text
        config.cpu: expected a mapping (`key: value` lines), found a text"#]]
    .assert_eq(&said);
}

#[test]
fn a_plugin_without_options_says_so() {
    let none = json!({ "type": "object", "additionalProperties": false });
    assert_eq!(complete(&none, &Value::Null), Ok(json!({})));
    expect!["config.x: unknown key; no key can stand here, so remove it"]
        .assert_eq(&said(&none, &json!({ "x": 1 })));
}

#[test]
fn a_hostile_schema_is_refused() {
    let mut doubled = serde_json::Map::new();
    for level in 0..20 {
        let next = json!({ "$ref": format!("#/$defs/{}", level + 1) });
        doubled.insert(level.to_string(), json!({ "allOf": [next, next] }));
    }
    doubled.insert("20".to_owned(), json!(true));
    let cases = [
        json!({ "$ref": "#" }),
        json!({ "properties": { "a": { "$ref": "#" } } }),
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } } }),
        json!({ "$ref": "http://127.0.0.1:1/schema.json" }),
        json!({ "$ref": "file:///etc/passwd" }),
        json!({ "$ref": "#/$defs/none" }),
        json!({ "$schema": "http://127.0.0.1:1/schema.json" }),
        json!({ "$dynamicRef": "#x" }),
        json!({ "$defs": doubled, "$ref": "#/$defs/0" }),
        json!({ "type": "text" }),
        json!({ "properties": { "a": { "pattern": "(" } } }),
        json!({ "properties": { "a": { "pattern": "(?=x)" } } }),
        json!({ "properties": { "a": { "pattern": "((a{1000}){1000}){1000}" } } }),
    ];
    let said: Vec<String> = cases.iter().map(|schema| said(schema, &json!({ "a": "x" }))).collect();
    expect![[r##"
        the plugin's config_schema cannot be used: its $ref "#" leads back to itself; ask its author for a repaired build
        the plugin's config_schema cannot be used: its $ref "#" leads back to itself; ask its author for a repaired build
        the plugin's config_schema cannot be used: its $ref "#/$defs/a" leads back to itself; ask its author for a repaired build
        the plugin's config_schema cannot be used: its $ref "http://127.0.0.1:1/schema.json" leads out of it; ask its author for a repaired build
        the plugin's config_schema cannot be used: its $ref "file:///etc/passwd" leads out of it; ask its author for a repaired build
        the plugin's config_schema cannot be used: its $ref "#/$defs/none" leads nowhere; ask its author for a repaired build
        the plugin's config_schema cannot be used: at /: Unknown meta-schema: 'http://127.0.0.1:1/schema.json'. Custom meta-schemas must be registered in the registry before use; ask its author for a repaired build
        the plugin's config_schema cannot be used: it uses $dynamicRef, which is not supported; ask its author for a repaired build
        the plugin's config_schema cannot be used: it unfolds into more than 20000 values; ask its author for a repaired build
        the plugin's config_schema cannot be used: at /type: value is not valid under any of the schemas listed in the 'anyOf' keyword; ask its author for a repaired build
        the plugin's config_schema cannot be used: at /properties/a/pattern: value is not a "regex"; ask its author for a repaired build
        the plugin's config_schema cannot be used: at /properties/a/pattern: value is not a "regex"; ask its author for a repaired build
        the plugin's config_schema cannot be used: at /properties/a/pattern: value is not a "regex"; ask its author for a repaired build"##]].assert_eq(&said.join("\n"));
}
