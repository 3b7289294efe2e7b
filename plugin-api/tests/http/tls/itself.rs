//! Certificates that sign themselves, which customers have more often than any other.

use expect_test::expect;
use plugin_api::testing::Tree;

use super::server::{expired, signing_itself};
use super::{CA, check, serving, write};

#[test]
fn a_certificate_that_signs_itself() {
    let tree = Tree::new("");
    let signed = signing_itself("127.0.0.1", |_| {});
    let server = serving(&signed, None);
    check(
        &server,
        "",
        &tree,
        expect![[r#"
        status: failed
        problem: failed: https://[SERVER]/: the certificate signs itself; set tls.ca_file to the PEM file of that certificate
    "#]],
    );
    write(tree.path(), "ca.pem", &signed.pem);
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
    // Listed, but another of the same name.
    write(tree.path(), "ca.pem", &signing_itself("127.0.0.1", |_| {}).pem);
    check(
        &server,
        CA,
        &tree,
        expect![[r#"
        status: failed
        problem: failed: https://[SERVER]/: the certificate signs itself; set tls.ca_file to the PEM file of that certificate
    "#]],
    );
}

#[test]
fn a_certificate_that_signs_itself_is_still_checked() {
    let tree = Tree::new("");
    let old = signing_itself("127.0.0.1", expired);
    write(tree.path(), "ca.pem", &old.pem);
    check(
        &serving(&old, None),
        CA,
        &tree,
        expect![[r#"
            status: failed
            problem: failed: https://[SERVER]/: the certificate expired 3 days ago by this machine's clock; renew it on the server, and check the clocks of both machines
        "#]],
    );
    let other = signing_itself("metrics.example", |_| {});
    write(tree.path(), "ca.pem", &other.pem);
    check(
        &serving(&other, None),
        CA,
        &tree,
        expect![[r#"
        status: failed
        problem: failed: https://[SERVER]/: the certificate is for another name than 127.0.0.1; it is for metrics.example; use one of its names in `url`
    "#]],
    );
    let nameless = signing_itself("127.0.0.1", |params| params.subject_alt_names.clear());
    write(tree.path(), "ca.pem", &nameless.pem);
    check(
        &serving(&nameless, None),
        CA,
        &tree,
        expect![[r#"
        status: failed
        problem: failed: https://[SERVER]/: the certificate has no subject alternative name; renew it with one; if the way to the server is safe, set tls.insecure to true
    "#]],
    );
}
