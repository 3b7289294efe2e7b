//! The page of a plugin that says everything there is to say.

use expect_test::expect;

use super::*;
use crate::plan::inspect::tests::made::{compiled, scratch};

#[test]
fn a_page_shows_everything_an_author_said() {
    let json = serde_json::json!({
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
    let dir = scratch();
    let path = dir.path().join("libacme.so");
    let json = format!("-DJSON={:?}", json.to_string());
    std::fs::write(&path, compiled(&["-shared", &json])).expect("write the plugin");
    let found = inspect(&path, None).expect("a plugin");
    let text = page("acme", &found).join("\n");
    let text = text
        .replace(&found.path.display().to_string(), "[PATH]")
        .replace(&found.sha256, "[SHA256]")
        .replace(&Bytes(found.bytes).to_string(), "[BYTES]");
    expect![[r#"
        acme 1.2: Storage of Acme \u{1b}[2J
          file     [PATH] ([BYTES])
          sha256   [SHA256]
          contract ABI 1.0, order fetch
          runtime  c
          license  MIT
          contact  support@acme.example
          cost     20 ms and 4.00 KiB per sample, as a rule

        Asks the server.
        Twice.

        Reads:
          the server's status page

        Does to the target:
          forces a garbage collection

        Needs:
          CAP_NET_RAW
          to connect to from config key url
          Linux 3.10 or later

        Writes:
          status.json  application/json     sensitivity: hostnames
          *.pb.gz      application/x-pprof  sensitivity: none       at most 1.00 MiB

        Options (`config`):
          url          string                     required   in the form of a uri  Where it listens
          depth        integer                    default 3  from 1, to 9
          parts        list (one of heap, stack)  optional
          cpu          object                     optional
          cpu.seconds  number                     optional

        Entry for a manifest:
          collectors:
            - plugin: acme
              config:
                url: http://127.0.0.1:1
                parts:
                - heap"#]]
    .assert_eq(&text);
}
