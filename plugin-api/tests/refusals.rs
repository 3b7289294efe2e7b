//! What the SDK makes of a host that refuses a call: each call in turn, over a written-down tree.

use std::path::PathBuf;

use expect_test::expect;
use plugin_api::testing::{Tree, collect_refusing};
use plugin_api::{Context, Error, Plugin, Source, Status, collector_plugin};
use serde::Deserialize;

#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct Config {
    procfs: PathBuf,
}

struct Two(PathBuf);

const SOURCES: &[Source] = &[
    Source { path: "uptime", name: "uptime", media_type: "text/plain", since: None },
    Source { path: "loadavg", name: "loadavg", media_type: "text/plain", since: None },
];

impl Plugin for Two {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        Ok(Two(config.procfs))
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        context.copy_sources(&self.0, SOURCES, "run as root");
        Ok(())
    }
}

collector_plugin!(Two, "../tests/two.json");

/// What is recorded for each call from which on all are refused.
fn refusals(status: Status) -> String {
    let tree = Tree::new("uptime: 1.0 2.0\nloadavg: 0.5");
    let config = format!("{{\"procfs\": {:?}}}", tree.path());
    let said = (1..).map_while(|n| Some((n, collect_refusing::<Two>(&config, n.., status)?)));
    said.map(|(n, recorded)| format!("-- from call {n} on\n{recorded}")).collect()
}

#[test]
fn at_a_quota_what_was_whole_stays_and_the_rest_is_told() {
    expect![[r#"
        -- from call 1 on
        status: quota
        problem: quota: artifact uptime: the limit of this collector is reached
        problem: quota: artifact loadavg: the limit of this collector is reached
        log 4: trial: refused call 1, artifact_begin
        -- from call 2 on
        status: quota
        problem: quota: artifact uptime: the limit of this collector is reached
        problem: quota: artifact loadavg: the limit of this collector is reached
        log 4: trial: refused call 2, artifact_write
        == uptime (text/plain, cut)
        -- from call 3 on
        status: quota
        problem: quota: artifact uptime: the limit of this collector is reached
        problem: quota: artifact loadavg: the limit of this collector is reached
        log 4: trial: refused call 3, artifact_end
        == uptime (text/plain)
        1.0 2.0
        -- from call 4 on
        status: partial
        problem: quota: artifact loadavg: the limit of this collector is reached
        log 4: trial: refused call 4, artifact_begin
        == uptime (text/plain)
        1.0 2.0
        -- from call 5 on
        status: partial
        problem: quota: artifact loadavg: the limit of this collector is reached
        log 4: trial: refused call 5, artifact_write
        == uptime (text/plain)
        1.0 2.0
        == loadavg (text/plain, cut)
        -- from call 6 on
        status: partial
        problem: quota: artifact loadavg: the limit of this collector is reached
        log 4: trial: refused call 6, artifact_end
        == uptime (text/plain)
        1.0 2.0
        == loadavg (text/plain)
        0.5
    "#]]
    .assert_eq(&refusals(Status::Quota));
}

#[test]
fn a_host_that_is_gone_stops_the_plugin() {
    let said = refusals(Status::Stopped);
    assert!(said.starts_with("-- from call 1 on\nstatus: stopped\n"), "{said}");
}
