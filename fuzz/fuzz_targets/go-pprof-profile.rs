//! Fuzzes the answers that go-pprof fetches; what must hold is at the function.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| go_pprof::fuzzing::profile(data));
