//! What a server answers, for a fuzzer (`docs/fuzzing.md`). No part of the plugin.

use crate::format::{Page, TEXT_TYPE, Tail};
use crate::keep::{Filter, Globs};

/// A page: it is judged, and filtered by `keep`, the same in whatever pieces it comes; what is
/// kept are lines of it, in their order, and kept again when they are filtered again.
pub fn page(data: &[u8]) {
    let _ = Page::of(None, data);
    let _ = Page::of(Some(TEXT_TYPE), data);
    let piece = data.first().map_or(1, |it| usize::from(*it).max(1));
    for globs in [&["*_total"][..], &["go_*", "?a"], &["*"]] {
        let globs = Globs::new(globs.iter().map(|it| (*it).to_owned()).collect());
        let kept = filtered(&globs, data, data.len().max(1));
        assert_eq!(kept, filtered(&globs, data, piece), "in pieces of {piece}");
        assert_eq!(kept, filtered(&globs, &kept, piece), "kept lines are kept");
        let mut lines = data.split_inclusive(|it| *it == b'\n');
        for line in kept.split_inclusive(|it| *it == b'\n') {
            assert!(lines.any(|it| it == line), "{} was not sent", line.escape_ascii());
        }
    }
    assert_eq!(is_whole(data, data.len().max(1)), is_whole(data, piece), "in pieces of {piece}");
}

fn filtered(globs: &Globs, page: &[u8], piece: usize) -> Vec<u8> {
    let mut filter = Filter::new(globs);
    let mut kept = Vec::new();
    let mut lines = 0;
    for piece in page.chunks(piece) {
        let fed = filter.feed(piece, |line| {
            lines += 1;
            kept.extend_from_slice(line);
            Ok(())
        });
        fed.expect("no line of a fuzzer is that long");
    }
    let finished = filter.finish(|line| {
        lines += 1;
        kept.extend_from_slice(line);
        Ok(())
    });
    finished.expect("it is stored");
    assert_eq!(filter.n_kept, lines);
    kept
}

fn is_whole(page: &[u8], piece: usize) -> [bool; 2] {
    let mut tail = Tail::default();
    page.chunks(piece).for_each(|it| tail.feed(it));
    [TEXT_TYPE, "application/openmetrics-text; version=1.0.0"].map(|it| tail.check(it).is_ok())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use plugin_api::testing::fuzz;

    #[test]
    fn no_damage_breaks_a_page() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz");
        fuzz(Path::new(directory), "prometheus-scrape-page", 3000, super::page);
    }
}
