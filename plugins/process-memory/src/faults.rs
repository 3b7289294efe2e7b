//! What could not be read, counted: on a machine of a thousand processes a problem for each would
//! bury the others.

use plugin_api::{Context, Error, Level, Status};

/// So many denied processes are named.
const MAX_NAMED: usize = 3;

/// The faults of one pass over processes.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    n_read: usize,
    n_ended: usize,
    denied: Counted,
    /// Pid and name of the first of them.
    denied_names: Vec<String>,
    failed: Counted,
}

#[derive(Debug, Default)]
struct Counted {
    n: usize,
    first: Option<Error>,
}

/// One sentence for the customer.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Problem(Error),
    Log(Level, String),
}

impl Counted {
    fn add(&mut self, error: Error) {
        self.n += 1;
        self.first.get_or_insert(error);
    }

    /// One sentence for all, with the first as example.
    fn told(self, what: &str, n_processes: usize) -> Option<Error> {
        let first = self.first?;
        let message = format!("{what} of {} of {n_processes} processes, the first {first}", self.n);
        Some(Error::new(first.status(), message))
    }
}

impl Faults {
    /// Counts a process that was read.
    pub(crate) fn read(&mut self) {
        self.n_read += 1;
    }

    /// Counts the error of reading process `pid`; `name` is asked only if it is to be shown.
    pub(crate) fn add(&mut self, error: Error, pid: u32, name: impl FnOnce() -> String) {
        match error.status() {
            Status::Unavailable => self.n_ended += 1,
            Status::Denied => {
                if self.denied_names.len() < MAX_NAMED {
                    self.denied_names.push(format!("{pid} {}", name()).trim_end().to_owned());
                }
                self.denied.add(error);
            }
            _ => self.failed.add(error),
        }
    }

    /// Whether there are processes of which nothing is known.
    pub(crate) fn hide_some(&self) -> bool {
        self.denied.n + self.failed.n > 0
    }

    /// Tells them: `what` could not be read of how many of `n_processes`. Processes that ended are
    /// a line of the log. Denied ones are a problem, with `advice` what would grant them; a line of
    /// the log if `may_read_all` says that nothing would, and some process could be read.
    pub(crate) fn tell(
        self,
        context: &Context,
        what: &str,
        n_processes: usize,
        advice: &str,
        may_read_all: bool,
    ) {
        for told in self.told(what, n_processes, advice, may_read_all) {
            match told {
                Told::Problem(error) => context.problem(&error),
                Told::Log(level, message) => context.log(level, &message),
            }
        }
    }

    fn told(self, what: &str, n_processes: usize, advice: &str, may_read_all: bool) -> Vec<Told> {
        let mut all = Vec::new();
        if self.n_ended > 0 {
            let message = format!("{what}: processes that ended meanwhile: {}", self.n_ended);
            all.push(Told::Log(Level::Info, message));
        }
        if may_read_all && self.n_read > 0 && self.denied.n > 0 {
            let more = if self.denied.n > self.denied_names.len() { ", ..." } else { "" };
            let message = format!(
                "{what} of {} of {n_processes} processes denied even to root: protected by a \
                 security module ({}{more})",
                self.denied.n,
                self.denied_names.join(", ")
            );
            all.push(Told::Log(Level::Warn, message));
        } else if let Some(denied) = self.denied.told(what, n_processes) {
            all.push(Told::Problem(denied.advise(advice)));
        }
        all.extend(self.failed.told(what, n_processes).map(Told::Problem));
        all
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use plugin_api::{Error, Level};

    use super::{Faults, Told};

    /// `n_read` processes that were read, and denied ones of pids from 1 on.
    #[track_caller]
    fn check(n_read: usize, denied: &[&str], may_read_all: bool, expect: Expect) {
        let mut faults = Faults::default();
        (0..n_read).for_each(|_| faults.read());
        for (pid, name) in (1..).zip(denied) {
            let error = Error::denied(format!("/proc/{pid}/smaps_rollup: denied"));
            faults.add(error, pid, || (*name).to_owned());
        }
        let n_processes = n_read + denied.len();
        let said: Vec<String> = faults
            .told("smaps_rollup", n_processes, "run as root", may_read_all)
            .iter()
            .map(|told| match told {
                Told::Problem(error) => format!("{:?}: {error}\n", error.status()),
                Told::Log(Level::Warn, message) => format!("warn: {message}\n"),
                Told::Log(..) => panic!("{told:?}"),
            })
            .collect();
        expect.assert_eq(&said.concat());
    }

    #[test]
    fn what_is_denied_even_to_root_is_no_problem() {
        check(
            4,
            &["systemd"],
            true,
            expect![[r#"
                warn: smaps_rollup of 1 of 5 processes denied even to root: protected by a security module (1 systemd)
            "#]],
        );
        check(
            1,
            &["systemd", "", "agent", "agent", "agent"],
            true,
            expect![[r#"
                warn: smaps_rollup of 5 of 6 processes denied even to root: protected by a security module (1 systemd, 2, 3 agent, ...)
            "#]],
        );
    }

    #[test]
    fn what_somebody_could_grant_is_a_problem() {
        check(
            4,
            &["systemd", "agent"],
            false,
            expect![[r#"
                Denied: smaps_rollup of 2 of 6 processes, the first /proc/1/smaps_rollup: denied; run as root
            "#]],
        );
    }

    #[test]
    fn if_nothing_could_be_read_it_is_a_problem() {
        check(
            0,
            &["systemd"],
            true,
            expect![[r#"
                Denied: smaps_rollup of 1 of 1 processes, the first /proc/1/smaps_rollup: denied; run as root
            "#]],
        );
        check(4, &[], true, expect![""]);
    }
}
