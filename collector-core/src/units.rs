//! The small values everything else is written in: sizes, durations, and the words for outcomes.
//!
//! Nothing here reads the machine. A value is checked where it is made, so that the rest of the
//! program never asks again.

mod bytes;
mod duration;
mod hex;
mod host;
mod outcome;
mod text;
mod timestamp;

pub use bytes::{Bytes, BytesError};
pub use duration::{DurationError, format_duration, parse_duration};
pub use hex::hex;
pub use host::HostFacts;
pub use outcome::Outcome;
pub use text::{plain, short};
pub use timestamp::Timestamp;
