//! Decides everything before anything starts: which file is which plugin, whether it may be
//! loaded, whether its configuration fits, and what the machine will not let it read.
//!
//! Nothing of a plugin is run here, and nothing of the target is touched.

pub mod description;
mod elf;
pub mod inspect;
pub mod shown;

pub use elf::{ElfFault, GlibcVersion};
