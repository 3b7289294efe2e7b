//! Servers that disappoint: each costs its own row and nothing else, and the row says what it was
//! and what to do.
//!
//! Every fault meets both plugins that fetch, with credentials: `go-pprof` with a bearer token,
//! `prometheus-scrape` with a password. They run between two collectors whose server is well, and
//! those must be complete. Nothing secret may be in the bundle or on the terminal. Each sentence
//! in all its variants is a test of `plugin-api`; here is what a customer gets.

mod answers;
mod certificates;
mod nobody;
mod redirects;
pub(crate) mod servers;
mod waits;

use std::fs;
use std::path::Path;
use std::process::Command;

use plugin_api::testing::Server;

use crate::support::{Captured, LIMIT, Missing, Scene, run};

use servers::{page, profile, well};

/// In the token's file, in the manifest, and what is sent of the password.
const SECRETS: &[&str] = &["planted-token", "planted-password", BASIC];
/// `scraper:planted-password` in base64.
const BASIC: &str = "c2NyYXBlcjpwbGFudGVkLXBhc3N3b3Jk";

/// Faults, each in a collector of either plugin, between two good collectors.
struct Faults {
    good: Server,
    files: tempfile::TempDir,
    names: Vec<&'static str>,
    collectors: String,
}

impl Faults {
    /// None yet.
    fn new() -> Self {
        let files = tempfile::tempdir().expect("a temporary directory");
        fs::write(files.path().join("token"), "planted-token\n").expect("write the token");
        Faults { good: well(), files, names: Vec::new(), collectors: String::new() }
    }

    /// Where the files are that configurations name.
    fn files(&self) -> &Path {
        self.files.path()
    }

    /// Adds the fault that `address` has: scheme, host, port, and a path without its end.
    fn add(&mut self, name: &'static str, address: &str) {
        self.add_with(name, address, "");
    }

    /// As [`add`](Faults::add), with more `keys` of the configuration, such as `tls: { … }`.
    fn add_with(&mut self, name: &'static str, address: &str, keys: &str) {
        let token = self.files().join("token");
        self.names.push(name);
        self.collectors.push_str(&format!(
            "  - plugin: go-pprof
    name: {name}-pprof
    config: {{ url: '{address}', profiles: [heap], bearer_token_file: {}, {keys} }}
  - plugin: prometheus-scrape
    name: {name}-metrics
    config:
      url: '{address}/metrics'
      basic_auth: {{ username: scraper, password: planted-password }}
      {keys}
",
            token.display()
        ));
    }

    /// The rows of each fault, after one sample with this `timeout`. What must hold whatever the
    /// fault is checked.
    fn rows(&self, timeout: &str) -> Result<String, Missing> {
        self.rows_of(timeout, Ok)
    }

    /// As [`rows`](Faults::rows), with the command that runs the program changed by `change`.
    fn rows_of(
        &self,
        timeout: &str,
        change: impl FnOnce(Command) -> Result<Command, Missing>,
    ) -> Result<String, Missing> {
        let scene = Scene::new(&format!(
            "\
limits: {{ timeout: {timeout} }}
collectors:
  - plugin: prometheus-scrape
    name: before
    limits: {{ timeout: 60s }}
    config: {{ url: 'http://{good}' }}
{}  - plugin: go-pprof
    name: after
    limits: {{ timeout: 60s }}
    config: {{ url: 'http://{good}', profiles: [heap] }}
",
            self.collectors,
            good = self.good.address()
        ))?;
        let captured = scene.captured(run(change(scene.command(&[]))?, LIMIT));
        assert_eq!(captured.said.exit, 4, "a bundle, and not all of it: {}", captured.said);
        check_good_ones(&captured);
        for (place, text) in captured.texts() {
            for secret in SECRETS {
                assert!(!text.contains(secret), "{secret} is in {place}:\n{text}");
            }
        }
        let collectors = self
            .names
            .iter()
            .flat_map(|name| ["pprof", "metrics"].map(|kind| format!("{name}-{kind}")));
        let table: String =
            collectors.map(|name| format!("{name}: {}", brief(&captured.rows(&name)))).collect();
        Ok(table.replace(&self.files().display().to_string(), "[FILES]"))
    }
}

/// The rows of one sample, without a reason that is the only problem's message.
fn brief(rows: &str) -> String {
    let rows = rows.strip_prefix("1 x ").expect("one sample");
    let message = |line: &str| line.split_once(": ").map(|(_, message)| message.to_owned());
    match rows.lines().collect::<Vec<_>>()[..] {
        [outcome, reason, problem] if message(reason) == message(problem) => {
            format!("{outcome}\n{problem}\n")
        }
        _ => rows.to_owned(),
    }
}

fn check_good_ones(captured: &Captured) {
    for (name, file, content) in
        [("before", "metrics.txt", page()), ("after", "heap.pb.gz", profile())]
    {
        let row = captured.bundle.row(0, name);
        assert_eq!(row["outcome"], "ok", "{row:#}");
        assert!(captured.bundle.file(0, &format!("{name}/{file}")) == content, "{name} is whole");
    }
}
