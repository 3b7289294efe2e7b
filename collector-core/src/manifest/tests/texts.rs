//! Texts that are no YAML, or YAML made to do harm.

use expect_test::expect;

use super::{check, collector, parse, top};

#[test]
fn what_is_no_yaml_is_told_with_its_line() {
    check(
        &[
            "".to_owned(),
            "# nothing yet\n".to_owned(),
            "version: 1\ncollectors:\n\t- plugin: meminfo\n".to_owned(),
            "version: 1\noutput:\n  directory: .\n\tmax_bytes: 1GiB\n".to_owned(),
            "version: 1\ncollectors:\n  - plugin: meminfo\n   name: x\n".to_owned(),
            "version: 1\ncollectors: [\n".to_owned(),
            "version: 1\ncase: \"x\n".to_owned(),
            "version 1\ncollectors\n".to_owned(),
            "version: 1\ncase: a: b\n".to_owned(),
            "version: 1\ncase: @x\n".to_owned(),
            "version: 1\ncase: *x\n".to_owned(),
            "version: 1\n---\nversion: 1\n".to_owned(),
            "version: 1\n[a, b]: c\n".to_owned(),
            "version: 1\ncase: a\u{0}b\n".to_owned(),
            "\u{7f}ELF\u{2}\u{1}".to_owned(),
        ],
        expect![[r#"
            m.yaml:1:1: the manifest is empty; begin with `version: 1` and a list `collectors`
            m.yaml:1:1: the manifest is empty; begin with `version: 1` and a list `collectors`
            m.yaml:3:2: this line is indented with a tab, which YAML does not allow; use spaces
            m.yaml:4:1: this line is indented with a tab, which YAML does not allow; use spaces
            m.yaml:4:4: the indentation does not fit the lines above; indent it as deep as its neighbors
            m.yaml:3:1: a value is missing here; check that every bracket and brace is closed
            m.yaml:2:7: the quote that opens here is not closed; close it
            m.yaml:1:1: expected a mapping that begins with `version: 1`, found the text "version 1 collectors"
            m.yaml:2:8: a `:` with a blank after it cannot stand here; put the value in quotes, or check the indentation
            m.yaml:2:7: a text cannot begin with this character; put it in quotes
            m.yaml:2:7: this alias (`*name`) names nothing; put a text that begins with `*` in quotes
            m.yaml:2:1: a second document begins here; a manifest is one document, so remove the line `---`
            m.yaml:2:1: a key is expected here, and a key must be plain text
            m.yaml:2:8: a control character, which no text has; check that this is the right file
            m.yaml:1:1: a control character, which no text has; check that this is the right file
        "#]],
    );
}

#[test]
fn a_key_given_twice_is_refused_at_any_depth() {
    check(
        &[
            top("case: a\ncase: b\n"),
            collector("    every: 1s\n    every: 2s\n"),
            collector("    config: {a: {b: 1, c: 2, b: 3}}\n"),
        ],
        expect![[r#"
            m.yaml:3:1: case: this key is given twice, first on line 2; remove one of them
            m.yaml:5:5: collectors[0].every: this key is given twice, first on line 4; remove one of them
            m.yaml:4:30: collectors[0].config.a.b: this key is given twice, first on line 4; remove one of them
        "#]],
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
    // One level, which the repetition limit of `serde_yaml` does not see.
    let text = "x".repeat(200_000);
    let aliases = vec!["*t"; 1000].join(", ");
    check(
        &[
            billion,
            format!("t: &t {text}\nu: [{aliases}]\n"),
            "version: 1\ncase: &a [*a]\n".to_owned(),
            "[".repeat(500_000),
            "a: ".repeat(100_000),
            "- ".repeat(100_000),
            format!("version: 1\nx: {}\n", "{a: ".repeat(1000)),
        ],
        expect![[r#"
            m.yaml:8:25: a5[4]: with its aliases (`*name`) written out, the manifest is larger than 4 MiB; write the values out, without aliases
            m.yaml:2:85: u[21]: with its aliases (`*name`) written out, the manifest is larger than 4 MiB; write the values out, without aliases
            m.yaml:2:11: case[0]: this alias stands inside the very value it names; write the value out
            m.yaml:1:256: nested too deep; a manifest needs a few levels
            m.yaml:1:5: a `:` with a blank after it cannot stand here; put the value in quotes, or check the indentation
            m.yaml:1:129: [0][0][0][0][0][0][0][0]: nested deeper than 64 levels; a manifest needs a few
            m.yaml:2:256: x.a.a.a.a.a.a.a: nested deeper than 64 levels; a manifest needs a few
        "#]],
    );
}

#[test]
fn what_a_message_quotes_is_short_and_harmless() {
    let long = "x".repeat(9000);
    check(
        &[
            top(&format!("schedule: {{every: \"\\e[2J{long}\", for: 1s}}\n")),
            collector(&format!("    config: {{ ? \"\\e[2J{long}\" : !x a }}\n")),
        ],
        expect![[r#"
            m.yaml:2:19: schedule.every: `\u{1b}[2Jxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` is not a duration; write whole numbers with w, d, h, m, s or ms, largest first, such as 10s, 5m or 1h30m
            m.yaml:4:9027: collectors[0].config["\u{1b}[2Jxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"…]: YAML tags (`!name`) are not supported; remove the tag
        "#]],
    );
}

#[test]
fn damage_is_told_and_never_a_panic() {
    const TEXT: &str = include_str!("../../../../examples/dolt.yaml");
    const PIECES: [&str; 16] = [
        "&a ", "*a", "{", "}", "[", "]", ": ", "- ", "\n", "\t", "'", "\"", "|\n", "!x ", "? ",
        "\u{7f}",
    ];
    assert!(parse(TEXT).is_ok());
    let mut state = 1_u64;
    let mut next = |bound: usize| {
        // The generator of Knuth's MMIX: the same damage in every run.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % bound
    };
    let mut n_refused = 0;
    for _ in 0..3000 {
        let mut text = TEXT.to_owned();
        for _ in 0..=next(4) {
            let at = next(text.len());
            if next(3) == 0 {
                text.truncate(at.max(1));
            } else {
                text.insert_str(at, PIECES[next(PIECES.len())]);
            }
        }
        match parse(&text) {
            Ok(manifest) => drop(manifest.masked_yaml().expect("a copy")),
            Err(error) => {
                n_refused += 1;
                assert!(error.to_string().starts_with("m.yaml:"), "{error}");
            }
        }
    }
    assert!(n_refused > 300, "{n_refused} of 3000 refused");
}
