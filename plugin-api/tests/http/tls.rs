//! Certificates: good, bad, expired, of another name, and none.

mod itself;
mod server;

use std::io::{Read, Write};
use std::path::Path;

use expect_test::{Expect, expect};
use plugin_api::testing::{Server, Tree};
use rcgen::KeyPair;

use crate::fetch;
use server::{Authority, Signed};

/// A server with this certificate that answers "over tls".
fn serving(signed: &Signed, clients: Option<&Authority>) -> Server {
    server::serving(signed, clients, |_| {
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nover tls\n".to_vec()
    })
}

/// A directory with `ca.pem` of the authority.
fn files(authority: &Authority) -> Tree {
    let tree = Tree::new("");
    write(tree.path(), "ca.pem", &authority.pem());
    tree
}

fn write(directory: &Path, name: &str, text: &str) {
    std::fs::write(directory.join(name), text).unwrap();
}

/// What is said of `https://SERVER/` with these keys below `tls`.
fn check(server: &Server, keys: &str, tree: &Tree, expect: Expect) {
    let root = tree.path().display().to_string();
    let keys = keys.replace("[TREE]", &root);
    let config = format!(r#"{{"url": "https://{}/", "tls": {{{keys}}}}}"#, server.address());
    expect.assert_eq(&server.redact(&fetch(&config).to_string()).replace(&root, "[TREE]"));
}

const CA: &str = r#""ca_file": "[TREE]/ca.pem""#;

#[test]
fn a_named_authority_is_trusted_and_an_unknown_one_is_not() {
    let authority = Authority::new();
    let tree = files(&authority);
    let server = serving(&authority.sign("127.0.0.1", |_| {}), None);
    check(
        &server,
        CA,
        &tree,
        expect![[r#"
        status: ok
        == body (none)
        over tls
    "#]],
    );
    check(
        &server,
        "",
        &tree,
        expect![[r#"
        status: failed
        problem: failed: https://[SERVER]/: the certificate is signed by no authority that is trusted here; set tls.ca_file to the PEM file of that authority, such as the system's list /etc/ssl/certs/ca-certificates.crt
    "#]],
    );
    check(
        &server,
        r#""insecure": true"#,
        &tree,
        expect![[r#"
        status: ok
        log 2: tls.insecure: the server's certificate is not checked, so what is stored may come from somebody else
        == body (none)
        over tls
    "#]],
    );
    let other = files(&Authority::new());
    check(
        &server,
        CA,
        &other,
        expect![[r#"
            status: failed
            problem: failed: https://[SERVER]/: the certificate is signed by no authority that is trusted here; set tls.ca_file to the PEM file of that authority, such as the system's list /etc/ssl/certs/ca-certificates.crt
        "#]],
    );
}

#[test]
fn expired_early_and_of_another_name() {
    let authority = Authority::new();
    let tree = files(&authority);
    let expired = authority.sign("127.0.0.1", server::expired);
    check(
        &serving(&expired, None),
        CA,
        &tree,
        expect![[r#"
            status: failed
            problem: failed: https://[SERVER]/: the certificate expired 3 days ago by this machine's clock; renew it on the server, and check the clocks of both machines
        "#]],
    );
    let early = authority.sign("127.0.0.1", server::early);
    check(
        &serving(&early, None),
        CA,
        &tree,
        expect![[r#"
            status: failed
            problem: failed: https://[SERVER]/: the certificate is not valid until 3 days from now by this machine's clock; check the clocks of both machines
        "#]],
    );
    let other = authority.sign("metrics.example", |_| {});
    check(
        &serving(&other, None),
        CA,
        &tree,
        expect![[r#"
            status: failed
            problem: failed: https://[SERVER]/: the certificate is for another name than 127.0.0.1; it is for metrics.example; use one of its names in `url`
        "#]],
    );
}

#[test]
fn a_server_that_asks_for_a_certificate() {
    let authority = Authority::new();
    let tree = files(&authority);
    let client = authority.sign("client", |_| {});
    write(tree.path(), "client.pem", &client.pem);
    write(tree.path(), "client.key", &client.key.serialize_pem());
    write(tree.path(), "other.key", &KeyPair::generate().unwrap().serialize_pem());
    let server = serving(&authority.sign("127.0.0.1", |_| {}), Some(&authority));
    let with = |key: &str| {
        format!(r#"{CA}, "certificate_file": "[TREE]/client.pem", "key_file": "[TREE]/{key}""#)
    };
    check(
        &server,
        &with("client.key"),
        &tree,
        expect![[r#"
        status: ok
        == body (none)
        over tls
    "#]],
    );
    check(
        &server,
        CA,
        &tree,
        expect![[r#"
        status: failed
        problem: failed: https://[SERVER]/: the server ended the TLS handshake: CertificateRequired; if it asks clients for a certificate, set tls.certificate_file and tls.key_file
    "#]],
    );
    check(
        &server,
        &with("other.key"),
        &tree,
        expect![[r#"
        status: failed
        problem: failed: https://[SERVER]/: tls.key_file [TREE]/other.key cannot be used: it is not the key of the certificate in tls.certificate_file
    "#]],
    );
    check(
        &server,
        &with("client.pem"),
        &tree,
        expect![[r#"
        status: failed
        problem: failed: https://[SERVER]/: tls.key_file [TREE]/client.pem cannot be used: it holds no private key in PEM; one with a pass phrase cannot be used
    "#]],
    );
}

#[test]
fn files_that_are_no_certificates() {
    let tree = Tree::new(
        "text: not a certificate\nbroken: -----BEGIN CERTIFICATE-----\\n!!!\\n-----END CERTIFICATE-----",
    );
    let server = Server::answering("");
    check(
        &server,
        r#""ca_file": "[TREE]/text""#,
        &tree,
        expect![[r#"
        status: failed
        problem: failed: https://[SERVER]/: tls.ca_file [TREE]/text cannot be used: it holds no certificate in PEM
    "#]],
    );
    check(
        &server,
        r#""ca_file": "[TREE]/broken""#,
        &tree,
        expect![[r#"
        status: failed
        problem: failed: https://[SERVER]/: tls.ca_file [TREE]/broken cannot be used: it is not PEM: base64 decode error: InvalidCharacter(33)
    "#]],
    );
    check(
        &server,
        r#""ca_file": "[TREE]/none""#,
        &tree,
        expect![[r#"
        status: unavailable
        problem: unavailable: https://[SERVER]/: tls.ca_file [TREE]/none: No such file or directory (os error 2)
    "#]],
    );
}

#[test]
fn a_server_that_does_not_speak_tls() {
    let server = Server::raw(|connection| {
        connection.stream.read_exact(&mut [0; 5])?;
        connection.stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")?;
        std::io::copy(&mut connection.stream, &mut std::io::sink()).map(|_| ())
    });
    check(
        &server,
        "",
        &Tree::new(""),
        expect![[r#"
            status: failed
            problem: failed: https://[SERVER]/: the server does not speak TLS; let `url` begin with http:// if that is meant, or name the port for https
        "#]],
    );
    let silent = Server::raw(|connection| connection.stream.shutdown(std::net::Shutdown::Both));
    check(
        &silent,
        "",
        &Tree::new(""),
        expect![[r#"
            status: failed
            problem: failed: https://[SERVER]/: the server closed the connection during the TLS handshake; check that the port in `url` is the one for https
        "#]],
    );
}
