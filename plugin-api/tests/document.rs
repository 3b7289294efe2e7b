//! `docs/plugin-abi.md` stays true: it names all that the header, the reader of descriptions and
//! the official plugins do. Its plugin is compiled and checked by `tests/it/author/document.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn document() -> String {
    read("docs/plugin-abi.md")
}

/// The words of C in `text`.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect()
}

/// The header without its comments.
fn code_of_header() -> String {
    let header = read("plugin-api/include/collector_plugin.h");
    let mut code = String::new();
    let mut rest = header.as_str();
    while let Some((before, comment)) = rest.split_once("/*") {
        code.push_str(before);
        rest = comment.split_once("*/").expect("a closed comment").1;
    }
    code + rest
}

#[test]
fn it_names_every_identifier_of_the_header() {
    let code = code_of_header();
    let document = document();
    let explained = words(&document);
    // Words of C and of its compilers, and what only the inside of a macro has.
    let not_ours = [
        "attribute",
        "char",
        "const",
        "cplusplus",
        "default",
        "define",
        "defined",
        "else",
        "endif",
        "extern",
        "if",
        "ifdef",
        "ifndef",
        "include",
        "int32_t",
        "offsetof",
        "section",
        "size_t",
        "sizeof",
        "static",
        "stddef",
        "stdint",
        "struct",
        "typedef",
        "uint16_t",
        "uint32_t",
        "uint64_t",
        "UINT64_MAX",
        "used",
        "visibility",
        "void",
        "aligned",
        "h",
        "C",
        "__attribute__",
        "__cplusplus",
        "__GNUC__",
        "collector_description_note",
        "description_size",
        "name_size",
    ];
    let is_ours = |it: &&str| {
        !it.is_empty() && !it.starts_with(|c: char| c.is_ascii_digit()) && !not_ours.contains(it)
    };
    let ours: Vec<&str> = words(&code).into_iter().filter(is_ours).collect();
    assert!(ours.len() > 50, "{ours:?}");
    let missing: Vec<&&str> = ours.iter().filter(|it| !explained.contains(**it)).collect();
    assert!(missing.is_empty(), "docs/plugin-abi.md lacks {missing:?}");
}

/// The fields of a table of the header, in their order: the name, and the parameters' names where it
/// is a function.
fn fields_of(table: &str) -> Vec<(String, Option<String>)> {
    let code = code_of_header();
    let start = format!("typedef struct {table} {{");
    let body = code.split_once(&start).expect(table).1.split_once("\n}").expect("its end").0;
    let declarations =
        body.split(';').map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
    let last_word = |text: &str| {
        let word = text.rsplit([' ', '*']).next().expect("a word");
        word.trim_end_matches(')').to_owned()
    };
    let field = |declaration: String| match declaration.split_once("(*") {
        Some((_, function)) => {
            let (name, parameters) = function.split_once(")(").expect("a function");
            let names: Vec<String> = parameters.split(", ").map(last_word).collect();
            (name.to_owned(), Some(names.join(", ")))
        }
        None => (last_word(&declaration), None),
    };
    declarations.filter(|it| !it.is_empty()).map(field).collect()
}

#[test]
fn it_explains_every_field_and_every_parameter() {
    let document = document();
    for (table, n_fields) in [("collector_plugin", 9), ("collector_host", 10)] {
        let section = format!("\n## The {} table, `{table}`\n", &table["collector_".len()..]);
        let section =
            section.replace("The plugin", "The plugin's").replace("The host", "The host's");
        let text = document.split_once(&section).expect(&section).1;
        let text = text.split("\n## ").next().expect("a section");
        let fields = fields_of(table);
        assert_eq!(fields.len(), n_fields, "{fields:?}");
        for (name, parameters) in fields {
            let heading = parameters.map(|it| format!("\n### `{name}({it})`\n\n"));
            let is_in_row = || {
                let rows = text.lines().filter(|line| line.starts_with("| "));
                rows.filter_map(|it| it.split('|').nth(1))
                    .any(|it| it.contains(&format!("`{name}`")))
            };
            let is_there = heading.as_ref().map_or_else(is_in_row, |it| text.contains(it));
            assert!(is_there, "docs/plugin-abi.md lacks {table}.{name}: {heading:?}");
        }
    }
}

