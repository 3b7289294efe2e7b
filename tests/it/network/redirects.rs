//! Redirects that are not followed: nobody but the server of the configuration hears of the
//! credentials.

use std::io::{ErrorKind, Write};
use std::net::TcpListener;

use expect_test::expect;
use plugin_api::testing::Server;

use super::Faults;
use super::servers::{fault, sent_secret};

#[test]
fn a_redirect_to_elsewhere_or_without_end_is_not_followed() {
    // Connections wait here until the end of the test, which looks for them.
    let other_port = TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
    let elsewhere = other_port.local_addr().expect("a bound address");
    let server = Server::start(move |head, connection| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        let port = connection.stream.local_addr()?.port();
        let (first, rest) = path[1..].split_once('/').unwrap_or_default();
        let location = match fault(head) {
            "circle" => format!("/circle-2/{rest}"),
            "circle-2" => format!("/circle/{rest}"),
            "other-port" => format!("http://{elsewhere}/{rest}"),
            "other-host" => format!("http://127.0.0.2:{port}/{rest}"),
            "repeats-secret" => format!("/{}/{rest}", sent_secret(head)),
            "nowhere" => "ftp://127.0.0.1/".to_owned(),
            _ => format!("/{first}-and-on/{rest}"),
        };
        write!(
            connection.stream,
            "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        )
    });
    let port = server.address().port();
    let other_host = TcpListener::bind(("127.0.0.2", port)).expect("the port, on another address");

    let mut faults = Faults::new();
    for name in ["circle", "other-port", "other-host", "repeats-secret", "nowhere", "no-end"] {
        faults.add(name, &format!("http://{}/{name}", server.address()));
    }
    let rows = server.redact(&need!(faults.rows("60s")));
    let rows = rows.replace(&elsewhere.to_string(), "[OTHER PORT]");
    let rows = rows.replace(&format!("127.0.0.2:{port}"), "[OTHER HOST]");
    expect![[r#"
        circle-pprof: failed
          failed: http://[SERVER]/circle-2/debug/pprof/heap: redirects in a circle: /circle/debug/pprof/heap -> /circle-2/debug/pprof/heap -> /circle/debug/pprof/heap; the server may want a login: the token in [FILES]/token is not enough for it (bearer_token_file)
        circle-metrics: failed
          failed: http://[SERVER]/circle-2/metrics: redirects in a circle: /circle/metrics -> /circle-2/metrics -> /circle/metrics; the server may want a login: the user name and password of `basic_auth` are not enough for it
        other-port-pprof: failed
          failed: http://[SERVER]/other-port/debug/pprof/heap: redirects to another server, http://[OTHER PORT]/debug/pprof/heap; nothing was sent there; set `url` to that address if it is the right one
        other-port-metrics: failed
          failed: http://[SERVER]/other-port/metrics: redirects to another server, http://[OTHER PORT]/metrics; nothing was sent there; set `url` to that address if it is the right one
        other-host-pprof: failed
          failed: http://[SERVER]/other-host/debug/pprof/heap: redirects to another server, http://[OTHER HOST]/debug/pprof/heap; nothing was sent there; set `url` to that address if it is the right one
        other-host-metrics: failed
          failed: http://[SERVER]/other-host/metrics: redirects to another server, http://[OTHER HOST]/metrics; nothing was sent there; set `url` to that address if it is the right one
        repeats-secret-pprof: failed
          failed: http://[SERVER]/[masked]-and-on-and-on-and-on-and-on/debug/pprof/heap: redirects more than 5 times, last to http://[SERVER]/[masked]-and-on-and-on-and-on-and-on-and-on/debug/pprof/heap; set `url` to the address where the server has what is wanted
        repeats-secret-metrics: failed
          failed: http://[SERVER]/[masked]-and-on-and-on-and-on-and-on/metrics: redirects more than 5 times, last to http://[SERVER]/[masked]-and-on-and-on-and-on-and-on-and-on/metrics; set `url` to the address where the server has what is wanted
        nowhere-pprof: failed
          failed: http://[SERVER]/nowhere/debug/pprof/heap: redirects to an address that cannot be used: the scheme is ftp; only http and https work; set `url` to the address where the server has what is wanted
        nowhere-metrics: failed
          failed: http://[SERVER]/nowhere/metrics: redirects to an address that cannot be used: the scheme is ftp; only http and https work; set `url` to the address where the server has what is wanted
        no-end-pprof: failed
          failed: http://[SERVER]/no-end-and-on-and-on-and-on-and-on-and-on/debug/pprof/heap: redirects more than 5 times, last to http://[SERVER]/no-end-and-on-and-on-and-on-and-on-and-on-and-on/debug/pprof/heap; set `url` to the address where the server has what is wanted
        no-end-metrics: failed
          failed: http://[SERVER]/no-end-and-on-and-on-and-on-and-on-and-on/metrics: redirects more than 5 times, last to http://[SERVER]/no-end-and-on-and-on-and-on-and-on-and-on-and-on/metrics; set `url` to the address where the server has what is wanted
    "#]].assert_eq(&rows);
    for listener in [other_port, other_host] {
        listener.set_nonblocking(true).expect("a listener takes this");
        let nobody = listener.accept().expect_err("nobody was sent here");
        assert_eq!(nobody.kind(), ErrorKind::WouldBlock);
    }
    let with_secret = |head: &String| head.contains("authorization: ");
    assert!(server.requests().iter().all(with_secret), "they had credentials to give away");
}
