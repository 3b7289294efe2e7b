//! Builds the Go programs of `tests/leaks`, runs the server among them, and builds the Go plugin of
//! `tests/misbehaving/go`.
//!
//! The server ends when its stdin closes, so it does not survive this process however that ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{fs, thread};

use super::Missing;
use super::c_plugin::c_compiler;
use super::run::run;

/// Enough to compile the standard library on a machine that never has.
const BUILD_LIMIT: Duration = Duration::from_secs(600);

/// A running server. Dropping it ends it, and removes its directories.
#[derive(Debug)]
pub(crate) struct GoServer {
    /// Where it answers, such as `http://127.0.0.1:40123`.
    pub(crate) url: String,
    /// The bodies it has sent, one file per answer; see `tests/leaks/server/record.go`.
    pub(crate) record_dir: PathBuf,
    /// Where the descriptor leak has its files.
    pub(crate) database: PathBuf,
    child: Child,
    _home: tempfile::TempDir,
}

/// What an HTTP server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Such as 200.
    pub(crate) status: u16,
    /// The header lines, without the status line.
    pub(crate) head: String,
    /// The body as it came.
    pub(crate) body: Vec<u8>,
}

/// Starts the server with these flags; it answers when this returns.
///
/// # Errors
///
/// [`Missing`] on a machine without Go.
pub(crate) fn go_server(flags: &[&str]) -> Result<GoServer, Missing> {
    let program = program()?;
    let home = tempfile::tempdir().expect("a temporary directory");
    let (record_dir, database) = (home.path().join("record"), home.path().join("mydb"));
    let mut child = Command::new(program)
        .arg("-record")
        .arg(&record_dir)
        .arg("-dir")
        .arg(&database)
        .args(flags)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("start the Go server");
    let mut line = String::new();
    // Bounded: the server ends by itself, and then this reads the end of the file.
    BufReader::new(child.stdout.take().expect("stdout is a pipe"))
        .read_line(&mut line)
        .expect("read the address of the Go server");
    let scheme = if flags.contains(&"-tls") { "https" } else { "http" };
    let Some(address) = line.trim_end().strip_prefix("listening ") else {
        panic!("the Go server said {line:?} and ended with {:?}", child.wait());
    };
    let url = format!("{scheme}://{address}");
    Ok(GoServer { url, record_dir, database, child, _home: home })
}

/// The command `go tool ARGS`, such as `go tool pprof`.
///
/// # Errors
///
/// [`Missing`] on a machine without Go.
pub(crate) fn go_tool(args: &[&str]) -> Result<Command, Missing> {
    let mut go = go()?;
    go.arg("tool").args(args);
    Ok(go)
}

impl GoServer {
    /// The number of its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks for `path`, with further header lines if any. Not for a server with `-tls`.
    pub(crate) fn ask(&self, path: &str, headers: &[&str]) -> Answer {
        let address = self.url.strip_prefix("http://").expect("no TLS here");
        let mut stream = TcpStream::connect(address).expect("connect to the Go server");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("set a time-out");
        // HTTP 1.0: the body ends where the connection does, and is never in chunks.
        let headers: String = headers.iter().map(|it| format!("{it}\r\n")).collect();
        write!(stream, "GET {path} HTTP/1.0\r\n{headers}\r\n").expect("ask the Go server");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("read the answer of the Go server");
        let end = answer.windows(4).position(|it| it == b"\r\n\r\n").expect("a head");
        let text = String::from_utf8_lossy(&answer[..end]).replace('\r', "");
        let (first, head) = text.split_once('\n').unwrap_or((&text, ""));
        let status = first.split(' ').nth(1).and_then(|it| it.parse().ok());
        Answer {
            status: status.unwrap_or_else(|| panic!("not a status line: {first:?}")),
            head: head.to_owned(),
            body: answer[end + 4..].to_vec(),
        }
    }

    /// Takes `n` steps of the leak and returns when they are taken.
    pub(crate) fn grow(&self, n: u32) {
        let answer = self.ask(&format!("/grow?n={n}"), &[]);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    }

    /// The bodies it has sent for a path such as `/metrics`, in the order it sent them.
    pub(crate) fn recorded(&self, path: &str) -> Vec<Vec<u8>> {
        let wanted = path.trim_matches('/').replace('/', "-");
        let mut files: Vec<PathBuf> = fs::read_dir(&self.record_dir)
            .expect("the directory of the records")
            .map(|entry| entry.expect("an entry").path())
            .filter(|file| {
                let name = file.file_name().and_then(|it| it.to_str()).expect("a plain name");
                name.split_once('-').is_some_and(|(_, path)| path == wanted)
            })
            .collect();
        files.sort();
        files.iter().map(|it| fs::read(it).expect("read a record")).collect()
    }

    /// Closes its stdin, as a killed test would, and gives its exit code once it has ended.
    pub(crate) fn abandon(mut self) -> Option<i32> {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("wait for a child of ours") {
                return status.code();
            }
            thread::sleep(Duration::from_millis(5));
        }
        None
    }
}

impl Drop for GoServer {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server's program, built once per run of the tests.
fn program() -> Result<&'static Path, Missing> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build("leaks/server", "leaking-server", &[]).ok());
    built.as_deref().ok_or(NO_GO)
}

/// The library of the plugin in Go, built once per run of the tests.
///
/// # Errors
///
/// [`Missing`] on a machine without Go or a C compiler.
pub(crate) fn go_plugin() -> Result<&'static Path, Missing> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    c_compiler()?;
    let shared = ["-buildmode=c-shared"];
    let built = BUILT.get_or_init(|| build("misbehaving/go", "libgo_plugin.so", &shared).ok());
    built.as_deref().ok_or(NO_GO)
}

/// Builds the package in `source` below `tests`, and gives the file.
///
/// # Errors
///
/// [`Missing`] on a machine without Go.
pub(crate) fn build(source: &str, name: &str, flags: &[&str]) -> Result<PathBuf, Missing> {
    let mut go = go()?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(source);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    go.current_dir(&source).args(["build", "-trimpath", "-buildvcs=false"]).args(flags);
    go.arg("-o").arg(&file).arg(".");
    let said = run(go, BUILD_LIMIT);
    assert_eq!(said.exit, 0, "{} does not build:\n{}", source.display(), said.stderr);
    Ok(file)
}

const NO_GO: Missing = Missing("no Go toolchain");

/// The command `go`, told to use what is on this machine and nothing from the network.
///
/// # Errors
///
/// [`Missing`] on a machine without Go.
pub(super) fn go() -> Result<Command, Missing> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|dir| dir.join("go")).find(|it| it.is_file());
    let mut go = Command::new(found.ok_or(NO_GO)?);
    go.env("GOFLAGS", "-mod=mod").env("GOPROXY", "off").env("GOTOOLCHAIN", "local");
    if std::env::var_os("HOME").is_none() {
        go.env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache"));
    }
    Ok(go)
}
