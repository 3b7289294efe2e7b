//! The connection with TLS on it, as a link of the library's chain.
//!
//! The library has such a link, which takes no verifier of ours and panics on a client's key that
//! does not fit its certificate.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::Error;
use ureq::unversioned::transport::time::Instant;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
    TransportAdapter,
};

use crate::http::transport::Cut;

/// Puts TLS on connections to `https`, where there is a configuration for it.
#[derive(Debug)]
pub(in crate::http) struct Secure(pub(in crate::http) Option<Arc<ClientConfig>>);

/// How the handshake ended before TLS was agreed on, other than by an error of TLS.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) enum HandshakeEnd {
    /// The server closed the connection.
    Closed,
    /// The server reset the connection.
    Reset,
    /// The time was up.
    TimedOut,
}

impl fmt::Display for HandshakeEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HandshakeEnd::Closed => "the server closed the connection during the TLS handshake",
            HandshakeEnd::Reset => "the server reset the connection during the TLS handshake",
            HandshakeEnd::TimedOut => "the server did not end the TLS handshake in time",
        })
    }
}

impl std::error::Error for HandshakeEnd {}

impl HandshakeEnd {
    /// What is behind an error of the connection below TLS.
    fn behind(error: &io::Error) -> Option<Self> {
        let inner = error.get_ref();
        if let Some(Error::Timeout(_)) = inner.and_then(|inner| inner.downcast_ref()) {
            return Some(HandshakeEnd::TimedOut);
        }
        if let Some(Cut::Reset) = inner.and_then(|inner| inner.downcast_ref()) {
            return Some(HandshakeEnd::Reset);
        }
        (error.kind() == io::ErrorKind::UnexpectedEof).then_some(HandshakeEnd::Closed)
    }
}

impl<In: Transport> Connector<In> for Secure {
    type Out = Either<In, SecureTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let Some(transport) = chained else { return Ok(None) };
        let (true, Some(config)) = (details.needs_tls(), &self.0) else {
            return Ok(Some(Either::A(transport)));
        };
        let host = details.uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let mut connection =
            ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
        let boxed: Box<dyn Transport> = Box::new(transport);
        let mut socket = TransportAdapter::new(boxed, Arc::clone(&details.current_time));
        socket.set_timeout(left(details));
        connection
            .complete_io(&mut socket)
            .map_err(|error| HandshakeEnd::behind(&error).map_or(error, io::Error::other))?;
        let buffers = LazyBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        let stream = StreamOwned::new(connection, socket);
        Ok(Some(Either::B(SecureTransport { buffers, stream })))
    }
}

/// The time to connect, less what the connection below took.
fn left(details: &ConnectionDetails<'_>) -> NextTimeout {
    let Instant::Exact(start) = details.now else { return details.timeout };
    let after = details.timeout.after.saturating_sub(start.elapsed());
    NextTimeout { after: after.into(), ..details.timeout }
}

/// An open TLS connection.
pub(in crate::http) struct SecureTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl Transport for SecureTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.sock.set_timeout(timeout);
        self.stream.write_all(&self.buffers.output()[..amount])?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.sock.set_timeout(timeout);
        let n = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(n);
        Ok(n > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for SecureTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecureTransport").finish_non_exhaustive()
    }
}
