//! What the dynamic linker says of a library that it does not load, in words that help.
//!
//! It has seen a file that passed every check of `plan::inspect`, so what is left is about what the
//! file needs around it. Of glibc's texts some are wrong ("no such file" of one for another
//! machine) and most name no remedy. A text that is not known is passed on, and said to be its.

use std::error::Error;
use std::path::Path;

/// Where the paths are that a pinned plugin is loaded by.
pub(super) const MEMORY: &str = "/proc/self/fd";

/// Why `dlopen` of `path` failed, and what to do.
pub(super) fn on_loading(path: &Path, error: &libloading::Error) -> String {
    // The error itself is only "dlopen failed".
    on(path, &error.source().map_or_else(|| error.to_string(), ToString::to_string))
}

/// As [`on_loading`], of the dynamic linker's text.
fn on(path: &Path, said: &str) -> String {
    // Most texts are a path or name, a colon, and what is wrong with it.
    let (of, what) = said.split_once(": ").unwrap_or(("it", said));
    // The reader knows the plugin; a pinned one has a number here.
    let of = if Path::new(of) == path { "it" } else { of };
    if let Some(symbol) = what.strip_prefix("undefined symbol: ") {
        format!(
            "{of} uses the symbol {symbol}, which no library it needs has; it was built against \
             another library or SDK than this machine has: link everything it uses, and let the \
             linker check with -Wl,-z,defs"
        )
    } else if what.starts_with("version `") && what.contains("not found") {
        let version = what.split(['`', '\'']).nth(1).unwrap_or("another");
        format!(
            "it needs version {version} of {of}, and the one on this machine lacks it; rebuild it \
             on an older system, or update that library"
        )
    } else if what == "cannot open shared object file: No such file or directory" {
        let otherwise = if path.starts_with(MEMORY) {
            "; a pinned plugin is loaded from memory, so nothing beside its file is found"
        } else {
            ", or put it beside the plugin and link with -Wl,-rpath,'$ORIGIN'"
        };
        format!(
            "it needs {of}, which is not installed, or only for another kind of machine; install \
             the package that has it{otherwise}"
        )
    } else if what == "file too short" || what == "invalid ELF header" {
        format!("it needs {of}, which is cut or no library ({what}); install or copy it again")
    } else if what.starts_with("failed to map segment from shared object") {
        format!(
            "{of} may not be run from where it lies ({what}): its file system is mounted noexec, \
             or a security module forbids it; move it to another file system, or allow it there"
        )
    } else if what.starts_with("cannot enable executable stack") {
        format!("{of} asks for an executable stack ({what}); link it with -z noexecstack")
    } else {
        format!("the dynamic linker said \"{said}\"; `ldd` on the file may tell more")
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    /// The texts are glibc's, of versions 2.31 to 2.41. Tests with real libraries are in
    /// `tests/it`; these need another glibc, another file system or a security module.
    #[test]
    fn what_the_dynamic_linker_says_is_told_with_a_remedy() {
        let texts = [
            "/opt/libacme.so: undefined symbol: acme_open, version ACME_2",
            "/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.99' not found (required by /opt/libacme.so)",
            "libgone.so.7: cannot open shared object file: No such file or directory",
            "libshut.so.1: cannot open shared object file: Permission denied",
            "/mnt/libacme.so: failed to map segment from shared object: Operation not permitted",
            "libold.so.1: cannot enable executable stack as shared object requires: Invalid argument",
            "/opt/libcut.so.1: file too short",
            "/opt/libacme.so: cannot allocate memory in static TLS block",
            "something new",
        ];
        let said: Vec<String> =
            texts.iter().map(|text| on(Path::new("/opt/libacme.so"), text)).collect();
        expect![[r#"
            it uses the symbol acme_open, version ACME_2, which no library it needs has; it was built against another library or SDK than this machine has: link everything it uses, and let the linker check with -Wl,-z,defs
            it needs version GLIBCXX_3.4.99 of /lib/x86_64-linux-gnu/libstdc++.so.6, and the one on this machine lacks it; rebuild it on an older system, or update that library
            it needs libgone.so.7, which is not installed, or only for another kind of machine; install the package that has it, or put it beside the plugin and link with -Wl,-rpath,'$ORIGIN'
            the dynamic linker said "libshut.so.1: cannot open shared object file: Permission denied"; `ldd` on the file may tell more
            /mnt/libacme.so may not be run from where it lies (failed to map segment from shared object: Operation not permitted): its file system is mounted noexec, or a security module forbids it; move it to another file system, or allow it there
            libold.so.1 asks for an executable stack (cannot enable executable stack as shared object requires: Invalid argument); link it with -z noexecstack
            it needs /opt/libcut.so.1, which is cut or no library (file too short); install or copy it again
            the dynamic linker said "/opt/libacme.so: cannot allocate memory in static TLS block"; `ldd` on the file may tell more
            the dynamic linker said "something new"; `ldd` on the file may tell more"#]].assert_eq(&said.join("\n"));
    }
}
