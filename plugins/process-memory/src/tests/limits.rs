//! What the limits on reading `smaps_rollup` leave out. The limits themselves are tested beside
//! [`Budget`](super::super::Budget).

use std::time::{Duration, Instant};

use expect_test::expect;
use plugin_api::testing::collect;
use plugin_api::{Context, Described, Error, Plugin};

use super::super::{Budget, Config, ProcessMemory};
use super::{PROC, check_by};

/// The plugin with a round behind it that ends a minute from now: until then all its rest is left.
struct Rested(ProcessMemory);

impl Plugin for Rested {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        let (mut budget, now) = (Budget::default(), Instant::now());
        budget.spend(now, now + Duration::from_secs(60));
        Ok(Rested(ProcessMemory { config, budget }))
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        self.0.collect(context)
    }
}

impl Described for Rested {
    const DESCRIPTION: &'static str = ProcessMemory::DESCRIPTION;
}

/// The plugin on a machine where one read takes all the time of a round.
struct Slow(ProcessMemory);

impl Plugin for Slow {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        Ok(Slow(ProcessMemory { config, budget: Budget::new(Duration::ZERO) }))
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        self.0.collect(context)
    }
}

impl Described for Slow {
    const DESCRIPTION: &'static str = ProcessMemory::DESCRIPTION;
}

#[test]
fn the_largest_is_read_and_what_is_left_out_is_told() {
    check_by(
        PROC,
        r#", "processes": ["sh", 90]"#,
        expect![[r#"
        status: ok
        log 2: smaps_rollup of 1 of 2 processes left out, the smallest: no read is begun after 1 s, to do no harm
        == stat (text/x-linux-pid-stat)
        ==> 90/stat 70 <==
        90 (dolt) S 1 90 90 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 900 410000 100 18

        ==> 1000/stat 67 <==
        1000 (sh) S 1 90 90 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 999 90000 3 18

        == status (text/x-linux-pid-status)
        ==> 90/status 25 <==
        Name:	dolt
        VmRSS:	400 kB

        ==> 1000/status 9 <==
        Name:	sh

        == smaps_rollup (text/x-linux-pid-smaps-rollup)
        ==> 90/smaps_rollup 12 <==
        Rss: 400 kB

    "#]],
        collect::<Slow>,
    );
}

#[test]
fn a_round_that_comes_too_early_is_left_out_and_told() {
    check_by(
        PROC,
        r#", "processes": ["sh"]"#,
        expect![[r#"
        status: ok
        log 3: smaps_rollup: not read this time, to take less than 1 % of a processor; the next may come in 6000 s
        == stat (text/x-linux-pid-stat)
        ==> 1000/stat 67 <==
        1000 (sh) S 1 90 90 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 999 90000 3 18

        == status (text/x-linux-pid-status)
        ==> 1000/status 9 <==
        Name:	sh

    "#]],
        collect::<Rested>,
    );
}

#[test]
fn where_none_is_asked_for_none_is_missed() {
    let options = r#", "processes": ["sh"], "smaps_rollup": "none""#;
    check_by(
        PROC,
        options,
        expect![[r#"
        status: ok
        == stat (text/x-linux-pid-stat)
        ==> 1000/stat 67 <==
        1000 (sh) S 1 90 90 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 999 90000 3 18

        == status (text/x-linux-pid-status)
        ==> 1000/status 9 <==
        Name:	sh

    "#]],
        collect::<Rested>,
    );
}
