//! Tests of a plugin without the core: a written-down `/proc`, a recording host.
//!
//! The plugin is called through its C table, as in a worker, so a panic, a bad name, a second
//! artifact of one name or a forgotten end is seen as the host would see it. A deadline is told and
//! not enforced; quotas of bytes and of artifacts are the host's business and not imitated here, but
//! any call may be refused as at a quota.
//!
//! ```
//! # use plugin_api::{Context, Error, NoConfig, Plugin, Status, collector_plugin};
//! # struct Uptime;
//! # impl Plugin for Uptime {
//! #     type Config = NoConfig;
//! #     fn new(_: NoConfig, _: &Context) -> Result<Self, Error> { Ok(Uptime) }
//! #     fn collect(&mut self, context: &Context) -> Result<(), Error> {
//! #         context.copy("/proc/uptime", "uptime", "text/plain")?;
//! #         Ok(())
//! #     }
//! # }
//! # collector_plugin!(Uptime, "../tests/uptime.json");
//! use plugin_api::testing::{collect, collect_refusing};
//!
//! let recorded = collect::<Uptime>("{}");
//! assert!(recorded.artifact("uptime").is_some());
//! // From whichever call on the host refuses, no artifact stays open.
//! for call in 1.. {
//!     let Some(recorded) = collect_refusing::<Uptime>("{}", call.., Status::Quota) else { break };
//!     assert!(recorded.artifacts.iter().all(|it| it.end.is_some()));
//! }
//! ```

#![expect(unsafe_code, reason = "calls a plugin's table, which is of this program")]

mod damage;
mod description;
mod record;
mod server;
mod tree;

use std::ops::{Bound, RangeBounds};
use std::time::Duration;

use crate::abi::StatusCode;
use crate::host::{Callbacks, Instance, Trial, Trying};
use crate::{Described, Status, runtime};

pub use damage::fuzz;
pub use description::check_description;
pub use record::{Recorded, RecordedArtifact};
pub use server::{Connection, Server};
pub use tree::Tree;

use record::Recorder;

/// Makes the plugin with `config_json`, takes one sample and destroys it.
#[must_use]
pub fn collect<P: Described>(config_json: &str) -> Recorded {
    collect_times::<P>(config_json, 1).pop().expect("one sample was asked for")
}

/// As [`collect`], with `n_samples` samples of one instance; a plugin that cannot be made gives one
/// record with the status of that.
#[must_use]
pub fn collect_times<P: Described>(config_json: &str, n_samples: usize) -> Vec<Recorded> {
    record::<P>(&Recorder::default(), config_json, n_samples)
}

/// As [`collect`], by a host whose time is up once the plugin has asked `n_asks` times whether to
/// stop: with 0 at once.
#[must_use]
pub fn collect_stopping_after<P: Described>(config_json: &str, n_asks: usize) -> Recorded {
    let recorder = Recorder::stopping_after(n_asks);
    record::<P>(&recorder, config_json, 1).pop().expect("one sample was asked for")
}

/// As [`collect`], by a host whose deadline is `limit` away: it asks to stop then, and waits.
#[must_use]
pub fn collect_within<P: Described>(config_json: &str, limit: Duration) -> Recorded {
    record::<P>(&Recorder::within(limit), config_json, 1).pop().expect("one sample was asked for")
}

/// As [`collect`], by a host that answers some calls about artifacts with `status` in place of
/// taking them: of `artifact_begin`, `artifact_write` and `artifact_end`, counted together from 1.
/// `3..` are the third and all later ones, as at a quota; `3..=3` is the third alone. The log names
/// the first that was refused. `None` when the plugin makes no such call, so that a test can try
/// every call in its turn.
#[must_use]
pub fn collect_refusing<P: Described>(
    config_json: &str,
    calls: impl RangeBounds<u64>,
    status: Status,
) -> Option<Recorded> {
    let first = match calls.start_bound() {
        Bound::Included(first) => *first,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 1,
    };
    let last = match calls.end_bound() {
        Bound::Included(last) => *last,
        Bound::Excluded(after) => after.saturating_sub(1),
        Bound::Unbounded => u64::MAX,
    };
    let recorder = Recorder::default();
    let trial = Trial::Refuses { first: first.max(1), last, answer: status.code() };
    let host = Trying::new(&recorder, Some(trial));
    let status = collect_on::<P>(&host, config_json);
    host.has_refused().then(|| recorder.take(status))
}

fn record<P: Described>(recorder: &Recorder, config_json: &str, n_samples: usize) -> Vec<Recorded> {
    // SAFETY: the table is a constant of this program.
    let instance = unsafe { Instance::create(runtime::table::<P>(), config_json, recorder) };
    let mut instance = match instance {
        Ok(instance) => instance,
        Err(status) => return vec![recorder.take(status)],
    };
    (0..n_samples)
        .map(|_| {
            let status = instance.collect();
            recorder.take(status)
        })
        .collect()
}

/// As [`collect`], on a host of the test's own: one that is out of time, or takes no more. Gives
/// the status of the sample, or that of making the plugin.
#[must_use]
pub fn collect_on<P: Described>(host: &impl Callbacks, config_json: &str) -> StatusCode {
    // SAFETY: the table is a constant of this program.
    let instance = unsafe { Instance::create(runtime::table::<P>(), config_json, host) };
    match instance {
        Ok(mut instance) => instance.collect(),
        Err(status) => status,
    }
}
