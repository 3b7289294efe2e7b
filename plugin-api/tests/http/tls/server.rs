//! Servers with certificates, made by the test: good, bad, of another name.
//!
//! The tests of the whole program use this file too.

#![expect(clippy::unwrap_used, reason = "a test may panic, in the functions it shares too")]

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use plugin_api::testing::Server;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

const A_DAY: Duration = Duration::from_secs(24 * 3600);

/// An authority, and what it signs.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "test authority");
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its own certificate.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for `name` with its key, changed by `change`.
    pub(crate) fn sign(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Signed {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Signed { der: certificate.der().clone(), pem: certificate.pem(), key }
    }
}

/// A certificate and its key.
pub(crate) struct Signed {
    der: CertificateDer<'static>,
    pub(crate) pem: String,
    pub(crate) key: KeyPair,
}

/// Lets the certificate end three days ago.
pub(crate) fn expired(params: &mut CertificateParams) {
    params.not_after = (SystemTime::now() - 3 * A_DAY).into();
}

/// Lets the certificate begin in three days, and an hour for the test itself.
pub(crate) fn early(params: &mut CertificateParams) {
    params.not_before = (SystemTime::now() + 3 * A_DAY + A_DAY / 24).into();
}

/// A certificate as `openssl req -x509` makes it: an authority that is its own server.
pub(crate) fn signing_itself(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Signed {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Signed { der: certificate.der().clone(), pem: certificate.pem(), key }
}

/// A server with this certificate, which wants one of `clients` if so told. Each request gets the
/// bytes that `answer` gives for its head.
pub(crate) fn serving(
    signed: &Signed,
    clients: Option<&Authority>,
    answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
) -> Server {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut store = RootCertStore::empty();
            store.add(authority.0.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(store), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signed.key.serialize_der()));
    let config = Arc::new(builder.with_single_cert(vec![signed.der.clone()], key).unwrap());
    Server::raw(move |connection| {
        let session = ServerConnection::new(Arc::clone(&config)).map_err(std::io::Error::other)?;
        let mut stream = StreamOwned::new(session, connection.stream.try_clone()?);
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        stream.write_all(&answer(&String::from_utf8_lossy(&head)))?;
        stream.conn.send_close_notify();
        stream.flush()
    })
}
