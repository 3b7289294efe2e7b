//! The target for profiles.

use crate::analysis::profile::{Grows, Profile, TopOptions, growth, subtract, top};
use crate::analysis::readers::pprof::read;
use crate::report::profile::{profile_json, profile_text};

/// Values whose sums are exact in every arithmetic that is used.
const EXACT: i64 = 1 << 32;
const FEW_SAMPLES: usize = 1 << 16;

pub(super) fn check(data: &[u8]) {
    let profile = match read(data) {
        Ok(profile) => profile,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    for place in 0..profile.types.len().min(4) {
        let options = TopOptions { sample_index: Some(place.to_string()), ..TopOptions::default() };
        let top = top(profile.clone(), &options).expect("the profile has this type");
        assert!(profile_text(&top).ends_with('\n'));
        serde_json::to_string(&profile_json(&top)).expect("a list is JSON");
    }
    let is_exact = is_exact(&profile);
    for what in [Grows::Heap, Grows::Goroutines] {
        if let Ok(growth) = growth(what, &profile, &profile, None)
            && is_exact
        {
            assert_eq!((growth.amount, growth.sites), (0, Vec::new()), "it grew against itself");
        }
    }
    let rest = subtract(profile.clone(), profile).expect("a profile is comparable with itself");
    assert!(!is_exact || rest.samples.is_empty(), "{rest:?}");
}

fn is_exact(profile: &Profile) -> bool {
    profile.samples.len() < FEW_SAMPLES
        && profile.samples.iter().all(|it| it.values.iter().all(|it| it.abs() < EXACT))
}