#[test]
fn it_says_of_every_status_when_to_use_it() {
    let document = document();
    let code = code_of_header();
    let constants = code.lines().filter_map(|line| line.strip_prefix("#define COLLECTOR_"));
    // A status is a plain number without a suffix, and so is the version.
    let statuses: Vec<&str> = constants
        .filter_map(|line| line.split_once(' '))
        .filter(|(name, value)| value.trim().parse::<u32>().is_ok() && !name.starts_with("ABI_"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(statuses.len(), 8, "{statuses:?}");
    for name in statuses {
        assert!(document.contains(&format!("\n| `COLLECTOR_{name}` | ")), "a row of {name}");
    }
}

#[test]
fn it_lists_every_key_of_a_description() {
    let document = document();
    let reader = read("collector-core/src/plan/description.rs");
    let calls = ["needed", "maybe", "text", "texts", "flag", "number", "object", "list"];
    let mut n_keys = 0;
    for call in calls {
        // `keys.text("doc")`, whatever stands between the parenthesis and the key.
        for after in reader.split(&format!(".{call}(")).skip(1) {
            let Some(key) = after.trim_start().strip_prefix('"') else { continue };
            let key = key.split_once('"').expect("a closed text").0;
            n_keys += 1;
            let is_there = words(&document).contains(key);
            assert!(is_there, "docs/plugin-abi.md lacks the key `{key}`");
        }
    }
    assert!(n_keys >= 20, "{n_keys} keys found");
}

#[test]
fn it_lists_every_media_type_of_the_official_plugins() {
    let document = document();
    let mut n_types = 0;
    for entry in fs::read_dir(root().join("plugins")).expect("plugins") {
        let path = entry.expect("an entry").path().join("plugin.json");
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let description: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for output in description["outputs"].as_array().expect("outputs") {
            let media_type = output["media_type"].as_str().expect("a media type");
            n_types += 1;
            let path = path.display();
            assert!(document.contains(&format!("`{media_type}`")), "{path}: {media_type}");
        }
    }
    assert!(n_types > 10, "{n_types} media types found");
}

/// The value of a constant of `collector-core/src/run`, as its source has it.
fn constant(file: &str, name: &str) -> String {
    let source = read(&format!("collector-core/src/run/{file}"));
    let after = source.split_once(&format!("const {name}: ")).expect(name).1;
    let value = after.split_once(" = ").expect("a value").1;
    value.split_once(';').expect("its end").0.to_owned()
}

#[test]
fn it_tells_the_limits_of_the_host() {
    let end_time = constant("process.rs", "END_TIME");
    let end_time = end_time.strip_prefix("Duration::from_millis(").expect("milliseconds");
    let end_time = end_time.trim_end_matches(')');
    let total = constant("outcome.rs", "MAX_BYTES");
    let total = total.strip_suffix(" << 10").expect("KiB");
    let message = constant("outcome.rs", "MAX_MESSAGE_BYTES");
    let of_each = format!("{message} bytes of each and {total} KiB of all together");
    let (lines, problems) =
        (constant("outcome.rs", "MAX_LOG_LINES"), constant("outcome.rs", "MAX_PROBLEMS"));
    let document = document();
    for said in [
        format!("the capture ends. It has {end_time} ms"),
        format!("`destroy` has {end_time} ms"),
        format!("the first {lines} lines of a sample, {of_each}"),
        format!("{problems} problems of a sample are kept, {of_each}"),
    ] {
        assert!(document.contains(&said), "docs/plugin-abi.md lacks {said:?}");
    }
}
