//! What is on a page, and what is refused.

use expect_test::{Expect, expect};

use super::{Family, Kind, Page};
use crate::Error;

fn family(page: &mut Page) -> Result<Family<'_>, Error> {
    page.family("acme_queue", Kind::Gauge, "", "")
}

#[track_caller]
fn check_refused(expect: Expect, write: impl FnOnce(&mut Page) -> Result<(), Error>) {
    let refused = write(&mut Page::new()).expect_err("it is refused");
    expect.assert_eq(refused.message());
}

#[test]
fn a_page_has_families_and_an_end() {
    let mut page = Page::new();
    page.family("acme_cache_bytes", Kind::Gauge, "bytes", "Memory of \"the\" cache.\nAll of it.")
        .expect("a family")
        .sample(&[("volume", "b"), ("path", "C:\\a\n\"b\"")], 1_048_576.0)
        .expect("a sample")
        .sample(&[("volume", "a")], -0.5)
        .expect("a sample");
    page.family("acme_requests", Kind::Counter, "", "")
        .expect("a family")
        .sample(&[], 9_007_199_254_740_992.0)
        .expect("a sample");
    let mut limits = page.family("limits:ratio", Kind::Gauge, "", "").expect("a family");
    for (name, value) in [("none", f64::INFINITY), ("all", f64::NEG_INFINITY), ("", f64::NAN)] {
        limits.sample(&[("of", name)], value).expect("a sample");
    }
    expect![[r##"
        # TYPE acme_cache_bytes gauge
        # UNIT acme_cache_bytes bytes
        # HELP acme_cache_bytes Memory of \"the\" cache.\nAll of it.
        acme_cache_bytes{volume="b",path="C:\\a\n\"b\""} 1048576
        acme_cache_bytes{volume="a"} -0.5
        # TYPE acme_requests counter
        acme_requests_total 9007199254740992
        # TYPE limits:ratio gauge
        limits:ratio{of="none"} +Inf
        limits:ratio{of="all"} -Inf
        limits:ratio{of=""} NaN
        # EOF
    "##]]
    .assert_eq(&page.text());
    expect![[r#"
        # EOF
    "#]]
    .assert_eq(&Page::new().text());
}

#[test]
fn names_are_checked() {
    let named = |name: &'static str, unit: &'static str| {
        move |page: &mut Page| page.family(name, Kind::Counter, unit, "").map(|_| ())
    };
    check_refused(
        expect![[
            r#"metric family "": a name is of letters, digits, _ and :, and starts with no digit"#
        ]],
        named("", ""),
    );
    check_refused(
        expect![[
            r#"metric family "7up": a name is of letters, digits, _ and :, and starts with no digit"#
        ]],
        named("7up", ""),
    );
    check_refused(
        expect![[
            r#"metric family "acme-requests": a name is of letters, digits, _ and :, and starts with no digit"#
        ]],
        named("acme-requests", ""),
    );
    check_refused(
        expect![[
            r#"metric family "acme_requests_total": leave out _total: the samples of a counter are given it"#
        ]],
        named("acme_requests_total", ""),
    );
    check_refused(
        expect![[r#"metric family "acme_cache": with the unit "bytes" the name ends in _bytes"#]],
        named("acme_cache", "bytes"),
    );
    check_refused(
        expect![[r#"metric family "acmebytes": with the unit "bytes" the name ends in _bytes"#]],
        named("acmebytes", "bytes"),
    );
    check_refused(expect![[r#"metric family "acme_queue": it is on the page already"#]], |page| {
        family(page)?;
        family(page).map(|_| ())
    });
}

#[test]
fn samples_are_checked() {
    check_refused(
        expect![[r#"metric acme_queue: label "a:b": a name is of letters, digits and _"#]],
        |page| family(page)?.sample(&[("a:b", "")], 1.0).map(|_| ()),
    );
    check_refused(expect![[r#"metric acme_queue: label "a" is there twice"#]], |page| {
        family(page)?.sample(&[("a", "1"), ("b", "2"), ("a", "3")], 1.0).map(|_| ())
    });
    check_refused(
        expect![[r#"metric acme_queue: a sample with the labels {a="1",b="2"} is there already"#]],
        |page| {
            let mut family = family(page)?;
            family.sample(&[("a", "1"), ("b", "2")], 1.0)?;
            family.sample(&[("b", "2"), ("a", "1")], 2.0).map(|_| ())
        },
    );
    check_refused(expect!["metric acme_requests_total: a counter cannot be -1"], |page| {
        page.family("acme_requests", Kind::Counter, "", "")?.sample(&[], -1.0).map(|_| ())
    });
}

#[test]
fn what_is_refused_leaves_the_page_as_it_was() {
    let mut page = Page::new();
    family(&mut page).expect("a family").sample(&[], 1.0).expect("a sample");
    let before = page.text();
    assert!(family(&mut page).is_err());
    assert!(page.family("acme_cache", Kind::Gauge, "bytes", "").is_err());
    assert_eq!(page.text(), before);
}

#[cfg(feature = "testing")]
#[test]
fn a_plugin_stores_it_as_what_the_reading_side_knows() {
    use crate::{Context, Described, NoConfig, Plugin};

    struct Queue;

    impl Plugin for Queue {
        type Config = NoConfig;

        fn new(_: NoConfig, _: &Context) -> Result<Self, Error> {
            Ok(Queue)
        }

        fn collect(&mut self, context: &Context) -> Result<(), Error> {
            let mut page = Page::new();
            family(&mut page)?.sample(&[], 3.0)?;
            page.write(context, "metrics")
        }
    }

    impl Described for Queue {
        const DESCRIPTION: &'static str = "{}";
    }

    expect![[r#"
        status: ok
        == metrics (application/openmetrics-text; version=1.0.0; charset=utf-8)
        # TYPE acme_queue gauge
        acme_queue 3
        # EOF
    "#]]
    .assert_eq(&crate::testing::collect::<Queue>("{}").to_string());
}
