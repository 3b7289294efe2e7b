//! What is found without loading the plugin.

use expect_test::expect;
use serde_json::Value;

use super::complaints;
use crate::author::said;
use crate::support::collector;

#[test]
fn each_thing_that_is_wrong_with_a_file_has_a_line_of_its_own() {
    let plugins = [
        "execstack",
        "musl",
        "no-entry",
        "other-note",
        "two-notes",
        "needs-later",
        "exports",
        "bad-schema",
        "bad-example",
        "tells",
    ];
    let mut heard = String::new();
    for plugin in plugins {
        heard.push_str(&need!(complaints(plugin, &[])));
    }
    expect![[r#"
        execstack: exit 3
        FAIL  stack         asks for an executable stack, which glibc 2.41 and security modules refuse; link it with -z noexecstack
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        FAILED: 1 of 11 checks
        musl: exit 3
        FAIL  libraries     linked with musl libc (libc.musl-x86_64.so.1), this program uses glibc: two C libraries do not mix in a process; build it for a -gnu target
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        FAILED: 1 of 11 checks
        no-entry: exit 3
        FAIL  entry         describes a plugin but exports no collector_plugin_entry_v1; export it (collector_plugin! in Rust, visibility "default" in C)
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        FAIL  load          describes a plugin but exports no collector_plugin_entry_v1; export it (collector_plugin! in Rust, visibility "default" in C)
        FAILED: 2 of 13 checks
        other-note: exit 3
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        FAIL  load          the description in the table differs from the one in the ELF note; build both from one text
        FAILED: 1 of 13 checks
        two-notes: exit 3
        FAIL  description   holds two descriptions (notes in .note.collector); one plugin per library: link one of them out
        FAILED: 1 of 8 checks
        needs-later: exit 3
        warn  libraries     needs libstdc++.so.6, which not every machine has; link it statically, or tell your customers to install it
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        FAIL  load          it needs version GLIBCXX_3.9999 of libstdc++.so.6, and the one on this machine lacks it; rebuild it on an older system, or update that library
        FAILED: 1 of 13 checks
        exports: exit 3
        warn  symbols       exports besides its entry: parse_config; compile with -fvisibility=hidden, or link with a version script; Go exports some of its own, which do no harm
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        FAIL  artifacts     delivers fine (text/plain), which is not declared; add it with this media type to "outputs"
        FAIL  refusals      the host refused call 1, artifact_begin, and the plugin said ok, as if it had been taken; look at what every callback answers; without COLLECTOR_OK nothing was taken, and artifact_begin gave no handle
        warn  stop          never asks should_stop; ask between units of work: past its deadline a plugin is killed, and what it holds is lost
        FAILED: 2 of 26 checks
        bad-schema: exit 3
        FAIL  schema        cannot be used: its $ref "https://example.com/schema.json" leads out of it; correct config_schema
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        FAIL  config        was not run: neither its defaults nor an example fit its schema; give a configuration with --config, or add an example that works
        FAILED: 2 of 12 checks
        bad-example: exit 3
        warn  schema        does not say what these options are: door; add a "description" to each
        FAIL  examples      examples[1].dor: unknown key; did you mean `door`? the keys here are door; correct the example
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        warn  bad-config    takes "" for a configuration; return COLLECTOR_BAD_CONFIG for what is no JSON object
        warn  refusals      delivers nothing, so there was nothing to refuse; give a configuration with which it delivers something with --config
        warn  stop          never asks should_stop; ask between units of work: past its deadline a plugin is killed, and what it holds is lost
        FAILED: 1 of 26 checks
        tells: exit 3
        warn  schema        takes keys that it does not name, so a misspelled option is never found; add "additionalProperties": false
        warn  examples      there is none, though it has options; add one that works to "examples"
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        FAIL  sample        is failed: told: {}; `collector plugin run FILE` shows all that it told
        warn  prints        prints on stdout or stderr: "told: {}"; use the host's log: nobody reads what a worker prints
        warn  bad-config    takes "" for a configuration; return COLLECTOR_BAD_CONFIG for what is no JSON object
        warn  refusals      delivers nothing, so there was nothing to refuse; give a configuration with which it delivers something with --config
        warn  stop          never asks should_stop; ask between units of work: past its deadline a plugin is killed, and what it holds is lost
        FAILED: 1 of 26 checks
    "#]].assert_eq(&heard);
}

#[test]
fn a_newer_glibc_than_was_promised_fails_the_check() {
    let library = crate::support::plugins().join("libmeminfo.so");
    let library = library.to_str().expect("a path that is UTF-8");
    let line = |newest: &str| {
        let options = ["plugin", "check", library, "--max-glibc", newest];
        let said = collector("/".as_ref(), &options);
        let line = said.stdout.lines().find(|line| line.contains(" glibc "));
        (said.exit, line.expect("a line").to_owned())
    };
    let (exit, told) = line("2.3");
    assert_eq!(exit, 3, "{told}");
    assert!(told.starts_with("FAIL  glibc         needs glibc 2."), "{told}");
    let (_, symbols) = told.split_once(", for ").expect("symbols");
    assert!(symbols.contains(" (2."), "each with its version: {told}");
    assert!(symbols.contains(", and 2.3 is the newest it may need; build it where"), "{told}");
    let (exit, told) = line("2.99");
    assert_eq!((exit, &told[..10]), (0, "ok    glib"), "{told}");
    let said = collector("/".as_ref(), &["plugin", "check", library, "--max-glibc", "old"]);
    assert_eq!(said.exit, 2, "{said}");
    assert!(said.stderr.contains("expected a version of glibc, such as 2.17"), "{said}");
}

#[test]
fn a_file_that_is_no_library_has_one_line_that_says_so() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(dir.path().join("plugin.c"), "int main;").expect("write a file");
    let said = collector(dir.path(), &["plugin", "check", "plugin.c"]);
    expect![[r#"
        exit: 3
        --- stdout
        FAIL  file          not a shared library (it starts with "int main"): a text file; was the plugin's source named instead of the library?
        FAILED: 1 of 1 checks, warnings: 0
        --- stderr
    "#]].assert_eq(&said.to_string());
}

#[test]
fn as_json_every_check_has_its_name_its_result_and_what_to_do() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let said = need!(said(dir.path(), "check", "execstack", &["--json"]));
    assert_eq!(said.exit, 3, "{said}");
    let report: Value = serde_json::from_str(&said.stdout).expect("JSON and nothing else");
    assert_eq!(report["passed"], false);
    let checks = report["checks"].as_array().expect("a list");
    let failed: Vec<&Value> = checks.iter().filter(|it| it["result"] == "fail").collect();
    expect![[r#"
        [
            Object {
                "check": String("stack"),
                "result": String("fail"),
                "found": String("asks for an executable stack, which glibc 2.41 and security modules refuse"),
                "fix": String("link it with -z noexecstack"),
            },
        ]"#]].assert_eq(&format!("{failed:#?}"));
}

/// The whole of it, for scripts that read it.
#[test]
fn the_json_of_a_check_has_this_shape() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let said = need!(said(dir.path(), "check", "needs-option", &["--json"]));
    assert_eq!((said.exit, said.stderr.as_str()), (3, ""), "{said}");
    let report: Value = serde_json::from_str(&said.stdout).expect("JSON and nothing else");
    let words = |at: usize| report["checks"][at]["found"].as_str().expect("words");
    let shown = said.stdout.replace(words(0), "[FILE]").replace(words(6), "[GLIBC]");
    let shown = shown.replace(report["plugin"].as_str().expect("a path"), "[PLUGIN]");
    expect![[r#"
        {
          "plugin": "[PLUGIN]",
          "passed": false,
          "checks": [
            {
              "check": "file",
              "result": "ok",
              "found": "[FILE]"
            },
            {
              "check": "machine",
              "result": "ok",
              "found": "is for [ARCH], as this machine is"
            },
            {
              "check": "description",
              "result": "ok",
              "found": "needs-option 1.0.0, ABI 1.0"
            },
            {
              "check": "entry",
              "result": "ok",
              "found": "exports collector_plugin_entry_v1"
            },
            {
              "check": "symbols",
              "result": "ok",
              "found": "exports its entry and nothing else"
            },
            {
              "check": "libraries",
              "result": "ok",
              "found": "needs libc.so.6"
            },
            {
              "check": "glibc",
              "result": "ok",
              "found": "[GLIBC]"
            },
            {
              "check": "stack",
              "result": "ok",
              "found": "is not executable"
            },
            {
              "check": "schema",
              "result": "ok",
              "found": "options: 1"
            },
            {
              "check": "examples",
              "result": "warn",
              "found": "there is none, though it has options",
              "fix": "add one that works to \"examples\""
            },
            {
              "check": "outputs",
              "result": "warn",
              "found": "declares no outputs, so a customer is not told what is stored",
              "fix": "list each artifact in \"outputs\""
            },
            {
              "check": "config",
              "result": "fail",
              "found": "was not run: neither its defaults nor an example fit its schema",
              "fix": "give a configuration with --config, or add an example that works"
            }
          ]
        }
    "#]]
    .assert_eq(&shown.replace(std::env::consts::ARCH, "[ARCH]"));
}

#[test]
fn a_name_or_a_configuration_that_is_refused_is_a_check_too() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let library = crate::support::plugins().join("libmeminfo.so");
    let place = library.parent().and_then(|it| it.to_str()).expect("a path that is UTF-8");
    std::fs::write(dir.path().join("c.yaml"), "procsf: /proc\n").expect("write a file");
    let check = |options: &[&str]| {
        let options = [&["plugin", "check", "--directory", place], options].concat();
        let said = collector(dir.path(), &options);
        assert_eq!((said.exit, said.stderr.as_str()), (3, ""), "{said}");
        said.stdout
    };
    let refused = [&["meminof"][..], &["meminfo", "--config", "c.yaml"]];
    for options in refused {
        let told = check(options);
        let json = check(&[options, &["--json"]].concat());
        let json: Value = serde_json::from_str(&json).expect("JSON and nothing else");
        assert_eq!(json["passed"], false);
        let checks = json["checks"].as_array().expect("a list");
        let last = checks.last().expect("a check");
        assert_eq!(last["result"], "fail");
        let (found, fix) = (last["found"].as_str(), last["fix"].as_str());
        let line = format!("{}; {}", found.expect("words"), fix.expect("what to do"));
        assert!(told.contains(&line), "{told}");
        assert!(told.contains(&format!("\nFAILED: 1 of {} checks, ", checks.len())), "{told}");
    }
    let last = |options: &[&str]| {
        let told = check(options);
        told.lines().find(|line| line.starts_with("FAIL  ")).expect("a line").to_owned()
    };
    let told = last(refused[0]);
    assert!(
        told.starts_with(&format!("FAIL  file          no libmeminof.so in {place}, ")),
        "{told}"
    );
    let (_, told) = told.split_once(", and no file ").expect("that");
    expect!["meminof here; did you mean `meminfo`?; `collector plugin list` shows the plugins there are; give its directory with --directory, or write the path of its library"].assert_eq(told);
    expect!["FAIL  config        c.yaml:1:1: config.procsf: unknown key; did you mean `procfs`? the keys here are procfs, sysfs"].assert_eq(&last(refused[1]));
}
