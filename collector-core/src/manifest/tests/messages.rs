//! The messages. A test here fails when a manifest that must be refused is taken.

use expect_test::{Expect, expect};

use super::{parse, text_of};

fn check(yaml: &str, message: Expect) {
    let text = match parse(yaml) {
        Ok(manifest) => panic!("taken: {manifest:?}"),
        Err(error) => text_of(&error),
    };
    message.assert_eq(&text);
}

/// A manifest of one collector, with `lines` of it.
fn check_collector(lines: &str, message: Expect) {
    check(&format!("version: 1\ncollectors:\n  - plugin: meminfo\n{lines}"), message);
}

/// A manifest with `lines` before its collectors.
fn check_top(lines: &str, message: Expect) {
    check(&format!("version: 1\n{lines}collectors:\n  - plugin: meminfo\n"), message);
}

#[test]
fn an_unknown_key_is_named_with_the_keys_there_are() {
    check_top(
        "colectors: []\n",
        expect![
            "m.yaml:2:1: colectors: unknown key; did you mean `collectors`?; the keys here are version, case, output, schedule, limits, plugin_directories, collectors"
        ],
    );
    check_top(
        "output:\n  dir: /tmp\n",
        expect![
            "m.yaml:3:3: output.dir: unknown key; the keys here are directory, max_bytes, min_free, compression"
        ],
    );
    check_top(
        "schedule: {evry: 10s, for: 1m}\n",
        expect![
            "m.yaml:2:12: schedule.evry: unknown key; did you mean `every`?; the keys here are every, for, samples"
        ],
    );
    check_collector(
        "    confg: {}\n",
        expect![
            "m.yaml:4:5: collectors[0].confg: unknown key; did you mean `config`?; the keys here are plugin, name, every, limits, sha256, config"
        ],
    );
    check_collector(
        "    limits:\n      time-out: 3s\n",
        expect![
            "m.yaml:5:7: collectors[0].limits.time-out: unknown key; did you mean `timeout`?; the keys here are timeout, max_bytes, max_memory"
        ],
    );
    check_collector(
        "    zebra: 1\n",
        expect![
            "m.yaml:4:5: collectors[0].zebra: unknown key; the keys here are plugin, name, every, limits, sha256, config"
        ],
    );
}

#[test]
fn a_wrong_type_says_what_belongs_there() {
    check(
        "- plugin: meminfo\n",
        expect![
            "m.yaml:1:1: expected a mapping that begins with `version: 1`, found a list (lines that start with `- `)"
        ],
    );
    check(
        "version: 1\ncollectors: meminfo\n",
        expect![[
            r#"m.yaml:2:13: collectors: expected a list (lines that start with `- `), found the text "meminfo""#
        ]],
    );
    check(
        "version: 1\ncollectors:\n  plugin: meminfo\n",
        expect![
            "m.yaml:3:3: collectors: expected a list (lines that start with `- `), found a mapping (`key: value` lines)"
        ],
    );
    check(
        "version: 1\ncollectors:\n",
        expect![
            "m.yaml:2:1: collectors: the list is empty; name at least one, such as `- plugin: meminfo`"
        ],
    );
    check(
        "version: 1\ncollectors:\n  - meminfo\n",
        expect![[
            r#"m.yaml:3:5: collectors[0]: expected a mapping such as `plugin: meminfo`, found the text "meminfo""#
        ]],
    );
    check_top(
        "output: /tmp\n",
        expect![[
            r#"m.yaml:2:9: output: expected a mapping such as `directory: /var/tmp`, found the text "/tmp""#
        ]],
    );
    check_top(
        "output: [a]\n",
        expect![
            "m.yaml:2:9: output: expected a mapping such as `directory: /var/tmp`, found a list (lines that start with `- `)"
        ],
    );
    check_top(
        "limits: 30s\n",
        expect![[
            r#"m.yaml:2:9: limits: expected a mapping such as `timeout: 30s`, found the text "30s""#
        ]],
    );
    check_top(
        "case: [a]\n",
        expect!["m.yaml:2:7: case: expected a text, found a list (lines that start with `- `)"],
    );
    check_top(
        "schedule: {every: 10s, samples: many}\n",
        expect![[
            r#"m.yaml:2:33: schedule.samples: expected a whole number, found the text "many""#
        ]],
    );
    check_top(
        "schedule: {every: 10s, samples: -3}\n",
        expect!["m.yaml:2:33: schedule.samples: expected a whole number, found `-3`"],
    );
    check_top(
        "schedule: {every: 10s, samples: 1.5}\n",
        expect!["m.yaml:2:33: schedule.samples: expected a whole number, found `1.5`"],
    );
    check_top(
        "output: {compression: high}\n",
        expect![[
            r#"m.yaml:2:23: output.compression: expected a whole number, found the text "high""#
        ]],
    );
    check_collector(
        "    config: heap\n",
        expect![
            "m.yaml:4:13: collectors[0].config: expected a mapping (`key: value` lines), the keys of the plugin"
        ],
    );
    check_collector(
        "    config: {a: .nan}\n",
        expect![
            "m.yaml:4:17: collectors[0].config.a: not a finite number; write a number, or a text in quotes"
        ],
    );
    check_collector(
        "    config: {a: [{1: b}]}\n",
        expect![
            "m.yaml:4:22: collectors[0].config.a[0].1: this key is not a text; put it in quotes"
        ],
    );
    check_collector(
        "    config: {a: !secret b}\n",
        expect![
            "m.yaml:4:17: collectors[0].config.a: YAML tags (`!name`) are not supported; remove the tag"
        ],
    );
    check_collector(
        "    config: {<<: {a: b}}\n",
        expect![[
            r#"m.yaml:4:18: collectors[0].config["<<"]: merge keys are not supported; write the keys out"#
        ]],
    );
}

