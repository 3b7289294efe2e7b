//! Shows each check a text that breaks its law, and the nearest one that does not.

use expect_test::{Expect, expect};

use super::{Complaint, dependencies, flow, habits, named};

fn shown(complaints: &[Complaint]) -> String {
    complaints.iter().map(|it| format!("{it}\n")).collect()
}

fn flow(inner: &str, text: &str, expected: &Expect) {
    expected.assert_eq(&shown(&flow::check(inner, inner, text)));
}

#[test]
fn the_reading_half_never_names_the_collecting_half() {
    flow(
        "bundle/reader/entry.rs",
        "\
//! A header that may speak of crate::run.
use crate::units::Bytes;
use crate::bundle::{index::Index, layout::{EntryName, self}, writer::Writer};
use super::super::run;
fn f() { crate::manifest::load::<u8>(\"crate::plan\"); /* crate::plan */ }
use {std::fmt, crate::plan::Plan as P};
use libloading::Library;
",
        &expect![[r#"
            bundle/reader/entry.rs:3: `bundle::reader` may not name `crate::bundle::writer::Writer`
            bundle/reader/entry.rs:4: `bundle::reader` may not name `crate::bundle::run`
            bundle/reader/entry.rs:5: `bundle::reader` may not name `crate::manifest::load`
            bundle/reader/entry.rs:6: `bundle::reader` may not name `crate::plan::Plan`
            bundle/reader/entry.rs:7: the reading half may not name `libloading`
        "#]],
    );
}

#[test]
fn nothing_names_the_command_line_and_no_arrow_points_back() {
    for (inner, text) in [
        ("report.rs", "use crate::cli::Exit;"),
        ("report/json.rs", "use crate::bundle::index::Index;"),
        ("analysis.rs", "use crate::bundle::Reader;"),
        ("analysis/trend.rs", "use crate::{units, report};"),
        ("analysis/samples.rs", "use crate::bundle::testing::small_bundle;"),
        ("analysis/samples/tests.rs", "use crate::bundle::writer::BundleWriter;"),
        ("units.rs", "use crate::manifest::Manifest;"),
        ("manifest.rs", "use crate::plan;"),
        ("plan/locate.rs", "use super::super::run::library;"),
        ("run.rs", "pub(in crate::bundle) fn f() {}"),
        ("bundle/layout.rs", "use super::reader;"),
        ("bundle/writer.rs", "mod tests { use super::super::super::cli; }"),
        ("newcomer.rs", ""),
    ] {
        assert_eq!(flow::check(inner, inner, text).len(), 1, "{inner}: {text}");
    }
}

#[test]
fn what_points_forward_is_fine() {
    for (inner, text) in [
        ("lib.rs", "pub mod cli; use crate::cli::main;"),
        (
            "report/text.rs",
            "use crate::{analysis::Finding, units::{Bytes, Outcome}}; use super::Page;",
        ),
        (
            "analysis/trend.rs",
            "use crate::bundle::reader::Sample; use super::series::{self, Series};",
        ),
        ("plan.rs", "mod locate; use self::locate::find; use crate::manifest::*;"),
        (
            "plan/locate.rs",
            "pub(crate) struct A; mod inner { use super::super::Plan; use crate::units; }",
        ),
        ("bundle/writer.rs", "use super::{layout::EntryName, reader}; use crate::run::Sample;"),
        ("bundle/reader/tests.rs", "use crate::bundle::writer::Writer; use super::*;"),
        ("bundle/reader/tests/cut.rs", "use crate::bundle::testing::bundle;"),
        ("analysis/samples/tests.rs", "use crate::bundle::testing::small_bundle;"),
        (
            "cli/run.rs",
            "use crate::{run, bundle::writer, report}; let c = '\"'; let l: &'a str = r#\"\"crate::x\"#;",
        ),
    ] {
        assert_eq!(flow::check(inner, inner, text), [], "{inner}: {text}");
    }
}

fn habits(path: &str, text: &str, expected: &Expect) {
    expected.assert_eq(&shown(&habits::check(path, text)));
}

#[test]
fn habits_are_kept() {
    habits(
        "plugins/x/src/lib.rs",
        "//! Says unsafe, and #[allow(x)].\nfn f() { \"todo!\" }\n",
        &expect![""],
    );
    habits(
        "plugins/x/src/mod.rs",
        "// A plain comment.\n#![allow(dead_code)]\nfn f() { todo!(); unimplemented! {} }\nunsafe fn g() {}\n",
        &expect![[r#"
            plugins/x/src/mod.rs:1: the file does not start with `//!`: what it is for, what it is not
            plugins/x/src/mod.rs:1: `mod.rs`: name the file after the module, beside its directory
            plugins/x/src/mod.rs:4: `unsafe` outside the listed files
            plugins/x/src/mod.rs:2: `allow`: use `#[expect(…, reason = "…")]`
            plugins/x/src/mod.rs:3: `todo!`: nothing unfinished is kept
            plugins/x/src/mod.rs:3: `unimplemented!`: nothing unfinished is kept
        "#]],
    );
    let long = format!("//! Long.\n{}", "\n".repeat(350));
    habits(
        "a.rs",
        &long,
        &expect![[r#"
        a.rs:351: 351 lines, at most 350: this is two ideas
    "#]],
    );
    habits("plugin-api/src/abi.rs", "//! x\nunsafe fn g() {}\n", &expect![""]);
}

#[test]
fn a_plugin_names_no_other_package_of_ours() {
    let manifest = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let complaints = dependencies::check(&[
        manifest("collector-core/Cargo.toml", "[package]\nname = \"collector-core\"\n"),
        manifest("plugin-api/Cargo.toml", "[package]\nname = \"plugin-api\"\n"),
        manifest(
            "plugins/a/Cargo.toml",
            "\
[package]
name = \"a\"
[dependencies]
plugin-api.workspace = true
serde.workspace = true
collector-core = { path = \"../../collector-core\" }
core = { package = \"collector-core\", path = \"../..\" }
# a = \"1\"
[target.'cfg(unix)'.dev-dependencies]
a = { path = \".\" }
[dependencies.collector-core]
workspace = true
",
        ),
    ]);
    expect![[r#"
        plugins/a/Cargo.toml:6: a plugin may not depend on `collector-core`, only on `plugin-api`
        plugins/a/Cargo.toml:7: a plugin may not depend on `collector-core`, only on `plugin-api`
        plugins/a/Cargo.toml:10: a plugin may not depend on `a`, only on `plugin-api`
        plugins/a/Cargo.toml:11: a plugin may not depend on `collector-core`, only on `plugin-api`
    "#]]
    .assert_eq(&shown(&complaints));
}

#[test]
fn a_test_that_a_document_names_must_be_there() {
    let sources = [("a.rs".to_owned(), "#[test]\nfn it_holds() {}\nfn helper() {}\n".to_owned())];
    let text = "| fault | `x` | test |\n| a | b `y` | `it_holds`, `helper` |\n| a | b | |\n";
    expect![[r#"
        d.md:2: names the test helper, which is in no source
    "#]]
    .assert_eq(&shown(&named::check("d.md", text, &sources)));
}
