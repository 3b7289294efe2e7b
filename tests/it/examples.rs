//! The example plugins in captures: each collects something that grows, and the report says so. Each
//! passes every check, too.

use std::fs;
use std::io::{Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use expect_test::expect;
use plugin_api::testing::Server;
use serde_json::Value;

use crate::author::checks_and_runs;
use crate::support::{
    Captured, Missing, Scene, collector, example, go_in, has_program, libraries, tool,
};

/// Samples that are asked for. The trend needs twelve, and on a busy machine some are skipped.
const SCHEDULE: &str = "schedule: { every: 1s, samples: 16 }\ncollectors:\n";

/// Runs a capture of these collectors while `step` is called with 0, 1, 2 and so on, twenty times a
/// second. Calls that a busy machine missed are made up for, so what grows, grows steadily.
fn capture_while(
    collectors: &str,
    step: impl Fn(u64) + Sync,
) -> Result<(Scene, Captured), Missing> {
    const STEP: Duration = Duration::from_millis(50);
    let scene = Scene::new(&format!("{SCHEDULE}{collectors}"))?;
    let is_over = AtomicBool::new(false);
    let captured = thread::scope(|scope| {
        scope.spawn(|| {
            let (start, mut n_done) = (Instant::now(), 0);
            while !is_over.load(Ordering::Relaxed) {
                while u128::from(n_done) * STEP.as_millis() <= start.elapsed().as_millis() {
                    step(n_done);
                    n_done += 1;
                }
                thread::sleep(STEP);
            }
        });
        // Also when this panics, the thread must end, because the scope waits for it.
        let captured = panic::catch_unwind(AssertUnwindSafe(|| scene.capture(&[])));
        is_over.store(true, Ordering::Relaxed);
        captured.unwrap_or_else(|payload| panic::resume_unwind(payload))
    });
    Ok((scene, captured))
}

/// The values of a series in a collector's pages, sample by sample.
fn values(captured: &Captured, collector: &str, series: &str) -> Vec<f64> {
    let bundle = &captured.bundle;
    let is_ok = |at: &usize| bundle.row(*at, collector)["outcome"] == "ok";
    let pages = (0..bundle.samples.len()).filter(is_ok).map(|at| {
        let page = bundle.file(at, &format!("{collector}/metrics"));
        String::from_utf8(page).expect("a page is text")
    });
    let value = |page: String| {
        let line = page.lines().find_map(|it| it.strip_prefix(series)?.strip_prefix(' '));
        line.and_then(|it| it.parse().ok()).unwrap_or_else(|| panic!("no {series} in {page}"))
    };
    pages.map(value).collect()
}

/// The series that the report says grow, of all collectors of the capture in the scene.
fn growing(scene: &Scene) -> Vec<String> {
    let bundle = scene.output().pop().expect("a bundle");
    let said = collector(Path::new("."), &["report", "--json", bundle.to_str().expect("a path")]);
    assert_eq!(said.exit, 0, "{said}");
    let report: Value = serde_json::from_str(&said.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("findings").iter();
    let metrics = findings.filter(|it| it["id"] == "metric");
    let mut series: Vec<String> = metrics
        .map(|it| format!("{} {}", it["subject"]["command"], it["subject"]["class"]))
        .collect();
    series.sort();
    series
}

/// Adds a file of 64 KiB to the directory.
fn add_file(directory: &Path, at: u64) {
    fs::write(directory.join(format!("file-{at}")), [b'x'; 65536]).expect("write a file");
}

fn only_grows(values: &[f64]) -> bool {
    values.len() >= 12 && values.is_sorted() && values.first() < values.last()
}

#[test]
fn the_one_in_c_shows_that_a_directory_grows() {
    if !has_program("cc") || !has_program("make") {
        skip_or_fail!("no C compiler, or no make");
    }
    let project = example("c");
    tool(&project, "make", &["all", "test"]);
    let watched = tempfile::tempdir().expect("a temporary directory");
    let config = format!("path: {}\n", watched.path().display());
    checks_and_runs(&project, "./libacme_usage.so", &config);
    let collectors = format!(
        "  - {{ plugin: {}/libacme_usage.so, config: {{ path: {} }} }}\n",
        project.display(),
        watched.path().display()
    );
    let (scene, captured) = need!(capture_while(&collectors, |at| add_file(watched.path(), at)));
    let bytes = values(&captured, "acme-usage", "acme_usage_bytes");
    assert!(only_grows(&bytes), "{bytes:?}");
    expect![[r#"
        "acme-usage" "acme_usage_bytes"
        "acme-usage" "acme_usage_files""#]]
    .assert_eq(&growing(&scene).join("\n"));
}

#[test]
fn the_one_in_rust_shows_that_a_queue_grows() {
    let n_asked = AtomicU64::new(0);
    let server = Server::raw(move |connection| {
        connection.stream.read_exact(&mut [0; b"stats\r\n".len()])?;
        let jobs = 100 + 10 * n_asked.fetch_add(1, Ordering::Relaxed);
        write!(
            connection.stream,
            "STAT version 1.0\r\nSTAT jobs {jobs}\r\nSTAT workers 4\r\nEND\r\n"
        )
    });
    let collectors = format!(
        "  - {{ plugin: {}/libacme_queue.so, config: {{ address: '{}' }} }}\n",
        libraries("examples").display(),
        server.address()
    );
    let (scene, captured) = need!(capture_while(&collectors, |_| ()));
    let jobs = values(&captured, "acme-queue", "acme_queue_jobs");
    assert!(only_grows(&jobs), "{jobs:?}");
    let stats = captured.bundle.file(0, "acme-queue/stats");
    assert!(stats.starts_with(b"STAT version 1.0\r\nSTAT jobs 100\r\n"), "as the server sent it");
    expect![[r#""acme-queue" "acme_queue_jobs""#]].assert_eq(&growing(&scene).join("\n"));
    let dir = tempfile::tempdir().expect("a temporary directory");
    let library = libraries("examples").join("libacme_queue.so");
    let config = format!("address: '{}'\n", server.address());
    checks_and_runs(dir.path(), library.to_str().expect("a path that is UTF-8"), &config);
}

#[test]
fn the_one_in_cpp_turns_an_exception_into_a_row() {
    if !has_program("c++") || !has_program("make") {
        skip_or_fail!("no C++ compiler, or no make");
    }
    let project = example("cpp");
    tool(&project, "make", &["all", "test"]);
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (status, broken) = (dir.path().join("status"), dir.path().join("broken"));
    let write = |at: u64| {
        // By rename, so that no sample sees half of it.
        let new = dir.path().join("new");
        fs::write(&new, format!("sessions {}\nworkers 4\n", 100 + at)).expect("write a file");
        fs::rename(&new, &status).expect("rename a file");
    };
    write(0);
    fs::write(&broken, "sessions 3\nworkers many\n").expect("write a file");
    let config = format!("file: {}\n", status.display());
    checks_and_runs(&project, "./libacme_status.so", &config);
    let collectors = format!(
        "  - {{ plugin: {0}/libacme_status.so, config: {{ file: {1} }} }}
  - {{ plugin: {0}/libacme_status.so, name: broken, config: {{ file: {2} }} }}\n",
        project.display(),
        status.display(),
        broken.display()
    );
    let (scene, captured) = need!(capture_while(&collectors, write));
    let sessions = values(&captured, "acme-status", "acme_status_sessions");
    assert!(only_grows(&sessions), "{sessions:?}");
    let row = captured.bundle.row(0, "broken");
    let reason = format!("{}:2: \"workers many\" is not a name and a number", broken.display());
    assert_eq!((&row["outcome"], &row["reason"]), (&"failed".into(), &reason.into()), "{row:#}");
    assert_eq!(captured.bundle.file(0, "broken/status"), b"sessions 3\nworkers many\n");
    expect![[r#""acme-status" "acme_status_sessions""#]].assert_eq(&growing(&scene).join("\n"));
}

#[test]
fn two_of_the_one_in_go_run_beside_each_other() {
    if !has_program("cc") {
        skip_or_fail!("no C compiler");
    }
    let project = example("go");
    need!(go_in(&project, &["build", "-buildmode=c-shared", "-o", "libacme_usage.so"]));
    let (one, two) = (tempfile::tempdir(), tempfile::tempdir());
    let (one, two) = (one.expect("a directory"), two.expect("a directory"));
    add_file(two.path(), 0);
    let config = format!("path: {}\n", two.path().display());
    checks_and_runs(&project, "./libacme_usage.so", &config);
    let collectors = format!(
        "  - {{ plugin: {0}/libacme_usage.so, name: grows, config: {{ path: {1} }} }}
  - {{ plugin: {0}/libacme_usage.so, name: stays, config: {{ path: {2} }} }}\n",
        project.display(),
        one.path().display(),
        two.path().display()
    );
    let (scene, captured) = need!(capture_while(&collectors, |at| add_file(one.path(), at)));
    let files = values(&captured, "grows", "acme_usage_files");
    assert!(only_grows(&files), "{files:?}");
    let files = values(&captured, "stays", "acme_usage_files");
    assert!(files.iter().all(|it| *it == 1.0), "{files:?}");
    expect![[r#"
        "grows" "acme_usage_bytes"
        "grows" "acme_usage_files""#]]
    .assert_eq(&growing(&scene).join("\n"));
}
