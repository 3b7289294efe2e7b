//! Fuzzes the frames of workers; what must hold is at the function.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| collector_core::fuzzing::reports(data));
