//! How a page is told by its header and its first and last bytes.

use super::*;

#[test]
fn pages_are_told_by_header_and_first_bytes() {
    let openmetrics = Some("application/openmetrics-text; version=1.0.0; charset=utf-8");
    let text = Some("text/plain; version=0.0.4; charset=utf-8");
    let plain = Some("text/plain; charset=utf-8");
    let html = Some("text/html");
    for (media_type, head, expected) in [
        (openmetrics, "# TYPE a counter\n", Page::Declared),
        (text, "", Page::Declared),
        (text, "\n# a comment\n", Page::Declared),
        (text, "<html>", Page::Other),
        (text, "{\"a\": 1}", Page::Other),
        (text, "go_memsta", Page::Unknown),
        (text, "Not found\n", Page::Other),
        (plain, "up 1\n", Page::Recognized),
        (plain, "up{a=\"b} c\",d=\"e\"} +Inf 1700000000\n", Page::Recognized),
        (None, "{\"utf8.name\",a=\"b\"} 1.5e3\n", Page::Recognized),
        (None, "# HELP up Whether it is up.\n", Page::Recognized),
        (html, "up 1\n", Page::Recognized),
        (plain, "", Page::Other),
        (plain, "# How to use this server\n", Page::Other),
        (plain, "Not found\n", Page::Other),
        (plain, "404 page not found\n", Page::Other),
        (None, "[1, 2]", Page::Other),
        (Some("application/json"), "{\"up\": 1}", Page::Other),
    ] {
        assert_eq!(Page::of(media_type, head.as_bytes()), expected, "{media_type:?} {head:?}");
    }
}

#[test]
fn the_tail_is_that_of_the_whole_whatever_its_pieces() {
    let said = |media_type: &str, pieces: &[&str]| {
        let mut tail = Tail::default();
        pieces.iter().for_each(|piece| tail.feed(piece.as_bytes()));
        tail.check(media_type)
    };
    assert_eq!(said(OPENMETRICS, &["a 1\n# ", "EO", "F\n"]), Ok(()));
    assert_eq!(said(OPENMETRICS, &["a 1\n# EOF"]), Ok(()));
    assert_eq!(said(OPENMETRICS, &["a 1\n"]), Err("the page ends without `# EOF`"));
    assert_eq!(said(OPENMETRICS, &[]), Err("the page ends without `# EOF`"));
    assert_eq!(said(TEXT_TYPE, &["a 1", "\n"]), Ok(()));
    assert_eq!(said(TEXT_TYPE, &["a 1\nb"]), Err("the page ends within a line"));
    assert_eq!(said(TEXT_TYPE, &[]), Ok(()));
}
