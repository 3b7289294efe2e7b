//! Fuzzes the redirects of servers; what must hold is at the function.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| plugin_api::http::fuzzing::redirect(data));
