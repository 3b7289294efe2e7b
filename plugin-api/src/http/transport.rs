//! The connection below TLS, watched: it wakes up to ask whether to stop, and tells a reset
//! connection from one that ended.
//!
//! Without it the library would wait out its deadline although the capture ends, and take a reset
//! for the end of an answer that has no length.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, TcpConnector, Transport,
};

use super::tls::Secure;

/// How long a wait for bytes lasts before it asks whether to stop.
const SLICE: Duration = Duration::from_millis(100);

/// Whether the host wants the plugin to return.
pub(super) type StopSignal = Arc<dyn Fn() -> bool + Send + Sync>;

/// An agent for one request: no connection is kept, no proxy is used.
pub(super) fn agent(config: Config, secure: Secure, stop: StopSignal) -> ureq::Agent {
    let connector = ().chain(TcpConnector::default()).chain(Watch(stop)).chain(secure);
    ureq::Agent::with_parts(config, connector, Names(DefaultResolver::default()))
}

/// Why the connection gave no more, as the payload of an `io::Error`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    /// The host asked to stop.
    Stopped,
    /// The other side reset the connection.
    Reset,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cut::Stopped => "stopped",
            Cut::Reset => "the connection was reset",
        })
    }
}

impl std::error::Error for Cut {}

/// A name without an address, with what the system said.
#[derive(Debug)]
pub(super) struct Unresolved(pub(super) String);

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unresolved {}

/// The default resolver, whose errors would look like those of a connection.
#[derive(Debug)]
struct Names(DefaultResolver);

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        self.0.resolve(uri, config, timeout).map_err(|error| match error {
            Error::Io(error) => Error::Other(Box::new(Unresolved(error.to_string()))),
            other => other,
        })
    }
}

/// Wraps each connection in [`Watched`].
struct Watch(StopSignal);

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|inner| Watched { inner, stop: Arc::clone(&self.0) }))
    }
}

struct Watched<In> {
    inner: In,
    stop: StopSignal,
}

impl<In: Transport> fmt::Debug for Watched<In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watched").field(&self.inner).finish()
    }
}

impl<In: Transport> Transport for Watched<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.inner.transmit_output(amount, timeout).map_err(tell_resets)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let start = Instant::now();
        loop {
            if (self.stop)() {
                return Err(io::Error::other(Cut::Stopped).into());
            }
            let left = timeout.after.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Err(Error::Timeout(timeout.reason));
            }
            let slice = NextTimeout { after: left.min(SLICE).into(), ..timeout };
            match self.inner.await_input(slice) {
                Err(Error::Timeout(_)) => {}
                other => return other.map_err(tell_resets),
            }
        }
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// Gives a reset a kind of its own: the library takes the system's kind for the end of the body.
fn tell_resets(error: Error) -> Error {
    match error {
        Error::Io(error)
            if matches!(
                error.kind(),
                io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
            ) =>
        {
            io::Error::other(Cut::Reset).into()
        }
        other => other,
    }
}
