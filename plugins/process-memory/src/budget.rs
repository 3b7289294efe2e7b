//! How much reading of `smaps_rollup` the customer's machine is asked to bear.
//!
//! Nothing here looks at a clock or reads.

use std::time::{Duration, Instant};

const ROUND: Duration = Duration::from_secs(1);

/// After a round nothing is read for so many times its duration: that is less than 1 % of one
/// processor.
const REST: u32 = 100;

/// What the last round leaves over. It lives as long as the plugin, over all samples.
#[derive(Debug)]
pub(crate) struct Budget {
    /// A round begins no read after so long. One read cannot be interrupted.
    round: Duration,
    /// When the last round ended, and how long to rest from then on.
    last: Option<(Instant, Duration)>,
}

impl Default for Budget {
    fn default() -> Self {
        Budget::new(ROUND)
    }
}

impl Budget {
    pub(crate) const fn new(round: Duration) -> Self {
        Budget { round, last: None }
    }

    /// How long it takes from `now` until the next round may begin; `None` if it may at once.
    pub(crate) fn wait(&self, now: Instant) -> Option<Duration> {
        let (ended, rest) = self.last?;
        let left = rest.saturating_sub(now.saturating_duration_since(ended));
        (!left.is_zero()).then_some(left)
    }

    /// Notes a round.
    pub(crate) fn spend(&mut self, began: Instant, ended: Instant) {
        let spent = ended.saturating_duration_since(began);
        self.last = Some((ended, spent.saturating_mul(REST)));
    }

    /// Whether a round that began then has read for long enough.
    pub(crate) fn is_over(&self, began: Instant, now: Instant) -> bool {
        now.saturating_duration_since(began) >= self.round
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Budget;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn the_first_round_may_begin_at_once() {
        assert_eq!(Budget::default().wait(Instant::now()), None);
    }

    #[test]
    fn a_round_rests_a_hundred_times_its_duration_from_its_end() {
        let start = Instant::now();
        let mut budget = Budget::default();
        budget.spend(start, start + ms(200));
        let ended = start + ms(200);
        assert_eq!(budget.wait(ended), Some(ms(20_000)));
        assert_eq!(budget.wait(ended + ms(10_000)), Some(ms(10_000)));
        assert_eq!(budget.wait(ended + ms(19_999)), Some(ms(1)));
        assert_eq!(budget.wait(ended + ms(20_000)), None);
        assert_eq!(budget.wait(ended + ms(90_000)), None);

        // The next round is judged by itself.
        budget.spend(ended + ms(20_000), ended + ms(20_003));
        assert_eq!(budget.wait(ended + ms(20_003)), Some(ms(300)));
        assert_eq!(budget.wait(ended + ms(20_303)), None);
    }

    #[test]
    fn however_often_it_is_asked_less_than_one_percent_is_spent() {
        let start = Instant::now();
        let (mut budget, mut spent) = (Budget::default(), Duration::ZERO);
        let (day, tick) = (ms(86_400_000), ms(10_000));
        let mut now = start;
        while now < start + day {
            if budget.wait(now).is_none() {
                let round = ms(1_700);
                budget.spend(now, now + round);
                spent += round;
            }
            now += tick;
        }
        assert!(spent < day / 100, "{spent:?}");
        assert!(spent > day / 110, "{spent:?}");
    }

    #[test]
    fn a_round_is_over_after_a_second() {
        let (budget, began) = (Budget::default(), Instant::now());
        assert!(!budget.is_over(began, began));
        assert!(!budget.is_over(began, began + ms(999)));
        assert!(budget.is_over(began, began + ms(1000)));
    }

    #[test]
    fn a_round_beyond_all_reason_is_no_panic() {
        let start = Instant::now();
        let mut budget = Budget::default();
        budget.spend(start, start + Duration::from_secs(u64::from(u32::MAX)));
        assert!(budget.wait(start).is_some());
    }
}
