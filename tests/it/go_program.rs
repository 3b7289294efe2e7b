//! The founding case, collected from end to end: a Go program that leaks, its profiles, its metrics
//! and its descriptors, in one bundle, byte for byte.

use std::process::Command;

use crate::support::{Captured, LIMIT, Missing, Scene, go_server, go_tool, run};

/// The captures of these tests: two samples.
const SCHEDULE: &str = "schedule: { every: 5s, samples: 2 }\n";

/// A capture of `server` with the collectors `rest`, beside two that need no server.
fn capture(rest: &str) -> Result<Captured, Missing> {
    let manifest = format!(
        "{SCHEDULE}collectors:\n  - plugin: meminfo\n{rest}  - {{ plugin: '[good.c]', name: good }}\n"
    );
    let captured = Scene::new(&manifest)?.capture(&[]);
    for name in ["meminfo", "good"] {
        assert_eq!(captured.bundle.outcomes(name), ["ok"; 2], "{}", captured.said);
    }
    Ok(captured)
}

/// What `go tool pprof -top` says of a stored profile.
fn top(profile: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), profile).expect("write the profile");
    let mut pprof: Command = go_tool(&["pprof", "-top", "-cum"]).expect("go has built the server");
    pprof.arg(file.path());
    let said = run(pprof, LIMIT);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    said.stdout
}

#[test]
fn what_the_program_sent_is_what_the_bundle_has() {
    let server = need!(go_server(&["-leak", "heap,goroutine", "-bytes", "1048576"]));
    server.grow(24);
    let url = &server.url;
    let captured = need!(capture(&format!(
        "  - {{ plugin: go-pprof, config: {{ url: '{url}', gc: true }} }}
  - {{ plugin: prometheus-scrape, config: {{ url: '{url}/metrics' }} }}
"
    )));
    assert_eq!(captured.said.exit, 0, "{}", captured.said);
    let stored =
        |name: &str| -> Vec<Vec<u8>> { (0..2).map(|at| captured.bundle.file(at, name)).collect() };
    let heaps = stored("go-pprof/heap.pb.gz");
    assert_eq!(heaps, server.recorded("/debug/pprof/heap"));
    let goroutines = stored("go-pprof/goroutine.pb.gz");
    assert_eq!(goroutines, server.recorded("/debug/pprof/goroutine"));
    let pages = stored("prometheus-scrape/metrics.txt");
    assert_eq!(pages, server.recorded("/metrics"));

    let heap = top(&heaps[1]);
    assert!(heap.contains("Type: inuse_space") && heap.contains("main.growHeap"), "{heap}");
    let goroutine = top(&goroutines[0]);
    assert!(goroutine.contains("main.leakGoroutine"), "{goroutine}");
    assert!(pages[0].ends_with(b"# EOF\n"), "OpenMetrics was asked for");
    let file = &captured.bundle.row(0, "prometheus-scrape")["files"][0];
    assert!(
        file["media_type"]
            .as_str()
            .is_some_and(|it| it.starts_with("application/openmetrics-text")),
        "{file:#}"
    );
}

#[test]
fn deleted_files_that_the_program_holds_are_in_the_list() {
    let server = need!(go_server(&["-leak", "descriptor", "-file-bytes", "8192"]));
    server.grow(25);
    let pid = server.pid();
    let captured =
        need!(capture(&format!("  - {{ plugin: fd-scan, config: {{ processes: [{pid}] }} }}\n")));
    assert_eq!(captured.said.exit, 0, "{}", captured.said);
    let list = String::from_utf8(captured.bundle.file(1, "fd-scan/fds.tsv")).expect("a text");
    let deleted = ".dolt/stats/.dolt/noms/LOCK (deleted)";
    let rows: Vec<&str> = list.lines().filter(|line| line.contains(deleted)).collect();
    assert_eq!(rows.len(), 25, "{list}");
    for row in rows {
        assert!(row.starts_with(&format!("{pid}\t")) && row.contains("\t8192\t"), "{row}");
    }
}

