//! The text of the kernel that decides whose memory is read, for a fuzzer (`docs/fuzzing.md`). No
//! part of the plugin.

use crate::stat::Stat;

/// A `stat`: the command is in the text, before the last parenthesis.
pub fn stat(data: &[u8]) {
    let Some(stat) = Stat::parse(data) else { return };
    let named = [b"(", stat.command, b")"].concat();
    assert!(data.windows(named.len()).any(|it| it == named), "{stat:?}");
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use plugin_api::testing::fuzz;

    #[test]
    fn no_damage_breaks_the_text_of_the_kernel() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz");
        fuzz(Path::new(directory), "process-memory-stat", 5000, super::stat);
    }
}
