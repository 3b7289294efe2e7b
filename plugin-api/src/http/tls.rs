//! TLS: the files of the configuration, and what a failed handshake means.
//!
//! Files are read at each request, so that a renewed certificate is used. Public authorities are
//! built in: a customer's machine may have no list, or one that is years old.

use std::path::Path;

use rustls::CertificateError;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use super::credentials::read_small;
use super::failure::{Failure, Kind};
use super::{Tls, Url};
use crate::{Error, Status};

/// Checks what no file can change.
pub(super) fn check(tls: &Tls) -> Result<(), Error> {
    match (&tls.certificate_file, &tls.key_file) {
        (Some(_), None) => Err("tls.certificate_file: its key is missing; set tls.key_file too"),
        (None, Some(_)) => {
            Err("tls.key_file: its certificate is missing; set tls.certificate_file too")
        }
        _ if tls.insecure && tls.ca_file.is_some() => {
            Err("tls.insecure: nothing is checked, so tls.ca_file has no effect; remove one")
        }
        _ => Ok(()),
    }
    .map_err(Error::bad_config)
}

/// What the library needs, from the files as they are now.
pub(super) fn config(tls: &Tls) -> Result<TlsConfig, Failure> {
    let mut builder = TlsConfig::builder().disable_verification(tls.insecure);
    if let Some(path) = &tls.ca_file {
        builder = builder.root_certs(RootCerts::from(authorities(path)?));
    }
    if let (Some(certificate), Some(key)) = (&tls.certificate_file, &tls.key_file) {
        builder = builder.client_cert(Some(client(certificate, key)?));
    }
    Ok(builder.build())
}

fn authorities(path: &Path) -> Result<Vec<Certificate<'static>>, Failure> {
    let bad = |why: String| unusable("tls.ca_file", path, &why);
    let pem = read_small("tls.ca_file", path)?;
    let found = certificates(&pem).map_err(bad)?;
    let mut store = rustls::RootCertStore::empty();
    let (n_good, _) = store.add_parsable_certificates(found.iter().cloned());
    if n_good == 0 {
        return Err(bad("no certificate in it can be an authority".to_owned()));
    }
    Ok(found.iter().map(|der| Certificate::from_der(der).to_owned()).collect())
}

fn client(certificate: &Path, key: &Path) -> Result<ClientCert, Failure> {
    let chain = certificates(&read_small("tls.certificate_file", certificate)?)
        .map_err(|why| unusable("tls.certificate_file", certificate, &why))?;
    let bad_key = |why: &str| unusable("tls.key_file", key, why);
    let key_pem = read_small("tls.key_file", key)?;
    let key_der = PrivateKeyDer::from_pem_slice(&key_pem).map_err(|_| {
        bad_key("it holds no private key in PEM; one with a pass phrase cannot be used")
    })?;
    // The library would panic on a pair that does not fit.
    CertifiedKey::from_der(chain.clone(), key_der, &rustls::crypto::ring::default_provider())
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                bad_key("it is not the key of the certificate in tls.certificate_file")
            }
            other => bad_key(&other.to_string()),
        })?;
    let private_key =
        PrivateKey::from_pem(&key_pem).map_err(|error| bad_key(&error.to_string()))?;
    let chain: Vec<_> = chain.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    Ok(ClientCert::new_with_certs(&chain, private_key))
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("it is not PEM: {error}"))?;
    if found.is_empty() { Err("it holds no certificate in PEM".to_owned()) } else { Ok(found) }
}

fn unusable(key: &str, path: &Path, why: &str) -> Failure {
    Failure::new(
        Kind::Configuration,
        Status::Failed,
        format!("{key} {} cannot be used: {why}", path.display()),
    )
}

/// The failure behind an error of the handshake.
pub(super) fn failure(error: &rustls::Error, url: &Url) -> Failure {
    let tls = |sentence: String| Failure::new(Kind::Tls, Status::Failed, sentence);
    match error {
        rustls::Error::InvalidCertificate(error) => certificate(error, url),
        rustls::Error::InvalidMessage(_) => tls("the server does not speak TLS".to_owned())
            .advise("set `url` to http:// if that is meant, or to the port that speaks https"),
        rustls::Error::AlertReceived(alert) => tls(format!(
            "the server ended the TLS handshake: {alert:?}"
        ))
        .advise("if it asks clients for a certificate, set tls.certificate_file and tls.key_file"),
        other => tls(format!("TLS: {other}")),
    }
}

fn certificate(error: &CertificateError, url: &Url) -> Failure {
    use CertificateError as E;
    let (sentence, advice) = match error {
        E::UnknownIssuer | E::BadSignature => (
            "the certificate is signed by no authority that is trusted here".to_owned(),
            "set tls.ca_file to the PEM file of that authority, such as the system's list \
             /etc/ssl/certs/ca-certificates.crt",
        ),
        E::Expired | E::ExpiredContext { .. } => (
            "the certificate has expired".to_owned(),
            "renew it on the server, and check the clocks of both machines",
        ),
        E::NotValidYet | E::NotValidYetContext { .. } => {
            ("the certificate is not valid yet".to_owned(), "check the clocks of both machines")
        }
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
            "if the server made it itself and the way to it is safe, set tls.insecure to true",
        ),
    };
    Failure::new(Kind::Tls, Status::Failed, sentence).advise(advice)
}

/// The names in a certificate, which is the server's text: bounded, and escaped.
fn names(presented: &[String]) -> String {
    const MOST: usize = 5;
    if presented.is_empty() {
        return "no name".to_owned();
    }
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
