//! What is told about keys and values that do not fit.

use expect_test::expect;

use super::{check, collector, top};

#[test]
fn an_unknown_key_is_named_with_the_keys_there_are() {
    check(
        &[
            top("colectors: []\n"),
            top("output:\n  dir: /tmp\n"),
            top("schedule: {evry: 10s, for: 1m}\n"),
            collector("    confg: {}\n"),
            collector("    limits:\n      time-out: 3s\n"),
            collector("    zebra: 1\n"),
        ],
        expect![[r#"
            m.yaml:2:1: colectors: unknown key; did you mean `collectors`? the keys here are version, case, output, schedule, limits, plugin_directories, collectors
            m.yaml:3:3: output.dir: unknown key; the keys here are directory, max_bytes, min_free, compression
            m.yaml:2:12: schedule.evry: unknown key; did you mean `every`? the keys here are every, for, samples
            m.yaml:4:5: collectors[0].confg: unknown key; did you mean `config`? the keys here are plugin, name, every, limits, sha256, config
            m.yaml:5:7: collectors[0].limits.time-out: unknown key; did you mean `timeout`? the keys here are timeout, max_bytes, max_memory
            m.yaml:4:5: collectors[0].zebra: unknown key; the keys here are plugin, name, every, limits, sha256, config
        "#]],
    );
}

#[test]
fn a_wrong_type_says_what_belongs_there() {
    check(
        &[
            "- plugin: meminfo\n".to_owned(),
            "version: 1\ncollectors: meminfo\n".to_owned(),
            "version: 1\ncollectors:\n  plugin: meminfo\n".to_owned(),
            "version: 1\ncollectors:\n".to_owned(),
            "version: 1\ncollectors:\n  - meminfo\n".to_owned(),
            top("output: /tmp\n"),
            top("output: [a]\n"),
            top("limits: 30s\n"),
            top("case: [a]\n"),
            top("schedule: {every: 10s, samples: many}\n"),
            top("schedule: {every: 10s, samples: -3}\n"),
            top("schedule: {every: 10s, samples: 1.5}\n"),
            top("output: {compression: high}\n"),
            collector("    config: heap\n"),
            collector("    config: {a: .nan}\n"),
            collector("    config: {a: [{1: b}]}\n"),
            collector("    config: {a: !secret b}\n"),
            collector("    config: {<<: {a: b}}\n"),
        ],
        expect![[r#"
            m.yaml:1:1: expected a mapping that begins with `version: 1`, found a list
            m.yaml:2:13: collectors: expected a list (lines that start with `- `), found the text "meminfo"
            m.yaml:3:3: collectors: expected a list (lines that start with `- `), found a mapping
            m.yaml:2:1: collectors: the list is empty; name at least one, such as `- plugin: meminfo`
            m.yaml:3:5: collectors[0]: expected a mapping such as `plugin: meminfo`, found the text "meminfo"
            m.yaml:2:9: output: expected a mapping such as `directory: /var/tmp`, found the text "/tmp"
            m.yaml:2:9: output: expected a mapping such as `directory: /var/tmp`, found a list
            m.yaml:2:9: limits: expected a mapping such as `timeout: 30s`, found the text "30s"
            m.yaml:2:7: case: expected a text, found a list
            m.yaml:2:33: schedule.samples: expected a whole number, found the text "many"
            m.yaml:2:33: schedule.samples: expected a whole number, found `-3`
            m.yaml:2:33: schedule.samples: expected a whole number, found `1.5`
            m.yaml:2:23: output.compression: expected a whole number, found the text "high"
            m.yaml:4:13: collectors[0].config: expected a mapping (`key: value` lines), the keys of the plugin
            m.yaml:4:17: collectors[0].config.a: not a finite number; write a number, or a text in quotes
            m.yaml:4:22: collectors[0].config.a[0].1: this key is not a text; put it in quotes
            m.yaml:4:17: collectors[0].config.a: YAML tags (`!name`) are not supported; remove the tag
            m.yaml:4:18: collectors[0].config["<<"]: merge keys are not supported; write the keys out
        "#]],
    );
}

#[test]
fn durations_and_sizes_come_with_their_form() {
    check(
        &[
            top("schedule: {every: 10, for: 5m}\n"),
            top("schedule: {every: soon, for: 5m}\n"),
            top("schedule: {every: [1s], for: 5m}\n"),
            top("output:\n  max_bytes: 2 gigs\n"),
            collector("    limits: {max_memory: {}}\n"),
            collector("    limits: {timeout: ''}\n"),
        ],
        expect![[r#"
            m.yaml:2:19: schedule.every: `10` is not a duration; write whole numbers with w, d, h, m, s or ms, largest first, such as 10s, 5m or 1h30m
            m.yaml:2:19: schedule.every: `soon` is not a duration; write whole numbers with w, d, h, m, s or ms, largest first, such as 10s, 5m or 1h30m
            m.yaml:2:19: schedule.every: expected a duration such as 10s, 5m or 1h30m, found a list
            m.yaml:3:14: output.max_bytes: `2 gigs` is not a size; write a whole number with one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB, such as 256MiB
            m.yaml:4:26: collectors[0].limits.max_memory: expected a size such as 256MiB, found a mapping
            m.yaml:4:23: collectors[0].limits.timeout: expected a duration such as 10s, found nothing
        "#]],
    );
}

#[test]
fn the_version_comes_first() {
    check(
        &[
            "collectors: []\n".to_owned(),
            "version: 2\nsinks: []\n".to_owned(),
            "version: one\n".to_owned(),
            "version: 0\n".to_owned(),
            "version: '1'\n".to_owned(),
            "version: 1\n".to_owned(),
        ],
        expect![[r#"
            m.yaml:1:1: version: the key is missing; write `version: 1` as the first line
            m.yaml:1:10: version: this manifest is of version 2, and collector 0.1.0 reads version 1; use a newer collector, or ask whoever sent the manifest for version 1
            m.yaml:1:10: version: expected the number 1; write `version: 1`
            m.yaml:1:10: version: expected the number 1; write `version: 1`
            m.yaml:1:10: version: expected the number 1; write `version: 1`
            m.yaml:1:1: the key `collectors` is missing; add it, with a list such as `- plugin: meminfo`
        "#]],
    );
}

#[test]
fn a_schedule_knows_how_often_and_until_when() {
    check(
        &[
            top("schedule: {every: 1s, for: 1m, samples: 3}\n"),
            top("schedule: {for: 5m}\n"),
            top("schedule:\n  samples: 5\n"),
            top("schedule:\n  every: 5s\n"),
            top("schedule: {every: 0s, for: 1m}\n"),
            top("schedule: {every: 9ms, for: 1m}\n"),
            top("schedule: {every: 400d, for: 1m}\n"),
            top("schedule: {every: 1s, for: 0s}\n"),
            top("schedule: {every: 1s, for: 9999w}\n"),
            top("schedule: {every: 1s, samples: 0}\n"),
            top("schedule: {every: 1d, samples: 18446744073709551615}\n"),
            collector("    every: 1ms\n"),
        ],
        expect![[r#"
            m.yaml:2:41: schedule.samples: `for` and `samples` both say when to end; keep one of them
            m.yaml:2:17: schedule.for: `for` needs to know how often; add `every`, such as `every: 10s`
            m.yaml:3:12: schedule.samples: `samples` needs to know how often; add `every`, such as `every: 10s`
            m.yaml:3:10: schedule.every: `every` needs to know when to end; add `for: 5m` or `samples: 30`
            m.yaml:2:19: schedule.every: the interval is too short; the shortest is 10ms, and 10s is usual
            m.yaml:2:19: schedule.every: the interval is too short; the shortest is 10ms, and 10s is usual
            m.yaml:2:19: schedule.every: the interval is too long; the longest is 366d
            m.yaml:2:28: schedule.for: no time to take a sample; write a duration such as 5m
            m.yaml:2:28: schedule.for: the time is too long; the longest capture is 366d
            m.yaml:2:32: schedule.samples: no sample would be taken; write at least 1, or remove the schedule
            m.yaml:2:32: schedule.samples: 18446744073709551615 samples every 1d take too long; the longest capture is 366d
            m.yaml:4:12: collectors[0].every: the interval is too short; the shortest is 10ms, and 10s is usual
        "#]],
    );
}

#[test]
fn bounds_are_named() {
    let many = "  - plugin: meminfo\n".repeat(65);
    check(
        &[
            top("output: {compression: 20}\n"),
            top("output: {compression: 0}\n"),
            top("output: {max_bytes: 1KiB}\n"),
            top("output: {directory: ''}\n"),
            top("limits: {timeout: 0s}\n"),
            top("limits: {max_bytes: 0}\n"),
            collector("    limits:\n      max_memory: 4KiB\n"),
            "version: 1\ncollectors: []\n".to_owned(),
            format!("version: 1\ncollectors:\n{many}"),
        ],
        expect![[r#"
            m.yaml:2:23: output.compression: 20 is no level of zstd; write 1 (fast) to 19 (small)
            m.yaml:2:23: output.compression: 0 is no level of zstd; write 1 (fast) to 19 (small)
            m.yaml:2:21: output.max_bytes: 1.00 KiB is too small for a bundle; the least is 128KiB
            m.yaml:2:10: output.directory: the path is empty; write `.` for the current directory
            m.yaml:2:19: limits.timeout: a timeout is 10ms at least and 1d at most; 30s is usual
            m.yaml:2:21: limits.max_bytes: nothing could be collected with this limit; 256MiB is usual
            m.yaml:5:19: collectors[0].limits.max_memory: no worker can run in 4.00 KiB; the least is 1MiB, and 256MiB is usual
            m.yaml:2:13: collectors: the list is empty; name at least one, such as `- plugin: meminfo`
            m.yaml:3:3: collectors: 65 collectors are too many; each is a process, so the most is 64
        "#]],
    );
}

#[test]
fn names_must_fit_where_they_go() {
    check(
        &[
            top("case: ACME 1234\n"),
            top("case: ../../etc\n"),
            top("case: ''\n"),
            top(&format!("case: {}\n", "x".repeat(65))),
            collector("    name: Mem_Info\n"),
            collector("    name: ''\n"),
            collector("    name: -x\n"),
            collector("    name: abcdefghijklmnopqrstuvwxyz-0123456789\n"),
            collector("  - plugin: meminfo\n"),
            collector("  - plugin: slabinfo\n    name: meminfo\n"),
            collector("  - plugin: libacme.so\n"),
            collector("  - plugin: ''\n"),
            collector("  - plugin: /opt/acme/\n"),
            collector("  - plugin: /opt/acme/lib@.so\n"),
            collector("    sha256: 9f86d081\n"),
            collector(&format!("    sha256: {}\n", "g".repeat(64))),
            top("plugin_directories: ['']\n"),
        ],
        expect![[r#"
            m.yaml:2:7: case: `ACME 1234` holds ' '; it becomes part of a file name, so use letters without accents, digits, `.`, `_` and `-`, at most 64, no dot or dash first
            m.yaml:2:7: case: `../../etc` holds '/'; it becomes part of a file name, so use letters without accents, digits, `.`, `_` and `-`, at most 64, no dot or dash first
            m.yaml:2:1: case: the case is empty; write a ticket such as ACME-1234, or leave it out
            m.yaml:2:7: case: the case has 65 bytes; it becomes part of a file name, so use letters without accents, digits, `.`, `_` and `-`, at most 64, no dot or dash first
            m.yaml:4:11: collectors[0].name: `Mem_Info` holds 'M'; use a-z, 0-9 and dashes, at most 32 of them, no dash first
            m.yaml:4:5: collectors[0].name: the name is empty; use a-z, 0-9 and dashes, at most 32 of them, no dash first
            m.yaml:4:11: collectors[0].name: `-x` begins with a dash; use a-z, 0-9 and dashes, at most 32 of them, no dash first
            m.yaml:4:11: collectors[0].name: `abcdefghijklmnopqrstuvwxyz-0123456789` has 37 bytes; use a-z, 0-9 and dashes, at most 32 of them, no dash first
            m.yaml:4:13: collectors[1].plugin: `meminfo` is the name of collectors[0] too (line 3); give one of them another `name`
            m.yaml:5:11: collectors[1].name: `meminfo` is the name of collectors[0] too (line 3); give one of them another `name`
            m.yaml:4:13: collectors[1].plugin: `libacme.so` holds '.'; use a-z, 0-9 and dashes, at most 32 of them, no dash first; for a library write its path with a slash, such as ./libacme.so
            m.yaml:4:5: collectors[1].plugin: the name is empty; use a-z, 0-9 and dashes, at most 32 of them, no dash first
            m.yaml:4:13: collectors[1].plugin: expected the path of a plugin's library, such as /opt/acme/libacme.so
            m.yaml:4:13: collectors[1].plugin: the file's name makes no name for the collector; add a `name`
            m.yaml:4:13: collectors[0].sha256: expected the 64 hexadecimal digits that `sha256sum FILE` prints, found 8 characters
            m.yaml:4:13: collectors[0].sha256: expected the 64 hexadecimal digits that `sha256sum FILE` prints, found 64 characters that are not all such digits
            m.yaml:2:22: plugin_directories[0]: the path is empty; write `.` for the current directory
        "#]],
    );
}

#[test]
fn a_missing_variable_is_named() {
    check(
        &[
            collector("    config:\n      dirs:\n        - a\n        - ${ACME_DATA}/x\n"),
            collector("    config: {url: '${HOST'}\n"),
            collector("    config: {url: '${1x}'}\n"),
        ],
        expect![[r#"
            m.yaml:7:11: collectors[0].config.dirs[1]: the environment variable ACME_DATA is not set; set it (export ACME_DATA=...), or give a default with ${ACME_DATA:-default}
            m.yaml:4:19: collectors[0].config.url: `${` has no closing `}`; close it, or write `$${` for the characters themselves
            m.yaml:4:19: collectors[0].config.url: `${1x}` does not name a variable; write ${NAME} or ${NAME:-default}, or `$${` for the characters themselves
        "#]],
    );
}

#[test]
fn a_missing_key_is_asked_for() {
    check(
        &["version: 1\ncollectors:\n  - name: a\n".to_owned()],
        expect![[r#"
        m.yaml:3:5: collectors[0]: the key `plugin` is missing; every collector needs one, such as `plugin: meminfo`
    "#]],
    );
}

#[test]
fn variables_outside_of_config_are_not_taken_for_paths() {
    check(
        &[top("output: {directory: '${HOME}/x'}\n"), collector("  - plugin: ${HOME}/x.so\n")],
        expect![[r#"
            m.yaml:2:21: output.directory: variables are expanded in `config` only; write the path out
            m.yaml:4:13: collectors[1].plugin: variables are expanded in `config` only; write the path out
        "#]],
    );
}