#[test]
fn durations_and_sizes_come_with_their_form() {
    check_top(
        "schedule: {every: 10, for: 5m}\n",
        expect![
            "m.yaml:2:19: schedule.every: `10` is not a duration; write whole numbers with w, d, h, m, s or ms, largest first, such as 10s, 5m or 1h30m"
        ],
    );
    check_top(
        "schedule: {every: soon, for: 5m}\n",
        expect![
            "m.yaml:2:19: schedule.every: `soon` is not a duration; write whole numbers with w, d, h, m, s or ms, largest first, such as 10s, 5m or 1h30m"
        ],
    );
    check_top(
        "schedule: {every: [1s], for: 5m}\n",
        expect![
            "m.yaml:2:19: schedule.every: expected a duration such as 10s, 5m or 1h30m, found a list (lines that start with `- `)"
        ],
    );
    check_top(
        "output:\n  max_bytes: 2 gigs\n",
        expect![
            "m.yaml:3:14: output.max_bytes: `2 gigs` is not a size; write a whole number with one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB, such as 256MiB"
        ],
    );
    check_collector(
        "    limits: {max_memory: {}}\n",
        expect![
            "m.yaml:4:26: collectors[0].limits.max_memory: expected a size such as 256MiB, found a mapping (`key: value` lines)"
        ],
    );
    check_collector(
        "    limits: {timeout: ''}\n",
        expect![
            "m.yaml:4:23: collectors[0].limits.timeout: expected a duration such as 10s, found nothing"
        ],
    );
}

#[test]
fn the_version_comes_first() {
    check(
        "collectors: []\n",
        expect!["m.yaml:1:1: version: the key is missing; write `version: 1` as the first line"],
    );
    check(
        "version: 2\nsinks: []\n",
        expect![
            "m.yaml:1:10: version: this manifest is of version 2, and collector 0.1.0 reads version 1; use a newer collector, or ask whoever sent the manifest for version 1"
        ],
    );
    check(
        "version: one\n",
        expect!["m.yaml:1:10: version: expected the number 1; write `version: 1`"],
    );
    check(
        "version: 0\n",
        expect!["m.yaml:1:10: version: expected the number 1; write `version: 1`"],
    );
    check(
        "version: '1'\n",
        expect!["m.yaml:1:10: version: expected the number 1; write `version: 1`"],
    );
    check("version: 1\n", expect!["m.yaml:1:1: the key `collectors` is missing"]);
}

