//! Whether a file needs a newer glibc than was promised, and by which symbols.

use super::file::listed;
use super::verdict::Check;
use crate::plan::inspect::Refusal;
use crate::plan::{GlibcDemand, GlibcVersion};

/// The name of this check.
pub(super) const NAME: &str = "glibc";

/// What is said of a file that cannot be looked at.
pub(in crate::cli::plugin) fn unreadable(refusal: &Refusal) -> Check {
    Check::refused(NAME, refusal)
}

/// Compares what a file demands with the newest version that it may need.
pub(in crate::cli::plugin) fn check(demand: &GlibcDemand, newest: Option<GlibcVersion>) -> Check {
    let Some(needs) = demand.newest else {
        return Check::ok(NAME, "needs no version of it");
    };
    let Some(newest) = newest.filter(|newest| needs > *newest) else {
        return Check::ok(NAME, format!("needs glibc {needs} or later"));
    };
    let newer = demand.symbols.iter().filter(|(version, _)| *version > newest);
    let packed = demand.packs_relocations && GlibcVersion::OF_PACKED > newest;
    let packed = packed.then(|| {
        let version = GlibcVersion::OF_PACKED;
        format!("packed relocations ({version}), which -z nopack-relative-relocs leaves out")
    });
    let newer = newer.map(|(version, name)| format!("{name} ({version})"));
    let newer: Vec<String> = packed.into_iter().chain(newer).collect();
    let names: Vec<&str> = newer.iter().map(String::as_str).collect();
    let symbols =
        if names.is_empty() { String::new() } else { format!(", for {}", listed(&names)) };
    Check::fail(
        NAME,
        format!("needs glibc {needs}{symbols}, and {newest} is the newest it may need"),
        &format!(
            "build it where glibc is older, or with cargo zigbuild --target ...-gnu.{newest}; \
             docs/portable-builds.md says how"
        ),
    )
}
