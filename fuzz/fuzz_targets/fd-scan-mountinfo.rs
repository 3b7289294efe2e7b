//! Fuzzes the tables of mounts that fd-scan reads; what must hold is at the function.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fd_scan::fuzzing::mountinfo(data));
