//! The page of a plugin that says everything there is to say.

use expect_test::expect;

use serde_json::{Value, json};

use super::*;
use crate::plan::inspect::tests::made::{compiled, scratch};

/// The page of a plugin with this description.
fn described(json: &Value) -> String {
    let dir = scratch();
    let path = dir.path().join("libacme.so");
    let json = format!("-DJSON={:?}", json.to_string());
    std::fs::write(&path, compiled(&["-shared", &json])).expect("write the plugin");
    let found = survey(&path).expect("a plugin");
    let about = found.description.as_ref().expect("a description");
    let text = page("acme", &found, about, None).join("\n");
    // Which glibc the smallest library needs is the compiler's affair.
    let machine = format!("{}{}", found.machine, glibc(&found));
    text.replace(&found.path.display().to_string(), "[PATH]")
        .replace(&found.sha256, "[SHA256]")
        .replace(&machine, "[MACHINE]")
        .replace(&Bytes(found.bytes).to_string(), "[BYTES]")
}

#[test]
fn a_page_shows_everything_an_author_said() {
    let json = json!({
        "name": "acme", "version": "1.2", "abi": "1.0", "summary": "Storage of Acme \u{1b}[2J",
        "doc": "Asks the server.\nTwice.", "contact": "support@acme.example", "license": "MIT",
        "order": "fetch", "runtime": "c",
        "needs": { "caps": ["CAP_NET_RAW"], "net": "from config key url", "kernel_min": "3.10" },
        "reads": ["the server's status page"], "effects": ["forces a garbage collection"],
        "outputs": [
            { "name": "status.json", "media_type": "application/json", "sensitivity": "hostnames" },
            { "name": "*.pb.gz", "media_type": "application/x-pprof", "sensitivity": "none",
              "max_bytes": 1_048_576 },
        ],
        "cost": { "typical_ms": 20, "typical_bytes": 4096 },
        "config_schema": {
            "type": "object", "additionalProperties": false, "required": ["url"],
            "properties": {
                "url": { "type": "string", "format": "uri", "description": "Where it listens" },
                "depth": { "type": "integer", "default": 3, "minimum": 1, "maximum": 9 },
                "parts": { "type": "array", "items": { "enum": ["heap", "stack"] } },
                "cpu": { "anyOf": [{ "$ref": "#/$defs/cpu" }, { "type": "null" }] },
            },
            "$defs": {
                "cpu": { "type": "object", "properties": { "seconds": { "type": "number" } } },
            },
        },
        "examples": [{ "url": "http://127.0.0.1:1", "parts": ["heap"] }],
    });
    let text = described(&json);
    expect![[r#"
        acme 1.2: Storage of Acme \u{1b}[2J
          file     [PATH] ([BYTES])
          sha256   [SHA256]
          machine  [MACHINE]
          contract ABI 1.0, order fetch
          runtime  c
          license  MIT
          contact  support@acme.example
          cost     20 ms and 4.00 KiB per sample, as a rule

        Asks the server.
        Twice.

        Reads:
          - the server's status page

        Does to the target:
          - forces a garbage collection

        Needs:
          - CAP_NET_RAW
          - the network: from config key url
          - Linux 3.10 or later

        Writes:
          status.json  application/json     sensitivity: hostnames
          *.pb.gz      application/x-pprof  sensitivity: none       at most 1.00 MiB

        Options (`config`):
          url  string, in the form of a uri, required
              Where it listens
          depth  integer, from 1, to 9, default 3
          parts  list of (one of heap, stack), optional
          cpu  object, optional
          cpu.seconds  number, optional

        Manifest for it:
          version: 1
          collectors:
            - plugin: acme
              config:
                url: http://127.0.0.1:1
                parts:
                - heap"#]]
    .assert_eq(&text);
}

/// What schemas can say beyond a type and a default, once each.
fn nasty() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["targets", "mode", "auth"],
        "properties": {
            "targets": {
                "type": "array", "minItems": 1, "maxItems": 4,
                "description": "Where to ask,\nin this order. \u{1b}[2J",
                "items": { "$ref": "#/$defs/target" },
            },
            "mode": {
                "oneOf": [
                    { "const": "fast", "description": "Quick." },
                    { "const": "whole", "description": "All." },
                ],
            },
            "auth": {
                "anyOf": [
                    { "type": "string", "minLength": 1 },
                    { "type": "object", "required": ["user"], "properties": {
                        "user": { "type": "string" },
                        "password": { "type": "string", "writeOnly": true },
                    } },
                ],
            },
            "labels": { "type": "object", "default": {}, "maxProperties": 9,
                "additionalProperties": { "type": "string", "pattern": "^[a-z]+$" } },
            "limits": { "type": "object", "patternProperties": {
                "^max_": { "type": ["integer", "null"], "format": "uint64", "minimum": 0 } } },
            "matrix": { "type": "array",
                "items": { "type": "array", "items": { "type": "number" } } },
            "pair": { "type": "array", "prefixItems": [{ "type": "string" }] },
            "any": true,
            "token": { "type": ["string", "null"], "default": null },
        },
        "$defs": {
            "target": {
                "type": "object", "required": ["host", "port"], "properties": {
                    "host": { "type": "string", "format": "hostname" },
                    "port": { "type": "integer", "minimum": 1, "maximum": 65535 },
                    "tls": { "type": "object", "properties": {
                        "ca": { "type": "string", "description": "PEM file." } } },
                },
            },
        },
    })
}

