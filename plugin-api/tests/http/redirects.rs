//! Redirects: on the server they are followed, from it they are not.

use std::io::Write;

use expect_test::{Expect, expect};
use plugin_api::testing::{Server, Tree};

use crate::fetch;

/// A server that redirects `/from` to what `location` gives, and answers the rest.
fn redirecting(location: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Server {
    Server::start(move |head, connection| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        match location(path) {
            Some(location) => write!(
                connection.stream,
                "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
            ),
            None => write!(connection.stream, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhere\n"),
        }
    })
}

fn check(server: &Server, expect: Expect) {
    let said = fetch(&format!(r#"{{"url": "http://{}/0"}}"#, server.address())).to_string();
    expect.assert_eq(&server.redact(&said));
}

#[test]
fn on_the_server_they_are_followed() {
    let server = redirecting(|path| (path == "/0").then(|| "/1".to_owned()));
    check(
        &server,
        expect![[r#"
        status: ok
        == body (none)
        here
    "#]],
    );
}

#[test]
fn circles_and_long_ways_end() {
    let circle = redirecting(|path| Some(if path == "/0" { "/1" } else { "/0" }.to_owned()));
    check(
        &circle,
        expect![[r#"
        status: failed
        problem: failed: http://[SERVER]/1: redirects in a circle: /0 -> /1 -> /0; the server may want a login: set bearer_token_file or basic_auth
    "#]],
    );
    let to_itself = redirecting(|_| Some("/0".to_owned()));
    check(
        &to_itself,
        expect![[r#"
        status: failed
        problem: failed: http://[SERVER]/0: redirects in a circle: /0 -> /0; the server may want a login: set bearer_token_file or basic_auth
    "#]],
    );
    let far =
        redirecting(|path| path[1..].parse::<u32>().ok().map(|n| format!("/{}?token=x", n + 1)));
    check(
        &far,
        expect![[r#"
        status: ok
        == body (none)
        here
    "#]],
    );
    let further = redirecting(|path| path[1..].parse::<u32>().ok().map(|n| format!("/{}", n + 1)));
    check(
        &further,
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/5: redirects more than 5 times, last to http://[SERVER]/6; set `url` to the address where the server has what is wanted
        "#]],
    );
}

#[test]
fn to_another_server_nothing_is_sent() {
    let other = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthere\n");
    let away = format!("http://{}/metrics?session=SECRET", other.address());
    let server = redirecting(move |_| Some(away.clone()));
    let tree = Tree::new("token: TOP-SECRET");
    let said = fetch(&format!(
        r#"{{"url": "http://{}/0", "bearer_token_file": "{}/token"}}"#,
        server.address(),
        tree.path().display(),
    ));
    let said = server.redact(&said.to_string()).replace(&other.address().to_string(), "[OTHER]");
    expect![[r#"
        status: failed
        problem: failed: http://[SERVER]/0: redirects to another server, http://[OTHER]/metrics?...; nothing was sent there; set `url` to that address if it is the right one
    "#]].assert_eq(&said);
    assert_eq!(other.requests(), [""; 0]);
}

#[test]
fn without_or_with_a_useless_address() {
    check(
        &Server::answering("HTTP/1.1 301 Moved Permanently\r\nContent-Length: 0\r\n\r\n"),
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/0: answered 301 and does not say where to; set `url` to the address where the server has what is wanted
        "#]],
    );
    check(
        &redirecting(|_| Some("ftp://host/".to_owned())),
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/0: redirects to an address that cannot be used: the scheme is ftp; only http and https work; set `url` to the address where the server has what is wanted
        "#]],
    );
    check(
        &redirecting(|_| Some("http://me:SECRET@host/".to_owned())),
        expect![[r#"
            status: failed
            problem: failed: http://[SERVER]/0: redirects to an address that cannot be used: it holds a password or user name; set `basic_auth` instead; set `url` to the address where the server has what is wanted
        "#]],
    );
}