#[test]
fn a_schedule_knows_how_often_and_until_when() {
    check_top(
        "schedule: {every: 1s, for: 1m, samples: 3}\n",
        expect![
            "m.yaml:2:41: schedule.samples: `for` and `samples` both say when to end; keep one of them"
        ],
    );
    check_top(
        "schedule: {for: 5m}\n",
        expect![
            "m.yaml:2:17: schedule.for: `for` needs to know how often; add `every`, such as `every: 10s`"
        ],
    );
    check_top(
        "schedule:\n  samples: 5\n",
        expect![
            "m.yaml:3:12: schedule.samples: `samples` needs to know how often; add `every`, such as `every: 10s`"
        ],
    );
    check_top(
        "schedule:\n  every: 5s\n",
        expect![
            "m.yaml:3:10: schedule.every: `every` needs to know when to end; add `for: 5m` or `samples: 30`"
        ],
    );
    check_top(
        "schedule: {every: 0s, for: 1m}\n",
        expect![
            "m.yaml:2:19: schedule.every: 0s is too short an interval; the shortest is 10ms, and 10s is a good start"
        ],
    );
    check_top(
        "schedule: {every: 9ms, for: 1m}\n",
        expect![
            "m.yaml:2:19: schedule.every: 9ms is too short an interval; the shortest is 10ms, and 10s is a good start"
        ],
    );
    check_top(
        "schedule: {every: 400d, for: 1m}\n",
        expect!["m.yaml:2:19: schedule.every: 57w1d is too long an interval; the longest is 366d"],
    );
    check_top(
        "schedule: {every: 1s, for: 0s}\n",
        expect!["m.yaml:2:28: schedule.for: no time to take a sample; write a duration such as 5m"],
    );
    check_top(
        "schedule: {every: 1s, for: 9999w}\n",
        expect!["m.yaml:2:28: schedule.for: 9999w is too long; the longest capture is 366d"],
    );
    check_top(
        "schedule: {every: 1s, samples: 0}\n",
        expect![
            "m.yaml:2:32: schedule.samples: no sample would be taken; write at least 1, or remove the schedule"
        ],
    );
    check_top(
        "schedule: {every: 1d, samples: 18446744073709551615}\n",
        expect![
            "m.yaml:2:32: schedule.samples: 18446744073709551615 samples every 1d take too long; the longest capture is 366d"
        ],
    );
    check_collector(
        "    every: 1ms\n",
        expect![
            "m.yaml:4:12: collectors[0].every: 1ms is too short an interval; the shortest is 10ms, and 10s is a good start"
        ],
    );
}

#[test]
fn bounds_are_named() {
    check_top(
        "output: {compression: 20}\n",
        expect![
            "m.yaml:2:23: output.compression: 20 is no level of zstd; write 1 (fast) to 19 (small)"
        ],
    );
    check_top(
        "output: {compression: 0}\n",
        expect![
            "m.yaml:2:23: output.compression: 0 is no level of zstd; write 1 (fast) to 19 (small)"
        ],
    );
    check_top(
        "output: {max_bytes: 1KiB}\n",
        expect![
            "m.yaml:2:21: output.max_bytes: 1.00 KiB is too small for a bundle; the least is 64KiB"
        ],
    );
    check_top(
        "output: {directory: ''}\n",
        expect![
            "m.yaml:2:10: output.directory: expected a directory; write `.` for the current one"
        ],
    );
    check_top(
        "limits: {timeout: 0s}\n",
        expect![
            "m.yaml:2:19: limits.timeout: a timeout is 10ms at least and 1d at most; 30s is usual"
        ],
    );
    check_top(
        "limits: {max_bytes: 0}\n",
        expect![
            "m.yaml:2:21: limits.max_bytes: nothing could be collected with this limit; 256MiB is usual"
        ],
    );
    check_collector(
        "    limits:\n      max_memory: 4KiB\n",
        expect![
            "m.yaml:5:19: collectors[0].limits.max_memory: no worker can run in 4.00 KiB; the least is 1MiB, and 256MiB is usual"
        ],
    );
    check(
        "version: 1\ncollectors: []\n",
        expect![
            "m.yaml:2:13: collectors: the list is empty; name at least one, such as `- plugin: meminfo`"
        ],
    );
    let many = "  - plugin: meminfo\n".repeat(65);
    check(
        &format!("version: 1\ncollectors:\n{many}"),
        expect![
            "m.yaml:3:3: collectors: 65 collectors are too many; each is a process, so the most is 64"
        ],
    );
}

