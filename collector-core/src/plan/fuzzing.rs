//! What `crate::fuzzing` needs of the inside of this module.

use std::fs::File;
use std::io::Write;

use rustix::fs::{MemfdFlags, memfd_create};
use serde_json::Value;

use super::config;
use super::description::Description;
use super::elf::{ElfFault, Image};
use super::inspect::{Refusal, demand, examine};

pub(crate) fn elf(data: &[u8]) {
    let memory = memfd_create("plugin", MemfdFlags::CLOEXEC).expect("a file in memory");
    let mut file = File::from(memory);
    file.write_all(data).expect("written");
    let image = Image::new(&file, data.len() as u64);
    if let Err(ElfFault::Read(error)) = demand(&image) {
        panic!("an offset was used that nobody had compared with the file: {error}");
    }
    match examine(&image) {
        Ok(description) => {
            let json = description.json.as_bytes();
            assert!(data.windows(json.len()).any(|it| it == json), "{description:?}");
        }
        Err(Refusal::Elf(ElfFault::Read(error))) => {
            panic!("an offset was used that nobody had compared with the file: {error}")
        }
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
}

pub(crate) fn description(data: &[u8]) {
    let description = match Description::parse(data) {
        Ok(description) => description,
        Err(fault) => return assert!(!fault.to_string().is_empty()),
    };
    let again = Description::parse(description.json.as_bytes());
    assert_eq!(again.ok().as_ref(), Some(&description));
    let schema = &description.config_schema;
    for given in description.examples.iter().chain([&Value::Null]) {
        match config::complete(schema, given) {
            Ok(whole) => {
                let again = config::complete(schema, &whole);
                assert_eq!(again.ok().as_ref(), Some(&whole), "of {given}");
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}
