//! An example of a vendor's plugin: the counts of a service that answers over TCP.
//!
//! The server is asked `stats` and answers lines `STAT NAME VALUE` up to `END`, as memcached does.
//! The answer is stored as it came, whole or not; its numbers are stored again as a page of
//! metrics, because that is what `collector report` follows over time.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use plugin_api::openmetrics::{Kind, Page};
use plugin_api::{Context, Error, Plugin, Status, collector_plugin};
use schemars::JsonSchema;
use serde::Deserialize;

/// Longest answer that is taken: a server that sends without end is no reason to fill the disk.
const MAX_ANSWER: usize = 64 * 1024;
/// Longest wait for the server, within the time of the sample.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one read waits before the host is asked again whether to stop.
const STEP: Duration = Duration::from_millis(200);

/// Whom to ask.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Address and port of the server
    #[serde(default = "default_address")]
    address: String,
}

fn default_address() -> String {
    "127.0.0.1:7070".into()
}

struct Queue {
    address: String,
}

impl Plugin for Queue {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        // Only its form: the name is looked up at each sample, because an address may change.
        if config.address.rsplit_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
            let message = format!("address {:?}: write HOST:PORT", config.address);
            return Err(Error::bad_config(message));
        }
        Ok(Queue { address: config.address })
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        let mut answer = Vec::new();
        // What came before an error is evidence too, so it is stored before the error is told.
        let asked = self.ask(context, &mut answer);
        if !answer.is_empty() {
            let mut artifact = context.artifact("stats", "text/plain")?;
            artifact.append(&answer)?;
            if asked.is_ok() {
                artifact.finish()?;
            }
        }
        asked?;
        self.page(&answer)?.write(context, "metrics")
    }
}

impl Queue {
    /// Sends the question and reads to the end of the answer.
    fn ask(&self, context: &Context, answer: &mut Vec<u8>) -> Result<(), Error> {
        let patience = context.remaining().map_or(PATIENCE, |left| left.min(PATIENCE));
        let mut stream = connect(&self.address, patience).map_err(|error| {
            self.error(&error).advise("is the server running, and is it the option `address`?")
        })?;
        let told = |error: io::Error| self.error(&error);
        stream.set_write_timeout(Some(patience)).map_err(told)?;
        stream.set_read_timeout(Some(STEP)).map_err(told)?;
        stream.write_all(b"stats\r\n").map_err(told)?;
        let mut buffer = [0; 4096];
        let mut waited = Duration::ZERO;
        while !answer.ends_with(b"END\r\n") {
            if context.stopping() || waited >= patience {
                return Err(self.failed(Status::Stopped, "no whole answer in time"));
            }
            match stream.read(&mut buffer) {
                Ok(0) => return Err(self.failed(Status::Failed, "closed before END")),
                Ok(_) if answer.len() > MAX_ANSWER => {
                    return Err(self.failed(Status::Failed, "more than 64 KiB and no END"));
                }
                Ok(n) => answer.extend_from_slice(&buffer[..n]),
                Err(error) if is_a_wait(&error) => waited += STEP,
                Err(error) => return Err(told(error)),
            }
        }
        Ok(())
    }

    /// The numbers of an answer. A value that is none, such as a version, is left out.
    fn page(&self, answer: &[u8]) -> Result<Page, Error> {
        let answer = String::from_utf8_lossy(answer);
        let mut page = Page::new();
        for line in answer.lines().filter(|line| *line != "END") {
            let Some((name, value)) = line.strip_prefix("STAT ").and_then(|it| it.split_once(' '))
            else {
                let what = format!("{line:?} is no line `STAT NAME VALUE`");
                return Err(self.failed(Status::Failed, &what));
            };
            if let Ok(value) = value.parse() {
                let name = format!("acme_queue_{name}");
                page.family(&name, Kind::Gauge, "", "")?.sample(&[], value)?;
            }
        }
        Ok(page)
    }

    fn failed(&self, status: Status, what: &str) -> Error {
        Error::new(status, format!("{}: {what}", self.address))
    }

    /// Of an error of the socket: nobody there is unavailable, all else failed.
    fn error(&self, error: &io::Error) -> Error {
        let status = match error.kind() {
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::TimedOut
            | io::ErrorKind::HostUnreachable => Status::Unavailable,
            _ => Status::Failed,
        };
        self.failed(status, &error.to_string())
    }
}

/// Connects to the first address that answers.
fn connect(address: &str, patience: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    let addresses: Vec<SocketAddr> = address.to_socket_addrs()?.collect();
    for address in addresses {
        match TcpStream::connect_timeout(&address, patience) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Whether a read only ended because nothing came within its time.
fn is_a_wait(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

collector_plugin!(Queue, "../plugin.json");

#[cfg(test)]
mod tests;
