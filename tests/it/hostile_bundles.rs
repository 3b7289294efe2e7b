//! What the program does with bundles that were made to do harm: what it says, with which exit
//! code, and that nothing is written but where it was told to. Cuts and changed bits are tested
//! beside the reader.

mod cost;
mod made;
mod place;
mod terminal;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use expect_test::expect;
use serde_json::json;

use self::made::{Made, ROOT, SAMPLE};
use self::place::{Place, names_in};

/// The table of all bundles that `make` makes.
fn table(bundles: &[(&str, &dyn Fn(Made))]) -> String {
    let row = |(name, make): &(&str, &dyn Fn(Made))| {
        let place = Place::new();
        make(Made::new(&place.bundle()));
        place.rows(name)
    };
    bundles.iter().map(row).collect()
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let named = |name: &'static [u8]| move |made: Made| made.entry(name, b'0', 1, b"x").rest();
    let below = |name: String| {
        move |made: Made| made.long_named(format!("{ROOT}/{name}").as_bytes(), b"x").rest()
    };
    let place = Place::new();
    let outside = place.path().join("outside/x").display().to_string();
    Made::new(&place.bundle()).long_named(outside.as_bytes(), b"x").rest();
    let others = table(&[
        ("dot-dot", &below("../../outside/x".to_owned())),
        ("another root", &named(b"outside/x")),
        ("NUL in the name", &named(b"web1-20261123T024512Z/\0/../outside/x")),
        ("NUL in a long name", &below("x\0/../../outside/x".to_owned())),
        ("control characters", &below("a\rb\nc\u{7f}".to_owned())),
        ("terminal escape", &below("\u{1b}]0;title\u{7}\u{1b}[2J".to_owned())),
        ("not UTF-8", &named(b"web1-20261123T024512Z/\xff\xfe")),
        ("backslashes", &below("..\\..\\outside\\x".to_owned())),
        ("component of 300 bytes", &below("n".repeat(300))),
        (
            "name of 600 bytes",
            &below(["n".repeat(200), "n".repeat(200), "n".repeat(200)].join("/")),
        ),
        ("name of 9 MiB", &below("n".repeat(9 << 20))),
        ("option for tar", &below("--checkpoint-action=exec=sh".to_owned())),
    ]);
    let rows = place.rows("absolute") + &others;
    expect![[r#"
        absolute | list, cat, extract, verify | 6 | error: b.tar.zst: entry `DIR/outside/x` is refused: it is absolute (hint: do not extract this file with other programs)
        absolute | recover | 0 | the bundle is damaged after capture.json (entry `DIR/outside/x`: it is absolute) / lost: manifest.yaml / recovered 0 samples
        dot-dot | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/../../outside/x` is refused: `.` and `..` are not allowed (hint: do not extract this file with other programs)
        dot-dot | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/../../outside/x`: `.` and `..` are not allowed) / lost: manifest.yaml / recovered 0 samples
        another root | list, cat, extract, verify | 6 | error: b.tar.zst: entry `outside/x` is refused: it is not in the root directory (hint: do not extract this file with other programs)
        another root | recover | 0 | the bundle is damaged after capture.json (entry `outside/x`: it is not in the root directory) / lost: manifest.yaml / recovered 0 samples
        NUL in the name | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/` is refused: it has an empty component (hint: do not extract this file with other programs)
        NUL in the name | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/`: it has an empty component) / lost: manifest.yaml / recovered 0 samples
        NUL in a long name | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x\u{0}/../../outside/x` is refused: only A-Z a-z 0-9 . _ @ + - and / are allowed (hint: do not extract this file with other programs)
        NUL in a long name | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/x\u{0}/../../outside/x`: only A-Z a-z 0-9 . _ @ + - and / are allowed) / lost: manifest.yaml / recovered 0 samples
        control characters | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/a\rb\nc\u{7f}` is refused: only A-Z a-z 0-9 . _ @ + - and / are allowed (hint: do not extract this file with other programs)
        control characters | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/a\rb\nc\u{7f}`: only A-Z a-z 0-9 . _ @ + - and / are allowed) / lost: manifest.yaml / recovered 0 samples
        terminal escape | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/\u{1b}]0;title\u{7}\u{1b}[2J` is refused: only A-Z a-z 0-9 . _ @ + - and / are allowed (hint: do not extract this file with other programs)
        terminal escape | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/\u{1b}]0;title\u{7}\u{1b}[2J`: only A-Z a-z 0-9 . _ @ + - and / are allowed) / lost: manifest.yaml / recovered 0 samples
        not UTF-8 | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/\u{fffd}\u{fffd}` is refused: only A-Z a-z 0-9 . _ @ + - and / are allowed (hint: do not extract this file with other programs)
        not UTF-8 | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/\u{fffd}\u{fffd}`: only A-Z a-z 0-9 . _ @ + - and / are allowed) / lost: manifest.yaml / recovered 0 samples
        backslashes | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/..\\..\\outside\\x` is refused: only A-Z a-z 0-9 . _ @ + - and / are allowed (hint: do not extract this file with other programs)
        backslashes | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/..\\..\\outside\\x`: only A-Z a-z 0-9 . _ @ + - and / are allowed) / lost: manifest.yaml / recovered 0 samples
        component of 300 bytes | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/n…` is refused: a component is longer than 255 bytes (hint: do not extract this file with other programs)
        component of 300 bytes | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/n…`: a component is longer than 255 bytes) / lost: manifest.yaml / recovered 0 samples
        name of 600 bytes | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/n…/n…/n…nnnnnnnn` is refused: it is longer than 512 bytes (hint: do not extract this file with other programs)
        name of 600 bytes | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/n…/n…/n…nnnnnnnn`: it is longer than 512 bytes) / lost: manifest.yaml / recovered 0 samples
        name of 9 MiB | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/n…` is refused: its name is longer than 512 bytes (hint: do not extract this file with other programs)
        name of 9 MiB | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/n…`: its name is longer than 512 bytes) / lost: manifest.yaml / recovered 0 samples
        option for tar | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/--checkpoint-action=exec=sh` is refused: a component begins with `-` (hint: do not extract this file with other programs)
        option for tar | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/--checkpoint-action=exec=sh`: a component begins with `-`) / lost: manifest.yaml / recovered 0 samples
    "#]].assert_eq(&rows);
}

