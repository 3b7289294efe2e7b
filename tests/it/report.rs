//! `collector report` on bundles that were recorded for real: what a support engineer sees.

use std::path::{Path, PathBuf};

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
          slab-reclaimable        +33.8 MiB   19 %  #######
          anonymous                +9.5 MiB    5 %  ##
          slab-pinned              +6.6 MiB    4 %  #
          slab-unreclaimable       +1.6 MiB    1 %
          page-tables              +0.1 MiB    0 %
          other terms              +0.0 MiB    0 %
          unaccounted              +0.0 MiB    0 %
          used memory            +180.6 MiB
          of that                  +5.2 MiB  by this collector

        Findings
        1. open-files, leak, confident: leaking-server (pid 31), `LOCK (deleted)`: 7.8 MiB, 1336 to 1339
           MiB/h
           - fd-scan/fds.tsv: open `LOCK (deleted)` of leaking-server (pid 31): 215 -> 5,964
           - slabinfo/dentry-state: nr_dentry - nr_unused: 3,055 -> 9,284
           - slabinfo/slabinfo: objects of ext4_inode_cache: 177,156 -> 201,054
           next: find where `LOCK (deleted)` is opened and not closed: strace -f -e trace=openat,close -p 31
           next: restarting the process gives the memory back
        2. kernel-slab, growth, probable: names of files in use: 7.4 MiB, 1170 to 1359 MiB/h
           - slabinfo/dentry-state: nr_dentry - nr_unused: 3,055 -> 9,284
           next: capture with fd-scan, as root: it names who has files open

        Looked at and cleared
          go-heap: the heap of leaking-server (pid 31) is flat: where its next collection begins stays at
                   4.0 MiB
          goroutines: leaking-server (pid 31) has no more and more goroutines
          shared-memory: shared memory stays at 53.0 MiB
          socket-buffers: the queues of TCP: their memory stays at 0.4 MiB
          unaccounted-kernel: what no term explains stays at 14.2 MiB
          unaccounted-kernel: free pages on the lists of the processors went between 113 MiB and 528 MiB:
                              MemFree is lower by them, and they are free
          page-cache: pages of files grew by 129 MiB; the kernel gives them back when memory is needed
          does not grow: native-memory, pinned-slab, deleted-file-space, descriptors, pipe-buffers,
                         unix-sockets, close-wait, inotify-watches, threads, zombies, mappings, page-tables,
                         bpf-maps, cgroups, namespaces, timers, file-locks, metric

        Data quality
          24 samples over 23 s; the account closes to 0.6 MiB
    "#]].assert_eq(&report(&[], "go-lock-files"));
}

#[test]
fn a_leak_of_a_go_heap_names_its_line() {
    expect![[r#"
        Used memory grew by 666 MiB in 23 s. 49 % of the growth is a leak at main.growHeap (leak.go:103) in
        leaking-server (pid 30) (go-heap, confident).

        Where it went
          anonymous              +711.2 MiB  100 %  ########################################
          page-tables              +1.7 MiB    0 %
          kernel-stacks            +0.1 MiB    0 %
          slab-reclaimable         -1.7 MiB
          file-cache              -45.5 MiB
          other terms              +0.0 MiB    0 %
          unaccounted              +0.0 MiB    0 %
          used memory            +665.8 MiB
          of that                  +0.0 MiB  by this collector

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
          file-cache             +223.0 MiB   27 %  ###########
          slab-reclaimable         +4.1 MiB    1 %
          page-tables              +3.7 MiB    0 %
          kernel-stacks            +0.6 MiB    0 %
          slab-pinned              +0.4 MiB    0 %
          slab-unreclaimable       +0.2 MiB    0 %
          other terms              +0.0 MiB    0 %
          unaccounted              +0.0 MiB    0 %
          used memory            +817.7 MiB
          of that                  +0.0 MiB  by this collector

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
          missing: the account of 1 of 24 samples: memory was in flight while they were taken, as when a
                   large process ends; the other samples make the account
          missing: the heaps of Go programs: none was asked, or none could be told; where one is suspected,
                   give its address with --pprof and --metrics
    "#]].assert_eq(&report(&[], "idle"));
}

#[test]
fn the_terms_add_up_in_every_recorded_bundle() {
    let bundles = recorded("idle").parent().expect("a directory").read_dir().expect("the bundles");
    let mut n_read = 0;
    for bundle in bundles.map(|it| it.expect("an entry").path()) {
        let Some(name) = bundle.file_name().and_then(|it| it.to_str()?.strip_suffix(".tar.zst"))
        else {
            continue;
        };
        n_read += 1;
        let report: Value = serde_json::from_str(&report(&["--json"], name)).expect("JSON");
        assert_eq!(report["schema"], "collector-report/1");
        let growth = &report["growth"];
        let terms = growth["terms"].as_array().expect("terms");
        let sum: i64 = terms.iter().map(|it| it["bytes"].as_i64().expect("bytes")).sum();
        let unaccounted = growth["unaccounted_bytes"].as_i64().expect("bytes");
        assert_eq!(sum + unaccounted, growth["used_bytes"].as_i64().expect("bytes"), "{name}");
        let findings = report["findings"].as_array().expect("findings");
        assert!(findings.len() <= 5, "{name}");
        for line in self::report(&[], name).lines() {
            assert!(line.chars().count() <= 100, "{name}: {line}");
        }
    }
    assert!(n_read >= 12, "only {n_read} bundles");
}

#[test]
fn the_json_is_what_its_schema_says() {
    let schema = collector(Path::new("."), &["schema", "report"]).stdout;
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for name in ["go-lock-files", "idle"] {
        let report: Value = serde_json::from_str(&report(&["--json"], name)).expect("JSON");
        let wrong: Vec<String> = validator.iter_errors(&report).map(|it| it.to_string()).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
    }
}
