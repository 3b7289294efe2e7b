//! TLS: the files of the configuration, made into what the handshake needs.
//!
//! Files are read at each request, so that a renewed certificate is used. Public authorities are
//! built in: a customer's machine may have no list, or one that is years old.

mod connection;
mod reason;
mod verify;

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::Tls;
use super::credentials::read_small;
use super::failure::{Failure, Kind};
use crate::{Error, Status};

pub(super) use connection::{HandshakeEnd, Secure};
pub(super) use reason::{failure, handshake_ended};
use verify::{Anyone, Pinned};

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

/// What the handshake needs, from the files as they are now.
pub(super) fn config(tls: &Tls) -> Result<Arc<ClientConfig>, Failure> {
    let failed = |error: rustls::Error| {
        Failure::new(Kind::Tls, Status::Failed, format!("TLS cannot be set up: {error}"))
    };
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let builder = match &tls.ca_file {
        _ if tls.insecure => {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Anyone(provider)))
        }
        Some(path) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(authorities(path, provider)?)),
        None => builder.with_root_certificates(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        }),
    };
    let (Some(certificate), Some(key)) = (&tls.certificate_file, &tls.key_file) else {
        return Ok(Arc::new(builder.with_no_client_auth()));
    };
    let chain = certificates(&read_small("tls.certificate_file", certificate)?)
        .map_err(|why| unusable("tls.certificate_file", certificate, &why))?;
    let bad_key = |why: &str| unusable("tls.key_file", key, why);
    let private =
        PrivateKeyDer::from_pem_slice(&read_small("tls.key_file", key)?).map_err(|_| {
            bad_key("it holds no private key in PEM; one with a pass phrase cannot be used")
        })?;
    let config = builder.with_client_auth_cert(chain, private).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            bad_key("it is not the key of the certificate in tls.certificate_file")
        }
        other => bad_key(&other.to_string()),
    })?;
    Ok(Arc::new(config))
}

fn authorities(path: &Path, provider: Arc<CryptoProvider>) -> Result<Pinned, Failure> {
    let bad = |why: String| unusable("tls.ca_file", path, &why);
    let found = certificates(&read_small("tls.ca_file", path)?).map_err(bad)?;
    let mut store = RootCertStore::empty();
    // Lists of systems hold some that are too odd to be read; the others count.
    let (n_good, _) = store.add_parsable_certificates(found.iter().cloned());
    if n_good == 0 {
        return Err(bad("no certificate in it can be an authority".to_owned()));
    }
    let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider)
        .build()
        .map_err(|error| bad(error.to_string()))?;
    Ok(Pinned { inner, listed: found })
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
