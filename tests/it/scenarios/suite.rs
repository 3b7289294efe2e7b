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
    /// This finding, of the program, or of nobody where a bundle does not tell whose. The program
    /// may be said to leak these things `beside` it, which it does too, and no other.
    Leak { id: &'static str, beside: &'static [&'static str], holder: Holder, size: Size },
    /// No leak; and this is among what was cleared.
    Benign { cleared: &'static str },
}

/// What is known of the size of a leak without the report.
#[derive(Debug, Clone, Copy)]
pub(super) enum Size {
    /// The bytes of the finding are so many for each object.
    Bytes(f64),
    /// What an object takes is not known, but each is so many more of this fact of the evidence,
    /// whose field begins so.
    Count(&'static str, f64),
    /// Nothing.
    NotKnown,
}

/// Who is to be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// The program.
    Program,
    /// No process: a bundle does not tell.
    Nobody,
}

const MIB: f64 = 1_048_576.0;

const fn leak(
    name: &'static str,
    (per_tick, interval_ms): (u32, u32),
    id: &'static str,
    holder: Holder,
    size: Size,
) -> Scenario {
    leak_beside(name, (per_tick, interval_ms), id, &[], holder, size)
}

const fn leak_beside(
    name: &'static str,
    (per_tick, interval_ms): (u32, u32),
    id: &'static str,
    beside: &'static [&'static str],
    holder: Holder,
    size: Size,
) -> Scenario {
    let program = Program::Leak { mode: name, per_tick, interval_ms };
    Scenario { name, program, expected: Expected::Leak { id, beside, holder, size } }
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

use Holder::{Nobody, Program as Own};
use Size::{Bytes, Count, NotKnown};

const fn own(id: &'static str, size: Size) -> Expected {
    Expected::Leak { id, beside: &[], holder: Own, size }
}

/// All of them, in the order of the decision table. Bytes of an object are those that are known
/// without the report: payloads, and the costs that were measured on an idle machine.
pub(super) const SUITE: &[Scenario] = &[
    server(
        "go-heap",
        &["-leak", "heap", "-bytes", "4194304"],
        250,
        own("go-heap", Bytes(4.0 * MIB)),
    ),
    server(
        "go-goroutines",
        &["-leak", "goroutine"],
        2,
        own("goroutines", Count("go_goroutines", 1.0)),
    ),
    server(
        "go-mappings",
        &["-leak", "mapping", "-bytes", "1048576"],
        250,
        own("native-memory", Bytes(MIB)),
    ),
    server("go-lock-files", &["-leak", "descriptor"], 4, own("open-files", Bytes(1640.0))),
    leak("native-heap", (4, 250), "native-memory", Own, Bytes(MIB)),
    leak("anonymous-maps", (4, 250), "native-memory", Own, Bytes(MIB)),
    leak("open-deleted", (100, 250), "open-files", Own, Bytes(1640.0)),
    leak("one-of-seven", (2000, 250), "pinned-slab", Own, NotKnown),
    leak("deleted-space", (4, 250), "deleted-file-space", Own, Bytes(MIB)),
    leak("memfds", (4, 250), "shared-memory", Own, Bytes(MIB)),
    leak("sysv-segments", (4, 250), "shared-memory", Own, Bytes(MIB)),
    leak("tmpfs-files", (4, 250), "shared-memory", Nobody, Bytes(MIB)),
    leak("eventfds", (100, 250), "descriptors", Own, Bytes(471.0)),
    leak("epolls", (100, 250), "descriptors", Own, Bytes(666.0)),
    leak("timerfds", (100, 250), "descriptors", Own, Bytes(666.0)),
    leak("full-pipes", (50, 250), "pipe-buffers", Own, Bytes(65536.0)),
    leak("unix-pairs", (50, 250), "unix-sockets", Own, Bytes(4916.0)),
    leak("full-unix-pairs", (20, 250), "unix-sockets", Own, Count("unix sockets", 2.0)),
    leak("close-wait", (100, 250), "close-wait", Own, Count("TCP CLOSE_WAIT", 1.0)),
    leak("unread-tcp", (1, 500), "socket-buffers", Own, NotKnown),
    leak("inotify-watches", (100, 250), "inotify-watches", Own, Count("objects of", 1.0)),
    leak("threads", (25, 250), "threads", Own, Count("Threads", 1.0)),
    leak("zombies", (25, 250), "zombies", Own, Bytes(10035.0)),
    leak("split-maps", (1, 500), "mappings", Nobody, Bytes(1024.0 * 235.0)),
    leak("sparse-reads", (2, 250), "page-tables", Own, Bytes(512.0 * 4096.0)),
    leak("bpf-maps", (2, 250), "bpf-maps", Own, Bytes(MIB)),
    leak("control-groups", (10, 250), "cgroups", Nobody, Count("objects of", 1.0)),
    leak("dead-groups", (10, 250), "cgroups", Nobody, Count("objects of", 1.0)),
    leak("network-namespaces", (2, 500), "namespaces", Own, Count("open net:", 1.0)),
    leak("packet-rings", (2, 250), "unaccounted-kernel", Own, Bytes(MIB)),
    leak("trace-buffer", (1, 250), "unaccounted-kernel", Nobody, NotKnown),
    leak("zram-data", (2, 250), "unaccounted-kernel", Nobody, Bytes(MIB)),
    leak("timers", (500, 250), "timers", Own, Bytes(384.0)),
    leak("file-locks", (50, 250), "file-locks", Own, Bytes(192.0)),
    server("go-quiet", &[], 0, Expected::Benign { cleared: "go-heap" }),
    server(
        "go-garbage",
        &["-leak", "garbage", "-bytes", "4194304"],
        20,
        Expected::Benign { cleared: "go-heap" },
    ),
    server(
        "go-spike",
        &["-leak", "spike", "-bytes", "4194304"],
        250,
        Expected::Benign { cleared: "go-heap" },
    ),
    benign("open-closed", (200, 250), "open-files"),
    benign("many-files", (500, 250), "kernel-slab"),
    benign("held-descriptors", (1, 250), "kernel-slab"),
    benign("page-cache", (16, 250), "page-cache"),
    benign("negative-dentries", (4000, 250), "kernel-slab"),
    benign("time-wait", (100, 250), "close-wait"),
    benign("one-step", (4, 250), "native-memory"),
    benign("load-cycle", (2, 250), "native-memory"),
    benign("bounded-cache", (24, 250), "native-memory"),
    benign("retained-heap", (2, 250), "native-memory"),
    benign("restarts", (4, 250), "native-memory"),
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
    shell("database", DATABASE, "shared-memory"),
    shell("idle", "sleep 120", "open-files"),
];

/// A PostgreSQL server whose cache of 64 MiB fills in ten seconds or so, and is full then.
const DATABASE: &str = r#"
    PATH=$PATH:$(echo /usr/lib/postgresql/*/bin)
    command -v pgbench >&2 && chmod 755 . && mkdir db && chown 65534:65534 db && cd db || exit 1
    as() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
    bench() { as pgbench -h "$PWD" -U owner "$@" postgres > /dev/null 2>&1; }
    as initdb -D data -A trust -U owner > /dev/null || exit 1
    as postgres -D data -k "$PWD" -c listen_addresses= -c shared_buffers=64MB > log 2>&1 &
    sleep 1
    bench -i -s 10 -q || exit 1
    bench -S -T 60 -R 1000
"#;