#[test]
fn names_must_fit_where_they_go() {
    check_top(
        "case: ACME 1234\n",
        expect![
            "m.yaml:2:7: case: `ACME 1234` holds ' '; it becomes part of a file name, so use letters without accents, digits, `.`, `_` and `-`, at most 64, no dot or dash first"
        ],
    );
    check_top(
        "case: ../../etc\n",
        expect![
            "m.yaml:2:7: case: `../../etc` holds '/'; it becomes part of a file name, so use letters without accents, digits, `.`, `_` and `-`, at most 64, no dot or dash first"
        ],
    );
    check_top(
        "case: ''\n",
        expect![
            "m.yaml:2:1: case: the case is empty; leave the key out, or it becomes part of a file name, so use letters without accents, digits, `.`, `_` and `-`, at most 64, no dot or dash first"
        ],
    );
    check_top(
        &format!("case: {}\n", "x".repeat(65)),
        expect![
            "m.yaml:2:7: case: the case has 65 bytes; it becomes part of a file name, so use letters without accents, digits, `.`, `_` and `-`, at most 64, no dot or dash first"
        ],
    );
    check_collector(
        "    name: Mem_Info\n",
        expect![
            "m.yaml:4:11: collectors[0].name: `Mem_Info` holds 'M'; use a-z, 0-9 and dashes, at most 32 of them, no dash first"
        ],
    );
    check_collector(
        "    name: ''\n",
        expect![
            "m.yaml:4:5: collectors[0].name: the name is empty; use a-z, 0-9 and dashes, at most 32 of them, no dash first"
        ],
    );
    check_collector(
        "    name: -x\n",
        expect![
            "m.yaml:4:11: collectors[0].name: `-x` begins with a dash; use a-z, 0-9 and dashes, at most 32 of them, no dash first"
        ],
    );
    check_collector(
        "    name: abcdefghijklmnopqrstuvwxyz-0123456789\n",
        expect![
            "m.yaml:4:11: collectors[0].name: `abcdefghijklmnopqrstuvwxyz-0123456789` has 37 bytes; use a-z, 0-9 and dashes, at most 32 of them, no dash first"
        ],
    );
    check_collector(
        "  - plugin: meminfo\n",
        expect![
            "m.yaml:4:13: collectors[1].plugin: `meminfo` is the name of collectors[0] too (line 3); give one of them another `name`"
        ],
    );
    check_collector(
        "  - plugin: slabinfo\n    name: meminfo\n",
        expect![
            "m.yaml:5:11: collectors[1].name: `meminfo` is the name of collectors[0] too (line 3); give one of them another `name`"
        ],
    );
    check_collector(
        "  - plugin: libacme.so\n",
        expect![
            "m.yaml:4:13: collectors[1].plugin: `libacme.so` holds '.'; use a-z, 0-9 and dashes, at most 32 of them, no dash first; for a library write its path with a slash, such as ./libacme.so"
        ],
    );
    check_collector(
        "  - plugin: ''\n",
        expect![
            "m.yaml:4:5: collectors[1].plugin: the name is empty; use a-z, 0-9 and dashes, at most 32 of them, no dash first"
        ],
    );
    check_collector(
        "  - plugin: /opt/acme/\n",
        expect![
            "m.yaml:4:13: collectors[1].plugin: expected the path of a plugin's library, such as /opt/acme/libacme.so"
        ],
    );
    check_collector(
        "  - plugin: /opt/acme/lib@.so\n",
        expect![
            "m.yaml:4:13: collectors[1].plugin: the file's name makes no name for the collector; add a `name`"
        ],
    );
    check_collector(
        "    sha256: 9f86d081\n",
        expect![
            "m.yaml:4:13: collectors[0].sha256: expected the 64 hexadecimal digits that `sha256sum FILE` prints, found 8 characters"
        ],
    );
    check_collector(
        &format!("    sha256: {}\n", "g".repeat(64)),
        expect![
            "m.yaml:4:13: collectors[0].sha256: expected the 64 hexadecimal digits that `sha256sum FILE` prints, found 64 characters that are not all such digits"
        ],
    );
    check_top(
        "plugin_directories: ['']\n",
        expect!["m.yaml:2:22: plugin_directories[0]: expected a directory"],
    );
}

#[test]
fn a_missing_variable_is_named() {
    check_collector(
        "    config:\n      dirs:\n        - a\n        - ${ACME_DATA}/x\n",
        expect![
            "m.yaml:7:11: collectors[0].config.dirs[1]: the environment variable ACME_DATA is not set; set it (export ACME_DATA=...), or give a default with ${ACME_DATA:-default}"
        ],
    );
    check_collector(
        "    config: {url: '${HOST'}\n",
        expect![
            "m.yaml:4:19: collectors[0].config.url: `${` has no closing `}`; close it, or write `$${` for the characters themselves"
        ],
    );
    check_collector(
        "    config: {url: '${1x}'}\n",
        expect![
            "m.yaml:4:19: collectors[0].config.url: `${1x}` does not name a variable; write ${NAME} or ${NAME:-default}, or `$${` for the characters themselves"
        ],
    );
}

