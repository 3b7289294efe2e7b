//! Why a file cannot be a plugin, as far as its ELF headers tell.

use std::io;

use super::glibc::GlibcVersion;

/// What is wrong with the ELF headers of a file. The texts name both values, the file's and this
/// machine's, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ElfFault {
    /// The file could not be read.
    #[error("cannot be read: {0}; copy the plugin to another place")]
    Read(io::Error),
    /// It does not start with the ELF magic.
    #[error("not a shared library (it starts with \"{start}\"){remark}")]
    Magic {
        /// Its first bytes, escaped.
        start: String,
        /// What it looks like and what to do, with a leading separator, or nothing.
        remark: &'static str,
    },
    /// Shorter than its headers say.
    #[error(
        "the file is {bytes} bytes, its headers need {needs}: the copy was cut; copy it again and compare sha256sum on both sides"
    )]
    Cut {
        /// Size of the file.
        bytes: u64,
        /// Size its headers ask for.
        needs: u64,
    },
    /// Another word size.
    #[error("built as {file}, this program is {ours}; use the plugin's build for this machine")]
    Class {
        /// The file's class.
        file: String,
        /// The class of this program.
        ours: &'static str,
    },
    /// Another byte order.
    #[error(
        "built for {file} byte order, this machine is {ours}; use the plugin's build for this machine"
    )]
    ByteOrder {
        /// The file's byte order.
        file: String,
        /// The byte order of this machine.
        ours: &'static str,
    },
    /// Another processor.
    #[error("built for {file}, this machine is {ours}; use the plugin's build for {ours}")]
    Machine {
        /// The file's machine.
        file: String,
        /// This machine.
        ours: &'static str,
    },
    /// Not something that can be loaded.
    #[error("{0}")]
    Type(&'static str),
    /// A table lies outside the file.
    #[error(
        "damaged: its {what} would lie at byte {offset}, but the file has {bytes} bytes; copy it again or ask its author"
    )]
    Outside {
        /// Which table.
        what: &'static str,
        /// Where it would start.
        offset: u64,
        /// Size of the file.
        bytes: u64,
    },
    /// A header contradicts itself, or counts more than any real library has.
    #[error("damaged: its {what} cannot be right; copy it again or ask its author")]
    Damaged {
        /// Which table.
        what: &'static str,
    },
    /// Wants its stack executable, which newer systems refuse and no plugin needs. Refused on
    /// every system, so that its author learns of it before a customer does.
    #[error(
        "asks for an executable stack, which glibc 2.41 and security modules refuse; link it with -z noexecstack"
    )]
    ExecutableStack,
    /// Built against another C library.
    #[error(
        "linked with musl libc ({library}), this program uses glibc: two C libraries do not mix in a process; build it for a -gnu target"
    )]
    Musl {
        /// The library it needs.
        library: String,
    },
    /// Built against a newer C library.
    #[error(
        "needs glibc {needs}, this machine has {has}; rebuild it against an older one (an old build container, or cargo zigbuild --target ...-gnu.2.17)"
    )]
    Glibc {
        /// The newest version it needs.
        needs: GlibcVersion,
        /// The version of this machine.
        has: GlibcVersion,
    },
}
