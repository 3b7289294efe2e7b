//! Answers of servers that never end, or that become a thousand times larger when they are
//! inflated. What goes wrong on the way to an answer is tested beside the plugins.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use expect_test::expect;
use flate2::{Compress, Compression, FlushCompress, Status};

use super::{captured_in_little_memory, check_worker};
use crate::support::Scene;

/// A server on loopback that answers each request with `start`, and then `piece` for as long as it
/// is taken.
fn endless(start: Vec<u8>, piece: Vec<u8>) -> SocketAddr {
    dripping(start, piece, Duration::ZERO)
}

/// The same, with a `pause` after each `piece`.
fn dripping(start: Vec<u8>, piece: Vec<u8>, pause: Duration) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port of loopback");
    let address = listener.local_addr().expect("a bound address");
    // It ends with the tests.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (start, piece) = (start.clone(), piece.clone());
            thread::spawn(move || send(stream, &start, &piece, pause));
        }
    });
    address
}

fn send(mut stream: TcpStream, start: &[u8], piece: &[u8], pause: Duration) -> io::Result<()> {
    stream.write_all(start)?;
    loop {
        stream.write_all(piece)?;
        thread::sleep(pause);
    }
}

fn head(headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n").into_bytes()
}

/// The row of `collector`, an item of a manifest with `[SERVER]` for `server`.
fn row(server: SocketAddr, collector: &str) -> String {
    let collector = collector.replace("[SERVER]", &server.to_string());
    let scene = Scene::new(&format!("collectors:\n  - {collector}\n")).expect("nothing is in C");
    let captured = captured_in_little_memory(&scene);
    let name = captured.bundle.samples[0]["rows"][0]["collector"].as_str().expect("a name");
    check_worker(&captured, name);
    captured.rows(name).replace(&server.to_string(), "[SERVER]")
}

/// The row of a scrape within `limits`, with more keys of its `config`.
fn scrape(server: SocketAddr, limits: &str, config: &str) -> String {
    let config = format!("config: {{ url: 'http://[SERVER]/metrics', {config} }}");
    row(server, &format!("{{ plugin: prometheus-scrape, limits: {{ {limits} }}, {config} }}"))
}

const METRICS: &str = "Content-Type: text/plain; version=0.0.4";

#[test]
fn a_page_of_metrics_without_end_is_cut_at_the_quota() {
    let server = endless(head(METRICS), b"a_metric{of=\"many\"} 1\n".repeat(1000));
    let row = scrape(server, "max_bytes: 8MiB", "");
    expect![[r#"
        1 x quota [metrics.txt, 8388608 bytes, cut]
          reason: more than 8.00 MiB in one sample; raise limits.max_bytes
          quota: more than 8.00 MiB in one sample; raise limits.max_bytes
          quota: artifact metrics.txt: the limit of this collector is reached
    "#]]
    .assert_eq(&row);
}

#[test]
fn a_line_of_metrics_without_end_is_cut_at_the_quota() {
    let start = [head(METRICS), b"a_metric{of=\"".to_vec()].concat();
    let server = endless(start, b"x".repeat(64 << 10));
    let row = scrape(server, "max_bytes: 8MiB", "");
    expect![[r#"
        1 x quota [metrics.txt, 8388608 bytes, cut]
          reason: more than 8.00 MiB in one sample; raise limits.max_bytes
          quota: more than 8.00 MiB in one sample; raise limits.max_bytes
          quota: artifact metrics.txt: the limit of this collector is reached
    "#]]
    .assert_eq(&row);
}

/// Asserts that the time has ended `row`, with what came of `artifact`: noticed by the plugin, or by
/// the core where the plugin was too busy.
fn ends_in_time(row: &str, artifact: &str) {
    let is_cut = row.lines().next().is_some_and(|line| line.ends_with(", cut]"));
    assert!(is_cut && row.contains(artifact), "{row}");
    let by_plugin = row.contains("; if it is only slow, raise `timeout` of this collector\n");
    let by_core = row.contains("reason: not finished after 3s; what had arrived is kept\n");
    assert!(
        by_plugin && row.starts_with("1 x partial") || by_core && row.starts_with("1 x timeout"),
        "{row}"
    );
}

/// Nothing of it is stored, so no quota ends it.
#[test]
fn a_page_without_end_of_which_nothing_is_kept_ends_in_time() {
    let server = endless(head(METRICS), b"a_metric 1\n".repeat(1000));
    let row = scrape(server, "timeout: 3s", "keep: [other]");
    ends_in_time(&row, "metrics.txt");
}

/// To know whether it is kept, it would have to be held.
#[test]
fn a_line_without_end_that_might_be_kept_is_not_read_to_its_end() {
    let start = [head(METRICS), b"a_metric{of=\"".to_vec()].concat();
    let server = endless(start, b"x".repeat(64 << 10));
    let row = scrape(server, "", "keep: [a_metric]");
    expect![[r#"
        1 x partial [metrics.txt, 0 bytes, cut]
          reason: a line has more than 1048576 bytes; leave `keep` out to store the page as sent
          partial: a line has more than 1048576 bytes; leave `keep` out to store the page as sent
    "#]]
    .assert_eq(&row);
}

/// `bytes` deflated so that it may be repeated: it ends at a whole byte, and what follows cannot
/// refer to it.
fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut out = Vec::with_capacity(bytes.len() + 1024);
    let status = compress.compress_vec(bytes, &mut out, FlushCompress::Full);
    assert_eq!(status.expect("it can be"), Status::Ok, "it all fits");
    out
}

/// A gzip without end that starts as a profile. Each KiB of it is a MiB.
fn bomb() -> (Vec<u8>, Vec<u8>) {
    // One `sample_type`, then a text of 2^62 bytes.
    let message = [&[0x0a, 0x00, 0x32][..], &[0x80; 8], &[0x40]].concat();
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let piece = deflated(&vec![0; 1 << 20]);
    assert!(piece.len() < 2048, "{} bytes", piece.len());
    ([&gzip[..], &deflated(&message)].concat(), piece)
}

#[test]
fn a_profile_that_inflates_without_end_is_stored_as_it_comes_and_ends_in_time() {
    for headers in ["Content-Type: application/octet-stream", "Content-Encoding: gzip"] {
        let (start, piece) = bomb();
        // 50 MiB a second, so that also a plugin without optimization looks at its time.
        let pause = Duration::from_millis(20);
        let server = dripping([head(headers), start].concat(), piece, pause);
        let config = "config: { url: 'http://[SERVER]', profiles: [heap] }";
        let row =
            row(server, &format!("{{ plugin: go-pprof, limits: {{ timeout: 3s }}, {config} }}"));
        ends_in_time(&row, "heap.pb.gz");
    }
}

#[test]
fn a_page_of_metrics_that_would_have_to_be_inflated_is_not_taken() {
    let (start, piece) = bomb();
    let headers = format!("{METRICS}\r\nContent-Encoding: gzip");
    let server = endless([head(&headers), start].concat(), piece);
    let row = scrape(server, "", "");
    expect![[r#"
        1 x failed
          reason: http://[SERVER]/metrics: the answer is compressed (gzip), which was not asked for; turn that off in the server or in the proxy before it
          failed: http://[SERVER]/metrics: the answer is compressed (gzip), which was not asked for; turn that off in the server or in the proxy before it
    "#]].assert_eq(&row);
}