#[test]
fn every_form_of_an_option_can_be_read() {
    expect![[r#"
        targets  list of object, 1 or more items, 4 items at most, required
            Where to ask, in this order. \u{1b}[2J
        targets[].host  string, in the form of a hostname, required
        targets[].port  integer, from 1, to 65535, required
        targets[].tls  object, optional
        targets[].tls.ca  string, optional
            PEM file.
        mode  one of fast, whole, required
        auth  (string, 1 or more characters) or object, required
        auth.user  string, required
        auth.password  string, optional
        labels  object, 9 keys at most, default {}
        labels.KEY  string, matching ^[a-z]+$, optional
        limits  object, optional
        limits.KEY (matching ^max_)  integer, from 0, optional
        matrix  list of (list of number), optional
        pair  list, optional
        any  any value, optional
        token  string, optional"#]]
    .assert_eq(&options::table(&nasty()).join("\n"));
    let loops =
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { "items": { "$ref": "#/$defs/a" } } } });
    expect![[r##"
        the plugin's config_schema cannot be used: its $ref "#/$defs/a" leads back to itself; ask its author
        for a repaired build"##]].assert_eq(&options::table(&loops).join("\n"));
    let many: serde_json::Map<String, Value> =
        (0..250).map(|n| (format!("option-{n}"), json!({}))).collect();
    let table = options::table(&json!({ "properties": many }));
    assert_eq!(table.len(), 201);
    assert_eq!(table[200], "options that are not shown: 50 or more");
}

/// A description with this schema and these examples, and nothing else.
fn with_schema(schema: &Value, examples: &Value) -> Description {
    let json = json!({
        "name": "acme", "version": "1", "abi": "1.0", "summary": "Nothing",
        "config_schema": schema, "examples": examples,
    });
    Description::parse(json.to_string().as_bytes()).expect("a description")
}

#[test]
fn the_manifest_has_an_example_that_fits_or_placeholders() {
    let entry = |schema: &Value, examples: Value| {
        sample::manifest("./lib acme.so", &with_schema(schema, &examples)).join("\n")
    };
    let door =
        json!({ "properties": { "door": { "type": "string" } }, "additionalProperties": false });
    expect![[r#"
        version: 1
        collectors:
          - plugin: "./lib acme.so"
            config:
              door: 'front: ''é'"#]]
    .assert_eq(&entry(&door, json!([{ "dor": 1 }, { "door": "front: 'é" }])));
    expect![[r#"
        version: 1
        collectors:
          - plugin: "./lib acme.so""#]]
    .assert_eq(&entry(&door, json!([])));
    let unusable = json!({ "$ref": "https://example.com/x" });
    expect![[r#"
        version: 1
        collectors:
          - plugin: "./lib acme.so"
            # the schema of its configuration cannot be used"#]]
    .assert_eq(&entry(&unusable, json!([])));
    let placeholders = entry(&nasty(), json!([]));
    expect![[r#"
        version: 1
        collectors:
          - plugin: "./lib acme.so"
            # placeholders: put your own values in their place
            config:
              targets:
              - host: CHANGE-ME
                port: 1
              mode: fast
              auth: CHANGE-ME"#]]
    .assert_eq(&placeholders);
    // They have the form that is asked for, so that only the values are left to change.
    let entry: Value = serde_yaml::from_str(&placeholders).expect("YAML");
    let config = &entry["collectors"][0]["config"];
    crate::plan::config::complete(&nasty(), config).expect("a configuration that fits");
}
