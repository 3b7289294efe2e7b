//! Texts of samples, and the numbers they become.
