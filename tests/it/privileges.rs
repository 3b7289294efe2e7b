//! What a worker may do, and what of the collector others may touch: rights that are kept, files
//! that are refused, made or changed, and what a worker inherits.
//!
//! What a customer is told of rights that are missing is in `combinations::host`.

mod capabilities;
mod files;
mod inherited;
mod trace;
mod writes;
