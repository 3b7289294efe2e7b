//! `collector report` on bundles that were recorded for real: what a support engineer sees.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use expect_test::expect;
use serde_json::Value;

use crate::support::collector;

/// A recorded bundle; see `docs/scenarios.md`.
fn recorded(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/scenarios");
    fixtures.join(format!("{name}.tar.zst"))
}

fn report(options: &[&str], name: &str) -> String {
    let bundle = recorded(name);
    let mut words = vec!["report"];
    words.extend(options);
    words.push(bundle.to_str().expect("a path of text"));
    let said = collector(Path::new("."), &words);
    assert_eq!((said.exit, &*said.stderr), (0, ""), "{said}");
    said.stdout
}

#[test]
fn the_founding_case_as_text() {
    expect![[r#"
        Used memory grew by 181 MiB in 23 s. 4 % of the growth is a leak of `LOCK (deleted)` in
        leaking-server (pid 31) (open-files, confident). The Go heap is flat.

        Where it went
          file-cache             +128.9 MiB   71 %  #############################
                                   +4.1 MiB         this collector
                                 +124.8 MiB         rest: files that have a name, and block devices
          slab-reclaimable        +33.2 MiB   18 %  #######
                                  +18.6 MiB         ext4_inode_cache
                                   +5.2 MiB         this collector
                                   +4.4 MiB         dentry
                                   +5.1 MiB         all others, and the rest
          anonymous                +9.5 MiB    5 %  ##
                                   +5.0 MiB         this collector
                                   +4.2 MiB         leaking-server (pid 31)
                                                          +1.4 MiB  idle and kept
                                                          +2.0 MiB  not Go's
                                   +0.4 MiB         rest: of processes not looked at, or shared by several
          slab-pinned              +7.2 MiB    4 %  ##
          slab-unreclaimable       +1.6 MiB    1 %
          page-tables              +0.1 MiB    0 %
          other terms              +0.0 MiB    0 %
          unaccounted              +0.0 MiB    0 %
          used memory            +180.6 MiB
          of that                 +14.3 MiB  by this collector

        Findings
        1. open-files, leak, confident: leaking-server (pid 31), `LOCK (deleted)`: 7.8 MiB, 1336 to 1339
           MiB/h
           - fd-scan/fds.tsv: open `LOCK (deleted)` of leaking-server (pid 31): 215 -> 5,964
           - slabinfo/dentry-state: nr_dentry - nr_unused: 3,055 -> 9,284
           - slabinfo/slabinfo: objects of ext4_inode_cache: 177,156 -> 201,054
           next: find where `LOCK (deleted)` is opened and not closed: strace -f -e trace=openat,close -p 31
           next: restarting the process gives the memory back

        Looked at and cleared
          go-heap: the heap of leaking-server (pid 31) is flat: where its next collection begins stays at
                   4.0 MiB
          goroutines: leaking-server (pid 31) has no more and more goroutines
          shared-memory: shared memory stays at 53.0 MiB
          socket-buffers: the queues of TCP: their memory stays at 0.4 MiB
          kernel-slab: 5988 inodes of /proc, up to 5.2 MiB, are there because the collector asked for 5988
                       descriptors; they are given back when memory is needed
          kernel-slab: no cache that the kernel cannot give back grows
          unaccounted-kernel: what no term explains stays at 14.2 MiB
          unaccounted-kernel: free pages on the lists of the processors went between 113 MiB and 528 MiB:
                              MemFree is lower by them, and they are free
          page-cache: pages of files grew by 129 MiB; the kernel gives them back when memory is needed
          does not grow: native-memory, pinned-slab, deleted-file-space, descriptors, pipe-buffers,
                         unix-sockets, close-wait, inotify-watches, threads, zombies, mappings, page-tables,
                         bpf-maps, cgroups, namespaces, timers, file-locks, metric

        Data quality
          24 samples over 23 s; the account closes to 0.6 MiB
          slab caches: merged by this kernel; a group of them is named by all its members
    "#]].assert_eq(&report(&[], "go-lock-files"));
}

#[test]
fn a_leak_of_a_go_heap_names_its_line() {
    expect![[r#"
        Used memory grew by 666 MiB in 23 s. 49 % of the growth is a leak at main.growHeap (leak.go:103) in
        leaking-server (pid 30) (go-heap, confident).

        Where it went
          anonymous              +711.2 MiB  100 %  ########################################
                                 +354.6 MiB         leaking-server (pid 30)
                                                        +238.0 MiB  live heap
                                                        +129.6 MiB  garbage and gaps
                                                          +1.2 MiB  idle and kept
                                                          +1.1 MiB  runtime's own
                                                         -15.5 MiB  not Go's
                                   +4.9 MiB         this collector
                                 +351.8 MiB         rest: of processes not looked at, or shared by several
          page-tables              +1.7 MiB    0 %
          kernel-stacks            +0.1 MiB    0 %
          slab-pinned              -0.8 MiB         given back
          slab-reclaimable         -0.9 MiB         given back
          file-cache              -45.5 MiB         given back
                                  -45.5 MiB         files that have a name, and block devices
          other terms              +0.0 MiB    0 %
          unaccounted              +0.0 MiB    0 %
          used memory            +665.8 MiB
          of that                  +4.9 MiB  by this collector

        Findings
        1. go-heap, leak, confident: leaking-server (pid 30), main.growHeap (leak.go:103): 353 MiB, 47930 to
           83822 MiB/h
           - go-pprof/heap.pb.gz: bytes in use from main.growHeap (leak.go:103), more than in the first: 0
             -> 142,654,191
           - prometheus-scrape/metrics.txt: go_memstats_next_gc_bytes: 50,884,834 -> 571,100,978
           - process-memory/status: RssAnon of leaking-server (pid 30): 31,551,488 -> 438,542,336
           next: see why main.growHeap (leak.go:103) keeps what it allocates

        Looked at and cleared
          goroutines: leaking-server (pid 30) has no more and more goroutines
          open-files: no process has 32 or more open files of one class more and more
          shared-memory: shared memory stays at 71.0 MiB
          socket-buffers: the queues of TCP: their memory stays at 1.1 MiB
          kernel-slab: no cache that the kernel cannot give back grows
          unaccounted-kernel: what no term explains stays at 14.5 MiB
          unaccounted-kernel: free pages on the lists of the processors went between 36.8 MiB and 261 MiB:
                              MemFree is lower by them, and they are free
          page-cache: pages of files do not grow
          does not grow: pinned-slab, deleted-file-space, descriptors, pipe-buffers, unix-sockets,
                         close-wait, inotify-watches, threads, zombies, mappings, page-tables, bpf-maps,
                         cgroups, namespaces, timers, file-locks, metric

        Data quality
          24 samples over 23 s; the account closes to 0.4 MiB
          slab caches: merged by this kernel; a group of them is named by all its members
          missing: the account of 1 of 24 samples: memory was in flight while they were taken, as when a
                   large process ends; the other samples make the account
    "#]].assert_eq(&report(&[], "go-heap"));
}

#[test]
fn a_quiet_host_is_told_to_be_one() {
    expect![[r#"
        Used memory grew by 818 MiB in 23 s. Nothing in it grows like a leak.

        Where it went
          anonymous              +585.7 MiB   72 %  #############################
                                   +4.2 MiB         this collector
                                 +581.5 MiB         rest: of processes not looked at, or shared by several
          file-cache             +223.0 MiB   27 %  ###########
                                   +0.1 MiB         this collector
                                 +222.9 MiB         rest: files that have a name, and block devices
          slab-reclaimable         +5.2 MiB    1 %
          page-tables              +3.7 MiB    0 %
          kernel-stacks            +0.6 MiB    0 %
          slab-unreclaimable       +0.2 MiB    0 %
          slab-pinned              -0.7 MiB         given back
          other terms              +0.0 MiB    0 %
          unaccounted              +0.0 MiB    0 %
          used memory            +817.7 MiB
          of that                  +4.4 MiB  by this collector

        Looked at and cleared
          open-files: no process has 32 or more open files of one class more and more
          shared-memory: shared memory stays at 53.0 MiB
          socket-buffers: the queues of TCP: their memory stays at 0.4 MiB
          kernel-slab: no cache that the kernel cannot give back grows
          unaccounted-kernel: what no term explains stays at 14.2 MiB
          unaccounted-kernel: free pages on the lists of the processors went between 128 MiB and 441 MiB:
                              MemFree is lower by them, and they are free
          page-cache: pages of files grew by 223 MiB; the kernel gives them back when memory is needed
          does not grow: native-memory, pinned-slab, deleted-file-space, descriptors, pipe-buffers,
                         unix-sockets, close-wait, inotify-watches, threads, zombies, mappings, page-tables,
                         bpf-maps, cgroups, namespaces, timers, file-locks

        Data quality
          24 samples over 23 s; the account closes to 0.6 MiB
          slab caches: merged by this kernel; a group of them is named by all its members
          missing: the account of 1 of 24 samples: memory was in flight while they were taken, as when a
                   large process ends; the other samples make the account
          missing: the heaps of Go programs: none was asked, or none could be told; where one is suspected,
                   give its address with --pprof and --metrics
    "#]].assert_eq(&report(&[], "idle"));
}

/// The reports on every recorded bundle as JSON, by their names.
fn all_recorded() -> &'static BTreeMap<String, Value> {
    static REPORTS: OnceLock<BTreeMap<String, Value>> = OnceLock::new();
    REPORTS.get_or_init(|| {
        let bundles = recorded("idle").parent().expect("a directory").read_dir().expect("bundles");
        let names = bundles.map(|it| it.expect("an entry").file_name());
        let of = |name: &str| serde_json::from_str(&report(&["--json"], name)).expect("JSON");
        let reports: BTreeMap<String, Value> = names
            .filter_map(|it| Some(it.to_str()?.strip_suffix(".tar.zst")?.to_owned()))
            .map(|name| (name.clone(), of(&name)))
            .collect();
        assert!(reports.len() >= 12, "only {:?}", reports.keys());
        reports
    })
}

fn bytes(of: &Value) -> i64 {
    of.as_i64().expect("bytes")
}

/// The sum of the bytes of a list.
fn sum(list: &Value) -> i64 {
    list.as_array().expect("a list").iter().map(|it| bytes(&it["bytes"])).sum()
}

#[test]
fn the_account_adds_up_in_every_recorded_bundle() {
    for (name, report) in all_recorded() {
        assert_eq!(report["schema"], "collector-report/1");
        let growth = &report["growth"];
        let (terms, unaccounted) = (&growth["terms"], &growth["unaccounted_holders"]);
        let used = bytes(&growth["used_bytes"]);
        assert_eq!(sum(terms) + bytes(&growth["unaccounted_bytes"]), used, "{name}");
        assert_eq!(sum(unaccounted), bytes(&growth["unaccounted_bytes"]), "{name}");
        let mut observer = 0;
        for term in terms.as_array().expect("terms") {
            let (of, holders) = (&term["name"], &term["holders"]);
            assert_eq!(sum(holders), bytes(&term["bytes"]), "{of} of {name}");
            let holders = holders.as_array().expect("holders");
            assert_eq!(holders.last().expect("a rest")["kind"], "rest", "{of} of {name}");
            for it in holders {
                if it["kind"] == "observer" {
                    observer += bytes(&it["bytes"]);
                }
                if !it["parts"].is_null() {
                    assert_eq!(sum(&it["parts"]), bytes(&it["bytes"]), "{it} of {name}");
                }
            }
        }
        assert_eq!(observer, bytes(&growth["observer_bytes"]), "{name}");
        // They are right, and not only balanced: what nothing names is noise.
        let unknown = unaccounted.as_array().and_then(|it| it.last()).expect("a rest");
        assert!(bytes(&unknown["bytes"]).abs() < 1 << 20, "{name}: {unaccounted}");
        let residual = bytes(&report["quality"]["residual_bytes"]);
        let is_leaked = bytes(&growth["unaccounted_bytes"]) > 1 << 20;
        assert!(is_leaked || residual <= 2 << 20, "{name}: {residual}");
        assert!(report["findings"].as_array().expect("findings").len() <= 5, "{name}");
    }
}

/// The holder of a term that is of this kind and of the process called `leak`, in bytes.
fn held_by_leak(name: &str, term: &str, kind: &str) -> i64 {
    let growth = &all_recorded()[name]["growth"];
    let terms = growth["terms"].as_array().expect("terms");
    let holders = match terms.iter().find(|it| it["name"] == term) {
        Some(it) => &it["holders"],
        None => &growth["unaccounted_holders"],
    };
    let of_leak = |it: &&Value| it["kind"] == kind && it["command"] == "leak";
    holders.as_array().expect("holders").iter().filter(of_leak).map(|it| bytes(&it["bytes"])).sum()
}

/// What the program took between the ends of the capture, by what it said it does: objects a
/// second, bytes each, over the 21 seconds from the middle of the first three samples to that of
/// the last three.
#[test]
fn each_leak_is_held_by_its_program_in_its_term_with_its_size() {
    for (name, term, kind, expected) in [
        ("native-heap", "anonymous", "process", 16 << 20),
        ("memfds", "shared-memory", "files", 16 << 20),
        ("sparse-reads", "page-tables", "process", 8 * 512 * 4096),
        ("threads", "kernel-stacks", "process", 100 * 16384),
        ("full-pipes", "unaccounted", "pipes", 200 * 65536),
    ] {
        let found = held_by_leak(name, term, kind) as f64;
        let ratio = found / (21 * expected) as f64;
        assert!((0.9..=1.1).contains(&ratio), "{name}: {found} bytes, {ratio:.2} of what it took");
    }
}

#[test]
fn a_report_is_a_page_of_a_hundred_columns() {
    for name in all_recorded().keys() {
        let text = report(&[], name);
        for line in text.lines() {
            assert!(line.chars().count() <= 100, "{name}: {line}");
        }
        let waterfall = text.split("\n\n").find(|it| it.starts_with("Where it went"));
        let n_lines = waterfall.expect("a waterfall").lines().count();
        assert!(n_lines <= 40 && text.lines().count() <= 90, "{name}: {text}");
    }
}

#[test]
fn the_json_is_what_its_schema_says() {
    let schema = collector(Path::new("."), &["schema", "report"]).stdout;
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for (name, report) in all_recorded() {
        let wrong: Vec<String> = validator.iter_errors(report).map(|it| it.to_string()).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
        let holders = report["growth"]["terms"].as_array().expect("terms").iter();
        for it in holders.flat_map(|it| it["holders"].as_array().expect("holders")) {
            seen.extend(it.as_object().expect("a holder").keys().cloned());
        }
    }
    // Every field of a holder is in one of them.
    let of_holder = &schema["$defs"]["HolderJson"]["properties"];
    let known = of_holder.as_object().expect("properties").keys().cloned().collect();
    assert_eq!(seen, known);
}

#[test]
fn a_bundle_that_was_cut_off_is_reported_on_as_far_as_it_goes() {
    let whole = std::fs::read(recorded("open-deleted")).expect("a fixture");
    let place = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(place.path().join("cut.partial"), &whole[..whole.len() / 2]).expect("cut it");
    let said = collector(place.path(), &["report", "cut.partial"]);
    assert_eq!(said.exit, 6, "{said}");
    let first = said.stdout.lines().next().expect("a line");
    assert!(
        first.contains("leak of `LOCK (deleted)`") || said.stdout.contains("open-files, leak"),
        "{said}"
    );
    assert!(said.stdout.contains("`collector bundle recover`"), "{said}");
    expect![[r#"
        warning: a bundle is cut off or damaged, and the report is on what is whole of it (hint: see its data quality; `collector bundle verify` says more of one bundle)
    "#]]
    .assert_eq(&said.stderr);
}
