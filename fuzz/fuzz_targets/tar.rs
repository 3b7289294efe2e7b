//! Fuzzes the same behind zstd and the checksums of tar; what must hold is at the function.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| collector_core::fuzzing::tar(data));
