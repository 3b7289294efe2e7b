//! A vendor's plugin that takes a capability: who has it, who lacks it, and what is told.

use std::fs;

use expect_test::expect;

use crate::support::{Scene, c_plugin, check_bundle, installed, run_as_user};

#[test]
fn root_keeps_what_a_plugin_names_and_nothing_else() {
    if !rustix::process::geteuid().is_root() {
        skip_or_fail!("not root");
    }
    let scene = need!(Scene::new(
        "\
collectors:
  - { plugin: '[raw-socket.c]', name: named }
  - { plugin: '[raw-socket-unnamed.c]', name: unnamed }
  - { plugin: '[raw-socket-of-tomorrow.c]', name: tomorrow }
"
    ));
    let captured = scene.capture(&[]);
    let rows = ["named", "unnamed", "tomorrow"].map(|it| format!("{it}: {}", captured.rows(it)));
    expect![[r#"
        named: 1 x ok [socket, 6 bytes]
        unnamed: 1 x denied
          reason: a raw socket: Operation not permitted; run as root, or grant CAP_NET_RAW, to add it
          denied: a raw socket: Operation not permitted; run as root, or grant CAP_NET_RAW, to add it
        tomorrow: 1 x ok [socket, 6 bytes]
    "#]].assert_eq(&rows.concat());
    let told: Vec<&str> =
        captured.said.stderr.lines().filter(|it| it.contains(": needs ")).collect();
    expect!["tomorrow: needs CAP_OF_TOMORROW, a capability that this collector does not know, so the plugin runs without it; take a newer collector, or ask the plugin's author"].assert_eq(&told.join("\n"));
}

#[test]
fn an_ordinary_user_is_told_which_capability_is_missing() {
    let dir = installed();
    fs::copy(need!(c_plugin("raw-socket")), dir.path().join("libraw.so")).expect("copy a library");
    let manifest = "version: 1\noutput: { min_free: 0 }\ncollectors:\n  - plugin: ./libraw.so\n  - plugin: meminfo\n";
    fs::write(dir.path().join("m.yaml"), manifest).expect("write the manifest");
    let said = need!(run_as_user(dir.path(), &["../m.yaml"]));
    let told: Vec<&str> = said.stderr.lines().filter(|it| it.trim().starts_with("raw: ")).collect();
    expect![[r#"
        raw: needs CAP_NET_RAW to read all of it; run with sudo to add the rest
          raw: denied: a raw socket: Operation not permitted; run as root, or grant CAP_NET_RAW, to add it"#]].assert_eq(&told.join("\n"));
    let bundle = check_bundle(&dir.path().join("out").join(said.stdout.trim_end()));
    assert_eq!(bundle.row(0, "raw")["outcome"], "denied");
}