/// One server that nobody listens on, one that answers with a page, one that never answers.
#[test]
fn a_server_that_is_not_there_or_says_nonsense_is_a_row() {
    let server = need!(go_server(&[]));
    let (url, closed) = (&server.url, closed_port());
    let captured = need!(capture(&format!(
        "  - {{ plugin: go-pprof, name: pprof-closed, config: {{ url: 'http://{closed}' }} }}
  - {{ plugin: prometheus-scrape, name: metrics-closed, config: {{ url: 'http://{closed}/metrics' }} }}
  - {{ plugin: go-pprof, name: pprof-html, config: {{ url: '{url}/html/debug/pprof', profiles: [heap] }} }}
  - {{ plugin: prometheus-scrape, name: metrics-html, config: {{ url: '{url}/html' }} }}
  - {{ plugin: prometheus-scrape, name: metrics-503, config: {{ url: '{url}/status/503' }} }}
"
    )));
    assert_eq!(captured.said.exit, 4, "{}", captured.said);
    let names = ["pprof-closed", "metrics-closed", "pprof-html", "metrics-html", "metrics-503"];
    let rows: String =
        names.iter().map(|name| format!("{name}: {}", captured.rows(name))).collect();
    let rows = rows.replace(url.as_str(), "[SERVER]").replace(&closed, "[CLOSED]");
    expect_test::expect![[r#"
        pprof-closed: 2 x unavailable
          reason: http://[CLOSED]/debug/pprof/heap: connection refused; a Go program offers profiles once it has import _ "net/http/pprof" and go http.ListenAndServe("127.0.0.1:6060", nil); check that the port in `url` is that one
          unavailable: http://[CLOSED]/debug/pprof/heap: connection refused; a Go program offers profiles once it has import _ "net/http/pprof" and go http.ListenAndServe("127.0.0.1:6060", nil); check that the port in `url` is that one
          unavailable: goroutine: not asked for after that
        metrics-closed: 2 x unavailable
          reason: http://[CLOSED]/metrics: connection refused; check that the server runs and that the port in `url` is its own
          unavailable: http://[CLOSED]/metrics: connection refused; check that the server runs and that the port in `url` is its own
        pprof-html: 2 x failed
          reason: [SERVER]/html/debug/pprof/heap: the answer is not a profile; it begins with "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n"; check that `url` is the program itself and not a proxy or a login page before it
          failed: [SERVER]/html/debug/pprof/heap: the answer is not a profile; it begins with "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n"; check that `url` is the program itself and not a proxy or a login page before it
        metrics-html: 2 x failed
          reason: [SERVER]/html: the answer is not metrics: it has text/html; charset=utf-8 and begins with "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n"; check the path of `url`, which is /metrics for most servers
          failed: [SERVER]/html: the answer is not metrics: it has text/html; charset=utf-8 and begins with "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n"; check the path of `url`, which is /metrics for most servers
        metrics-503: 2 x failed
          reason: [SERVER]/status/503: answered 503 Service Unavailable: "this is a 503 on request\n"; see the log of the server, or of the proxy before it
          failed: [SERVER]/status/503: answered 503 Service Unavailable: "this is a 503 on request\n"; see the log of the server, or of the proxy before it
    "#]].assert_eq(&rows);
}

/// A plugin waits for a tenth less than the time it has, so it ends by itself and says why before
/// the core ends it: 400 ms before here, and 600 ms after the last drop, also on a busy machine.
#[test]
fn a_server_that_never_answers_ends_with_the_time_it_has() {
    let server = need!(go_server(&[]));
    let url = &server.url;
    let captured = need!(capture(&format!(
        "  - {{ plugin: go-pprof, name: pprof, limits: {{ timeout: 4s }}, config: {{ url: '{url}/never/debug/pprof' }} }}
  - {{ plugin: prometheus-scrape, name: metrics, limits: {{ timeout: 4s }}, config: {{ url: '{url}/drip' }} }}
"
    )));
    assert_eq!(captured.said.exit, 4, "{}", captured.said);
    let rows: String =
        ["pprof", "metrics"].map(|name| format!("{name}: {}", captured.rows(name))).concat();
    expect_test::expect![[r#"
        pprof: 2 x unavailable
          reason: [SERVER]/never/debug/pprof/heap: no answer within 3.6s; the server may be overloaded; if it is only slow, raise `timeout` of this collector
          unavailable: [SERVER]/never/debug/pprof/heap: no answer within 3.6s; the server may be overloaded; if it is only slow, raise `timeout` of this collector
          unavailable: goroutine: not asked for after that
        metrics: 2 x partial [metrics.txt, 4 bytes, cut]
          reason: [SERVER]/drip: the answer did not end within 3.6s, stopped after 4 bytes; the server may be overloaded; if it is only slow, raise `timeout` of this collector
          partial: [SERVER]/drip: the answer did not end within 3.6s, stopped after 4 bytes; the server may be overloaded; if it is only slow, raise `timeout` of this collector
    "#]].assert_eq(&rows.replace(url.as_str(), "[SERVER]"));
}

/// The address of a port of loopback where nobody listens.
fn closed_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").to_string()
}
