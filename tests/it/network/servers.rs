//! What the servers of these tests say, and how they stop saying it.

use std::fs;
use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use plugin_api::testing::{Connection, Server};

use crate::support::wait_until;

/// A server that has a profile and a page of metrics for everybody.
pub(crate) fn well() -> Server {
    Server::start(|head, connection| {
        let (kind, body) = wanted(head);
        connection.stream.write_all(&answer("200 OK", kind, body.len(), &body))
    })
}

/// The bytes of an answer that announces `length` bytes and has `body`.
pub(super) fn answer(status: &str, kind: &str, length: usize, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// The media type and the body that a request is meant to get.
pub(super) fn wanted(head: &str) -> (&'static str, Vec<u8>) {
    if is_for_metrics(head) {
        ("text/plain; version=0.0.4", page())
    } else {
        ("application/octet-stream", profile())
    }
}

fn is_for_metrics(head: &str) -> bool {
    head.lines().next().is_some_and(|line| line.contains("/metrics"))
}

/// The first part of the path, which names the fault.
pub(super) fn fault(head: &str) -> &str {
    head.split('/').nth(1).unwrap_or_default().split([' ', '?']).next().unwrap_or_default()
}

/// The last word of the header `Authorization`.
pub(super) fn sent_secret(head: &str) -> &str {
    let header = head.lines().find(|line| line.starts_with("authorization: "));
    header.and_then(|line| line.rsplit(' ').next()).unwrap_or("nothing")
}

/// A page of metrics of about 2000 bytes.
pub(super) fn page() -> Vec<u8> {
    let head = "# TYPE requests counter\n";
    let lines = (0..).map(|n| format!("requests{{path=\"/{n:06}\"}} {n:06}\n"));
    let text: String = std::iter::once(head.to_owned()).chain(lines.take(60)).collect();
    text.into_bytes()
}

/// A heap profile in a gzip that does not compress: half of its bytes are half of the profile.
pub(super) fn profile() -> Vec<u8> {
    // Two fields that every profile has, then texts.
    let mut message = b"\x0a\x04\x08\x01\x10\x02\x32\x00".to_vec();
    for n in 0..200 {
        let text = format!("name{n:04}");
        message.extend([0x32, 8]);
        message.extend(text.as_bytes());
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::none());
    gzip.write_all(&message).and_then(|()| gzip.finish()).expect("memory takes all")
}

/// Waits until the client has read all it was sent: what comes next could take the rest from it.
pub(super) fn wait_until_read(connection: &Connection) -> io::Result<()> {
    let (here, there) = (connection.stream.local_addr()?, connection.stream.peer_addr()?);
    let nothing_waits = |from, to| queues(from, to) == Some((0, 0));
    wait_until("the client to read", || nothing_waits(here, there) && nothing_waits(there, here));
    Ok(())
}

/// Ends the connection with a reset.
pub(super) fn reset(stream: &TcpStream) -> io::Result<()> {
    rustix::net::sockopt::set_socket_linger(stream.as_fd(), Some(Duration::ZERO))?;
    stream.shutdown(Shutdown::Read)
}

/// The bytes that wait to be sent and to be read on the socket between these addresses of IPv4.
fn queues(from: SocketAddr, to: SocketAddr) -> Option<(u64, u64)> {
    let shown = |address: SocketAddr| match address {
        SocketAddr::V4(v4) => {
            format!("{:08X}:{:04X}", u32::from_ne_bytes(v4.ip().octets()), v4.port())
        }
        SocketAddr::V6(v6) => panic!("{v6} is not of IPv4"),
    };
    let table = fs::read_to_string("/proc/net/tcp").expect("the table of sockets");
    let ends = format!(" {} {} ", shown(from), shown(to));
    let (_, rest) = table.lines().find_map(|line| line.split_once(&ends))?;
    // The state, then both queues.
    let (sent, received) = rest.split(' ').nth(1)?.split_once(':')?;
    let bytes = |text| u64::from_str_radix(text, 16).ok();
    Some((bytes(sent)?, bytes(received)?))
}
