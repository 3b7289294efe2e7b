//! What a worker may do, and what of the collector others may touch.
