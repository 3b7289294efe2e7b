//! What the program captures of this machine is read back: every text by its reader, every line of
//! it, and what this process has and does is found in it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use collector_core::analysis::readers::fds::Descriptor;
use collector_core::analysis::readers::net_inet::State;
use collector_core::analysis::readers::slab_names::SlabGroups;
use collector_core::analysis::readers::{Machine, Reading, Transport};
use collector_core::analysis::samples::{self, Sample};
use collector_core::bundle::reader::{BundleReader, ReadError, Tail};

use crate::support::Scene;

/// Bytes of a file that is deleted and held open.
const HELD: u64 = 12_345;
const PAGE: &str = "# TYPE jobs counter\njobs_total{queue=\"a\"} 42\n# EOF\n";

/// Serves [`PAGE`] to one request after another, as long as the test runs.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            // A request fits in one packet of the loopback device.
            let _ = stream.read(&mut [0; 4096]);
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0";
            let length = PAGE.len();
            let _ = write!(
                stream,
                "{head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{PAGE}"
            );
        }
    });
    format!("http://{address}/metrics")
}

/// What is found of this process in one sample.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    memory: bool,
    start: bool,
    deleted_bytes: Option<u64>,
    states: Vec<State>,
    jobs: Option<String>,
    groups: SlabGroups,
    kinds: Vec<String>,
}

impl Found {
    /// Looks for a descriptor of the file, and the states of the sockets of port `port`.
    fn in_sample(sample: &Sample<'_>, port: u16, machine: &Machine) -> Self {
        let mut found = Found::default();
        let mut inodes = Vec::new();
        let me = std::process::id();
        for it in &sample.artifacts {
            assert!(it.bad.is_empty(), "{}: {:?}", it.name, it.bad.kept());
            if let Reading::Descriptors(table) = &it.reading {
                let mine = table.by_holder().filter(|(it, _)| it.pid == me);
                for (holder, descriptors) in mine {
                    found.start = holder.start_ticks > 0;
                    inodes.extend(descriptors.iter().filter_map(Descriptor::socket_inode));
                    let mut lengths =
                        descriptors.iter().filter_map(|it| Some(it.deleted.as_ref()?.length));
                    found.deleted_bytes = lengths.find(|it| *it == HELD);
                }
            }
        }
        for it in &sample.artifacts {
            let kind = format!("{:?}", it.reading);
            found.kinds.push(kind.split('(').next().unwrap_or_default().to_owned());
            match &it.reading {
                Reading::Meminfo(it) => {
                    let total = it.memory("MemTotal").expect("a total");
                    assert!(total.0 > 0 && it.memory("MemFree").is_some());
                }
                Reading::Zoneinfo(it) => {
                    let free = it.free_on_processors().expect("lists of the processors");
                    let page = machine.page_size.expect("the size of a page");
                    assert!(free.bytes(page).0 < 1 << 50);
                }
                Reading::Statuses(all) => {
                    let mine = all.iter().find(|it| it.pid == me).expect("this process");
                    let rest = mine.file.zip(mine.shared).expect("its memory");
                    let sum = mine.anonymous.expect("its memory").0 + rest.0.0 + rest.1.0;
                    assert_eq!(mine.resident.map(|it| it.0), Some(sum), "{mine:?}");
                    found.memory = true;
                }
                Reading::InetSockets(Transport::Tcp, sockets) => {
                    let mine = sockets.iter().filter(|it| inodes.contains(&it.inode));
                    let of_port = mine.filter(|it| it.local_port() == Some(port));
                    found.states.extend(of_port.map(|it| it.state));
                    found.states.sort_unstable();
                    // The kernel tells a socket twice when its table changes between two reads.
                    found.states.dedup();
                }
                Reading::Metrics(points) => {
                    let it = points.first().expect("a point");
                    found.jobs = Some(format!("{} {} {:?}", it.series, it.value, it.role));
                }
                Reading::SlabAliases(aliases) => found.groups.take_aliases(aliases),
                Reading::SlabReclaimAccounts(it) => found.groups.take_reclaim_accounts(it),
                _ => {}
            }
        }
        found
    }
}

fn found(path: &Path, port: u16) -> Vec<Found> {
    let mut bundle = BundleReader::open(path).expect("a bundle");
    let machine = Machine::of(bundle.capture());
    assert!(machine.kernel.is_some() && machine.page_size.is_some(), "{machine:?}");
    let mut all = Vec::new();
    let tail = samples::walk(&mut bundle, |sample| {
        assert_eq!(sample.unread, []);
        assert_eq!(sample.record.index, all.len() as u64);
        all.push(Found::in_sample(sample, port, &machine));
        Ok::<(), ReadError>(())
    });
    assert_eq!(tail.expect("it is read"), Tail::Whole);
    all
}

#[test]
fn every_line_of_a_real_capture_is_read() {
    // One connection whose other end is gone, which nobody here closes.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    drop(TcpStream::connect(address).expect("a connection"));
    let (mut left_open, _) = listener.accept().expect("the connection");
    assert_eq!(left_open.read(&mut [0]).expect("its end"), 0, "the other end is gone");
    let mut held = tempfile::tempfile().expect("a file without a name");
    held.write_all(&vec![b'x'; usize::try_from(HELD).expect("small")]).expect("written");

    let scene = need!(Scene::new(&format!(
        "\
schedule: {{ every: 1s, samples: 2 }}
collectors:
  - plugin: meminfo
  - plugin: slabinfo
  - plugin: process-memory
  - plugin: fd-scan
  - plugin: prometheus-scrape
    config: {{ url: '{}' }}
",
        serve()
    )));
    let captured = scene.capture(&[]);
    let path = scene.path().join(captured.said.stdout.trim_end());
    let all = found(&path, address.port());
    drop((listener, left_open, held));

    assert_eq!(all.len(), 2, "{}", captured.said);
    for found in &all {
        assert!(found.memory && found.start, "{found:?}");
        assert_eq!(found.deleted_bytes, Some(HELD));
        assert_eq!(found.states, [State::CLOSE_WAIT, State(10)]);
        assert_eq!(found.jobs.as_deref(), Some("jobs_total{queue=\"a\"} 42 Cumulative"));
        assert!(!found.kinds.iter().any(|it| it == "Foreign"), "{:?}", found.kinds);
    }
    if rustix::process::geteuid().is_root() && Path::new("/sys/kernel/slab").is_dir() {
        assert!(all[0].groups.are_known());
        assert_eq!(all[0].groups.is_reclaimable("dentry"), Some(true));
        assert!(all[0].kinds.iter().any(|it| it == "Slabinfo"), "{:?}", all[0].kinds);
    }
}
