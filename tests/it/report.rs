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
        Used memory fell by 46.0 MiB in 23 s. 8.0 MiB, 14 % of the 58.2 MiB that went up, is a leak of `LOCK
        (deleted)` in leaking-server (pid 31) (open-files, confident).

        Where it went
          anonymous               +43.2 MiB   74 %  ##############################
                                   +4.9 MiB         this collector
                                   +2.4 MiB         leaking-server (pid 31)
                                                          +1.4 MiB  live heap
                                  +35.9 MiB         rest: of processes not looked at, or shared by several
          slab-pinned              +6.8 MiB   12 %  #####
                                   +5.3 MiB         ext4_inode_cache
                                   +1.0 MiB         dentry
                                   +0.5 MiB         proc_inode_cache
          slab-reclaimable         +6.6 MiB   11 %  #####
                                   +6.5 MiB         this collector
                                   -5.3 MiB         ext4_inode_cache
                                   +3.5 MiB         dentry
                                   +2.0 MiB         all others, and the rest
          slab-unreclaimable       +1.2 MiB    2 %  #
          page-tables              +0.1 MiB    0 %
          file-cache             -104.2 MiB         given back
                                 -104.2 MiB         files that have a name, and block devices
          other terms              +0.0 MiB    0 %
          unaccounted              +0.2 MiB    0 %
          used memory             -46.0 MiB
          of that                 +11.4 MiB  by this collector

        Findings
        1. open-files, leak, confident: leaking-server (pid 31), `LOCK (deleted)`: 8.0 MiB
           - fd-scan/fds.tsv: open `LOCK (deleted)` of leaking-server (pid 31): 1,720 -> 7,458
           - slabinfo/dentry-state: nr_dentry - nr_unused: 7,131 -> 12,900
           - slabinfo/slabinfo: objects of ext4_inode_cache: 157,479 -> 180,124
           - 5236 x 1.6 KiB of slab explain 26 % of what the objects in their caches grew by
           next: find where `LOCK (deleted)` is opened and not closed: strace -f -e trace=openat,close -p 31
           next: restarting the process gives the memory back

        Looked at and cleared
          go-heap: the heap of leaking-server (pid 31) went from 4.0 MiB to 6.2 MiB: it rose at once, 20 s
                   after the first sample
          goroutines: the goroutines of leaking-server (pid 31) do not become ever more
          shared-memory: shared memory stays at 12.7 MiB
          socket-buffers: the queues of TCP: their memory stays at 0.2 MiB
          kernel-slab: 7482 inodes of /proc, up to 6.5 MiB, are there because the collector asked for 7482
                       descriptors; they are given back when memory is needed
          kernel-slab: no cache that the kernel cannot give back grows
          unaccounted-kernel: what no term explains stays at 14.5 MiB
          unaccounted-kernel: free pages on the lists of the processors were between 133 MiB and 391 MiB:
                              MemFree is lower by them, and they are free
          page-cache: pages of files do not grow
          does not grow: native-memory, pinned-slab, deleted-file-space, descriptors, pipe-buffers,
                         unix-sockets, close-wait, inotify-watches, threads, zombies, mappings, page-tables,
                         bpf-maps, cgroups, namespaces, timers, file-locks, metric

        Data quality
          24 samples over 23 s; the account closes to 0.4 MiB
          slab caches: merged by this kernel; a group of them is named by all its members
    "#]].assert_eq(&report(&[], "go-lock-files"));
}

