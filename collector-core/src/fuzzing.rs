//! Where bytes from outside come in, each as a function for a fuzzer: it panics when something
//! does not hold that should hold for all bytes.
//!
//! Built for tests and with the feature `fuzzing`, and no part of the program. The same functions
//! are shown known inputs and random damage by the tests below, and are run by `cargo fuzz` from
//! `fuzz/` (`docs/fuzzing.md`). What the plugins read is fuzzed in their own crates.

mod bundle;
mod manifest;
mod pprof;
#[cfg(test)]
mod tests;
mod texts;

/// A manifest: what is accepted can be printed, and is accepted again with the same meaning. No
/// value of a variable is in what is printed, nor in an error, nor in a message that was masked.
pub fn manifest(data: &[u8]) {
    manifest::check(data);
}

/// The file of a plugin, not its owner and mode: what it says of itself is in it, and no offset
/// beyond its end is read.
pub fn elf(data: &[u8]) {
    crate::plan::fuzzing::elf(data);
}

/// The note of a plugin: read again it says the same, and a configuration to which the defaults of
/// its schema were added once gets no more by a second time.
pub fn description(data: &[u8]) {
    crate::plan::fuzzing::description(data);
}

/// What a worker sends: the same reports in whatever pieces it comes, and each is the bytes it was
/// read from.
pub fn reports(data: &[u8]) {
    crate::run::fuzzing::reports(data);
}

/// What the core sends: a command that was read and written is read again.
pub fn commands(data: &[u8]) {
    crate::run::fuzzing::commands(data);
}

/// What a worker delivers in one call: never more artifacts and bytes than allowed, and no name
/// that leads elsewhere or is there twice.
pub fn delivery(data: &[u8]) {
    crate::run::fuzzing::delivery(data);
}

/// A bundle: see [`tar`]. The bytes are the file.
pub fn bundle(data: &[u8]) {
    bundle::check(data);
}

/// The archive inside a bundle, its checksums mended and zstd around it. A good bundle is unpacked
/// whole and needs no recovery; what is recovered of another is a good bundle; what is unpacked is
/// files and directories below its root; and a failure leaves no bundle behind.
pub fn tar(data: &[u8]) {
    bundle::check_tar(data);
}

/// The texts of a bundle, by every reader: a text that was cut is told, and where a line is a value,
/// what was read and what was bad are all lines there are.
pub fn readers(data: &[u8]) {
    crate::analysis::readers::fuzzing::readers(data);
}

/// Words and lines that stand inside of other texts: durations, times, names of entries, lines of
/// sums and messages. What was read is written and read again; what is shown steers no terminal;
/// a secret is masked whatever stands before it.
pub fn texts(data: &[u8]) {
    texts::check(data);
}

/// A profile: it is listed by each of its types, and less itself nothing is left of it.
pub fn pprof(data: &[u8]) {
    pprof::check(data);
}
