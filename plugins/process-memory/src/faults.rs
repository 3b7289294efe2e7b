//! What could not be read, counted: on a machine of a thousand processes a problem for each would
//! bury the others.

use plugin_api::{Context, Error, Level, Status};

/// The faults of one pass over processes.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    n_ended: usize,
    denied: Counted,
    failed: Counted,
}

#[derive(Debug, Default)]
struct Counted {
    n: usize,
    first: Option<Error>,
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
    /// Counts the error of reading one process.
    pub(crate) fn add(&mut self, error: Error) {
        match error.status() {
            Status::Unavailable => self.n_ended += 1,
            Status::Denied => self.denied.add(error),
            _ => self.failed.add(error),
        }
    }

    /// Whether there are processes of which nothing is known.
    pub(crate) fn hide_some(&self) -> bool {
        self.denied.n + self.failed.n > 0
    }

    /// Tells them: `what` could not be read of how many of `n_processes`, and `advice` what would
    /// grant the denied ones. Processes that ended are a line of the log.
    pub(crate) fn tell(self, context: &Context, what: &str, n_processes: usize, advice: &str) {
        if self.n_ended > 0 {
            let message = format!("{what}: processes that ended meanwhile: {}", self.n_ended);
            context.log(Level::Info, &message);
        }
        if let Some(denied) = self.denied.told(what, n_processes) {
            context.problem(&denied.advise(advice));
        }
        if let Some(failed) = self.failed.told(what, n_processes) {
            context.problem(&failed);
        }
    }
}
