//! What an error of the HTTP library means for the customer.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use super::failure::{Failure, Kind};
use super::tls;
use super::transport::{Cut, Unresolved};
use super::{Url, excerpt};
use crate::Status;

const SLOW: &str =
    "the server may be overloaded; if it is only slow, raise `timeout` of this collector";
/// What to do about an answer that broke off.
const WHO_BROKE_IT: &str = "the server may have been restarted, or a proxy before it cuts answers: \
     see the logs of both";

/// The failure behind `error`, before an answer began. `limit` is the time there was.
pub(super) fn failure(error: ureq::Error, url: &Url, limit: Duration) -> Failure {
    match error {
        ureq::Error::Timeout(phase) => timed_out(phase, limit),
        ureq::Error::HostNotFound => unresolved(url, "it has no address"),
        ureq::Error::Other(error) => match error.downcast::<Unresolved>() {
            Ok(unknown) => unresolved(url, &unknown.0),
            Err(other) => unreachable(other.to_string()),
        },
        ureq::Error::Io(error) => io_failure(&error, url),
        ureq::Error::LargeResponseHeader(_, most) => Failure::new(
            Kind::Answer,
            Status::Failed,
            format!("the headers of the answer have more than {most} bytes"),
        )
        .advise("check the port in `url`, and that it is not that of a proxy before the server"),
        other => {
            let said = other.to_string();
            Failure::new(
                Kind::Answer,
                Status::Failed,
                format!("the answer is not HTTP: {}", excerpt(said.as_bytes())),
            )
            .advise("check the port in `url`, and whether it has to begin with https://")
        }
    }
}

fn timed_out(phase: ureq::Timeout, limit: Duration) -> Failure {
    let what = match phase {
        ureq::Timeout::Resolve => "the host's name was not resolved in time".to_owned(),
        ureq::Timeout::Connect => "no connection in time".to_owned(),
        _ => format!("no answer within {limit:.1?}"),
    };
    unreachable(what).advise(match phase {
        ureq::Timeout::Resolve => "check the name servers of this machine, or use an address",
        ureq::Timeout::Connect => {
            "check the address in `url`, whether a firewall is between, and whether the server hangs"
        }
        _ => SLOW,
    })
}

fn unresolved(url: &Url, why: &str) -> Failure {
    unreachable(format!("the host {} cannot be resolved: {why}", url.host()))
        .advise("check the host in `url`, and the name servers of this machine")
}

fn unreachable(sentence: impl Into<String>) -> Failure {
    Failure::new(Kind::Unreachable, Status::Unavailable, sentence)
}

fn io_failure(error: &io::Error, url: &Url) -> Failure {
    let inner = error.get_ref();
    if let Some(error) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return tls::failure(error, url);
    }
    if let Some(how) = inner.and_then(|inner| inner.downcast_ref::<tls::HandshakeEnd>()) {
        return tls::handshake_ended(*how);
    }
    if let Some(cut) = inner.and_then(|inner| inner.downcast_ref::<Cut>()) {
        return match cut {
            Cut::Stopped => stopped(),
            Cut::Reset => closed("reset"),
        };
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            Failure::new(Kind::Refused, Status::Unavailable, "connection refused")
                .advise("check that the server runs and that the port in `url` is its own")
        }
        io::ErrorKind::UnexpectedEof => closed("closed"),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => closed("reset"),
        io::ErrorKind::PermissionDenied => Failure::new(
            Kind::Unreachable,
            Status::Denied,
            format!("not allowed to connect: {error}"),
        )
        .advise("check this machine's outgoing firewall rules"),
        _ => unreachable(error.to_string()).advise("check the address in `url` and the network"),
    }
}

fn closed(how: &str) -> Failure {
    unreachable(format!("the server {how} the connection without an answer"))
        .advise("check that `url` names an HTTP server, and whether it has to begin with https://")
}

pub(super) fn stopped() -> Failure {
    Failure::new(Kind::Stopped, Status::Stopped, "stopped before the answer ended")
}

/// The failure behind `error`, while the body was read; `received` bytes of it came before,
/// `expected` were announced.
pub(super) fn cut(
    error: io::Error,
    received: u64,
    expected: Option<u64>,
    limit: Duration,
) -> Failure {
    let so_far = match expected {
        Some(expected) => format!("after {received} of {expected} bytes"),
        None => format!("after {received} bytes"),
    };
    // What came stays; with nothing there is nothing to keep.
    let status = if received > 0 { Status::Partial } else { Status::Unavailable };
    let failure = |sentence: String| Failure::new(Kind::Cut, status, sentence);
    let broken = |sentence| failure(sentence).advise(WHO_BROKE_IT);
    match ureq::Error::from(error) {
        ureq::Error::Timeout(_) => {
            failure(format!("the answer did not end within {limit:.1?}, stopped {so_far}"))
                .advise(SLOW)
        }
        ureq::Error::Io(error) => {
            let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Cut>());
            match (inner, error.kind()) {
                (Some(Cut::Stopped), _) => stopped(),
                (Some(Cut::Reset), _) => broken(format!("the connection was reset {so_far}")),
                (None, io::ErrorKind::UnexpectedEof) => {
                    broken(format!("the connection ended {so_far}"))
                }
                (None, _) => broken(format!("{} {so_far}", reading(&error))),
            }
        }
        other => broken(format!("the answer is no HTTP any more {so_far}: {other}")),
    }
}

/// The failure of an answer that ended as if it were whole and, by its content, is not.
pub(super) fn not_whole(why: &str) -> Failure {
    Failure::new(Kind::Cut, Status::Partial, format!("{why}; it is kept as it came"))
        .advise(WHO_BROKE_IT)
}

fn reading(error: &io::Error) -> String {
    let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    format!("{error}{source}")
}
