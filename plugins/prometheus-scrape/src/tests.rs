//! The plugin against a server of the test that answers as it is told.

use expect_test::{Expect, expect};
use plugin_api::testing::{Recorded, Server, collect};

use super::PrometheusScrape;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is recorded of a server that answers 200 with these headers and body.
fn scrape(headers: &str, body: &[u8], keys: &str) -> (Server, Recorded) {
    let mut answer =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    let server = Server::answering(answer);
    let recorded = collect::<PrometheusScrape>(&format!(
        r#"{{"url": "http://{}/metrics"{keys}}}"#,
        server.address()
    ));
    (server, recorded)
}

fn check(media_type: &str, body: &str, expect: Expect) {
    let headers = if media_type.is_empty() {
        String::new()
    } else {
        format!("Content-Type: {media_type}\r\n")
    };
    let (server, recorded) = scrape(&headers, body.as_bytes(), "");
    expect.assert_eq(&server.redact(&recorded.to_string()));
}

#[test]
fn a_page_is_stored_byte_for_byte_with_the_type_of_the_answer() {
    check(
        OPENMETRICS,
        "# TYPE up gauge\nup 1\n# EOF\n",
        expect![[r#"
        status: ok
        == metrics.txt (application/openmetrics-text; version=1.0.0; charset=utf-8)
        # TYPE up gauge
        up 1
        # EOF
    "#]],
    );
    check(
        TEXT,
        "up 1\n",
        expect![[r#"
        status: ok
        == metrics.txt (text/plain; version=0.0.4; charset=utf-8)
        up 1
    "#]],
    );
    check(
        TEXT,
        "",
        expect![[r#"
        status: ok
        == metrics.txt (text/plain; version=0.0.4; charset=utf-8)
    "#]],
    );
    let page: Vec<u8> =
        (0..30_000).flat_map(|n| format!("series{{n=\"{n}\"}} {n}\n").into_bytes()).collect();
    let (_, recorded) = scrape(&format!("Content-Type: {TEXT}\r\n"), &page, "");
    assert!(recorded.artifacts[0].content == page);
}

#[test]
fn openmetrics_is_asked_for() {
    let (server, _) = scrape("", b"up 1\n", "");
    expect![[r#"
        GET /metrics HTTP/1.1
        user-agent: collector-plugin/0.1.0
        host: [SERVER]
        accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1
        connection: close

    "#]]
    .assert_eq(&server.redact(&server.requests()[0].replace('\r', "")));
}

#[test]
fn a_page_without_a_useful_type_is_told_by_its_first_line() {
    check(
        "",
        "# HELP up Whether.\nup 1\n",
        expect![[r#"
        status: ok
        log 3: http://[SERVER]/metrics: the answer is taken as text/plain; version=0.0.4 by its first line; its Content-Type is missing
        == metrics.txt (text/plain; version=0.0.4)
        # HELP up Whether.
        up 1
    "#]],
    );
    check(
        "text/plain",
        "up 1\n",
        expect![[r#"
        status: ok
        log 3: http://[SERVER]/metrics: the answer is taken as text/plain; version=0.0.4 by its first line; its Content-Type is text/plain
        == metrics.txt (text/plain; version=0.0.4)
        up 1
    "#]],
    );
}

#[test]
fn what_is_no_metrics_is_not_stored() {
    check(
        "text/html; charset=utf-8",
        "<!DOCTYPE html>\n<title>Sign in</title>",
        expect![[r#"
        status: failed
        problem: failed: http://[SERVER]/metrics: the answer is not metrics: it has text/html; charset=utf-8 and begins with "<!DOCTYPE html>\n<title>Sign in</title>"; check the path of `url`, which is /metrics for most servers
    "#]],
    );
    check(
        "application/json",
        r#"{"up": 1}"#,
        expect![[r#"
        status: failed
        problem: failed: http://[SERVER]/metrics: the answer is not metrics: it has application/json and begins with "{"up": 1}"; check the path of `url`, which is /metrics for most servers
    "#]],
    );
    check(
        TEXT,
        "<html>",
        expect![[r#"
        status: failed
        problem: failed: http://[SERVER]/metrics: the answer is not metrics: it has text/plain; version=0.0.4; charset=utf-8 and begins with "<html>"; check the path of `url`, which is /metrics for most servers
    "#]],
    );
    check(
        "",
        "",
        expect![[r#"
        status: failed
        problem: failed: http://[SERVER]/metrics: the answer is not metrics: it has no Content-Type and is empty; check the path of `url`, which is /metrics for most servers
    "#]],
    );
    check(
        "",
        "hello\n",
        expect![[r#"
        status: failed
        problem: failed: http://[SERVER]/metrics: the answer is not metrics: it has no Content-Type and begins with "hello\n"; check the path of `url`, which is /metrics for most servers
    "#]],
    );
    let (server, recorded) = scrape(
        "Content-Type: text/plain; version=0.0.4\r\nContent-Encoding: gzip\r\n",
        b"\x1f\x8b",
        "",
    );
    expect![[r#"
        status: failed
        problem: failed: http://[SERVER]/metrics: the answer is compressed (gzip), which was not asked for; turn that off in the server or in the proxy before it
    "#]].assert_eq(&server.redact(&recorded.to_string()));
}

#[test]
fn a_cut_page_is_kept_and_marked() {
    check(
        OPENMETRICS,
        "# TYPE up gauge\nup 1\n",
        expect![[r#"
            status: partial
            problem: partial: http://[SERVER]/metrics: the page ends without `# EOF`; it is kept as it came; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
            == metrics.txt (application/openmetrics-text; version=1.0.0; charset=utf-8, cut)
            # TYPE up gauge
            up 1
        "#]],
    );
    check(
        TEXT,
        "up 1\ndown",
        expect![[r#"
            status: partial
            problem: partial: http://[SERVER]/metrics: the page ends within a line; it is kept as it came; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
            == metrics.txt (text/plain; version=0.0.4; charset=utf-8, cut)
            up 1
            down
        "#]],
    );
}

#[test]
fn a_page_that_breaks_off_in_its_first_line_is_cut_and_not_unknown() {
    let broken = |media_type: &str, body: &str| {
        let server = Server::answering(format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: 99\r\n\r\n{body}"
        ));
        let config = format!(r#"{{"url": "http://{}/metrics"}}"#, server.address());
        server.redact(&collect::<PrometheusScrape>(&config).to_string())
    };
    expect![[r#"
        status: partial
        problem: partial: http://[SERVER]/metrics: the connection ended after 6 of 99 bytes; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        == metrics.txt (text/plain; version=0.0.4; charset=utf-8, cut)
        go_thr
    "#]]
    .assert_eq(&broken(TEXT, "go_thr"));
    expect![[r#"
        status: unavailable
        problem: unavailable: http://[SERVER]/metrics: the connection ended after 6 of 99 bytes; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
    "#]]
    .assert_eq(&broken("text/plain", "go_thr"));
}

#[test]
fn only_the_named_metrics_are_kept() {
    let page = "# TYPE up gauge\nup 1\n# TYPE down gauge\ndown 0\n# EOF\n";
    let headers = format!("Content-Type: {OPENMETRICS}\r\n");
    let (_, recorded) = scrape(&headers, page.as_bytes(), r#", "keep": ["up"]"#);
    expect![[r#"
        status: ok
        log 3: keep: stored 3 of 5 lines
        == metrics.txt (application/openmetrics-text; version=1.0.0; charset=utf-8)
        # TYPE up gauge
        up 1
        # EOF
    "#]]
    .assert_eq(&recorded.to_string());
    // The mark at the end is looked for in what was sent, not in what is kept.
    let (server, recorded) = scrape(&headers, &page.as_bytes()[..30], r#", "keep": ["up"]"#);
    expect![[r#"
        status: partial
        problem: partial: http://[SERVER]/metrics: the page ends without `# EOF`; it is kept as it came; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        log 3: keep: stored 2 of 2 lines
        == metrics.txt (application/openmetrics-text; version=1.0.0; charset=utf-8, cut)
        # TYPE up gauge
        up 1
    "#]].assert_eq(&server.redact(&recorded.to_string()));
}

#[test]
fn without_a_path_it_is_the_usual_one() {
    let server = Server::answering("HTTP/1.1 404 Not Found\r\n\r\n");
    let recorded =
        collect::<PrometheusScrape>(&format!(r#"{{"url": "http://{}"}}"#, server.address()));
    expect![[r#"
        status: unavailable
        problem: unavailable: http://[SERVER]/metrics: answered 404 Not Found; check the path of `url`, which is /metrics for most servers
    "#]].assert_eq(&server.redact(&recorded.to_string()));
}
