//! Says what the samples of a bundle mean: values in, values out.
//!
//! ```text
//! readers -> samples -> series -> trend, ledger -> findings -> holders -> conclusion
//! ```
//!
//! No clock, no file, no `/proc`, and nothing of the machine this runs on: page size and kernel
//! are those of the bundle. What cannot be read is returned beside what can, and what was not
//! collected is told apart from what is zero.

pub mod case;
pub mod conclude;
pub mod conclusion;
pub mod finding;
pub mod findings;
pub mod gather;
pub mod holders;
pub mod host;
pub mod ledger;
pub mod profile;
pub mod readers;
pub mod samples;
pub mod series;
pub mod trend;
pub mod window;
