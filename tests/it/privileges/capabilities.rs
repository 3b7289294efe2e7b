//! The capabilities of live workers, as `/proc/PID/status` has them, against what the bundle says
//! and what each plugin names.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{
    Captured, LIMIT, Scene, c_plugin, check_bundle, go_server, installed, run_in, wait_until,
    workers_of,
};

/// The bits of the capabilities that plugins here name.
const KNOWN: &[(&str, u32)] =
    &[("CAP_DAC_READ_SEARCH", 2), ("CAP_NET_RAW", 13), ("CAP_SYS_PTRACE", 19)];

/// A live worker.
#[derive(Debug)]
struct Seen {
    /// Its memory map, which names the plugin.
    maps: String,
    /// The status of each of its threads.
    threads: Vec<String>,
}

/// What a text of the form of `/proc/PID/status` says under this name.
fn value<'a>(status: &'a str, name: &str) -> &'a str {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
    line.unwrap_or_else(|| panic!("no {name} in {status}"))
}

fn mask(status: &str, name: &str) -> u64 {
    u64::from_str_radix(value(status, name), 16).expect("hexadecimal digits")
}

/// The mask of capabilities by name, as far as `all` has them.
fn mask_of(names: &Value, all: u64) -> u64 {
    let bit = |name: &Value| {
        let known = KNOWN.iter().find(|(known, _)| name == known);
        1 << known.unwrap_or_else(|| panic!("{name} is not in the table of this test")).1
    };
    names.as_array().expect("a list").iter().map(bit).fold(0, |all, bit| all | bit) & all
}

/// The workers of `core` now.
fn see(core: u32) -> Vec<Seen> {
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let of = |pid: u32| {
        let process = Path::new("/proc").join(pid.to_string());
        let tasks = fs::read_dir(process.join("task")).into_iter().flatten().flatten();
        let threads = tasks.map(|task| read(&task.path().join("status")));
        Seen { maps: read(&process.join("maps")), threads: threads.collect() }
    };
    workers_of(core).into_iter().map(|worker| of(worker.pid)).collect()
}

/// Each collector of the plan had a worker among `seen`, with the capabilities that the plan says
/// and no way to others.
fn check(captured: &Captured, seen: &[Seen]) {
    let all = captured.bundle.capture["host"]["capabilities"].as_str().expect("a mask");
    let all = u64::from_str_radix(all, 16).expect("hexadecimal digits");
    for item in captured.bundle.capture["plan"].as_array().expect("a list") {
        let name = item["collector"].as_str().expect("a name");
        let library = item["library"]["path"].as_str().expect("a path");
        let kept = mask_of(&item["rights"]["capabilities"], all);
        let worker = seen.iter().find(|it| it.maps.contains(library));
        let worker = worker.unwrap_or_else(|| panic!("no worker of {name} was seen"));
        for status in &worker.threads {
            for set in ["CapEff", "CapPrm"] {
                assert_eq!(mask(status, set), kept, "{set} of {name}: {status}");
            }
            for set in ["CapInh", "CapAmb"] {
                assert_eq!(mask(status, set), 0, "{set} of {name}: {status}");
            }
            assert_eq!(value(status, "NoNewPrivs"), "1", "{name}");
        }
        let log = &captured.bundle.row(0, name)["log"][0]["message"];
        let said = log.as_str().and_then(|it| it.strip_prefix("the worker keeps ")).expect("it");
        let (said, _) = said.split_once(", and ").expect("what it may write comes next");
        let said = match said {
            "no capability" => Value::Array(Vec::new()),
            names => names.split(", ").map(Value::from).collect(),
        };
        assert_eq!(mask_of(&said, all), kept, "the log of {name}: {log}");
    }
}

