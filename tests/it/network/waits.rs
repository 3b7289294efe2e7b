//! Servers that keep one waiting: a collector's time ends the wait, and what came is kept.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::os::fd::OwnedFd;
use std::time::Duration;

use expect_test::expect;
use plugin_api::testing::Server;
use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};

use super::Faults;
use super::servers::{answer, fault, wanted};
use crate::support::{Missing, Scene};

const A_SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_server_that_is_silent_or_drips_costs_its_collectors_time_and_no_more() {
    let silent = Server::raw(|connection| {
        while connection.pause(A_SECOND) {}
        Ok(())
    });
    let dripping = dripping();
    let busy = Busy::new();
    let mut faults = Faults::new();
    faults.add("accepts-nobody", &format!("http://{}", busy.address));
    faults.add("silent", &format!("http://{}", silent.address()));
    faults.add("silent-tls", &format!("https://{}", silent.address()));
    faults.add("drips-head", &format!("http://{}/drips-head", dripping.address()));
    faults.add("drips-body", &format!("http://{}/drips-body", dripping.address()));
    let rows = need!(in_time(|timeout| faults.rows(timeout)));
    let rows = rows.replace(&busy.address.to_string(), "[SERVER]");
    let rows = without_numbers(&silent.redact(&dripping.redact(&rows)));
    expect![[r#"
        accepts-nobody-pprof: unavailable
          unavailable: http://[SERVER]/debug/pprof/heap: no connection in time; check the address in `url`, whether a firewall is between, and whether the server hangs
        accepts-nobody-metrics: unavailable
          unavailable: http://[SERVER]/metrics: no connection in time; check the address in `url`, whether a firewall is between, and whether the server hangs
        silent-pprof: unavailable
          unavailable: http://[SERVER]/debug/pprof/heap: no answer within [N]; the server may be overloaded; if it is only slow, raise `timeout` of this collector
        silent-metrics: unavailable
          unavailable: http://[SERVER]/metrics: no answer within [N]; the server may be overloaded; if it is only slow, raise `timeout` of this collector
        silent-tls-pprof: unavailable
          unavailable: https://[SERVER]/debug/pprof/heap: the server did not end the TLS handshake in time; check that the port in `url` is the one for https; if it is, the server may be overloaded
        silent-tls-metrics: unavailable
          unavailable: https://[SERVER]/metrics: the server did not end the TLS handshake in time; check that the port in `url` is the one for https; if it is, the server may be overloaded
        drips-head-pprof: unavailable
          unavailable: http://[SERVER]/drips-head/debug/pprof/heap: no answer within [N]; the server may be overloaded; if it is only slow, raise `timeout` of this collector
        drips-head-metrics: unavailable
          unavailable: http://[SERVER]/drips-head/metrics: no answer within [N]; the server may be overloaded; if it is only slow, raise `timeout` of this collector
        drips-body-pprof: partial [heap.pb.gz, [N] bytes, cut]
          partial: http://[SERVER]/drips-body/debug/pprof/heap: the answer did not end within [N], stopped after [N] of 5000 bytes; the server may be overloaded; if it is only slow, raise `timeout` of this collector
        drips-body-metrics: partial [metrics.txt, [N] bytes, cut]
          partial: http://[SERVER]/drips-body/metrics: the answer did not end within [N], stopped after [N] of 5000 bytes; the server may be overloaded; if it is only slow, raise `timeout` of this collector
    "#]].assert_eq(&rows);
}

/// The rows that `capture` gives with a timeout. Where the machine is so busy that a plugin, which
/// steps back for everybody, is late itself, it gets more.
pub(super) fn in_time(
    capture: impl Fn(&str) -> Result<String, Missing>,
) -> Result<String, Missing> {
    let mut rows = String::new();
    for timeout in ["3s", "12s", "48s"] {
        rows = capture(timeout)?;
        if !rows.contains("reason: not finished after ") {
            break;
        }
    }
    Ok(rows)
}

/// A server that gives a byte a second: from the first of the answer under `/drips-head`, else once
/// its head and a thousand bytes came at once.
fn dripping() -> Server {
    Server::start(|head, connection| {
        let (kind, body) = wanted(head);
        let answer = answer("200 OK", kind, 5000, &body);
        let (at_once, drops) = match fault(head) {
            "drips-head" => answer.split_at(0),
            _ => answer.split_at(answer.len() - body.len() + 1000),
        };
        connection.stream.write_all(at_once)?;
        for drop in drops.chunks(1) {
            if connection.pause(A_SECOND) {
                connection.stream.write_all(drop)?;
            }
        }
        Ok(())
    })
}

/// However many profiles are asked for, the plugin is back in time to say what took it.
#[test]
fn a_server_that_drips_each_of_many_profiles_is_told_of_by_the_plugin() {
    let server = dripping();
    let rows = need!(in_time(|timeout| {
        let scene = Scene::new(&format!(
            "\
collectors:
  - plugin: go-pprof
    limits: {{ timeout: {timeout} }}
    config:
      url: 'http://{}'
      profiles: [heap, allocs, goroutine, threadcreate, block, mutex]
",
            server.address()
        ))?;
        Ok(scene.capture(&[]).rows("go-pprof"))
    }));
    expect![[r#"
        1 x partial [heap.pb.gz, [N] bytes, cut]
          reason: http://[SERVER]/debug/pprof/heap: the answer did not end within [N], stopped after [N] of 5000 bytes; the server may be overloaded; if it is only slow, raise `timeout` of this collector
          partial: http://[SERVER]/debug/pprof/heap: the answer did not end within [N], stopped after [N] of 5000 bytes; the server may be overloaded; if it is only slow, raise `timeout` of this collector
          unavailable: allocs: not begun: [N] are left; raise `timeout` of this collector
          unavailable: goroutine, threadcreate, block, mutex: not asked for after that
    "#]].assert_eq(&without_numbers(&server.redact(&rows)));
}

/// A server that is too busy to accept: its queue is full.
struct Busy {
    address: SocketAddrV4,
    _listener: OwnedFd,
    _waiting: Vec<TcpStream>,
}

impl Busy {
    fn new() -> Self {
        let listener = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
        bind(&listener, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).expect("a port of loopback");
        listen(&listener, 0).expect("the shortest queue there is");
        let address = getsockname(&listener).expect("its address");
        let address = SocketAddrV4::try_from(address).expect("an address of IPv4");
        let connect = || TcpStream::connect_timeout(&address.into(), A_SECOND).ok();
        let waiting: Vec<TcpStream> = std::iter::from_fn(connect).take(100).collect();
        assert!(waiting.len() < 100, "the queue has an end");
        Busy { address, _listener: listener, _waiting: waiting }
    }
}

/// With stand-ins for how long and how much, which depend on how busy this machine is.
fn without_numbers(rows: &str) -> String {
    let mut text = rows.to_owned();
    for before in ["within ", "stopped after ", "heap.pb.gz, ", "metrics.txt, ", "not begun: "] {
        let mut parts = text.split(before);
        let mut shown = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let rest =
                part.trim_start_matches(|it: char| it.is_ascii_digit() || "ms.".contains(it));
            shown.push_str(&format!("{before}[N]{rest}"));
        }
        text = shown;
    }
    text
}
