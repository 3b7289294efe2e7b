//! A small HTTP server on loopback that answers as a test says, wrong answers included.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a connection may wait for the client, so that no test hangs.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most bytes of a request's head.
const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// A server, stopped when dropped.
pub struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

/// One connection to a [`Server`].
#[derive(Debug)]
pub struct Connection {
    /// The socket; reads and writes give up after some seconds.
    pub stream: TcpStream,
    stop: Arc<AtomicBool>,
}

impl Connection {
    /// Waits as long as told, or until the server stops; whether to go on.
    #[must_use]
    pub fn pause(&self, duration: Duration) -> bool {
        const STEP: Duration = Duration::from_millis(10);
        let mut left = duration;
        while !left.is_zero() && !self.stop.load(Ordering::Relaxed) {
            thread::sleep(left.min(STEP));
            left = left.saturating_sub(STEP);
        }
        !self.stop.load(Ordering::Relaxed)
    }
}

impl Server {
    /// A server that reads the head of each request and lets `answer` write what comes back. The
    /// connection is closed then.
    ///
    /// # Panics
    ///
    /// If loopback cannot be listened on.
    pub fn start(
        answer: impl Fn(&str, &mut Connection) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let mut server = Server::raw(move |connection| {
            let head = read_head(&mut connection.stream)?;
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(head.clone());
            answer(&head, connection)
        });
        server.requests = requests;
        server
    }

    /// A server that gives the same `bytes`, head included, to every request.
    #[must_use]
    pub fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Server::start(move |_, connection| connection.stream.write_all(&bytes))
    }

    /// A server of bare connections. Each gets a thread.
    ///
    /// # Panics
    ///
    /// If loopback cannot be listened on.
    pub fn raw(serve: impl Fn(&mut Connection) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port of loopback");
        let address = listener.local_addr().expect("a bound address");
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let serve = Arc::new(serve);
        let acceptor = thread::spawn(move || {
            let mut threads = Vec::new();
            while let Ok((stream, _)) = listener.accept() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let (serve, stop) = (Arc::clone(&serve), Arc::clone(&stopped));
                threads.push(thread::spawn(move || {
                    // A client that leaves early is what some tests are about.
                    let _ = stream.set_read_timeout(Some(PATIENCE));
                    let _ = stream.set_write_timeout(Some(PATIENCE));
                    let _ = serve(&mut Connection { stream, stop });
                }));
            }
            for thread in threads {
                let _ = thread.join();
            }
        });
        Server { address, requests: Arc::default(), stop, acceptor: Some(acceptor) }
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The heads of the requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `text` with this server's address as `[SERVER]`, for snapshots.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        text.replace(&self.address.to_string(), "[SERVER]")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the acceptor; if that fails, it waits for nobody.
        if TcpStream::connect(self.address).is_ok()
            && let Some(acceptor) = self.acceptor.take()
        {
            let _ = acceptor.join();
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Reads to the empty line.
fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < MAX_REQUEST_BYTES {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
