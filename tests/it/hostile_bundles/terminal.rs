//! Text of a bundle that could steer a terminal, and where it is printed.

use expect_test::expect;
use serde_json::json;

use super::Place;
use super::made::Made;
use crate::support::collector;

/// Clears the screen, sets the title, reverses the line, ends it, and begins one of its own.
const EVIL: &str = "\u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}1m\r\nerror: all is well";

/// What a command prints, which must have no control character but the ends of its lines.
fn said(place: &Place, command: &[&str]) -> String {
    let said = collector(place.path(), &[&["bundle"], command].concat());
    let text = said.to_string();
    assert!(!text.contains(|it: char| it.is_control() && it != '\n'), "{text:?}");
    assert!(!text.contains('\u{202e}'), "{text:?}");
    assert!(!text.contains("\nerror: all"), "{text}");
    format!("$ {}\n{text}", command.join(" "))
}

#[test]
fn text_that_steers_a_terminal_is_spelled_out() {
    let place = Place::new();
    Made::with(&place.bundle(), |capture| {
        capture["host"]["hostname"] = json!(EVIL);
        capture["tool"]["name"] = json!(EVIL);
        capture["case"] = json!(EVIL);
        capture["plan"][0]["collector"] = json!(EVIL);
        capture["plan"][0]["refused"] = json!(EVIL);
    })
    .sample_with(|sample| {
        sample["monotonic_ms"] = json!(u64::MAX);
        sample["rows"][0]["collector"] = json!(EVIL);
        sample["rows"][0]["outcome"] = json!("failed");
        sample["rows"][0]["reason"] = json!(EVIL);
        sample["rows"][0]["files"][0]["name"] = json!(format!("../{EVIL}"));
        sample["rows"][0]["files"][0]["media_type"] = json!(EVIL);
    })
    .index(EVIL)
    .end();
    let list = said(&place, &["list", "--files", "b.tar.zst"]);
    let verify = said(&place, &["verify", "b.tar.zst"]);
    expect![[r#"
        $ list --files b.tar.zst
        exit: 0
        --- stdout
        b.tar.zst  [SIZE]
        host      \u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well, Linux 6.1.0 x86_64, unknown distribution
        capture   2026-11-23 02:45:12 UTC, \u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well 0.1.0, case \u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well
        plan      \u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well
        refused   \u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well: \u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well

        SAMPLE                   AFTER  FILES       BYTES  OUTCOMES
        [TIME]  30500568904w6d14h25m51s600ms      1        [SIZE]  1 failed
            \u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well failed       \u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well
                [SIZE]  samples/[TIME]/../\u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well  \u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well

        ended     finished after [DURATION] (\u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well): 1 sample, 1 ok
        --- stderr

        $ verify b.tar.zst
        exit: 6
        --- stdout
        --- stderr
        error: b.tar.zst is damaged: samples/[TIME]/../\u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well: samples/[TIME]/sample.json lists it, and it is missing
    "#]].assert_eq(&format!("{list}\n{verify}"));
}

#[test]
fn an_error_about_such_a_text_is_spelled_out_too() {
    let place = Place::new();
    Made::new(&place.bundle())
        .sample_with(|sample| {
            sample["rows"][0]["outcome"] = json!(EVIL);
            sample["rows"][0]["files"][0]["name"] = json!(EVIL);
        })
        .end();
    let said = ["list", "verify", "recover"].map(|command| {
        std::fs::copy(place.bundle(), place.path().join("b.partial")).expect("copied");
        said(&place, &[command, "b.partial"])
    });
    expect![[r#"
        $ list b.partial
        exit: 6
        --- stdout
        b.partial  [SIZE]
        host      web1, Linux 6.1.0 x86_64, unknown distribution
        capture   2026-11-23 02:45:12 UTC, collector 0.1.0
        plan      meminfo

        SAMPLE                   AFTER  FILES       BYTES  OUTCOMES
        --- stderr
        error: b.partial: samples/[TIME]/sample.json cannot be understood: unknown variant `\u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well`, expected one of `ok`, `partial`, `denied`, `unavailable`, `failed`, `timeout`, `crashed`, `quota`, `refused`, `skipped` at line 1 column 175

        $ verify b.partial
        exit: 6
        --- stdout
        --- stderr
        error: b.partial is damaged: samples/[TIME]/sample.json: it cannot be understood: unknown variant `\u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well`, expected one of `ok`, `partial`, `denied`, `unavailable`, `failed`, `timeout`, `crashed`, `quota`, `refused`, `skipped` at line 1 column 175

        $ recover b.partial
        exit: 0
        --- stdout
        ./web1-[TIME].tar.zst
        --- stderr
        the bundle is cut off after samples/[TIME]/sample.json
        lost: manifest.yaml
        left out: sample [TIME] with 1 whole file: it was not finished
        left out: samples/[TIME]/sample.json: it cannot be understood (line 1, column 175)
        recovered 0 samples, [SIZE]
    "#]].assert_eq(&said.join("\n"));
}

#[test]
fn what_recover_leaves_out_is_spelled_out() {
    let place = Place::new();
    let evil = |sample: &mut serde_json::Value| {
        sample["rows"][0]["files"][0]["name"] = json!(EVIL);
    };
    Made::new(&place.bundle()).sample_with(evil).end();
    let recover = said(&place, &["recover", "b.tar.zst"]);
    let made = format!("{}.tar.zst", super::ROOT);
    let list = said(&place, &["list", "--files", &made]);
    expect![[r#"
        $ recover b.tar.zst
        exit: 0
        --- stdout
        ./web1-[TIME].tar.zst
        --- stderr
        the bundle is cut off after samples/[TIME]/sample.json
        lost: manifest.yaml
        left out: samples/[TIME]/\u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well: it is missing
        left out: samples/[TIME]/meminfo/meminfo: `sample.json` does not list it
        recovered 1 sample, [SIZE]

        $ list --files web1-20261123T024512Z.tar.zst
        exit: 0
        --- stdout
        web1-[TIME].tar.zst  [SIZE]
        host      web1, Linux 6.1.0 x86_64, unknown distribution
        capture   2026-11-23 02:45:12 UTC, collector 0.1.0
        plan      meminfo

        SAMPLE                   AFTER  FILES       BYTES  OUTCOMES
        [TIME]        [DURATION]      0         [SIZE]  1 partial
            meminfo            partial      \u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{9b}[DURATION]\u{d} error: all is well was damaged in the bundle, and left out when it was recovered

        ended     cut after [DURATION] (cut off after samples/[TIME]/sample.json; 1 finished sample kept; left out: 2 files that did not fit `sample.json`; manifest.yaml is missing): 1 sample, 1 partial
        --- stderr
    "#]].assert_eq(&format!("{recover}\n{list}"));
}
