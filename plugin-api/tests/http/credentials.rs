//! Who asks, and what a server that does not let them in is answered with.

use std::io::Write;

use expect_test::{Expect, expect};
use plugin_api::testing::{Server, Tree};

use crate::fetch;

/// Repeats the `Authorization` header in a 401.
fn strict() -> Server {
    Server::start(|head, connection| {
        let header = head.lines().find(|line| line.starts_with("authorization"));
        let body = format!("not you: {}", header.unwrap_or("nobody"));
        write!(
            connection.stream,
            "HTTP/1.1 401 Unauthorized\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    })
}

/// What the server saw and what was said, for `keys` beside `url`.
fn check(keys: &str, tree: &Tree, expect: Expect) {
    let server = strict();
    let root = tree.path().display().to_string();
    let keys = keys.replace("[TREE]", &root);
    let recorded = fetch(&format!(r#"{{"url": "http://{}/page"{keys}}}"#, server.address()));
    let seen = server.requests();
    let sent = seen.iter().flat_map(|head| head.lines()).find(|it| it.starts_with("authorization"));
    let said = format!("{}\n{recorded}", sent.unwrap_or("-"));
    expect.assert_eq(&server.redact(&said).replace(&root, "[TREE]"));
}

#[test]
fn none_a_token_and_a_password() {
    let tree = Tree::new("token: TOP-SECRET\npassword: s3cret pass");
    check(
        "",
        &tree,
        expect![[r#"
        -
        status: denied
        problem: denied: http://[SERVER]/page: answered 401 Unauthorized: "not you: nobody"; set bearer_token_file or basic_auth
    "#]],
    );
    check(
        r#", "bearer_token_file": "[TREE]/token""#,
        &tree,
        expect![[r#"
        authorization: Bearer TOP-SECRET
        status: denied
        problem: denied: http://[SERVER]/page: answered 401 Unauthorized: "not you: authorization: Bearer [masked]"; the token in [TREE]/token is not enough for it (bearer_token_file)
    "#]],
    );
    check(
        r#", "basic_auth": {"username": "me", "password": "s3cret pass"}"#,
        &tree,
        expect![[r#"
        authorization: Basic bWU6czNjcmV0IHBhc3M=
        status: denied
        problem: denied: http://[SERVER]/page: answered 401 Unauthorized: "not you: authorization: Basic [masked]"; the user name and password of `basic_auth` are not enough for it
    "#]],
    );
    check(
        r#", "basic_auth": {"username": "me", "password_file": "[TREE]/password"}"#,
        &tree,
        expect![[r#"
            authorization: Basic bWU6czNjcmV0IHBhc3M=
            status: denied
            problem: denied: http://[SERVER]/page: answered 401 Unauthorized: "not you: authorization: Basic [masked]"; the user name and password of `basic_auth` are not enough for it
        "#]],
    );
}

#[test]
fn a_token_is_read_at_each_request() {
    let tree = Tree::new("token: first");
    let config = format!(
        r#"{{"url": "http://{}/", "bearer_token_file": "{}/token"}}"#,
        "[SERVER]",
        tree.path().display()
    );
    let server = Server::answering("HTTP/1.1 200 OK\r\n\r\n");
    let config = config.replace("[SERVER]", &server.address().to_string());
    let _ = fetch(&config);
    std::fs::write(tree.path().join("token"), "second\n").unwrap();
    let _ = fetch(&config);
    let sent: Vec<_> = server
        .requests()
        .iter()
        .filter_map(|head| {
            head.lines().find(|it| it.starts_with("authorization")).map(str::to_owned)
        })
        .collect();
    assert_eq!(sent, ["authorization: Bearer first", "authorization: Bearer second"]);
}

#[test]
fn files_that_cannot_be_used() {
    let tree = Tree::new("empty: \nlines: a\\nb\ndirectory/");
    check(
        r#", "bearer_token_file": "[TREE]/none""#,
        &tree,
        expect![[r#"
        -
        status: unavailable
        problem: unavailable: http://[SERVER]/page: bearer_token_file [TREE]/none: No such file or directory (os error 2)
    "#]],
    );
    check(
        r#", "bearer_token_file": "[TREE]/empty""#,
        &tree,
        expect![[r#"
        -
        status: failed
        problem: failed: http://[SERVER]/page: bearer_token_file [TREE]/empty: it is empty
    "#]],
    );
    check(
        r#", "bearer_token_file": "[TREE]/lines""#,
        &tree,
        expect![[r#"
            -
            status: failed
            problem: failed: http://[SERVER]/page: bearer_token_file [TREE]/lines: it holds a byte that no header can carry, such as a line feed
        "#]],
    );
    check(
        r#", "bearer_token_file": "[TREE]/directory""#,
        &tree,
        expect![[r#"
        -
        status: failed
        problem: failed: http://[SERVER]/page: bearer_token_file [TREE]/directory: it is not a regular file
    "#]],
    );
}

#[test]
fn keys_that_do_not_go_together() {
    let tree = Tree::new("");
    check(
        r#", "bearer_token_file": "a", "basic_auth": {"username": "me"}"#,
        &tree,
        expect![[r#"
        -
        status: bad config
        problem: bad config: bearer_token_file and basic_auth are both set; a request has one of them
    "#]],
    );
    check(
        r#", "basic_auth": {"username": "me", "password": "a", "password_file": "b"}"#,
        &tree,
        expect![[r#"
            -
            status: bad config
            problem: bad config: basic_auth: password and password_file are both set; remove one
        "#]],
    );
    check(
        r#", "basic_auth": {"username": "m:e"}"#,
        &tree,
        expect![[r#"
        -
        status: bad config
        problem: bad config: basic_auth.username: has a colon, which basic authentication cannot carry
    "#]],
    );
    check(
        r#", "tls": {"key_file": "a"}"#,
        &tree,
        expect![[r#"
        -
        status: bad config
        problem: bad config: tls.key_file: its certificate is missing; set tls.certificate_file too
    "#]],
    );
    check(
        r#", "tls": {"certificate_file": "a"}"#,
        &tree,
        expect![[r#"
        -
        status: bad config
        problem: bad config: tls.certificate_file: its key is missing; set tls.key_file too
    "#]],
    );
    check(
        r#", "tls": {"insecure": true, "ca_file": "a"}"#,
        &tree,
        expect![[r#"
        -
        status: bad config
        problem: bad config: tls.insecure: nothing is checked, so tls.ca_file has no effect; remove one
    "#]],
    );
}
