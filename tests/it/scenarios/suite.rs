//! The scenarios, as data: what runs, and what the report is to say of it.

/// One scenario.
#[derive(Debug)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) program: Program,
    pub(super) expected: Expected,
}

/// What runs under the capture.
#[derive(Debug, Clone, Copy)]
pub(super) enum Program {
    /// `leak MODE`, with so many objects a tick, a tick each so many milliseconds.
    Leak { mode: &'static str, per_tick: u32, interval_ms: u32 },
    /// The Go server with these flags, asked for profiles and metrics.
    Server { flags: &'static [&'static str], interval_ms: u32 },
    /// A shell command, in an empty directory.
    Shell(&'static str),
}

/// What the report is to say.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expected {
    /// One of these findings, of the program, or of nobody where a bundle does not tell whose.
    Leak { ids: &'static [&'static str], holder: Holder, each: Option<f64> },
    /// No leak; and this is among what was cleared.
    Benign { cleared: &'static str },
}

/// Who is to be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// The program.
    Program,
    /// The program, or nobody where the bundle is of a version that could not tell.
    ProgramOrNobody,
    /// No process: a bundle does not tell.
    Nobody,
}

const MIB: f64 = 1_048_576.0;

const fn leak(
    name: &'static str,
    (per_tick, interval_ms): (u32, u32),
    ids: &'static [&'static str],
    holder: Holder,
    each: Option<f64>,
) -> Scenario {
    let program = Program::Leak { mode: name, per_tick, interval_ms };
    Scenario { name, program, expected: Expected::Leak { ids, holder, each } }
}

const fn benign(
    name: &'static str,
    (per_tick, interval_ms): (u32, u32),
    cleared: &'static str,
) -> Scenario {
    let program = Program::Leak { mode: name, per_tick, interval_ms };
    Scenario { name, program, expected: Expected::Benign { cleared } }
}

const fn server(
    name: &'static str,
    flags: &'static [&'static str],
    interval_ms: u32,
    expected: Expected,
) -> Scenario {
    Scenario { name, program: Program::Server { flags, interval_ms }, expected }
}

const fn shell(name: &'static str, line: &'static str, cleared: &'static str) -> Scenario {
    Scenario { name, program: Program::Shell(line), expected: Expected::Benign { cleared } }
}

use Holder::{Nobody, Program as Own, ProgramOrNobody as OwnIfTold};

/// All of them. Bytes of an object are those that are known without the report: payloads, and the
/// costs that `leak-analysis` measured on an idle machine.
pub(super) const SUITE: &[Scenario] = &[
    leak("open-deleted", (100, 250), &["open-files"], Own, Some(1640.0)),
    leak("deleted-space", (4, 250), &["deleted-file-space"], Own, Some(MIB)),
    leak("inotify-watches", (100, 250), &["inotify-watches"], OwnIfTold, None),
    leak("file-locks", (500, 250), &["file-locks"], OwnIfTold, Some(192.0)),
    leak("eventfds", (100, 250), &["descriptors"], Own, Some(471.0)),
    leak("epolls", (100, 250), &["descriptors"], Own, Some(666.0)),
    leak("timerfds", (100, 250), &["descriptors"], Own, Some(666.0)),
    leak("full-pipes", (50, 250), &["pipe-buffers"], Own, Some(65536.0)),
    leak("unix-pairs", (50, 250), &["unix-sockets"], Own, Some(4916.0)),
    leak("full-unix-pairs", (20, 250), &["unix-sockets"], Own, None),
    leak("close-wait", (100, 250), &["close-wait"], Own, None),
    leak("unread-tcp", (1, 500), &["socket-buffers"], Own, None),
    leak("packet-rings", (2, 250), &["unaccounted-kernel"], Own, Some(MIB)),
    leak("native-heap", (4, 250), &["native-memory"], Own, Some(MIB)),
    leak("anonymous-maps", (4, 250), &["native-memory"], Own, Some(MIB)),
    leak("memfds", (4, 250), &["shared-memory"], Own, Some(MIB)),
    leak("sysv-segments", (4, 250), &["shared-memory"], Nobody, Some(MIB)),
    leak("split-maps", (1, 500), &["mappings"], Nobody, Some(1024.0 * 235.0)),
    leak("sparse-reads", (2, 250), &["page-tables"], Own, Some(512.0 * 4096.0)),
    leak("threads", (25, 250), &["threads"], Own, None),
    leak("zombies", (25, 250), &["zombies"], Own, Some(10035.0)),
    leak("timers", (500, 250), &["timers"], OwnIfTold, Some(384.0)),
    leak("bpf-maps", (2, 250), &["bpf-maps"], Own, Some(MIB)),
    leak("network-namespaces", (2, 500), &["namespaces"], Own, None),
    leak("control-groups", (10, 250), &["cgroups"], Nobody, None),
    server(
        "go-heap",
        &["-leak", "heap", "-bytes", "524288"],
        250,
        Expected::Leak { ids: &["go-heap"], holder: Own, each: None },
    ),
    server(
        "go-goroutines",
        &["-leak", "goroutine"],
        2,
        Expected::Leak { ids: &["goroutines"], holder: Own, each: None },
    ),
    server(
        "go-lock-files",
        &["-leak", "descriptor"],
        4,
        Expected::Leak { ids: &["open-files"], holder: Own, each: Some(1640.0) },
    ),
    server("go-quiet", &[], 0, Expected::Benign { cleared: "go-heap" }),
    benign("open-closed", (200, 250), "open-files"),
    benign("many-files", (500, 250), "kernel-slab"),
    benign("page-cache", (16, 250), "page-cache"),
    benign("negative-dentries", (4000, 250), "kernel-slab"),
    benign("time-wait", (100, 250), "close-wait"),
    benign("one-step", (4, 250), "native-memory"),
    benign("bounded-cache", (24, 250), "native-memory"),
    benign("retained-heap", (2, 250), "native-memory"),
    shell("walk", "find / -xdev > names; sleep 60", "kernel-slab"),
    shell(
        "archive",
        "tar -cf - /usr/share /usr/lib 2>/dev/null | cat > /dev/null; sleep 60",
        "page-cache",
    ),
    shell(
        "compress",
        "while :; do head -c 60000000 /dev/zero | zstd -q -c > out; done",
        "native-memory",
    ),
    shell("idle", "sleep 120", "open-files"),
];
