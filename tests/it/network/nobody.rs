//! Nobody there: no server at the address, no address for the name, nobody who knows names.

use std::fs;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use expect_test::expect;
use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};

use super::Faults;
use super::waits::in_time;
use crate::support::{Missing, in_own_mounts};

#[test]
fn an_address_without_a_server_and_a_name_without_an_address() {
    // Bound and not listening: nobody else gets the port, and who connects is refused.
    let taken = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    bind(&taken, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).expect("a port of loopback");
    let address = SocketAddrV4::try_from(getsockname(&taken).expect("its address")).expect("IPv4");
    // Too long for a name, so that no name server is asked.
    let long = "x".repeat(64);
    let mut faults = Faults::new();
    faults.add("refused", &format!("http://{address}"));
    faults.add("no-such-name", &format!("http://{long}.invalid"));
    let rows = need!(faults.rows("60s"));
    let rows = rows.replace(&address.to_string(), "[SERVER]").replace(&long, "[LONG]");
    expect![[r#"
        refused-pprof: unavailable
          unavailable: http://[SERVER]/debug/pprof/heap: connection refused; a Go program offers profiles once it has import _ "net/http/pprof" and go http.ListenAndServe("127.0.0.1:6060", nil); check that the port in `url` is that one
        refused-metrics: unavailable
          unavailable: http://[SERVER]/metrics: connection refused; check that the server runs and that the port in `url` is its own
        no-such-name-pprof: unavailable
          unavailable: http://[LONG].invalid/debug/pprof/heap: the host [LONG].invalid cannot be resolved: failed to lookup address information: Name or service not known; check the host in `url`, and the name servers of this machine
        no-such-name-metrics: unavailable
          unavailable: http://[LONG].invalid/metrics: the host [LONG].invalid cannot be resolved: failed to lookup address information: Name or service not known; check the host in `url`, and the name servers of this machine
    "#]].assert_eq(&rows);
}

#[test]
fn a_name_server_that_says_no_or_that_it_cannot_or_nothing() {
    let server = need!(NameServer::start());
    let rows = |timeout: &str, names: &[&'static str]| {
        let mut faults = Faults::new();
        for name in names {
            faults.add(name, &format!("http://{name}.invalid"));
        }
        let file = |name: &str, text: String| {
            let path = faults.files().join(name);
            fs::write(&path, text).expect("write a file");
            format!("mount --bind {} /etc/{name}", path.display())
        };
        let before = [
            file("resolv.conf", format!("nameserver {}\n", server.address)),
            file("nsswitch.conf", "hosts: files dns\n".to_owned()),
        ];
        faults.rows_of(timeout, |command| in_own_mounts(&before.join(" && "), &command))
    };
    let answered = need!(rows("60s", &["unknown", "fails"]));
    expect![[r#"
        unknown-pprof: unavailable
          unavailable: http://unknown.invalid/debug/pprof/heap: the host unknown.invalid cannot be resolved: failed to lookup address information: Name or service not known; check the host in `url`, and the name servers of this machine
        unknown-metrics: unavailable
          unavailable: http://unknown.invalid/metrics: the host unknown.invalid cannot be resolved: failed to lookup address information: Name or service not known; check the host in `url`, and the name servers of this machine
        fails-pprof: unavailable
          unavailable: http://fails.invalid/debug/pprof/heap: the host fails.invalid cannot be resolved: failed to lookup address information: Temporary failure in name resolution; check the host in `url`, and the name servers of this machine
        fails-metrics: unavailable
          unavailable: http://fails.invalid/metrics: the host fails.invalid cannot be resolved: failed to lookup address information: Temporary failure in name resolution; check the host in `url`, and the name servers of this machine
    "#]].assert_eq(&answered);
    let silent = need!(in_time(|timeout| rows(timeout, &["silent"])));
    expect![[r#"
        silent-pprof: unavailable
          unavailable: http://silent.invalid/debug/pprof/heap: the host's name was not resolved in time; check the name servers of this machine, or use an address
        silent-metrics: unavailable
          unavailable: http://silent.invalid/metrics: the host's name was not resolved in time; check the name servers of this machine, or use an address
    "#]].assert_eq(&silent);
}

/// A name server on an address of loopback: it knows no name, fails for `fails.invalid`, and says
/// nothing to who asks for `silent.invalid`.
struct NameServer {
    address: Ipv4Addr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl NameServer {
    fn start() -> Result<Self, Missing> {
        // An address of this process's own: there is but one port 53 to each.
        let [.., high, low] = std::process::id().to_be_bytes();
        let address = Ipv4Addr::new(127, 53, high, low);
        let socket = UdpSocket::bind((address, 53))
            .map_err(|_| Missing("a name server of a test takes the right to use port 53"))?;
        socket.set_read_timeout(Some(Duration::from_millis(50))).expect("a socket takes this");
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let mut message = [0; 512];
                // Nothing came in that time.
                let Ok((n, from)) = socket.recv_from(&mut message) else { continue };
                if let Some(code) = answer(&message[..n]) {
                    // The question comes back with the mark of an answer, and why there is none.
                    message[2..4].copy_from_slice(&[0x81, 0x80 | code]);
                    let _ = socket.send_to(&message[..n], from);
                }
            }
        });
        Ok(NameServer { address, stop, thread: Some(thread) })
    }
}

/// The code of RFC 1035, 4.1.1, that a question gets.
fn answer(question: &[u8]) -> Option<u8> {
    const SERVER_FAILURE: u8 = 2;
    const NAME_ERROR: u8 = 3;
    let asks = |name: &[u8]| question.windows(name.len()).any(|it| it == name);
    match () {
        () if asks(b"\x06silent") => None,
        () if asks(b"\x05fails") => Some(SERVER_FAILURE),
        () => Some(NAME_ERROR),
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
