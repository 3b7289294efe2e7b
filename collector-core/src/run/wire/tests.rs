//! Frames that are cut, split, hostile or whole, without a process at either end.

use plugin_api::host::Refusable;

use super::*;

fn samples() -> Vec<Report<'static>> {
    vec![
        Report::NotLoaded("no such file"),
        Report::Created(-1),
        Report::Log { level: 2, message: "ü" },
        Report::Fail { status: 3, message: "" },
        Report::Begin { handle: 7, name: "a/b", media_type: "text/plain" },
        Report::Data { handle: 7, data: b"\x00\xff" },
        Report::End { handle: u64::MAX, status: 0 },
        Report::Tried(Tried::Refused { callback: Refusable::Begin, call: 1 }),
        Report::Tried(Tried::Refused { callback: Refusable::Write, call: 2 }),
        Report::Tried(Tried::Refused { callback: Refusable::End, call: 3 }),
        Report::Tried(Tried::Stopped { ask: u64::MAX }),
        Report::Tried(Tried::Returned { after_ms: 350 }),
        Report::Tried(Tried::Misused { handle: 0 }),
        Report::Done { status: 0, cpu_micros: 12 },
    ]
}

/// Gives one byte at each read.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = 1.min(self.0.len());
        buffer[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn read_all(mut stream: impl Read) -> Result<Vec<String>, WireError> {
    let mut reports = Reports::default();
    let mut seen = Vec::new();
    while reports.fill(&mut stream)? > 0 {
        while let Some(report) = reports.next()? {
            seen.push(format!("{report:?}"));
        }
    }
    Ok(seen)
}

#[test]
fn reports_survive_the_wire_in_pieces_of_any_size() {
    let mut bytes = Vec::new();
    samples().iter().for_each(|report| report.put(&mut bytes));
    let expected: Vec<String> = samples().iter().map(|report| format!("{report:?}")).collect();
    assert_eq!(read_all(&bytes[..]).expect("whole"), expected);
    assert_eq!(read_all(Drip(&bytes)).expect("dripped"), expected);
}

#[test]
fn data_is_split_into_frames_and_arrives_whole() {
    let data: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let mut bytes = Vec::new();
    write_data(&mut bytes, 9, &data).expect("a vector takes all");
    let mut reports = Reports::default();
    let mut stream = &bytes[..];
    let mut arrived = Vec::new();
    while reports.fill(&mut stream).expect("a slice") > 0 {
        while let Some(report) = reports.next().expect("frames") {
            let Report::Data { handle: 9, data } = report else { panic!("{report:?}") };
            arrived.extend_from_slice(data);
        }
    }
    assert!(arrived == data);
}

#[test]
fn hostile_bytes_are_errors_and_never_a_panic() {
    let mut bytes = Vec::new();
    samples().iter().for_each(|report| report.put(&mut bytes));
    for position in 0..bytes.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut hurt = bytes.clone();
            hurt[position] = value;
            // Many changes are legal (another message text); none may panic or ask for memory.
            let _ = read_all(&hurt[..]);
        }
        let _ = read_all(&bytes[..position]);
    }
}

#[test]
fn a_report_is_never_larger_than_the_buffer_of_the_core() {
    let mut whole = header(kind::LOG, MAX_REPORT).to_vec();
    whole.resize(HEADER_BYTES + MAX_REPORT, b'a');
    whole.extend(header(kind::CREATED, 4).into_iter().chain([0; 4]));
    assert_eq!(read_all(&whole[..]).expect("two").len(), 2);
    assert_eq!(read_all(Drip(&whole)).expect("two").len(), 2);

    for (length, said) in [
        (MAX_REPORT + 1, "a frame of 73721 bytes, the limit is 73720"),
        (u32::MAX as usize, "a frame of 4294967295 bytes, the limit is 73720"),
    ] {
        let error = read_all(&header(kind::DATA, length)[..]).expect_err("too long");
        assert_eq!(error.to_string(), said);
    }
}

#[test]
fn commands_survive_the_wire_and_a_hung_up_core_is_an_end() {
    let mut bytes = Vec::new();
    let start = Start {
        library: "/opt/libx.so".into(),
        sha256: "00".into(),
        pinned: true,
        config_json: "{}".into(),
        max_bytes: 5,
        max_memory: 6,
        capabilities: vec!["CAP_SYSLOG".into()],
        reads_other_processes: false,
        debugger: false,
        trial: None,
    };
    Command::Start(Box::new(start)).put(&mut bytes);
    Command::Collect { deadline_ms: 30_000 }.put(&mut bytes);
    Command::Stop.put(&mut bytes);
    let mut stream = Drip(&bytes);
    let mut next = || Command::read(&mut stream).expect("a command").map(|it| format!("{it:?}"));
    assert!(next().is_some_and(|it| it.starts_with("Start(Start { library: \"/opt/libx.so\"")));
    assert_eq!(next().as_deref(), Some("Collect { deadline_ms: 30000 }"));
    assert_eq!(next().as_deref(), Some("Stop"));
    assert_eq!(next(), None);
}
