//! What a failed handshake means for the customer.

use rustls::CertificateError;
use rustls::pki_types::UnixTime;

use super::HandshakeEnd;
use super::verify::is_authority_as_server;
use crate::Status;
use crate::http::Url;
use crate::http::failure::{Failure, Kind};

/// The failure behind an error of the handshake.
pub(in crate::http) fn failure(error: &rustls::Error, url: &Url) -> Failure {
    match error {
        _ if is_authority_as_server(error) => tls("the certificate signs itself".to_owned())
            .advise("set tls.ca_file to the PEM file of that certificate"),
        rustls::Error::InvalidCertificate(error) => certificate(error, url),
        rustls::Error::InvalidMessage(_) => tls("the server does not speak TLS".to_owned())
            .advise("let `url` begin with http:// if that is meant, or name the port for https"),
        rustls::Error::AlertReceived(alert) => tls(format!(
            "the server ended the TLS handshake: {alert:?}"
        ))
        .advise("if it asks clients for a certificate, set tls.certificate_file and tls.key_file"),
        other => tls(format!("TLS: {other}")),
    }
}

/// The failure of a handshake that ended without an error of TLS.
pub(in crate::http) fn handshake_ended(how: HandshakeEnd) -> Failure {
    match how {
        HandshakeEnd::TimedOut => Failure::new(Kind::Tls, Status::Unavailable, how.to_string())
            .advise(
                "check that the port in `url` is the one for https; if it is, the server may be \
                 overloaded",
            ),
        HandshakeEnd::Closed | HandshakeEnd::Reset => {
            tls(how.to_string()).advise("check that the port in `url` is the one for https")
        }
    }
}

fn tls(sentence: String) -> Failure {
    Failure::new(Kind::Tls, Status::Failed, sentence)
}

fn certificate(error: &CertificateError, url: &Url) -> Failure {
    use CertificateError as E;
    let (sentence, advice) = match error {
        E::UnknownIssuer | E::BadSignature => (
            "the certificate is signed by no authority that is trusted here".to_owned(),
            "set tls.ca_file to the PEM file of that authority, such as the system's list \
             /etc/ssl/certs/ca-certificates.crt",
        ),
        E::ExpiredContext { time, not_after } => (
            format!(
                "the certificate expired {} ago by this machine's clock",
                span(*not_after, *time)
            ),
            "renew it on the server, and check the clocks of both machines",
        ),
        // It is not, at any time.
        E::Expired => {
            ("the certificate's time ends before it begins".to_owned(), "renew it on the server")
        }
        E::NotValidYetContext { time, not_before } => (
            format!(
                "the certificate is not valid until {} from now by this machine's clock",
                span(*time, *not_before)
            ),
            "check the clocks of both machines",
        ),
        E::NotValidForNameContext { presented, .. } if presented.is_empty() => (
            "the certificate has no subject alternative name".to_owned(),
            "renew it with one; if the way to the server is safe, set tls.insecure to true",
        ),
        E::NotValidForNameContext { presented, .. } => (
            format!(
                "the certificate is for another name than {}; it is for {}",
                url.host(),
                names(presented)
            ),
            "use one of its names in `url`",
        ),
        E::NotValidForName => (
            format!("the certificate is for another name than {}", url.host()),
            "use one of its names in `url`",
        ),
        other => (
            format!("the certificate is not accepted: {other}"),
            "renew it; if the way to the server is safe, set tls.insecure to true",
        ),
    };
    tls(sentence).advise(advice)
}

/// The time between two others: in days, in hours below two of them.
fn span(from: UnixTime, to: UnixTime) -> String {
    const HOUR: u64 = 3600;
    match to.as_secs().saturating_sub(from.as_secs()) / HOUR {
        hours @ ..48 => format!("{hours} h"),
        hours => format!("{} days", hours / 24),
    }
}

/// The names in a certificate, which is the server's text: bounded, and escaped.
fn names(presented: &[String]) -> String {
    const MOST: usize = 5;
    // They come as `DnsName("host")`.
    let bare = |name: &str| {
        let inside = name.split_once('(').map_or(name, |(_, inside)| inside);
        inside.trim_matches(['"', ')']).escape_default().to_string()
    };
    let mut names: Vec<_> = presented.iter().take(MOST).map(|name| bare(name)).collect();
    if presented.len() > MOST {
        names.push(format!("{} more", presented.len() - MOST));
    }
    names.join(", ")
}
