//! Fuzzes the lines about processes that process-memory reads; what must hold is at the function.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| process_memory::fuzzing::stat(data));
