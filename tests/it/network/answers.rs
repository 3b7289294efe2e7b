//! Answers that are not what was asked for, or not all of it.

use std::io::{self, Write};

use expect_test::expect;
use plugin_api::testing::{Connection, Server};

use super::Faults;
use super::servers::{answer, fault, reset, sent_secret, wait_until_read, wanted};

/// A server whose paths begin with the fault they have.
fn faulty() -> Server {
    Server::start(|head, connection| serve(fault(head), head, connection))
}

fn serve(fault: &str, head: &str, connection: &mut Connection) -> io::Result<()> {
    let (kind, body) = wanted(head);
    let half = &body[..body.len() / 2 + 1];
    let page = "<!DOCTYPE html>\n<title>Sign in</title>\n";
    // As some servers do, it repeats what it was sent.
    let secret = sent_secret(head);
    let bytes = match fault {
        "401" => answer("401 Unauthorized", "text/plain", secret.len(), secret.as_bytes()),
        "404" => answer("404 Not Found", "text/plain", 0, b""),
        "500" => answer("500 Internal Server Error", "text/plain", 14, b"out of memory\n"),
        "reset-at-once" | "closed" => Vec::new(),
        "reset-in-body" => answer("200 OK", kind, body.len(), half),
        "length-too-long" => answer("200 OK", kind, body.len() + 100, &body),
        "length-too-short" => answer("200 OK", kind, half.len(), &body),
        "length-no-number" => b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello".to_vec(),
        "chunk-no-number" => chunk(kind, half),
        "empty" => answer("200 OK", kind, 0, b""),
        "garbage" => b"\x00\xff\x16 SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec(),
        "login-page" => answer("200 OK", "text/html", page.len(), page.as_bytes()),
        other => panic!("no such fault: {other}"),
    };
    connection.stream.write_all(&bytes)?;
    match fault {
        "chunk-no-number" => {
            wait_until_read(connection)?;
            connection.stream.write_all(b"-1\r\n")
        }
        "reset-at-once" | "reset-in-body" => {
            wait_until_read(connection)?;
            reset(&connection.stream)
        }
        _ => Ok(()),
    }
}

/// An answer in chunks, up to the end of its first.
fn chunk(kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n",
        body.len()
    );
    [head.as_bytes(), body, b"\r\n"].concat()
}

