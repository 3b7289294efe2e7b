//! The texts of the kernel that decide what is read, for a fuzzer (`docs/fuzzing.md`). No part of
//! the plugin.

use crate::mounts::{Mounts, hidepid};
use crate::process::Stat;
use crate::row::process_columns;

/// A `mountinfo`: the value of an option is in the text as it is.
pub fn mountinfo(data: &[u8]) {
    let mounts = Mounts::default();
    mounts.add(data);
    if let Some(value) = hidepid(data, "/proc") {
        let option = format!("hidepid={value}");
        assert!(data.windows(option.len()).any(|it| it == option.as_bytes()), "{option}");
    }
}

/// A `stat`: whatever the name of a command is, it is one cell of a row.
pub fn stat(data: &[u8]) {
    let Some(stat) = Stat::parse(data) else { return };
    assert!(stat.start_ticks.iter().all(u8::is_ascii_digit));
    let columns = process_columns(7, stat.start_ticks, stat.command);
    assert_eq!(columns.iter().filter(|it| **it == b'\t').count(), 3, "{stat:?}");
    assert!(!columns.contains(&b'\n') && !columns.contains(&b'\r'), "{stat:?}");
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use plugin_api::testing::fuzz;

    const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz");

    #[test]
    fn no_damage_breaks_the_texts_of_the_kernel() {
        fuzz(Path::new(DIRECTORY), "fd-scan-mountinfo", 5000, super::mountinfo);
        fuzz(Path::new(DIRECTORY), "fd-scan-stat", 5000, super::stat);
    }
}
