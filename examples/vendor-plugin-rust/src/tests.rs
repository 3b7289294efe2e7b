//! The plugin against small servers on loopback that answer well, badly, and not at all.

use std::io::{Read, Write};

use expect_test::{Expect, expect};
use plugin_api::testing::{Server, collect, collect_stopping_after};

use super::Queue;

fn config(server: &Server) -> String {
    format!("{{\"address\": \"{}\"}}", server.address())
}

/// A server that reads the question, sends `answer` and closes.
fn answering(answer: &'static str) -> Server {
    Server::raw(|connection| {
        connection.stream.read_exact(&mut [0; b"stats\r\n".len()])?;
        connection.stream.write_all(answer.as_bytes())
    })
}

fn check(answer: &'static str, expect: Expect) {
    let server = answering(answer);
    let recorded = collect::<Queue>(&config(&server)).to_string();
    // A snapshot keeps no carriage return.
    expect.assert_eq(&server.redact(&recorded).replace('\r', "\\r"));
}

#[test]
fn the_answer_is_stored_and_its_numbers_are_a_page() {
    check(
        "STAT version 1.6.2\r\nSTAT curr_items 12\r\nEND\r\n",
        expect![[r#"
            status: ok
            == stats (text/plain)
            STAT version 1.6.2\r
            STAT curr_items 12\r
            END\r
            == metrics (application/openmetrics-text; version=1.0.0; charset=utf-8)
            # TYPE acme_queue_curr_items gauge
            acme_queue_curr_items 12
            # EOF
        "#]],
    );
}

#[test]
fn half_an_answer_is_stored_as_cut() {
    check(
        "STAT curr_items 12\r\nSTAT by",
        expect![[r#"
            status: failed
            problem: failed: [SERVER]: closed before END
            == stats (text/plain, cut)
            STAT curr_items 12\r
            STAT by
        "#]],
    );
}

#[test]
fn an_answer_of_another_server_is_told_with_its_line() {
    check(
        "220 mail.example.com ESMTP\r\nEND\r\n",
        expect![[r#"
            status: partial
            problem: failed: [SERVER]: "220 mail.example.com ESMTP" is no line `STAT NAME VALUE`
            == stats (text/plain)
            220 mail.example.com ESMTP\r
            END\r
        "#]],
    );
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for_when_time_is_up() {
    let server = Server::raw(|connection| {
        while connection.pause(std::time::Duration::from_secs(1)) {}
        Ok(())
    });
    let recorded = collect_stopping_after::<Queue>(&config(&server), 1).to_string();
    expect![[r#"
        status: stopped
        problem: stopped: [SERVER]: no whole answer in time
    "#]]
    .assert_eq(&server.redact(&recorded));
}

#[test]
fn nobody_at_the_address_is_unavailable() {
    let server = answering("");
    let config = config(&server);
    let port = server.address().to_string();
    drop(server);
    let recorded = collect::<Queue>(&config).to_string().replace(&port, "[SERVER]");
    expect![[r#"
        status: unavailable
        problem: unavailable: [SERVER]: Connection refused (os error 111); is the server running, and is it the option `address`?
    "#]].assert_eq(&recorded);
}

#[test]
fn an_address_without_a_port_is_refused() {
    expect![[r#"
        status: bad config
        problem: bad config: address "localhost": write HOST:PORT
    "#]]
    .assert_eq(&collect::<Queue>(r#"{"address": "localhost"}"#).to_string());
}