#[test]
fn a_leak_of_a_go_heap_names_its_line() {
    expect![[r#"
        Used memory fell by 214 MiB in 23 s. 355 MiB, 89 % of the 400 MiB that went up, is a leak of memory
        of the Go heap at main.growHeap (leak.go:103) in leaking-server (pid 31) (go-heap, confident).

        Where it went
          anonymous              +392.2 MiB   98 %  #######################################
                                 +343.7 MiB         leaking-server (pid 31)
                                                        +250.6 MiB  live heap
                                                        +101.9 MiB  new, garbage, gaps
                                                          +3.6 MiB  idle and kept
                                                          +1.0 MiB  runtime's own
                                                         -13.4 MiB  not Go's
                                   +4.5 MiB         this collector
                                  +44.0 MiB         rest: of processes not looked at, or shared by several
          slab-reclaimable         +7.4 MiB    2 %  #
          slab-unreclaimable       +0.3 MiB    0 %
          page-tables              -0.3 MiB         given back
          file-cache             -613.1 MiB         given back
                                 -613.1 MiB         files that have a name, and block devices
          other terms              +0.0 MiB
          unaccounted              -0.5 MiB         given back
          used memory            -214.0 MiB
          of that                  +4.5 MiB  by this collector

        Findings
        1. go-heap, leak, confident: leaking-server (pid 31), main.growHeap (leak.go:103): 355 MiB
           - go-pprof/heap.pb.gz: bytes in use from main.growHeap (leak.go:103), more than in the first: 0
             -> 151,045,614
           - prometheus-scrape/metrics.txt: go_memstats_next_gc_bytes: 101,229,210 -> 657,469,082
           - process-memory/status: RssAnon of leaking-server (pid 31): 77,918,208 -> 486,260,736
           next: see why main.growHeap (leak.go:103) keeps what it allocates

        Looked at and cleared
          goroutines: the goroutines of leaking-server (pid 31) do not become ever more
          open-files: no process has ever more open files of one class, by 32 or more
          shared-memory: shared memory stays at 11.7 MiB
          socket-buffers: the queues of TCP: their memory stays at 0.5 MiB
          kernel-slab: no cache that the kernel cannot give back grows
          unaccounted-kernel: what no term explains stays at 14.5 MiB
          unaccounted-kernel: free pages on the lists of the processors were between 0.7 MiB and 149 MiB:
                              MemFree is lower by them, and they are free
          page-cache: pages of files do not grow
          does not grow: pinned-slab, deleted-file-space, descriptors, pipe-buffers, unix-sockets,
                         close-wait, inotify-watches, threads, zombies, mappings, page-tables, bpf-maps,
                         cgroups, namespaces, timers, file-locks, metric

        Data quality
          24 samples over 23 s; the account closes to 0.6 MiB
          slab caches: merged by this kernel; a group of them is named by all its members
          left out: the account of 1 of 24 samples, which were taken while memory was in flight, as when a
                    large process ends
    "#]].assert_eq(&report(&[], "go-heap"));
}

#[test]
fn a_quiet_host_is_told_to_be_one() {
    expect![[r#"
        Used memory grew by 820 MiB in 23 s. Nothing in it grows like a leak.

        Where it went
          anonymous              +590.7 MiB   72 %  #############################
                                   +4.0 MiB         this collector
                                 +586.6 MiB         rest: of processes not looked at, or shared by several
          file-cache             +220.6 MiB   27 %  ###########
                                   +0.1 MiB         this collector
                                 +220.5 MiB         rest: files that have a name, and block devices
          slab-reclaimable         +4.1 MiB    0 %
          page-tables              +3.7 MiB    0 %
          kernel-stacks            +0.5 MiB    0 %
          slab-pinned              +0.4 MiB    0 %
          slab-unreclaimable       +0.1 MiB    0 %
          other terms              +0.0 MiB    0 %
          unaccounted              +0.0 MiB    0 %
          used memory            +820.2 MiB
          of that                  +4.2 MiB  by this collector

        Looked at and cleared
          open-files: no process has ever more open files of one class, by 32 or more
          shared-memory: shared memory stays at 53.0 MiB
          socket-buffers: the queues of TCP: their memory stays at 0.4 MiB
          kernel-slab: no cache that the kernel cannot give back grows
          unaccounted-kernel: what no term explains stays at 14.2 MiB
          unaccounted-kernel: free pages on the lists of the processors were between 128 MiB and 441 MiB:
                              MemFree is lower by them, and they are free
          page-cache: pages of files grew by 221 MiB; the kernel gives them back when memory is needed
          does not grow: native-memory, pinned-slab, deleted-file-space, descriptors, pipe-buffers,
                         unix-sockets, close-wait, inotify-watches, threads, zombies, mappings, page-tables,
                         bpf-maps, cgroups, namespaces, timers, file-locks

        Data quality
          24 samples over 23 s; the account closes to 0.6 MiB
          slab caches: merged by this kernel; a group of them is named by all its members
          left out: the account of 1 of 24 samples, which were taken while memory was in flight, as when a
                    large process ends
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