#[test]
fn workers_of_root_keep_what_their_plugins_name() {
    if !rustix::process::geteuid().is_root() {
        skip_or_fail!("not root");
    }
    let server = need!(go_server(&[]));
    let url = &server.url;
    let scene = need!(Scene::new(&format!(
        "\
schedule: {{ every: 1s, for: 1h }}
collectors:
  - plugin: meminfo
  - plugin: slabinfo
  - plugin: process-memory
  - plugin: fd-scan
  - {{ plugin: go-pprof, config: {{ url: '{url}' }} }}
  - {{ plugin: prometheus-scrape, config: {{ url: '{url}/metrics' }} }}
"
    )));
    let mut running = scene.start(&[]);
    running.wait_for_stderr("sample 2 of ");
    let seen = see(running.pid());
    running.signal(Signal::INT);
    let captured = scene.captured(running.wait(LIMIT));
    assert_eq!(seen.len(), 6, "{seen:?}");
    check(&captured, &seen);

    let mut named = BTreeMap::new();
    for item in captured.bundle.capture["plan"].as_array().expect("a list") {
        let plugin = item["plugin"].as_str().expect("a name");
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
        let text = fs::read_to_string(root.join(plugin).join("plugin.json")).expect("read it");
        let description: Value = serde_json::from_str(&text).expect("JSON");
        let names = description["needs"]["caps"].as_array().cloned().unwrap_or_default();
        assert_eq!(item["rights"]["capabilities"], Value::Array(names.clone()), "{plugin}");
        named.insert(plugin.to_owned(), names.len());
    }
    assert_eq!(named["fd-scan"], 2, "there is something to keep: {named:?}");
    assert_eq!(named["meminfo"], 0, "and nothing: {named:?}");
}

#[test]
fn a_worker_has_no_more_while_its_plugin_works() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 1m, for: 1h }
collectors:
  - { plugin: '[holds.c]' }
"
    ));
    let running = scene.start(&[]);
    wait_until("the plugin to work", || {
        workers_of(running.pid()).iter().any(|it| it.comm == "holding")
    });
    let seen = see(running.pid());
    // The second does not wait for the plugin.
    running.signal(Signal::INT);
    running.signal(Signal::INT);
    let captured = scene.captured(running.wait(LIMIT));
    check(&captured, &seen);
}

/// Root's programs get every capability when they start, unless something forbids it: here, that
/// no new privilege may be had.
#[test]
fn a_program_that_a_plugin_executes_gets_nothing_back() {
    if !rustix::process::geteuid().is_root() {
        skip_or_fail!("not root");
    }
    let scene = need!(Scene::new("collectors:\n  - plugin: '[executes.c]'\n"));
    let captured = scene.capture(&[]);
    let status = captured.bundle.file(0, "executes/status");
    let status = String::from_utf8(status).expect("a text");
    let plan = &captured.bundle.capture["plan"][0];
    let all = captured.bundle.capture["host"]["capabilities"].as_str().expect("a mask");
    let all = u64::from_str_radix(all, 16).expect("hexadecimal digits");
    let kept = mask_of(&plan["rights"]["capabilities"], all);
    assert_eq!(value(&status, "Name"), "cat");
    assert_eq!(mask(&status, "CapPrm") & !kept, 0, "{status}");
    assert_eq!(mask(&status, "CapEff") & !kept, 0, "{status}");
    assert_eq!((mask(&status, "CapAmb"), value(&status, "NoNewPrivs")), (0, "1"), "{status}");
}

/// As a service has it that systemd starts with `AmbientCapabilities`.
#[test]
fn an_ordinary_user_with_capabilities_keeps_the_one_that_is_named() {
    if !rustix::process::geteuid().is_root() {
        skip_or_fail!("not root");
    }
    let dir = installed();
    let library = need!(c_plugin("raw-socket"));
    fs::copy(library, dir.path().join("libraw.so")).expect("copy a library");
    let manifest = "version: 1\noutput: { min_free: 0 }\ncollectors: [{ plugin: ./libraw.so }]\n";
    fs::write(dir.path().join("m.yaml"), manifest).expect("write the manifest");
    let caps = ["--inh-caps=+net_raw,+chown", "--ambient-caps=+net_raw,+chown"];
    let user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let said = run_in(dir.path(), &[&user[..], &caps].concat(), &["../m.yaml"]);
    assert_eq!(said.exit, 0, "{said}");
    let bundle = check_bundle(&dir.path().join("out").join(said.stdout.trim_end()));
    let log = bundle.row(0, "raw")["log"][0]["message"].as_str().expect("a line");
    assert!(log.starts_with("the worker keeps CAP_NET_RAW, and "), "{log}");
}
