//! `collector plugin list` and `collector plugin describe`: from the note alone, whatever the plugin
//! is made for, and with an entry that a manifest takes as it is.

use std::fs;
use std::path::Path;

use expect_test::expect;

use crate::support::{
    c_plugin, collector, example, foreign_plugin, go_in, has_program, libraries, plugins, tool,
};

/// Describes the plugin, and has `collector check` look at the entry for a manifest that it ends
/// with; gives the entry.
fn checked_manifest(plugin: &str) -> String {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let said = collector(dir.path(), &["plugin", "describe", plugin]);
    assert_eq!(said.exit, 0, "{said}");
    for section in ["Reads:", "Does to the target:", "Needs:", "Writes:", "Options (`config`):"] {
        assert!(said.stdout.contains(&format!("\n\n{section}")), "no {section} {said}");
    }
    let (_, entry) = said.stdout.split_once("\nManifest for it:\n").expect("a manifest");
    fs::write(dir.path().join("m.yaml"), entry).expect("write the manifest");
    let checked = collector(dir.path(), &["check", "m.yaml"]);
    assert_eq!(checked.exit, 0, "{checked}\n{entry}");
    entry.lines().map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line))).collect()
}

/// The libraries in a directory, by name.
fn libraries_in(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("a directory");
    let mut found: Vec<String> =
        entries.map(|it| it.expect("an entry").path().display().to_string()).collect();
    found.retain(|path| path.ends_with(".so"));
    found.sort();
    found
}

#[test]
fn the_manifest_of_every_official_plugin_and_example_is_taken_by_check() {
    if !has_program("cc") || !has_program("c++") || !has_program("make") {
        skip_or_fail!("no C or C++ compiler, or no make");
    }
    let mut all = [libraries_in(&plugins()), libraries_in(&libraries("examples"))].concat();
    for language in ["c", "cpp"] {
        let project = example(language);
        tool(&project, "make", &["all"]);
        all.extend(libraries_in(&project));
    }
    let go = example("go");
    need!(go_in(&go, &["build", "-buildmode=c-shared", "-o", "libacme_usage.so"]));
    all.extend(libraries_in(&go));
    let mut entries = String::new();
    for plugin in &all {
        let name = plugin.rsplit('/').next().unwrap_or(plugin);
        entries.push_str(&checked_manifest(plugin).replace(plugin.as_str(), name));
    }
    expect![[r#"
          version: 1
          collectors:
            - plugin: libfd_scan.so
          version: 1
          collectors:
            - plugin: libgo_pprof.so
              config:
                url: http://127.0.0.1:6060
          version: 1
          collectors:
            - plugin: libmeminfo.so
          version: 1
          collectors:
            - plugin: libprocess_memory.so
          version: 1
          collectors:
            - plugin: libprometheus_scrape.so
              config:
                url: http://127.0.0.1:9090/metrics
          version: 1
          collectors:
            - plugin: libslabinfo.so
          version: 1
          collectors:
            - plugin: libacme_queue.so
              config:
                address: 127.0.0.1:7070
          version: 1
          collectors:
            - plugin: libacme_usage.so
              config:
                path: /tmp
          version: 1
          collectors:
            - plugin: libacme_status.so
              config:
                file: /run/acme-status/numbers
          version: 1
          collectors:
            - plugin: libacme_usage.so
              config:
                path: /tmp
    "#]]
    .assert_eq(&entries);
}

#[test]
fn a_plugin_of_another_machine_is_described_listed_and_checked_without_being_run() {
    if cfg!(target_arch = "aarch64") {
        return; // there it is none of another machine
    }
    let library = need!(foreign_plugin());
    let dir = tempfile::tempdir().expect("a temporary directory");
    fs::create_dir(dir.path().join("plugins")).expect("create a directory");
    fs::copy(library, dir.path().join("plugins/libforeign.so")).expect("copy the library");
    let said = collector(dir.path(), &["plugin", "describe", "plugins/libforeign.so"]);
    let (head, _) = said.stdout.split_once("\n\nWrites").expect("its outputs");
    let varies = |line: &&str| !line.starts_with("  sha256") && !line.starts_with("  file");
    let head: Vec<&str> = head.lines().filter(varies).collect();
    expect![[r#"
        foreign 1.0.0: For another machine
          machine  aarch64
          contract ABI 1.0, order fetch
          here     refused: built for aarch64, this machine is x86_64; use the plugin's build for x86_64

        Reads: nothing, says its author

        Does to the target: nothing, says its author

        Needs: nothing, says its author"#]].assert_eq(&head.join("\n"));

    let said = collector(dir.path(), &["plugin", "list", "--directory", "plugins"]);
    let told = said.stdout.lines().filter(|line| line.contains("libforeign.so"));
    let told: Vec<String> =
        told.map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    expect![[r#"
        foreign 1.0.0 fetch For another machine plugins/libforeign.so (refused)
        refused: plugins/libforeign.so: built for aarch64, this machine is x86_64; use the plugin's build for x86_64"#]].assert_eq(&told.join("\n"));

    let said = collector(dir.path(), &["plugin", "check", "plugins/libforeign.so"]);
    let told = said.stdout.lines().filter(|line| !line.starts_with("ok    file"));
    expect![[r#"
        warn  machine       built for aarch64, this machine is x86_64; use the plugin's build for x86_64: it is not run here, so check it there too
        ok    description   foreign 1.0.0, ABI 1.0
        ok    entry         exports collector_plugin_entry_v1
        ok    symbols       exports its entry and nothing else
        ok    libraries     needs none
        ok    glibc         needs no version of it
        ok    stack         is not executable
        ok    schema        options: 0
        ok    examples      that fit the schema: 0
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        passed: all of 11 checks, warnings: 2"#]].assert_eq(&told.collect::<Vec<_>>().join("\n"));
    assert_eq!(said.exit, 0, "{said}");
}

#[test]
fn a_plugin_that_would_be_refused_is_described_with_the_reason() {
    let library = need!(c_plugin("execstack"));
    let said = collector("/".as_ref(), &["plugin", "describe", library.to_str().expect("UTF-8")]);
    let told = said.stdout.lines().find(|line| line.starts_with("  here "));
    expect!["  here     refused: asks for an executable stack, which glibc 2.41 and security modules refuse; link it with -z noexecstack"].assert_eq(told.unwrap_or_default());
    let library = need!(c_plugin("two-notes"));
    let library = library.to_str().expect("UTF-8");
    let said = collector("/".as_ref(), &["plugin", "describe", library]);
    assert_eq!((said.exit, said.stdout.as_str()), (3, ""), "{said}");
    assert!(said.stderr.contains("holds two descriptions"), "{said}");
}

#[test]
fn a_name_that_is_nowhere_leads_to_the_option_of_this_command() {
    let said = collector("/".as_ref(), &["plugin", "describe", "nowhere"]);
    assert_eq!(said.exit, 3, "{said}");
    assert!(said.stderr.starts_with("error: no libnowhere.so in "), "{said}");
    let advice = "; give its directory with --directory, or write the path of its library\n";
    assert!(said.stderr.ends_with(advice), "{said}");
}
