//! What a server answers, for a fuzzer (`docs/fuzzing.md`). No part of the plugin.

use crate::check::Check;
use crate::config::Format;

/// How much is looked at before it is known what an answer is.
const HEAD_BYTES: usize = 4096;

/// An answer: the verdict is the same in whatever pieces it comes.
pub fn profile(data: &[u8]) {
    let piece = data.first().map_or(1, |it| usize::from(*it).max(1));
    for format in [Format::Profile, Format::Trace] {
        let whole = verdict(format, data, data.len().max(1));
        assert_eq!(whole, verdict(format, data, piece), "in pieces of {piece}");
    }
}

fn verdict(format: Format, data: &[u8], piece: usize) -> Result<(), String> {
    let head = &data[..data.len().min(HEAD_BYTES)];
    let mut check = Check::start(format, head)?;
    data.chunks(piece).for_each(|it| check.feed(it));
    check.finish()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use plugin_api::testing::fuzz;

    #[test]
    fn no_damage_breaks_an_answer() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz");
        fuzz(Path::new(directory), "go-pprof-profile", 3000, super::profile);
    }
}
