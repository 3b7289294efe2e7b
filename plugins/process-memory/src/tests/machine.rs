//! This machine's own `/proc`, whoever runs the test. What differs by user is compared with what the
//! test itself may read.

use std::io::ErrorKind;

use plugin_api::may_read_all_processes;
use plugin_api::testing::collect;

use super::super::ProcessMemory;

#[test]
fn this_machine_has_this_process() {
    let pid = std::process::id();
    let recorded = collect::<ProcessMemory>(&format!(
        "{{\"processes\": [1, {pid}], \"smaps_rollup\": \"all\"}}"
    ));
    for (name, start) in [
        ("stat", format!("{pid} (")),
        ("status", "Name:\t".to_owned()),
        ("smaps_rollup", String::new()),
    ] {
        let artifact = recorded.artifact(name).expect(name);
        let records = records(&artifact.content);
        assert!(records.is_sorted_by_key(|(header, _)| header.0), "{name}");
        let own = records.iter().find(|((it, _), _)| *it == pid).expect("our own record");
        assert_eq!(own.0.1, name);
        assert!(own.1.starts_with(&start) && own.1.ends_with('\n'), "{}", own.1);
    }
    let said = recorded.to_string();
    // Whom the kernel or a security module refuses depends on the machine: ask it for the first.
    let first = std::fs::read("/proc/1/smaps_rollup").map_err(|error| error.kind());
    match first {
        Ok(_) => assert!(said.starts_with("status: ok\n"), "{said}"),
        Err(ErrorKind::PermissionDenied) if may_read_all_processes() => {
            assert!(
                said.contains("log 2: smaps_rollup of 1 of 2 processes denied even to root"),
                "{said}"
            );
            assert!(said.starts_with("status: ok\n"), "{said}");
        }
        Err(ErrorKind::PermissionDenied) => {
            assert!(said.contains("problem: denied: s"), "{said}");
            assert!(said.contains("run as root"), "{said}");
        }
        Err(_) => assert!(said.contains("problem: denied: no process is seen that is 1"), "{said}"),
    }
}

/// The records, read as the top of the plugin says.
fn records(mut content: &[u8]) -> Vec<((u32, String), String)> {
    let mut records = Vec::new();
    while !content.is_empty() {
        let end = content.iter().position(|it| *it == b'\n').expect("a line");
        let header = std::str::from_utf8(&content[..end]).expect("text");
        let header = header.strip_prefix("==> ").expect(header).strip_suffix(" <==").expect(header);
        let (place, n_bytes) = header.split_once(' ').expect(header);
        let (pid, file) = place.split_once('/').expect(header);
        let n_bytes: usize = n_bytes.parse().expect(header);
        let (text, rest) = content[end + 1..].split_at(n_bytes);
        content = rest.strip_prefix(b"\n").expect("a line feed after each record");
        let text = String::from_utf8_lossy(text).into_owned();
        records.push(((pid.parse().expect(header), file.to_owned()), text));
    }
    records
}
