//! Which lines of a page the option `keep` keeps.

use expect_test::{Expect, expect};

use super::*;

const PAGE: &str = r#"# HELP go_threads Threads.
# TYPE go_threads gauge
go_threads 9
# a comment
# TYPE latency_seconds histogram
latency_seconds_bucket{le="1"} 1
latency_seconds_bucket{le="+Inf"} 2
latency_seconds_sum 1.5
latency_seconds_count 2

# TYPE requests counter
requests_total{path="/go_threads"} 7
# TYPE "utf8.name" gauge
{"utf8.name",a="b"} 1
up 1
# EOF
"#;

fn check(globs: &[&str], expect: Expect) {
    let globs = Globs::new(globs.iter().map(|&glob| glob.to_owned()).collect());
    let kept_in_pieces = |size: usize| {
        let mut kept = Vec::new();
        let mut filter = Filter::new(&globs);
        for piece in PAGE.as_bytes().chunks(size) {
            filter
                .feed(piece, |line| {
                    kept.extend_from_slice(line);
                    Ok(())
                })
                .unwrap();
        }
        filter
            .finish(|line| {
                kept.extend_from_slice(line);
                Ok(())
            })
            .unwrap();
        String::from_utf8(kept).unwrap()
    };
    let kept = kept_in_pieces(PAGE.len());
    for size in [1, 2, 7, 50] {
        assert_eq!(kept_in_pieces(size), kept, "in pieces of {size}");
    }
    expect.assert_eq(&kept);
}

#[test]
fn lines_are_kept_by_name_with_what_is_said_of_them() {
    check(
        &["go_*"],
        expect![[r#"
        # HELP go_threads Threads.
        # TYPE go_threads gauge
        go_threads 9
        # EOF
    "#]],
    );
    check(
        &["latency_seconds"],
        expect![[r##"
        # TYPE latency_seconds histogram
        latency_seconds_bucket{le="1"} 1
        latency_seconds_bucket{le="+Inf"} 2
        latency_seconds_sum 1.5
        latency_seconds_count 2
        # EOF
    "##]],
    );
    check(
        &["latency_seconds_sum", "u?"],
        expect![[r#"
        # TYPE latency_seconds histogram
        latency_seconds_sum 1.5
        up 1
        # EOF
    "#]],
    );
    check(
        &["requests_total"],
        expect![[r##"
        # TYPE requests counter
        requests_total{path="/go_threads"} 7
        # EOF
    "##]],
    );
    check(
        &["utf8.*"],
        expect![[r##"
        # TYPE "utf8.name" gauge
        {"utf8.name",a="b"} 1
        # EOF
    "##]],
    );
    check(
        &["nothing"],
        expect![[r#"
        # EOF
    "#]],
    );
}

#[test]
fn a_line_without_end_is_not_held() {
    let globs = Globs::new(vec!["a".to_owned()]);
    let mut filter = Filter::new(&globs);
    let piece = [b'a'; 64 * 1024];
    let n_taken = (0..100).take_while(|_| filter.feed(&piece, |_| Ok(())).is_ok()).count();
    assert_eq!(n_taken, 16);
}
