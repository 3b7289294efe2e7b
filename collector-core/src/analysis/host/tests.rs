//! Bundles of one host and of several, in order and out of it.
