//! The plugin against a server of the test that answers as it is told.

use std::io::Write;
use std::time::Duration;

use expect_test::{Expect, expect};
use plugin_api::testing::{Recorded, Server, collect, collect_within};

use super::GoPprof;
use crate::check::tests::gzip;

const HEAP: &[u8] = b"\x0a\x04\x08\x01\x10\x02\x32\x00\x32\x04heap";

/// A Go program that has these pages and answers 404 to the rest.
fn program(pages: &'static [(&'static str, Vec<u8>)]) -> Server {
    Server::start(move |head, connection| {
        let path = head.split([' ', '?']).nth(1).unwrap_or_default();
        match pages.iter().find(|(name, _)| *name == path) {
            Some((_, body)) => {
                write!(
                    connection.stream,
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                )?;
                connection.stream.write_all(body)
            }
            None => write!(
                connection.stream,
                "HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\nUnknown profile"
            ),
        }
    })
}

/// What is recorded of a program whose every page is `body`.
fn all_pages(body: Vec<u8>, keys: &str) -> (Server, Recorded) {
    let server = Server::start(move |_, connection| {
        write!(connection.stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len())?;
        connection.stream.write_all(&body)
    });
    let recorded =
        collect::<GoPprof>(&format!(r#"{{"url": "http://{}"{keys}}}"#, server.address()));
    (server, recorded)
}

/// The record without the bytes of profiles, and what was asked for.
fn outline(server: &Server, recorded: &Recorded) -> String {
    let mut outline = Recorded { artifacts: Vec::new(), ..recorded.clone() }.to_string();
    for artifact in &recorded.artifacts {
        let end = if artifact.end == Some(0) { "" } else { ", cut" };
        outline.push_str(&format!(
            "== {} ({}, {} bytes{end})\n",
            artifact.name,
            artifact.media_type,
            artifact.content.len()
        ));
    }
    for request in server.requests() {
        outline.push_str(&format!("{}\n", request.lines().next().unwrap_or_default()));
    }
    server.redact(&outline)
}

fn check(body: Vec<u8>, keys: &str, expect: Expect) {
    let (server, recorded) = all_pages(body, keys);
    expect.assert_eq(&outline(&server, &recorded));
}

#[test]
fn profiles_are_stored_byte_for_byte_heap_first() {
    let (server, recorded) =
        all_pages(gzip(HEAP), r#", "profiles": ["goroutine", "mutex", "heap"]"#);
    expect![[r#"
        status: ok
        == heap.pb.gz (application/x-pprof, 34 bytes)
        == goroutine.pb.gz (application/x-pprof, 34 bytes)
        == mutex.pb.gz (application/x-pprof, 34 bytes)
        GET /debug/pprof/heap HTTP/1.1
        GET /debug/pprof/goroutine HTTP/1.1
        GET /debug/pprof/mutex HTTP/1.1
    "#]]
    .assert_eq(&outline(&server, &recorded));
    assert!(recorded.artifacts.iter().all(|artifact| artifact.content == gzip(HEAP)));
}

#[test]
fn recordings_and_options_become_queries() {
    check(
        gzip(HEAP),
        r#", "profiles": ["heap"], "gc": true, "cpu": {"seconds": 3}"#,
        expect![[r#"
        status: ok
        == heap.pb.gz (application/x-pprof, 34 bytes)
        == cpu.pb.gz (application/x-pprof, 34 bytes)
        GET /debug/pprof/heap?gc=1 HTTP/1.1
        GET /debug/pprof/profile?seconds=3 HTTP/1.1
    "#]],
    );
    check(
        b"go 1.22 trace\0\0\0".to_vec(),
        r#", "profiles": [], "trace": {"seconds": 1}"#,
        expect![[r#"
            status: ok
            == trace.out (application/x-go-trace, 16 bytes)
            GET /debug/pprof/trace?seconds=1 HTTP/1.1
        "#]],
    );
}

#[test]
fn servers_may_send_profiles_without_gzip() {
    check(
        HEAP.to_vec(),
        r#", "profiles": ["heap"]"#,
        expect![[r#"
        status: ok
        == heap.pb (application/x-pprof, 14 bytes)
        GET /debug/pprof/heap HTTP/1.1
    "#]],
    );
}

#[test]
fn what_is_no_profile_is_not_stored() {
    check(
        b"<!DOCTYPE html>\n<title>Sign in</title>".to_vec(),
        r#", "profiles": ["heap"]"#,
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/debug/pprof/heap: the answer is not a profile; it begins with "<!DOCTYPE html>\n<title>Sign in</title>"; check that `url` is the program itself and not a proxy or a login page before it
            GET /debug/pprof/heap HTTP/1.1
        "#]],
    );
    check(
        br#"{"error": "not found"}"#.to_vec(),
        r#", "profiles": ["heap"]"#,
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/debug/pprof/heap: the answer is not a profile; it begins with "{"error": "not found"}"; check that `url` is the program itself and not a proxy or a login page before it
            GET /debug/pprof/heap HTTP/1.1
        "#]],
    );
    check(
        gzip(b"{}"),
        r#", "profiles": ["heap"]"#,
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/debug/pprof/heap: the answer is not a profile: in the gzip: a field that no profile has; it begins with "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff\xab\xae\x05\x00C\xbf\xa6\xa3\x02\x00\x00\x00"; check that `url` is the program itself and not a proxy or a login page before it
            GET /debug/pprof/heap HTTP/1.1
        "#]],
    );
    check(
        Vec::new(),
        r#", "profiles": ["heap"]"#,
        expect![[r#"
        status: failed
        problem: failed: http://[SERVER]/debug/pprof/heap: the answer is empty; check that `url` is the program itself and not a proxy or a login page before it
        GET /debug/pprof/heap HTTP/1.1
    "#]],
    );
    check(
        HEAP.to_vec(),
        r#", "profiles": [], "trace": {"seconds": 1}"#,
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/debug/pprof/trace?...: the answer is not a trace; it begins with "\n\x04\x08\x01\x10\x022\x002\x04heap"; check that `url` is the program itself and not a proxy or a login page before it
            GET /debug/pprof/trace?seconds=1 HTTP/1.1
        "#]],
    );
}

#[test]
fn a_truncated_profile_is_kept_and_marked() {
    let whole = gzip(HEAP);
    check(
        whole[..whole.len() - 4].to_vec(),
        "",
        expect![[r#"
            status: partial
            problem: partial: http://[SERVER]/debug/pprof/heap: the gzip ends early or is damaged: corrupt gzip stream does not have a matching checksum; it is kept as it came; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
            problem: partial: http://[SERVER]/debug/pprof/goroutine: the gzip ends early or is damaged: corrupt gzip stream does not have a matching checksum; it is kept as it came; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
            == heap.pb.gz (application/x-pprof, 30 bytes, cut)
            == goroutine.pb.gz (application/x-pprof, 30 bytes, cut)
            GET /debug/pprof/heap HTTP/1.1
            GET /debug/pprof/goroutine HTTP/1.1
        "#]],
    );
}

#[test]
fn a_profile_that_breaks_off_at_once_is_cut_and_not_unknown() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n\x1f");
    let recorded = collect::<GoPprof>(&format!(
        r#"{{"url": "http://{}", "profiles": ["heap"]}}"#,
        server.address()
    ));
    expect![[r#"
        status: unavailable
        problem: unavailable: http://[SERVER]/debug/pprof/heap: the connection ended after 1 of 99 bytes; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        GET /debug/pprof/heap HTTP/1.1
    "#]].assert_eq(&outline(&server, &recorded));
}

#[test]
fn an_unknown_profile_does_not_keep_the_others_out() {
    static PAGES: std::sync::LazyLock<[(&str, Vec<u8>); 1]> =
        std::sync::LazyLock::new(|| [("/debug/pprof/goroutine", gzip(HEAP))]);
    let server = program(&*PAGES);
    let recorded = collect::<GoPprof>(&format!(
        r#"{{"url": "http://{}", "profiles": ["heap", "goroutine", "goroutineleak"]}}"#,
        server.address()
    ));
    expect![[r#"
        status: partial
        problem: unavailable: http://[SERVER]/debug/pprof/heap: answered 404 Not Found: "Unknown profile"; check that the program registers net/http/pprof on this server, and the path of `url`
        problem: unavailable: http://[SERVER]/debug/pprof/goroutineleak: answered 404 Not Found: "Unknown profile"; Go has it since 1.27, and in 1.26 when built with GOEXPERIMENT=goroutineleakprofile; otherwise take it out of `profiles`
        == goroutine.pb.gz (application/x-pprof, 34 bytes)
        GET /debug/pprof/heap HTTP/1.1
        GET /debug/pprof/goroutine HTTP/1.1
        GET /debug/pprof/goroutineleak HTTP/1.1
    "#]].assert_eq(&outline(&server, &recorded));
}

#[test]
fn a_server_that_is_not_there_is_asked_once() {
    let address = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let recorded = collect::<GoPprof>(&format!(r#"{{"url": "http://{address}"}}"#));
    expect![[r#"
        status: unavailable
        problem: unavailable: http://[SERVER]/debug/pprof/heap: connection refused; a Go program offers profiles once it has import _ "net/http/pprof" and go http.ListenAndServe("127.0.0.1:6060", nil); check that the port in `url` is that one
        problem: unavailable: goroutine: not asked for after that
    "#]].assert_eq(&recorded.to_string().replace(&address.to_string(), "[SERVER]"));
}

#[test]
fn the_base_is_found_in_what_the_customer_gives() {
    let asked = |path: &str| {
        let server = Server::answering("HTTP/1.1 500 Internal Server Error\r\n\r\n");
        let url = format!("http://{}{path}", server.address());
        let recorded = collect::<GoPprof>(&format!(r#"{{"url": "{url}", "profiles": ["heap"]}}"#));
        match server.requests().first() {
            Some(request) => format!("{path:24} {}", request.lines().next().unwrap_or_default()),
            None => format!("{path:24} {}", recorded.problems[0].1),
        }
    };
    let said: Vec<_> = [
        "",
        "/",
        "/debug/pprof",
        "/debug/pprof/",
        "/service",
        "/service/debug/pprof",
        "/pprof?token=x",
        "/debug/pprof/heap",
    ]
    .map(asked)
    .into();
    expect![[r#"
                                 GET /debug/pprof/heap HTTP/1.1
        /                        GET /debug/pprof/heap HTTP/1.1
        /debug/pprof             GET /debug/pprof/heap HTTP/1.1
        /debug/pprof/            GET /debug/pprof/heap HTTP/1.1
        /service                 GET /service/debug/pprof/heap HTTP/1.1
        /service/debug/pprof     GET /service/debug/pprof/heap HTTP/1.1
        /pprof?token=x           GET /pprof/heap?token=x HTTP/1.1
        /debug/pprof/heap        url: ends in heap; give the address above it, which ends in /debug/pprof, and name what to fetch in `profiles`, `cpu` or `trace`"#]].assert_eq(&said.join("\n"));
}

#[test]
fn a_recording_that_cannot_end_in_time_is_not_begun() {
    let server = Server::answering("");
    let config = format!(
        r#"{{"url": "http://{}", "profiles": [], "cpu": {{"seconds": 30}}}}"#,
        server.address()
    );
    let recorded = collect_within::<GoPprof>(&config, Duration::from_secs(5));
    let said = recorded.to_string();
    assert!(said.contains("cpu: not begun: it takes 30 s, and 4."), "{said}");
    assert!(said.contains("raise `timeout` of this collector or lower the seconds"), "{said}");
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn configurations_that_cannot_be_used() {
    let said = |config: &str| {
        let recorded = collect::<GoPprof>(config);
        recorded.problems.into_iter().map(|(_, message)| message + "\n").collect::<String>()
    };
    let all = [
        said(r#"{"url": "127.0.0.1:6060"}"#),
        said(r#"{"url": "http://h", "profiles": []}"#),
        said(r#"{"url": "http://h", "profiles": ["heaps"]}"#),
        said(r#"{"url": "http://h", "cpu": {"seconds": 0}}"#),
    ];
    expect![[r#"
        url: the scheme is missing; write it like http://127.0.0.1:6060/path
        profiles: nothing is asked for; name a profile, or set `cpu` or `trace`
        configuration: unknown variant `heaps`, expected one of `heap`, `allocs`, `goroutine`, `goroutineleak`, `threadcreate`, `block`, `mutex` at line 1 column 40
        cpu.seconds: 0 is not from 1 to 3600
    "#]].assert_eq(&all.concat());
}