#[test]
fn an_answer_that_is_wrong_or_cut_is_a_row_with_a_remedy() {
    let server = faulty();
    let mut faults = Faults::new();
    let at = |path: &str| format!("http://{}/{path}", server.address());
    for name in [
        "401",
        "404",
        "500",
        "reset-at-once",
        "reset-in-body",
        "closed",
        "length-too-long",
        "length-too-short",
        "length-no-number",
        "chunk-no-number",
        "empty",
        "garbage",
        "login-page",
    ] {
        faults.add(name, &at(name));
    }
    let rows = server.redact(&need!(faults.rows("60s")));
    expect![[r#"
        401-pprof: denied
          denied: http://[SERVER]/401/debug/pprof/heap: answered 401 Unauthorized: "[masked]"; the token in [FILES]/token is not enough for it (bearer_token_file)
        401-metrics: denied
          denied: http://[SERVER]/401/metrics: answered 401 Unauthorized: "[masked]"; the user name and password of `basic_auth` are not enough for it
        404-pprof: unavailable
          unavailable: http://[SERVER]/404/debug/pprof/heap: answered 404 Not Found; check that the program registers net/http/pprof on this server, and the path of `url`
        404-metrics: unavailable
          unavailable: http://[SERVER]/404/metrics: answered 404 Not Found; check the path of `url`, which is /metrics for most servers
        500-pprof: failed
          failed: http://[SERVER]/500/debug/pprof/heap: answered 500 Internal Server Error: "out of memory\n"; see the log of the server, or of the proxy before it
        500-metrics: failed
          failed: http://[SERVER]/500/metrics: answered 500 Internal Server Error: "out of memory\n"; see the log of the server, or of the proxy before it
        reset-at-once-pprof: unavailable
          unavailable: http://[SERVER]/reset-at-once/debug/pprof/heap: the server reset the connection without an answer; check that `url` names an HTTP server, and whether it has to begin with https://
        reset-at-once-metrics: unavailable
          unavailable: http://[SERVER]/reset-at-once/metrics: the server reset the connection without an answer; check that `url` names an HTTP server, and whether it has to begin with https://
        reset-in-body-pprof: partial [heap.pb.gz, 1016 bytes, cut]
          partial: http://[SERVER]/reset-in-body/debug/pprof/heap: the connection was reset after 1016 of 2031 bytes; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        reset-in-body-metrics: partial [metrics.txt, 973 bytes, cut]
          partial: http://[SERVER]/reset-in-body/metrics: the connection was reset after 973 of 1944 bytes; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        closed-pprof: unavailable
          unavailable: http://[SERVER]/closed/debug/pprof/heap: the server closed the connection without an answer; check that `url` names an HTTP server, and whether it has to begin with https://
        closed-metrics: unavailable
          unavailable: http://[SERVER]/closed/metrics: the server closed the connection without an answer; check that `url` names an HTTP server, and whether it has to begin with https://
        length-too-long-pprof: partial [heap.pb.gz, 2031 bytes, cut]
          partial: http://[SERVER]/length-too-long/debug/pprof/heap: the connection ended after 2031 of 2131 bytes; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        length-too-long-metrics: partial [metrics.txt, 1944 bytes, cut]
          partial: http://[SERVER]/length-too-long/metrics: the connection ended after 1944 of 2044 bytes; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        length-too-short-pprof: partial [heap.pb.gz, 1016 bytes, cut]
          partial: http://[SERVER]/length-too-short/debug/pprof/heap: the gzip ends early; it is kept as it came; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        length-too-short-metrics: partial [metrics.txt, 973 bytes, cut]
          partial: http://[SERVER]/length-too-short/metrics: the page ends within a line; it is kept as it came; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        length-no-number-pprof: failed
          failed: http://[SERVER]/length-no-number/debug/pprof/heap: the answer is not HTTP: "protocol: content-length header not a number"; check the port in `url`, and whether it has to begin with https://
        length-no-number-metrics: failed
          failed: http://[SERVER]/length-no-number/metrics: the answer is not HTTP: "protocol: content-length header not a number"; check the port in `url`, and whether it has to begin with https://
        chunk-no-number-pprof: partial [heap.pb.gz, 1016 bytes, cut]
          partial: http://[SERVER]/chunk-no-number/debug/pprof/heap: the answer is no HTTP any more after 1016 bytes: protocol: chunk length cannot be read as a number; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        chunk-no-number-metrics: partial [metrics.txt, 973 bytes, cut]
          partial: http://[SERVER]/chunk-no-number/metrics: the answer is no HTTP any more after 973 bytes: protocol: chunk length cannot be read as a number; the server may have been restarted, or a proxy before it cuts answers: see the logs of both
        empty-pprof: failed
          failed: http://[SERVER]/empty/debug/pprof/heap: the answer is empty; check that `url` is the program itself and not a proxy or a login page before it
        empty-metrics: ok [metrics.txt, 0 bytes]
        garbage-pprof: failed
          failed: http://[SERVER]/garbage/debug/pprof/heap: the answer is not HTTP: "protocol: http parse fail: invalid HTTP version"; check the port in `url`, and whether it has to begin with https://
        garbage-metrics: failed
          failed: http://[SERVER]/garbage/metrics: the answer is not HTTP: "protocol: http parse fail: invalid HTTP version"; check the port in `url`, and whether it has to begin with https://
        login-page-pprof: failed
          failed: http://[SERVER]/login-page/debug/pprof/heap: the answer is not a profile; it begins with "<!DOCTYPE html>\n<title>Sign in</title>\n"; check that `url` is the program itself and not a proxy or a login page before it
        login-page-metrics: failed
          failed: http://[SERVER]/login-page/metrics: the answer is not metrics: it has text/html and begins with "<!DOCTYPE html>\n<title>Sign in</title>\n"; check the path of `url`, which is /metrics for most servers
    "#]].assert_eq(&rows);
    let sent = server.requests();
    let n_with = |header: &str| sent.iter().filter(|head| head.contains(header)).count();
    assert_eq!(n_with("authorization: Bearer planted-token\r\n"), faults.names.len());
    assert_eq!(n_with(&format!("authorization: Basic {}\r\n", super::BASIC)), faults.names.len());
}
