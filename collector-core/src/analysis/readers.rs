//! One file per media type: the bytes of an artifact in, typed values out. What is damaged is said,
//! never guessed.

pub mod pprof;
