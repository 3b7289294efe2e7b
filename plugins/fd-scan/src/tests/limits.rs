//! On a host that is out of time, or takes no more.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use expect_test::{Expect, expect};
use plugin_api::abi::{self, StatusCode, status};
use plugin_api::host::Callbacks;
use plugin_api::testing::{Tree, collect_on};

use super::STAT;
use crate::FdScan;

/// Answers so many questions of `should_stop` with no, and takes so many bytes.
#[derive(Debug)]
struct Strict {
    n_questions: AtomicUsize,
    n_bytes: AtomicUsize,
    said: Mutex<String>,
}

impl Strict {
    fn new(n_questions: usize, n_bytes: usize) -> Self {
        Strict { n_questions: n_questions.into(), n_bytes: n_bytes.into(), said: Mutex::default() }
    }

    fn say(&self, text: &str) {
        let mut said = self.said.lock().expect("no test panics here");
        said.push_str(text);
        said.push('\n');
    }
}

impl Callbacks for Strict {
    fn log(&self, _: u32, message: &str) {
        if !message.contains("/net/") && !message.contains("/locks: ") {
            self.say(message);
        }
    }

    fn fail(&self, status: StatusCode, message: &str) {
        if !message.contains("net/") {
            self.say(&format!("problem {status}: {message}"));
        }
    }

    fn should_stop(&self) -> bool {
        let take = |left: usize| left.checked_sub(1);
        self.n_questions.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err()
    }

    fn remaining_ms(&self) -> u64 {
        abi::NO_DEADLINE
    }

    fn artifact_begin(&self, name: &str, _: &str) -> Result<u64, StatusCode> {
        self.say(&format!("begin {name}"));
        Ok(1)
    }

    fn artifact_write(&self, _: u64, data: &[u8]) -> StatusCode {
        let take = |left: usize| left.checked_sub(data.len());
        match self.n_bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => status::OK,
            Err(_) => status::QUOTA,
        }
    }

    fn artifact_end(&self, _: u64, status: StatusCode) -> StatusCode {
        self.say(&format!("end {status}"));
        status::OK
    }
}

fn check(host: &Strict, threads: usize, expect: &Expect) {
    let mut text = String::new();
    for pid in 1..=3 {
        text += &format!("{pid}/stat: {pid} (p{pid}) {STAT}\n");
        for fd in 0..100 {
            text += &format!("{pid}/fd/{fd} -> /{}\n", "long/".repeat(100));
        }
    }
    let tree = Tree::new(&text);
    let config = format!("{{\"procfs\": {:?}, \"threads\": {threads}}}", tree.path());
    let status = collect_on::<FdScan>(host, &config);
    let said = host.said.lock().expect("no test panics here").clone();
    expect.assert_eq(&format!("{said}status {status}\n"));
}

#[test]
fn out_of_time_the_rest_is_counted_by_process() {
    // Six questions for the tables of sockets, which are not there, and one for each process.
    check(
        &Strict::new(7, usize::MAX),
        1,
        &expect![[r#"
            begin fds.tsv
            100 descriptors of 1 processes
            the uncounted descriptors of 3 processes left out, the time was up; raise the timeout, or name processes in `processes`
            problem 5: the uncounted descriptors of 3 processes left out, the time was up; raise the timeout, or name processes in `processes`
            begin fdinfo
            end 7
            end 7
            status 5
        "#]],
    );
}

#[test]
fn a_host_that_takes_no_more_ends_every_thread() {
    let expected = expect![[r#"
        begin fds.tsv
        end 7
        problem 6: artifact fds.tsv: the limit of this collector is reached
        status 6
    "#]];
    for threads in [1, 2, 8] {
        check(&Strict::new(usize::MAX, 70_000), threads, &expected);
    }
}
