//! Which reader a media type has, and what holds for all of them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::fuzzing::readers;
use super::*;

/// What plugins of ours write that is read elsewhere, or for people only.
const ELSEWHERE: [&str; 2] = ["application/x-pprof", "application/x-go-trace"];

#[test]
fn whatever_our_plugins_write_has_a_reader() {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    let mut n_types = 0;
    for plugin in fs::read_dir(plugins).expect("the plugins") {
        let path = plugin.expect("an entry").path().join("plugin.json");
        let text = fs::read_to_string(&path).expect("a description");
        let description: Value = serde_json::from_str(&text).expect("JSON");
        for output in description["outputs"].as_array().expect("its outputs") {
            let media_type = output["media_type"].as_str().expect("a media type");
            let is_read = find(media_type).is_some();
            assert_ne!(
                is_read,
                ELSEWHERE.contains(&media_type),
                "{media_type} of {}",
                path.display()
            );
            n_types += 1;
        }
    }
    assert!(n_types >= READERS.len(), "{n_types}: a reader has no plugin");
}

#[test]
fn parameters_and_case_do_not_matter_but_plain_text_needs_a_version() {
    for (media_type, expected) in [
        ("text/x-linux-meminfo", Some("text/x-linux-meminfo")),
        ("Text/X-Linux-Meminfo ; charset=utf-8", Some("text/x-linux-meminfo")),
        ("application/openmetrics-text; version=1.0.0; charset=utf-8", Some(OPENMETRICS)),
        ("text/plain; version=0.0.4; charset=utf-8", Some(PROMETHEUS)),
        ("text/plain;charset=utf-8;Version=0.0.4", Some(PROMETHEUS)),
        ("text/plain", None),
        ("text/plain; charset=utf-8", None),
        ("text/x-linux-meminfos", None),
        ("", None),
    ] {
        assert_eq!(find(media_type).map(|it| it.media_type), expected, "{media_type}");
    }
}

#[test]
fn a_text_above_its_limit_is_not_read() {
    let text = b"\n".repeat(1 + usize::try_from(SHORT).expect("small"));
    assert_eq!(read("text/x-linux-meminfo", &text), Err(SHORT));
    assert!(read("text/x-linux-meminfo", &text[1..]).is_ok());
    assert_eq!(read("application/x-pprof", &text).map(|it| it.value), Ok(Reading::Foreign));
}

/// Texts of every kind that is read.
const SEEDS: &[&str] = &[
    "MemTotal:       24684096 kB\n",
    "Node 0, zone   Normal\n  pages free 7\n  pagesets\n    cpu: 0\n              count: 1\n",
    "0x1-0x2   20480 kernel_clone+0x94/0x3e0 [m] pages=4 vmalloc N0=4\n",
    "TCP: inuse 1 orphan 0 mem 284\n",
    "some avg10=0.00 total=1780\n",
    "/dev/sda2 partition 1048572 12 -2\n",
    "key shmid size cpid nattch ctime rss\n0 65536 4096 42 0 1795648508 4096\n",
    "device\ttype\tmount_point\tsize_bytes\tused_bytes\n0:6\ttmpfs\t/run\t8192\t4096\n",
    "#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t4\t26\t1\n",
    "nr_descendants 12\nnr_dying_descendants 3\n",
    "14 (expanded: 2816)\n",
    "dentry 1 2 192 21 1 : tunables 0 0 0 : slabdata 5 6 0\n",
    "UNIX -> :A-0001152\n",
    "dentry\t1\n",
    "297531\t295673\t45\t0\t139648\t0\n",
    "==> 42/stat 68 <==\n42 (a) S 1 42 42 0 -1 4194560 1 2 0 4 2773 6 5 1 20 0 13 0 2087396\n\n\n",
    "==> 42/status 16 <==\nVmRSS:\t   4 kB\n\n\n",
    "==> 42/timers 52 <==\nID: 2\nsignal: 0/0\nnotify: none/pid.14368\nClockID: 1\n\n",
    "==> 42/fdinfo/7 (9 lines left out) 26 <==\npos:\t0\ninotify wd:1 ino:a\n\n",
    "4: -> POSIX  ADVISORY  WRITE 14808 fe:00:10785315 7 9\n5: OFDLCK ADVISORY READ -1 fe:00:1 0 EOF\n",
    "pid\tstart_ticks\tcommand\tfd\tlink\tsize_bytes\tblocks_512\tdevice\tinode\tlinks\n7\t1\tsh\t0\t/x\\n\t0\t8\t1:2\t9\t0\n",
    "   0: 00000000:07E8 00000000:0000 0A 0:0 0:0 0 0 0 637 1\n",
    "000000005471cf38: 00000003 00000000 00000000 0001 03  1057 /x\n",
    "ffff888003c04000 3 3 0003 2 1 4096 0 1234\n",
    "# TYPE a counter\na_total{b=\"c\\\"}\"} 1e3 7 # {x=\"y\"} 1\n# EOF\n",
];

/// Every reader, over every seed cut at every place and with every byte changed in some ways.
#[test]
fn no_damage_makes_a_reader_panic_or_lose_a_line() {
    for seed in SEEDS {
        let seed = seed.as_bytes();
        for at in 0..seed.len() {
            readers(&seed[..at]);
            readers(&seed[at..]);
            for byte in [0, b' ', b'\n', b':', b'9', b'"', 0xff] {
                let mut text = seed.to_vec();
                text[at] = byte;
                readers(&text);
            }
        }
    }
}
