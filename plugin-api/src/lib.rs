//! The contract between collector and its plugins.
