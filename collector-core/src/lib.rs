//! Turns a manifest into a bundle, and a bundle into an explanation.
//!
//! ```text
//! manifest -> plan -> run -> bundle::writer -> (file) -> bundle::reader -> analysis -> report
//! ```
//!
//! A module may use only modules to its left in `units`, `manifest`, `plan`, `run`, `bundle`,
//! `analysis`, `report`, `cli`; `tests/it/tidy.rs` reads the sources and checks that.

pub mod analysis;
pub mod bundle;
pub mod cli;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod manifest;
pub mod plan;
pub mod report;
pub mod run;
pub mod units;
