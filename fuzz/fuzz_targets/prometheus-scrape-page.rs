//! Fuzzes the pages that prometheus-scrape fetches; what must hold is at the function.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| prometheus_scrape::fuzzing::page(data));