#[test]
fn what_is_no_yaml_is_told_with_its_line() {
    check(
        "",
        expect![
            "m.yaml:1:1: the manifest is empty; begin with `version: 1` and a list `collectors`"
        ],
    );
    check(
        "# nothing yet\n",
        expect![
            "m.yaml:1:1: the manifest is empty; begin with `version: 1` and a list `collectors`"
        ],
    );
    check(
        "version: 1\ncollectors:\n\t- plugin: meminfo\n",
        expect![
            "m.yaml:3:2: this line is indented with a tab, which YAML does not allow; use spaces"
        ],
    );
    check(
        "version: 1\noutput:\n  directory: .\n\tmax_bytes: 1GiB\n",
        expect!["m.yaml:3:14: while scanning a plain scalar, found a tab"],
    );
    check(
        "version: 1\ncollectors:\n  - plugin: meminfo\n   name: x\n",
        expect![
            "m.yaml:4:4: while parsing a block collection, did not find expected '-' indicator"
        ],
    );
    check(
        "version: 1\ncollectors: [\n",
        expect!["m.yaml:3:1: while parsing a node, did not find expected node content"],
    );
    check(
        "version: 1\ncase: \"x\n",
        expect!["m.yaml:2:7: while scanning a quoted scalar, found unexpected end of stream"],
    );
    check(
        "version 1\ncollectors\n",
        expect![[
            r#"m.yaml:1:1: expected a mapping that begins with `version: 1`, found the text "version 1 collectors""#
        ]],
    );
    check(
        "version: 1\ncase: a: b\n",
        expect!["m.yaml:2:8: mapping values are not allowed in this context"],
    );
    check("version: 1\ncase: @x\n", expect!["m.yaml:2:7: unexpected character: `@'"]);
    check(
        "version: 1\ncase: *x\n",
        expect!["m.yaml:2:7: while parsing node, found unknown anchor"],
    );
    check(
        "version: 1\n---\nversion: 1\n",
        expect![
            "m.yaml:2:1: a second document begins here; a manifest is one document, so remove the line `---`"
        ],
    );
    check(
        "version: 1\n[a, b]: c\n",
        expect!["m.yaml:2:1: a key is expected here, and a key must be plain text"],
    );
    check("version: 1\ncase: a\u{0}b\n", expect!["m.yaml:2:8: found unprintable character"]);
    check("\u{7f}ELF\u{2}\u{1}", expect!["m.yaml:1:1: control characters are not allowed"]);
}

#[test]
fn a_key_given_twice_is_refused_at_any_depth() {
    check_top(
        "case: a\ncase: b\n",
        expect!["m.yaml:3:1: case: this key is given twice, first on line 2; remove one of them"],
    );
    check_collector(
        "    every: 1s\n    every: 2s\n",
        expect![
            "m.yaml:5:5: collectors[0].every: this key is given twice, first on line 4; remove one of them"
        ],
    );
    check_collector(
        "    config: {a: {b: 1, c: 2, b: 3}}\n",
        expect![
            "m.yaml:4:30: collectors[0].config.a.b: this key is given twice, first on line 4; remove one of them"
        ],
    );
}

#[test]
fn bombs_are_refused() {
    let mut billion =
        String::from("version: 1\ncollectors: []\na0: &a0 [x, x, x, x, x, x, x, x]\n");
    for i in 1..12 {
        let aliases = vec![format!("*a{}", i - 1); 8].join(", ");
        billion.push_str(&format!("a{i}: &a{i} [{aliases}]\n"));
    }
    check(
        &billion,
        expect![
            "m.yaml:8:25: a5[4]: with its aliases (`*name`) written out, the manifest is larger than 4 MiB; write the values out, without aliases"
        ],
    );
    // One level, which the repetition limit of `serde_yaml` does not see.
    let text = "x".repeat(200_000);
    let aliases = vec!["*t"; 1000].join(", ");
    check(
        &format!("t: &t {text}\nu: [{aliases}]\n"),
        expect![
            "m.yaml:2:85: u[21]: with its aliases (`*name`) written out, the manifest is larger than 4 MiB; write the values out, without aliases"
        ],
    );
    check(
        "version: 1\ncase: &a [*a]\n",
        expect![
            "m.yaml:2:11: case[0]: this alias stands inside the very value it names; write the value out"
        ],
    );
    check(&"[".repeat(500_000), expect!["m.yaml:1:256: recursion limit exceeded"]);
    check(
        &"a: ".repeat(100_000),
        expect!["m.yaml:1:5: mapping values are not allowed in this context"],
    );
    check(
        &"- ".repeat(100_000),
        expect![
            "m.yaml:1:129: [0][0][0][0][0][0][0][0]: nested deeper than 64 levels; a manifest needs a few"
        ],
    );
    check(
        &format!("version: 1\nx: {}\n", "{a: ".repeat(1000)),
        expect![
            "m.yaml:2:256: x.a.a.a.a.a.a.a: nested deeper than 64 levels; a manifest needs a few"
        ],
    );
}
