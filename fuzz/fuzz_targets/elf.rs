//! Fuzzes the inspection of plugins' files; what must hold is at the function.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| collector_core::fuzzing::elf(data));
