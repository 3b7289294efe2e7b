//! What comes together: two of a kind in one manifest, a crash among others, a program that is
//! replaced while it runs, and a host that lacks something.
//!
//! What one plugin does alone is in `misbehaving`, and what a worker may do in `privileges`.

mod go;
mod host;
mod names;
mod restarts;
