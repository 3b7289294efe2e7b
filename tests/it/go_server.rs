//! The Go server that other tests rely on: it leaks what it says, and records what it sends.

use std::fs;
use std::time::Duration;

use crate::support::{GoServer, go_server, go_tool, run};

/// What `go tool pprof -top -cum` says of a profile that the server sends.
fn top(server: &GoServer, path: &str) -> String {
    let answer = server.ask(path, &[]);
    assert_eq!(answer.status, 200);
    let (path, _) = path.split_once('?').unwrap_or((path, ""));
    assert_eq!(server.recorded(path), [answer.body.as_slice()], "the record is what was sent");
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(file.path(), &answer.body).expect("write the profile");
    let mut pprof = go_tool(&["pprof", "-top", "-cum"]).expect("go has built the server");
    pprof.arg(file.path());
    let said = run(pprof, Duration::from_secs(120));
    assert_eq!(said.exit, 0, "{}", said.stderr);
    said.stdout
}

/// The value of the line that starts with `name` and a space.
fn value(page: &[u8], name: &str) -> f64 {
    let page = String::from_utf8_lossy(page).into_owned();
    let line = page.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|it| it.parse().ok()).unwrap_or_else(|| panic!("no {name} in\n{page}"))
}

#[test]
fn its_heap_leak_has_a_name_in_the_profile() {
    let server = need!(go_server(&["-leak", "heap", "-bytes", "1048576"]));
    server.grow(32);
    let top = top(&server, "/debug/pprof/heap?gc=1");
    assert!(top.contains("Type: inuse_space") && top.contains("main.growHeap"), "{top}");
}

#[test]
fn its_goroutine_leak_has_a_name_in_the_profile() {
    let server = need!(go_server(&["-leak", "goroutine"]));
    server.grow(40);
    let top = top(&server, "/debug/pprof/goroutine");
    let line = top.lines().find(|it| it.ends_with("main.leakGoroutine")).expect(&top);
    // flat, flat%, sum%, cum, cum%, name
    assert_eq!(line.split_whitespace().nth(3), Some("40"), "{top}");
}

#[test]
fn its_descriptor_leak_is_seen_from_outside() {
    let server = need!(go_server(&["-leak", "descriptor", "-file-bytes", "8192"]));
    server.grow(25);
    let lock = server.database.join(".dolt/stats/.dolt/noms/LOCK");
    assert!(!lock.exists());
    let deleted = format!("{} (deleted)", lock.canonicalize().unwrap_or(lock).display());
    let links: Vec<_> = fs::read_dir(format!("/proc/{}/fd", server.pid()))
        .expect("the descriptors of a child of ours")
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .filter(|link| link.to_str() == Some(&deleted))
        .collect();
    assert_eq!(links.len(), 25);
}

#[test]
fn its_metrics_tell_the_leak_in_both_formats() {
    let server = need!(go_server(&["-leak", "heap,goroutine", "-bytes", "1048576"]));
    let before = server.ask("/metrics", &[]);
    server.grow(20);
    let after = server.ask("/metrics", &["Accept: application/openmetrics-text;version=1.0.0"]);
    assert!(before.head.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8"));
    assert!(after.head.contains("Content-Type: application/openmetrics-text; version=1.0.0"));
    assert!(after.body.ends_with(b"# EOF\n"));
    assert_eq!(server.recorded("/metrics"), [before.body.as_slice(), after.body.as_slice()]);
    let both = |name: &str| (value(&before.body, name), value(&after.body, name));
    // Not the difference: the collector of Go may free something else in between.
    let (first, last) = both("go_memstats_heap_inuse_bytes");
    assert!(first < 20.0 * 1_048_576.0 && last >= 20.0 * 1_048_576.0, "{first} {last}");
    let (first, last) = both("go_goroutines");
    assert!(first < 20.0 && last >= 20.0, "{first} {last}");
    let (first, last) = both("process_start_time_seconds");
    assert_eq!(first, last);
}

#[test]
fn it_guards_what_it_is_told_to_guard() {
    let server = need!(go_server(&[]));
    let status = |path: &str, headers: &[&str]| server.ask(path, headers).status;
    let basic = "Authorization: Basic Y29sbGVjdG9yOmNvcnJlY3QgaG9yc2U="; // collector:correct horse
    let bearer = "Authorization: Bearer s3cret-token";
    assert_eq!(status("/auth/basic", &[]), 401);
    assert_eq!(status("/auth/basic", &[bearer]), 401);
    assert_eq!(status("/auth/basic", &[basic]), 200);
    assert_eq!(status("/auth/bearer/debug/pprof/heap", &[basic]), 401);
    assert_eq!(status("/auth/bearer/debug/pprof/heap", &[bearer]), 200);
    assert_eq!(server.recorded("/metrics").len(), 1, "only what was let in");
    assert_eq!(server.recorded("/debug/pprof/heap").len(), 1);
}

#[test]
fn it_misbehaves_as_told() {
    let server = need!(go_server(&[]));
    let page = server.ask("/html/debug/pprof/heap", &[]);
    assert_eq!((page.status, &page.body[..15]), (200, &b"<!DOCTYPE html>"[..]));
    assert_eq!(server.ask("/status/503/metrics", &[]).status, 503);
    assert!(server.ask("/redirect-loop", &[]).head.contains("Location: /redirect-loop"));
    let elsewhere = server.ask("/redirect-to?url=http://127.0.0.2:1/x", &[]);
    assert!(elsewhere.head.contains("Location: http://127.0.0.2:1/x"), "{}", elsewhere.head);
    let half = server.ask("/truncated", &[]).body;
    assert_eq!(half[..2], [0x1f, 0x8b], "it starts as gzip does");
    let echo = server.ask("/echo-headers", &["X-Odd: 1"]);
    assert_eq!(String::from_utf8_lossy(&echo.body), "GET /echo-headers\nX-Odd: 1\n");
    assert!(server.recorded("/html/debug/pprof/heap").is_empty());
}

#[test]
fn it_does_not_outlive_its_test() {
    let server = need!(go_server(&["-for", "1h"]));
    assert_eq!(server.abandon(), Some(0));
}
