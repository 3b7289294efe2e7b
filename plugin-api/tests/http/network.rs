//! Answers that come, do not come, or break off.

use std::io::Write;
use std::net::{Shutdown, TcpListener};
use std::os::fd::AsFd;
use std::time::Duration;

use expect_test::{Expect, expect};
use plugin_api::testing::Server;

use crate::{fetch, fetch_soon, without_times};

fn check(server: &Server, expect: Expect) {
    let said = fetch(&format!(r#"{{"url": "http://{}/page"}}"#, server.address())).to_string();
    expect.assert_eq(&server.redact(&said));
}

fn check_soon(server: &Server, expect: Expect) {
    let said = fetch_soon(&format!(r#"{{"url": "http://{}/page"}}"#, server.address())).to_string();
    expect.assert_eq(&without_times(&server.redact(&said)));
}

fn answer(head: &str, body: &str) -> Server {
    Server::answering(format!("HTTP/1.1 {head}\r\n\r\n{body}"))
}

#[test]
fn an_answer_is_stored_byte_for_byte() {
    let body: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
    let mut bytes = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: a/b; c=d\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(&body);
    let server = Server::answering(bytes);
    let recorded = fetch(&format!(r#"{{"url": "http://{}/page?x=1"}}"#, server.address()));
    let artifact = recorded.artifact("body").unwrap();
    assert_eq!(artifact.media_type, "a/b; c=d");
    assert!(artifact.content == body);
    expect![[r#"
        GET /page?x=1 HTTP/1.1
        user-agent: collector-plugin/0.1.0
        host: [SERVER]
        accept: */*
        connection: close

    "#]]
    .assert_eq(&server.redact(&server.requests()[0].replace('\r', "")));
}

#[test]
fn chunks_and_an_answer_without_length_are_whole() {
    let chunked =
        answer("200 OK\r\nTransfer-Encoding: chunked", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    check(
        &chunked,
        expect![[r#"
        status: ok
        == body (none)
        abcde
    "#]],
    );
    check(
        &answer("200 OK", "to the end"),
        expect![[r#"
        status: ok
        == body (none)
        to the end
    "#]],
    );
}

#[test]
fn a_refused_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let said = fetch(&format!(r#"{{"url": "http://{address}/"}}"#)).to_string();
    expect![[r#"
        status: unavailable
        problem: unavailable: http://[SERVER]/: connection refused; check that the server runs and that the port in `url` is its own
    "#]].assert_eq(&said.replace(&address.to_string(), "[SERVER]"));
}

#[test]
fn a_name_that_cannot_be_resolved() {
    // Too long for a name, so that no name server is asked.
    let host = "x".repeat(64);
    let said = fetch(&format!(r#"{{"url": "http://{host}.invalid/"}}"#)).to_string();
    expect![[r#"
        status: unavailable
        problem: unavailable: http://[LONG].invalid/: the host [LONG].invalid cannot be resolved: failed to lookup address information: Name or service not known; check the host in `url`, and the name servers of this machine
    "#]].assert_eq(&said.replace(&host, "[LONG]"));
}

#[test]
fn a_server_that_accepts_and_says_nothing() {
    let server = Server::start(|_, connection| {
        while connection.pause(Duration::from_secs(1)) {}
        Ok(())
    });
    check_soon(
        &server,
        expect![[r#"
        status: unavailable
        problem: unavailable: http://[SERVER]/page: no answer within [TIME]; the server may be overloaded; if it is only slow, raise `timeout` of this collector
    "#]],
    );
}

#[test]
fn a_server_that_drips() {
    let drip = |head: &'static str| {
        Server::start(move |_, connection| {
            connection.stream.write_all(head.as_bytes())?;
            while connection.pause(Duration::from_millis(20)) {
                connection.stream.write_all(b"x")?;
            }
            Ok(())
        })
    };
    let mut server = drip("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    for _ in 0..2 {
        let said =
            fetch_soon(&format!(r#"{{"url": "http://{}/page"}}"#, server.address())).to_string();
        assert!(said.starts_with("status: partial\nproblem: partial: "), "{said}");
        assert!(
            said.contains("did not end within") && said.contains("\n== body (none, cut)\nxx"),
            "{said}"
        );
        server = drip("HTTP/1.1 200 OK\r\n\r\n");
    }
    // And one that never gets past its headers.
    check_soon(
        &drip("HTTP/1.1 200 OK\r\nX-Drip: "),
        expect![[r#"
        status: unavailable
        problem: unavailable: http://[SERVER]/page: no answer within [TIME]; the server may be overloaded; if it is only slow, raise `timeout` of this collector
    "#]],
    );
}

#[test]
fn a_stop_ends_the_wait_before_the_time_is_up() {
    let server = Server::start(|_, connection| {
        while connection.pause(Duration::from_secs(1)) {}
        Ok(())
    });
    let said = crate::fetch_stopped(&format!(r#"{{"url": "http://{}/page"}}"#, server.address()));
    expect![[r#"
        status: stopped
        problem: stopped: http://[SERVER]/page: stopped before the answer ended
    "#]]
    .assert_eq(&server.redact(&said.to_string()));
}

#[test]
fn a_connection_that_closes_or_resets_without_an_answer() {
    check(
        &Server::start(|_, _| Ok(())),
        expect![[r#"
        status: unavailable
        problem: unavailable: http://[SERVER]/page: the server closed the connection without an answer; check that `url` names an HTTP server, and whether it has to begin with https://
    "#]],
    );
    check(
        &Server::raw(|connection| reset(&connection.stream)),
        expect![[r#"
        status: unavailable
        problem: unavailable: http://[SERVER]/page: the server reset the connection without an answer; check that `url` names an HTTP server, and whether it has to begin with https://
    "#]],
    );
}

#[test]
fn an_answer_shorter_than_its_length_is_cut() {
    check(
        &answer("200 OK\r\nContent-Length: 100", "only this\n"),
        expect![[r#"
            status: partial
            problem: partial: http://[SERVER]/page: the connection ended after 10 of 100 bytes; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
            == body (none, cut)
            only this
        "#]],
    );
    check(
        &answer("200 OK\r\nContent-Length: 100", ""),
        expect![[r#"
            status: unavailable
            problem: unavailable: http://[SERVER]/page: the connection ended after 0 of 100 bytes; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        "#]],
    );
    check(
        &answer("200 OK\r\nTransfer-Encoding: chunked", "3\r\nabc\r\n"),
        expect![[r#"
            status: partial
            problem: partial: http://[SERVER]/page: the connection ended after 3 bytes; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
            == body (none, cut)
            abc
        "#]],
    );
}

#[test]
fn a_reset_in_the_middle_is_not_the_end() {
    for head in ["200 OK\r\nContent-Length: 100", "200 OK"] {
        let server = Server::start(move |_, connection| {
            write!(connection.stream, "HTTP/1.1 {head}\r\n\r\nhalf\n")?;
            // The client has to read before the reset throws it away.
            let _ = connection.pause(Duration::from_millis(100));
            reset(&connection.stream)
        });
        let said = fetch(&format!(r#"{{"url": "http://{}/page"}}"#, server.address())).to_string();
        assert!(said.contains("the connection was reset after 5"), "{said}");
        assert!(said.ends_with("== body (none, cut)\nhalf\n"), "{said}");
    }
}

/// Closes with a reset.
fn reset(stream: &std::net::TcpStream) -> std::io::Result<()> {
    rustix::net::sockopt::set_socket_linger(stream.as_fd(), Some(Duration::ZERO))?;
    stream.shutdown(Shutdown::Read)
}

#[test]
fn statuses() {
    check(
        &answer("404 Not Found\r\nContent-Length: 10", "not\0found!"),
        expect![[r#"
        status: unavailable
        problem: unavailable: http://[SERVER]/page: answered 404 Not Found: "not\x00found!"; check the path of `url`
    "#]],
    );
    let long = "<p>\u{1b}]0;title\u{7}é".repeat(100);
    check(
        &answer("500 Internal Server Error", &long),
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/page: answered 500 Internal Server Error: "<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]0;title\x07\xc3\xa9<p>\x1b]" and more; see the log of the server, or of the proxy before it
        "#]],
    );
    check(
        &answer("204 No Content", ""),
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/page: answered 204 No Content; check that `url` is the program itself and not a proxy or a login page before it
        "#]],
    );
    check(
        &answer("502 Bad Gateway\r\nContent-Length: 90", "cut"),
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/page: answered 502 Bad Gateway: "cut"; see the log of the server, or of the proxy before it
        "#]],
    );
}

#[test]
fn a_server_that_speaks_https() {
    check(
        &answer("400 Bad Request", "Client sent an HTTP request to an HTTPS server.\n"),
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/page: answered 400 Bad Request: "Client sent an HTTP request to an HTTPS server.\n"; let `url` begin with https://
        "#]],
    );
}

#[test]
fn what_is_not_http() {
    check(
        &Server::start(|_, connection| connection.stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n")),
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/page: the answer is not HTTP: "protocol: http parse fail: invalid HTTP version"; check the port in `url`, and whether it has to begin with https://
        "#]],
    );
    let endless_header = Server::start(|_, connection| {
        connection.stream.write_all(b"HTTP/1.1 200 OK\r\nX: ")?;
        loop {
            connection.stream.write_all(&[b'x'; 4096])?;
        }
    });
    check(
        &endless_header,
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/page: the headers of the answer have more than 65536 bytes; check the port in `url`, and that it is not that of a proxy before the server
        "#]],
    );
}
