//! What a worker's thread does when the defect is ours.

use super::*;
use crate::manifest::Limits;
use crate::run::Disk;
use crate::run::spool::Spool;
use crate::run::wire::Start;
use crate::units::Bytes;

/// The capture would wait forever for the row of a thread that is gone.
#[test]
fn a_panic_of_ours_is_a_row_and_the_next_sample_is_taken() {
    let mut keeper = keeper();
    let row = keeper.guarded(|_| panic!("a defect"), |row| row);
    assert_eq!(row.outcome, Outcome::Failed);
    assert!(row.reason.expect("a reason").starts_with("a defect of collector itself"));
    let next = keeper.guarded(Keeper::sample, |row| row);
    let reason = next.reason.expect("a reason");
    assert!(reason.contains("the worker could not be started from /no/program"), "{reason}");
}

/// A worker's thread whose program does not exist.
fn keeper() -> Keeper {
    let root = std::fs::File::open("/").expect("a directory");
    let start = Start {
        library: "/no/plugin.so".into(),
        sha256: String::new(),
        pinned: false,
        config_json: "{}".into(),
        max_bytes: 1,
        max_memory: 1 << 20,
        capabilities: Vec::new(),
        reads_other_processes: false,
        debugger: false,
        trial: None,
    };
    let setup = Setup {
        collector: 0,
        program: "/no/program".into(),
        start,
        limits: Limits::default(),
        page_size: 4096,
        spool: Spool::new(Disk::new(root, Bytes(0))),
        end_time: Duration::ZERO,
    };
    Keeper {
        setup,
        events: std::sync::mpsc::channel().0,
        stop: Arc::default(),
        live: None,
        unheard: None,
        greeting: Vec::new(),
        greeting_tried: Vec::new(),
        refused: None,
        n_deaths: 0,
        last_end: String::new(),
        resume_at: None,
    }
}