#[test]
fn what_is_no_plain_file_is_refused() {
    let kind = |kind: u8| move |made: Made| made.rooted("x", kind, b"").rest();
    let rows = table(&[
        ("symlink", &|made| made.link("x", b'2', "../../outside").rest()),
        ("file through a symlink", &|made| {
            made.link("x", b'2', "../../outside").file("x/x", b"x").rest()
        }),
        ("hard link", &|made| made.link("x", b'1', "/etc/passwd").rest()),
        ("character device", &kind(b'3')),
        ("block device", &kind(b'4')),
        ("fifo", &kind(b'6')),
        ("unknown kind", &kind(b'Z')),
        ("directory with content", &|made| made.rooted("x", b'5', b"x").rest()),
        ("twice", &|made| made.file("manifest.yaml", b"a").file("manifest.yaml", b"b").rest()),
        ("file, then directory", &|made| made.file("x", b"a").file("x/x", b"b").rest()),
        ("directory, then file", &|made| made.file("x/x", b"a").file("x", b"b").rest()),
        ("GNU sparse", &kind(b'S')),
        ("PAX sparse", &|made| {
            let records = [("GNU.sparse.size", "1099511627776"), ("GNU.sparse.map", "0,1")];
            made.pax(b'x', &records).file("x", b"x").rest()
        }),
        ("PAX path", &|made| made.pax(b'x', &[("path", "../outside/x")]).file("x", b"x").rest()),
        ("PAX size", &|made| made.pax(b'x', &[("size", "1099511627776")]).file("x", b"x").rest()),
        ("global PAX", &|made| made.pax(b'g', &[("path", "../outside/x")]).file("x", b"x").rest()),
    ]);
    expect![[r#"
        symlink | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x` is refused: it is a link (hint: do not extract this file with other programs)
        symlink | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/x`: it is a link) / lost: manifest.yaml / recovered 0 samples
        file through a symlink | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x` is refused: it is a link (hint: do not extract this file with other programs)
        file through a symlink | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/x`: it is a link) / lost: manifest.yaml / recovered 0 samples
        hard link | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x` is refused: it is a link (hint: do not extract this file with other programs)
        hard link | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/x`: it is a link) / lost: manifest.yaml / recovered 0 samples
        character device | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x` is refused: it is a device (hint: do not extract this file with other programs)
        character device | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/x`: it is a device) / lost: manifest.yaml / recovered 0 samples
        block device | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x` is refused: it is a device (hint: do not extract this file with other programs)
        block device | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/x`: it is a device) / lost: manifest.yaml / recovered 0 samples
        fifo | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x` is refused: it is a pipe (hint: do not extract this file with other programs)
        fifo | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/x`: it is a pipe) / lost: manifest.yaml / recovered 0 samples
        unknown kind | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x` is refused: it is of a kind that bundles do not have (hint: do not extract this file with other programs)
        unknown kind | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/x`: it is of a kind that bundles do not have) / lost: manifest.yaml / recovered 0 samples
        directory with content | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x` is refused: it is a directory with content (hint: do not extract this file with other programs)
        directory with content | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/x`: it is a directory with content) / lost: manifest.yaml / recovered 0 samples
        twice | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/manifest.yaml` is refused: the bundle has it twice (hint: do not extract this file with other programs)
        twice | recover | 0 | the bundle is damaged after manifest.yaml (entry `web1-20261123T024512Z/manifest.yaml`: the bundle has it twice) / recovered 0 samples
        file, then directory | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x/x` is refused: another entry of the bundle is in its place (hint: do not extract this file with other programs)
        file, then directory | recover | 0 | the bundle is damaged after x (entry `web1-20261123T024512Z/x/x`: another entry of the bundle is in its place) / lost: manifest.yaml / recovered 0 samples
        directory, then file | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x` is refused: another entry of the bundle is in its place (hint: do not extract this file with other programs)
        directory, then file | recover | 0 | the bundle is damaged after x/x (entry `web1-20261123T024512Z/x`: another entry of the bundle is in its place) / lost: manifest.yaml / recovered 0 samples
        GNU sparse | list, cat, extract, verify | 6 | error: b.tar.zst: entry `web1-20261123T024512Z/x` is refused: it is a sparse file (hint: do not extract this file with other programs)
        GNU sparse | recover | 0 | the bundle is damaged after capture.json (entry `web1-20261123T024512Z/x`: it is a sparse file) / lost: manifest.yaml / recovered 0 samples
        PAX sparse | list, cat, extract, verify | 6 | error: b.tar.zst: entry `./PaxHeaders/x` is refused: it is a PAX header, which bundles do not have (hint: do not extract this file with other programs)
        PAX sparse | recover | 0 | the bundle is damaged after capture.json (entry `./PaxHeaders/x`: it is a PAX header, which bundles do not have) / lost: manifest.yaml / recovered 0 samples
        PAX path | list, cat, extract, verify | 6 | error: b.tar.zst: entry `./PaxHeaders/x` is refused: it is a PAX header, which bundles do not have (hint: do not extract this file with other programs)
        PAX path | recover | 0 | the bundle is damaged after capture.json (entry `./PaxHeaders/x`: it is a PAX header, which bundles do not have) / lost: manifest.yaml / recovered 0 samples
        PAX size | list, cat, extract, verify | 6 | error: b.tar.zst: entry `./PaxHeaders/x` is refused: it is a PAX header, which bundles do not have (hint: do not extract this file with other programs)
        PAX size | recover | 0 | the bundle is damaged after capture.json (entry `./PaxHeaders/x`: it is a PAX header, which bundles do not have) / lost: manifest.yaml / recovered 0 samples
        global PAX | list, cat, extract, verify | 6 | error: b.tar.zst: entry `./PaxHeaders/x` is refused: it is a PAX header, which bundles do not have (hint: do not extract this file with other programs)
        global PAX | recover | 0 | the bundle is damaged after capture.json (entry `./PaxHeaders/x`: it is a PAX header, which bundles do not have) / lost: manifest.yaml / recovered 0 samples
    "#]].assert_eq(&rows);
}

#[test]
fn sizes_that_are_lies_and_ends_that_are_none_are_found() {
    let x = format!("{ROOT}/x");
    let sized = |bytes: u64| {
        let x = x.clone();
        move |made: Made| made.entry(x.as_bytes(), b'0', bytes, b"x").rest()
    };
    let rows = table(&[
        ("8 EiB declared", &sized(1 << 63)),
        ("65 GiB declared", &sized(65 << 30)),
        ("1 MiB declared", &sized(1 << 20)),
        ("text in the padding", &|made| {
            let padded = [&b"x"[..], &[0; 300], b"hidden"].concat();
            made.entry(x.as_bytes(), b'0', 1, &padded).rest()
        }),
        ("a bit of an artifact", &|made| {
            let change = |sample: &mut serde_json::Value| {
                sample["rows"][0]["files"][0]["sha256"] = json!("0".repeat(64));
            };
            made.sample_with(change).index("").end();
        }),
        ("no sample.json", &|made| made.file(&format!("{SAMPLE}/a/a"), b"x").index("").end()),
        ("file after its sample.json", &|made| {
            made.sample().file(&format!("{SAMPLE}/a/a"), b"x").index("").end();
        }),
        ("text of 2 MiB in the index", &|made| made.sample().index(&"x".repeat(2 << 20)).end()),
    ]);
    expect![[r#"
        8 EiB declared | list, cat, extract, verify | 6 | error: b.tar.zst: x has 8388608 TiB, more than the 64.0 GiB this program takes
        8 EiB declared | recover | 0 | the bundle is damaged after capture.json (x would have 8388608 TiB) / lost: manifest.yaml / recovered 0 samples
        65 GiB declared | list, cat, extract, verify | 6 | error: b.tar.zst: x has 65.0 GiB, more than the 64.0 GiB this program takes
        65 GiB declared | recover | 0 | the bundle is damaged after capture.json (x would have 65.0 GiB) / lost: manifest.yaml / recovered 0 samples
        1 MiB declared | list, extract, verify | 6 | warning: b.tar.zst was cut off in x; 0 samples and 1 file are whole (hint: `collector bundle recover b.tar.zst` makes a bundle of them)
        1 MiB declared | cat | 6 | error: b.tar.zst has no `samples/20261123T024512.123Z/sample.json` before the place where it is cut off or damaged (hint: `collector bundle list --files b.tar.zst` shows the names)
        1 MiB declared | recover | 0 | the bundle is cut off in x / lost: manifest.yaml / recovered 0 samples
        text in the padding | list, extract, verify | 6 | warning: b.tar.zst is damaged after x: the padding of an entry is not empty; 0 samples and 2 files are whole (hint: `collector bundle recover b.tar.zst` makes a bundle of them)
        text in the padding | cat | 6 | error: b.tar.zst has no `samples/20261123T024512.123Z/sample.json` before the place where it is cut off or damaged (hint: `collector bundle list --files b.tar.zst` shows the names)
        text in the padding | recover | 0 | the bundle is damaged after x (the padding of an entry is not empty) / lost: manifest.yaml / recovered 0 samples
        a bit of an artifact | list, cat, extract | 0 | 
        a bit of an artifact | verify | 6 | error: b.tar.zst is damaged: samples/20261123T024512.123Z/meminfo/meminfo: its SHA-256 is not the one in samples/20261123T024512.123Z/sample.json
        a bit of an artifact | recover | 0 | the bundle is not cut off, but not whole / the capture itself had ended (finished) / lost: manifest.yaml / left out: samples/20261123T024512.123Z/meminfo/meminfo: its SHA-256 is another / recovered 1 sample
        no sample.json | list, extract | 0 | 
        no sample.json | cat | 2 | error: b.tar.zst has no `samples/20261123T024512.123Z/sample.json` (hint: `collector bundle list --files b.tar.zst` shows the names)
        no sample.json | verify | 6 | error: b.tar.zst is damaged: samples/20261123T024512.123Z/a/a: no sample.json comes after it
        no sample.json | recover | 0 | the bundle is not cut off, but not whole / the capture itself had ended (finished) / lost: manifest.yaml / left out: sample 20261123T024512.123Z with 1 whole file: it was not finished / recovered 0 samples
        file after its sample.json | list, cat, extract | 0 | 
        file after its sample.json | verify | 6 | error: b.tar.zst is damaged: samples/20261123T024512.123Z/a/a: no sample.json comes after it
        file after its sample.json | recover | 0 | the bundle is not cut off, but not whole / the capture itself had ended (finished) / lost: manifest.yaml / left out: samples/20261123T024512.123Z/a/a: it comes after its `sample.json` / recovered 1 sample
        text of 2 MiB in the index | list | 6 | error: b.tar.zst: index.json cannot be understood: it has a text of more than 1 MiB at line 1 column 1044992
        text of 2 MiB in the index | cat, extract, verify | 0 | 
        text of 2 MiB in the index | recover | 0 | b.tar.zst is complete: nothing was written (hint: name it web1-20261123T024512Z.tar.zst)
    "#]].assert_eq(&rows);
}

#[test]
fn what_follows_a_bundle_is_not_read_as_one() {
    let mut rows = String::new();
    let good = Place::new();
    Made::new(&good.bundle()).rest();
    let good = fs::read(good.bundle()).expect("read");
    for (name, more) in [("garbage after it", &b"garbage"[..]), ("two bundles in one", &good)] {
        let place = Place::new();
        fs::write(place.bundle(), [&good, more].concat()).expect("written");
        rows.push_str(&place.rows(name));
    }
    expect![[r#"
        garbage after it | list, extract, verify | 6 | warning: b.tar.zst is damaged after SHA256SUMS: zstd: Unknown frame descriptor; 1 sample and 5 files are whole (hint: `collector bundle recover b.tar.zst` makes a bundle of them)
        garbage after it | cat | 0 | 
        garbage after it | recover | 0 | the bundle is damaged after SHA256SUMS (zstd: Unknown frame descriptor) / the capture itself had ended (finished) / lost: manifest.yaml / recovered 1 sample
        two bundles in one | list, extract, verify | 6 | warning: b.tar.zst is damaged after SHA256SUMS: there is data after its end; 1 sample and 5 files are whole (hint: `collector bundle recover b.tar.zst` makes a bundle of them)
        two bundles in one | cat | 0 | 
        two bundles in one | recover | 0 | the bundle is damaged after SHA256SUMS (there is data after its end) / the capture itself had ended (finished) / lost: manifest.yaml / recovered 1 sample
    "#]].assert_eq(&rows);
}

#[test]
fn a_newer_major_version_gets_advice_and_a_newer_minor_one_is_read() {
    let mut rows = String::new();
    for (name, layout) in [("layout 2.0", [2, 0]), ("layout 1.7", [1, 7])] {
        let place = Place::new();
        Made::with(&place.bundle(), |capture| {
            capture["layout"] = json!({ "major": layout[0], "minor": layout[1], "patch": "new" });
            capture["tool"]["version"] = json!("7.1.0");
            capture["weather"] = json!(["fair"]);
        })
        .file("added/later.txt", b"new")
        .sample_with(|sample| sample["rows"][0]["mood"] = json!("good"))
        .index("done")
        .end();
        rows.push_str(&place.rows(name));
    }
    expect![[r#"
        layout 2.0 | list, cat, extract, verify, recover | 6 | error: b.tar.zst has layout 2.0, written by collector 7.1.0; this program reads layout 1 (hint: read it with collector 7.1.0 or later)
        layout 1.7 | list, cat, extract, verify | 0 | 
        layout 1.7 | recover | 0 | b.tar.zst is complete: nothing was written (hint: name it web1-20261123T024512Z.tar.zst)
    "#]].assert_eq(&rows);
}

#[test]
fn a_symlink_that_waits_in_the_target_is_not_followed() {
    let place = Place::new();
    Made::new(&place.bundle()).sample().end();
    let target = place.path().join("out");
    fs::create_dir(&target).expect("a directory");
    let mut rows = String::new();
    for (name, to) in [
        (ROOT.to_owned(), "../outside"),
        (ROOT.to_owned(), "../outside/new"),
        (format!("{ROOT}.tar.zst"), "../outside/precious"),
        (format!("{ROOT}.tar.zst"), "../outside/new"),
        (format!("{ROOT}.tar.zst.recovering"), "../outside/precious"),
        (format!("{ROOT}.tar.zst.recovering"), "../outside/new"),
    ] {
        let link = target.join(&name);
        symlink(to, &link).expect("a link");
        let command = if name == ROOT { "extract" } else { "recover" };
        let (exit, text) = place.said(&[command, "b.tar.zst", "-C", "out"]);
        rows.push_str(&format!("{name} -> {to} | {command} | {exit} | {text}\n"));
        assert_eq!(fs::read_link(&link).expect("still a link"), Path::new(to));
        fs::remove_file(link).expect("removed");
        place.check_rest(&name);
        assert_eq!(names_in(&target), [] as [&str; 0]);
    }
    expect![[r#"
        web1-20261123T024512Z -> ../outside | extract | 2 | error: out/web1-20261123T024512Z exists already and is not written to (hint: name another place with -C)
        web1-20261123T024512Z -> ../outside/new | extract | 2 | error: out/web1-20261123T024512Z exists already and is not written to (hint: name another place with -C)
        web1-20261123T024512Z.tar.zst -> ../outside/precious | recover | 5 | error: out/web1-20261123T024512Z.tar.zst exists already and is not overwritten (hint: name another directory with -C)
        web1-20261123T024512Z.tar.zst -> ../outside/new | recover | 5 | error: out/web1-20261123T024512Z.tar.zst exists already and is not overwritten (hint: name another directory with -C)
        web1-20261123T024512Z.tar.zst.recovering -> ../outside/precious | recover | 5 | error: out/web1-20261123T024512Z.tar.zst.recovering exists already: another recovery is running, or one was ended (hint: delete it when none is running)
        web1-20261123T024512Z.tar.zst.recovering -> ../outside/new | recover | 5 | error: out/web1-20261123T024512Z.tar.zst.recovering exists already: another recovery is running, or one was ended (hint: delete it when none is running)
    "#]].assert_eq(&rows);
}

#[test]
fn a_pipe_is_not_waited_for() {
    let place = Place::new();
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, place.bundle(), mode).expect("a pipe");
    expect![[r#"
        a pipe | list, cat, extract, verify, recover | 6 | error: b.tar.zst is not a bundle: it is a pipe or a device (hint: save it as a file first)
    "#]].assert_eq(&place.rows("a pipe"));
}
