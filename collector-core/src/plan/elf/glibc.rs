//! Versions of glibc: what a library needs, and what this machine has.
//!
//! The machine's version is read from the version definitions of the C library this process runs
//! on, found by its mapping: no call, no program started, right inside containers too.

use std::fmt;
use std::fs::File;
use std::io::Read;

use super::{Dynamic, Headers, Image};

/// Most bytes of `/proc/self/maps` that are read; a few hundred lines is usual.
const MAPS_BYTES: u64 = 1 << 20;

/// A version such as 2.36, or 2.2.5 among the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GlibcVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

impl GlibcVersion {
    /// The first whose dynamic linker knows packed relocations, `DT_RELR`: 2.36, as its NEWS say.
    pub const OF_PACKED: GlibcVersion = GlibcVersion { major: 2, minor: 36, patch: 0 };

    /// The version that is written like `2.17`.
    ///
    /// # Errors
    ///
    /// What is expected instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || "expected a version of glibc, such as 2.17".to_owned();
        Self::of_symbol(&format!("GLIBC_{text}")).ok_or_else(expected)
    }

    /// The version a symbol version stands for: `GLIBC_2.34` is 2.34. `None` for other names.
    pub(super) fn of_symbol(name: &str) -> Option<Self> {
        let number = name.strip_prefix("GLIBC_")?;
        if number == "ABI_DT_RELR" {
            return Some(Self::OF_PACKED);
        }
        let mut parts = number.split('.').map(str::parse);
        let major = parts.next()?.ok()?;
        let minor = parts.next()?.ok()?;
        let patch = parts.next().unwrap_or(Ok(0)).ok()?;
        Some(GlibcVersion { major, minor, patch })
    }
}

impl fmt::Display for GlibcVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch == 0 { Ok(()) } else { write!(f, ".{}", self.patch) }
    }
}

/// The version of the glibc this process runs on; `None` when it cannot be told, as with another
/// C library, a static build, or without `/proc`.
pub(in crate::plan) fn glibc_of_this_process() -> Option<GlibcVersion> {
    let mut maps = String::new();
    File::open("/proc/self/maps").ok()?.take(MAPS_BYTES).read_to_string(&mut maps).ok()?;
    let path = maps
        .lines()
        .filter_map(|line| line.find('/').map(|start| &line[start..]))
        .find(|path| path.ends_with("/libc.so.6"))?;
    let file = File::open(path).ok()?;
    let image = Image::new(&file, file.metadata().ok()?.len());
    let headers = Headers::read(&image).ok()?;
    Dynamic::provided(&image, &headers).ok()?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbol_versions_are_read_and_compared_as_numbers() {
        let version = |name| GlibcVersion::of_symbol(name);
        assert!(version("GLIBC_2.4") < version("GLIBC_2.34"));
        assert!(version("GLIBC_2.2.5") > version("GLIBC_2.2"));
        assert_eq!(version("GLIBC_2.2.5").map(|v| v.to_string()).as_deref(), Some("2.2.5"));
        for name in ["GLIBC_PRIVATE", "GLIBCXX_3.4", "GLIBC_", "GLIBC_2", "GLIBC_99999999999.1"] {
            assert_eq!(version(name), None, "{name}");
        }
    }

    #[test]
    fn the_version_of_this_machine_is_what_ldd_says() {
        let said = std::process::Command::new("ldd").arg("--version").output().expect("run ldd");
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        let line = said.lines().next().expect("a first line");
        let ours = glibc_of_this_process().expect("a version").to_string();
        assert!(line.ends_with(&ours), "{line} against {ours}");
    }
}
