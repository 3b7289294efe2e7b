//! The bundle: one `.tar.zst` file that holds one capture, written while the capture runs and
//! read back by another program on another machine, years later.
//!
//! ```text
//! <root>/capture.json                     what was asked, of which host, with what
//! <root>/manifest.yaml                    the manifest, secrets masked
//! <root>/samples/<time>/<collector>/…     artifacts, byte for byte
//! <root>/samples/<time>/sample.json       how each collector fared; last of its sample
//! <root>/index.json                       how the capture ended
//! <root>/SHA256SUMS                       last
//! ```
//!
//! The file is complete after every sample: the stream is flushed and synced, so that whatever
//! ends the capture, all finished samples can be read with `zstd -dc | tar -x`. The format is
//! described in `docs/bundle-format.md`, which a test compares with the types in [`index`].
//!
//! [`layout`] (names) and [`index`] (the JSON files) are shared by both halves; [`writer`] is the
//! end of the collecting half, [`reader`] with [`verify`] and [`extract`] the beginning of the
//! reading half. The halves do not import each other; only [`recover`], which mends a bundle that
//! was cut, reads one and writes another. What to delete from a directory of bundles (`retention`)
//! belongs into a file of its own.

pub mod extract;
pub mod index;
pub mod layout;
pub mod reader;
pub mod record;
pub mod recover;
mod unfinished;
pub mod verify;
pub mod writer;

#[cfg(test)]
pub(crate) mod testing;
