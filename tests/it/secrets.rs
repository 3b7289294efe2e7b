//! Secrets stay where they are: a plugin that repeats its whole configuration, and URLs on the
//! command line, leave none of them in the bundle or on the terminal.

use crate::support::{LIMIT, Scene, run};

/// Planted in the manifest, in a variable and on the command line; each in a way of its own.
const PLANTED: &[&str] = &[
    "planted-variable",
    "planted-passphrase",
    "planted-query",
    "planted-user",
    "planted-password",
    "planted-write-only",
    "planted-header",
];

#[test]
fn secrets_are_nowhere() {
    let scene = need!(Scene::new(
        "\
collectors:
  - plugin: '[tells.c]'
    config:
      url: http://127.0.0.1:1/${DOOR}/metrics?a=1&token=planted-query
      db_pass: planted-passphrase
      door: planted-write-only-${DOOR}
      headers: ['Private-Token: planted-header']
      host: db1.example
"
    ));
    // Nobody listens at port 1, so this one tells its URL in an error.
    let url = "http://planted-user:planted-password@127.0.0.1:1/metrics?api_key=planted-query";
    let mut command = scene.command(&["--metrics", url]);
    command.env("DOOR", "planted-variable");
    let captured = scene.captured(run(command, LIMIT));
    let row = captured.bundle.row(0, "tells");
    assert_eq!(row["outcome"], "failed", "{row:#}");
    // The worker has the first line of the log.
    let log = row["log"].as_array().and_then(|lines| lines.last()).expect("a line");
    for told in [&row["reason"], &row["problems"][0]["message"], &log["message"]] {
        let told = told.as_str().expect("a text");
        assert!(told.contains(r#""host":"db1.example""#), "the rest is there: {told}");
        assert!(told.contains("127.0.0.1:1/***/metrics?a=1&token=***"), "{told}");
    }
    let stderr = row["stderr"].as_str().expect("what it printed");
    assert!(stderr.contains("db1.example"), "{stderr}");

    let texts = captured.texts();
    assert!(texts.len() > 5, "there are files to look into");
    for (name, text) in texts {
        // The plain value of a `writeOnly` property is in the copy of the manifest: only the plan
        // knows the plugin's schema.
        let is_written = |it: &str| name == "manifest.yaml" && it == "planted-write-only";
        for secret in PLANTED.iter().filter(|it| !is_written(it)) {
            assert!(!text.contains(secret), "{secret} is in {name}:\n{text}");
        }
    }
}
