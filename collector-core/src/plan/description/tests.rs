//! What an author reads when the description is wrong.

use expect_test::{Expect, expect};

use super::*;

fn check(json: &str, expected: &Expect) {
    let said = match Description::parse(json.as_bytes()) {
        Ok(description) => format!("{description:#?}"),
        Err(fault) => fault.to_string(),
    };
    expected.assert_eq(&said);
}

/// A complete description in which `key` has `value`; `null` takes it away.
fn with(key: &str, value: serde_json::Value) -> String {
    let mut whole = serde_json::json!({
        "name": "meminfo", "version": "1.2.3", "abi": "1.0", "summary": "The host's memory",
    });
    whole[key] = value;
    whole.to_string()
}

#[test]
fn the_shortest_description_has_its_defaults() {
    let read = Description::parse(with("later", 1.into()).as_bytes()).expect("a description");
    assert_eq!(read.order, Order::Fetch);
    assert_eq!(read.needs, Needs::default());
    assert_eq!(read.config_schema["additionalProperties"], false);
}

#[test]
fn everything_an_author_may_say_is_read() {
    let json = r#"{
        "name": "fd-scan", "version": "0.1.0", "abi": "1.3", "summary": "Open files",
        "doc": "Long.", "contact": "a@example.com", "license": "MIT", "order": "scan",
        "needs": {"uid0": false, "caps": ["CAP_SYS_PTRACE"], "read_paths": ["/proc/stat"],
                  "proc_other_pids": true, "net": "from config key url", "kernel_min": "3.10"},
        "reads": ["/proc/PID/fd"], "effects": ["walks every /proc/PID/fd"],
        "outputs": [{"name": "fds.tsv", "media_type": "text/x", "sensitivity": "hostnames",
                     "max_bytes": 7}],
        "cost": {"typical_ms": 20, "typical_bytes": 4096},
        "config_schema": {"type": "object"}, "examples": [{}], "runtime": "rust"
    }"#;
    let read = Description::parse(json.as_bytes()).expect("a description");
    assert_eq!((read.abi.minor, read.order), (3, Order::Scan));
    assert_eq!(read.outputs[0].sensitivity, Sensitivity::Hostnames);
    assert_eq!(read.needs.kernel_min.as_deref(), Some("3.10"));
    assert_eq!(read.cost.typical_ms, Some(20));
}

#[test]
fn a_wrong_description_names_the_key() {
    let cases = [
        with("name", "Mem Info".into()),
        with("name", serde_json::Value::Null),
        with("version", 3.into()),
        with("abi", "1".into()),
        with("abi", "2.0".into()),
        with("order", "first".into()),
        with("needs", serde_json::json!({ "caps": "CAP_SYS_PTRACE" })),
        with("reads", serde_json::json!(["a", 4])),
        with("outputs", serde_json::json!([{ "name": "x", "media_type": "y" }])),
        with("outputs", serde_json::json!(["x"])),
        with("cost", serde_json::json!({ "typical_ms": -1 })),
        with("config_schema", true.into()),
        "[]".to_owned(),
        "{".to_owned(),
        "[".repeat(100_000),
    ];
    let said: Vec<String> = cases
        .iter()
        .map(|json| Description::parse(json.as_bytes()).expect_err(json).to_string())
        .collect();
    expect![[r#"
        `name` of its description is "Mem Info", but must be a name of a-z, 0-9 and -, at most 32 bytes; ask its author for a repaired build
        its description lacks `name`, which must be a name of a-z, 0-9 and -, at most 32 bytes; ask its author for a repaired build
        `version` of its description is 3, but must be a text of 1 to 64 bytes; ask its author for a repaired build
        `abi` of its description is "1", but must be a version such as "1.0"; ask its author for a repaired build
        made for plugin ABI 2, this program speaks ABI 1; use the plugin's build for ABI 1, or a version of this program that speaks ABI 2
        `order` of its description is "first", but must be one of "snapshot", "scan", "fetch"; ask its author for a repaired build
        `needs.caps` of its description is "CAP_SYS_PTRACE", but must be a list of at most 1024 elements; ask its author for a repaired build
        `reads[1]` of its description is 4, but must be a text; ask its author for a repaired build
        its description lacks `outputs[0].sensitivity`, which must be one of "none", "hostnames", "may-hold-user-data", "secrets"; ask its author for a repaired build
        `outputs[0]` of its description is "x", but must be a JSON object; ask its author for a repaired build
        `cost.typical_ms` of its description is -1, but must be a whole number, 0 or more; ask its author for a repaired build
        `config_schema` of its description is true, but must be a JSON Schema object; ask its author for a repaired build
        `the whole` of its description is a list, but must be a JSON object; ask its author for a repaired build
        its description is not JSON (EOF while parsing an object at line 1 column 1); ask its author for a repaired build
        its description is not JSON (recursion limit exceeded at line 1 column 128); ask its author for a repaired build"#]].assert_eq(&said.join("\n"));
}

#[test]
fn a_name_with_control_characters_is_refused() {
    check(
        &with("name", "a\u{1b}[2J".into()),
        &expect![[
            r#"`name` of its description is "a\u001b[2J", but must be a name of a-z, 0-9 and -, at most 32 bytes; ask its author for a repaired build"#
        ]],
    );
}
