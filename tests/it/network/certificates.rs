//! Certificates that are not to be trusted: nothing is asked over them.

#[path = "../../../plugin-api/tests/http/tls/server.rs"]
mod tls_server;

use std::fs;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use expect_test::expect;
use plugin_api::testing::Server;

use super::Faults;
use super::servers::{answer, reset, wanted};
use tls_server::{Authority, early, expired, serving, signing_itself};

#[test]
fn a_server_without_a_good_certificate_is_not_asked() {
    let mut faults = Faults::new();
    let authority = Authority::new();
    let ca = faults.files().join("ca.pem");
    fs::write(&ca, authority.pem()).expect("write the authority's certificate");
    let listed = format!("tls: {{ ca_file: '{}' }}", ca.display());

    let n_asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&n_asked);
    let asked = move |head: &str| {
        counter.fetch_add(1, Ordering::Relaxed);
        let (kind, body) = wanted(head);
        answer("200 OK", kind, body.len(), &body)
    };
    let serve = |signed| serving(&signed, None, asked.clone());
    let good = serve(authority.sign("127.0.0.1", |_| {}));
    // It does not wait for the end of what it takes for a line.
    let plain = Server::raw(|connection| {
        connection.stream.read_exact(&mut [0; 5])?;
        connection.stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")?;
        std::io::copy(&mut connection.stream, &mut std::io::sink()).map(drop)
    });
    let resetting = Server::raw(|connection| {
        connection.stream.read_exact(&mut [0; 5])?;
        reset(&connection.stream)
    });
    let itself = signing_itself("127.0.0.1", |_| {});
    fs::write(faults.files().join("itself.pem"), &itself.pem).expect("write the certificate");
    let itself_listed = listed.replace("ca.pem", "itself.pem");
    let others = [
        ("self-signed", serve(signing_itself("127.0.0.1", |_| {})), ""),
        ("unknown-authority", serve(authority.sign("127.0.0.1", |_| {})), ""),
        ("expired", serve(authority.sign("127.0.0.1", expired)), &listed),
        ("not-valid-yet", serve(authority.sign("127.0.0.1", early)), &listed),
        ("wrong-name", serve(authority.sign("db1.example", |_| {})), &listed),
        ("no-tls", plain, &listed),
        ("reset", resetting, &listed),
        ("self-signed-listed", serve(itself), &itself_listed),
    ];
    faults.add_with("good", &format!("https://{}", good.address()), &listed);
    for (name, server, keys) in &others {
        faults.add_with(name, &format!("https://{}", server.address()), keys);
    }
    faults.add("http-to-https", &format!("http://{}", good.address()));
    let mut rows = good.redact(&need!(faults.rows("60s")));
    for (_, server, _) in &others {
        rows = server.redact(&rows);
    }
    expect![[r#"
        good-pprof: ok [heap.pb.gz, 2031 bytes]
        good-metrics: ok [metrics.txt, 1944 bytes]
        self-signed-pprof: failed
          failed: https://[SERVER]/debug/pprof/heap: the certificate signs itself; set tls.ca_file to the PEM file of that certificate
        self-signed-metrics: failed
          failed: https://[SERVER]/metrics: the certificate signs itself; set tls.ca_file to the PEM file of that certificate
        unknown-authority-pprof: failed
          failed: https://[SERVER]/debug/pprof/heap: the certificate is signed by no authority that is trusted here; set tls.ca_file to the PEM file of that authority, such as the system's list /etc/ssl/certs/ca-certificates.crt
        unknown-authority-metrics: failed
          failed: https://[SERVER]/metrics: the certificate is signed by no authority that is trusted here; set tls.ca_file to the PEM file of that authority, such as the system's list /etc/ssl/certs/ca-certificates.crt
        expired-pprof: failed
          failed: https://[SERVER]/debug/pprof/heap: the certificate expired 3 days ago by this machine's clock; renew it on the server, and check the clocks of both machines
        expired-metrics: failed
          failed: https://[SERVER]/metrics: the certificate expired 3 days ago by this machine's clock; renew it on the server, and check the clocks of both machines
        not-valid-yet-pprof: failed
          failed: https://[SERVER]/debug/pprof/heap: the certificate is not valid until 3 days from now by this machine's clock; check the clocks of both machines
        not-valid-yet-metrics: failed
          failed: https://[SERVER]/metrics: the certificate is not valid until 3 days from now by this machine's clock; check the clocks of both machines
        wrong-name-pprof: failed
          failed: https://[SERVER]/debug/pprof/heap: the certificate is for another name than 127.0.0.1; it is for db1.example; use one of its names in `url`
        wrong-name-metrics: failed
          failed: https://[SERVER]/metrics: the certificate is for another name than 127.0.0.1; it is for db1.example; use one of its names in `url`
        no-tls-pprof: failed
          failed: https://[SERVER]/debug/pprof/heap: the server does not speak TLS; let `url` begin with http:// if that is meant, or name the port for https
        no-tls-metrics: failed
          failed: https://[SERVER]/metrics: the server does not speak TLS; let `url` begin with http:// if that is meant, or name the port for https
        reset-pprof: failed
          failed: https://[SERVER]/debug/pprof/heap: the server reset the connection during the TLS handshake; check that the port in `url` is the one for https
        reset-metrics: failed
          failed: https://[SERVER]/metrics: the server reset the connection during the TLS handshake; check that the port in `url` is the one for https
        self-signed-listed-pprof: ok [heap.pb.gz, 2031 bytes]
        self-signed-listed-metrics: ok [metrics.txt, 1944 bytes]
        http-to-https-pprof: failed
          failed: http://[SERVER]/debug/pprof/heap: the answer is not HTTP: "protocol: http parse fail: invalid HTTP version"; check the port in `url`, and whether it has to begin with https://
        http-to-https-metrics: failed
          failed: http://[SERVER]/metrics: the answer is not HTTP: "protocol: http parse fail: invalid HTTP version"; check the port in `url`, and whether it has to begin with https://
    "#]].assert_eq(&rows);
    assert_eq!(n_asked.load(Ordering::Relaxed), 4, "only the good ones, by each plugin");
}
