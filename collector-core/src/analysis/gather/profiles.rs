//! Profiles of Go programs: of each the first and the last, and where the heap grew between them.
//!
//! They are inflated at the end only. What is between them is not looked at: a profile says what
//! is in use at its moment, so the ends are the growth.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use super::texts::Texts;
use crate::analysis::profile::{Grows, Profile, growth};
use crate::analysis::readers::pprof;
use crate::analysis::series::{Observed, ProfileGrowth};

/// The ends of the profiles of each name.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    ends: BTreeMap<Rc<str>, Ends>,
}

#[derive(Debug)]
struct Ends {
    first: (f64, Vec<u8>),
    last: (f64, Vec<u8>),
}

impl Profiles {
    pub(super) fn take(&mut self, seconds: f64, texts: &Texts<'_>) {
        for (name, content) in &texts.profiles {
            match self.ends.get_mut(*name) {
                Some(ends) => {
                    ends.last.0 = seconds;
                    ends.last.1.clear();
                    ends.last.1.extend_from_slice(content);
                }
                None => {
                    let first = (seconds, content.to_vec());
                    let ends = Ends { last: first.clone(), first };
                    self.ends.insert(Rc::from(*name), ends);
                }
            }
        }
    }

    pub(super) fn finish(self, observed: &mut Observed) {
        for (name, ends) in self.ends {
            if let Some(growth) = growth_of(&ends) {
                observed.profiles.insert(name, growth);
            }
        }
    }
}

/// `None`: a profile cannot be read, is of something that does not grow, or there is only one.
fn growth_of(ends: &Ends) -> Option<ProfileGrowth> {
    let seconds = ends.last.0 - ends.first.0;
    let between = Duration::try_from_secs_f64(seconds).ok().filter(|it| !it.is_zero())?;
    let first = pprof::read(&ends.first.1).ok()?;
    let last = pprof::read(&ends.last.1).ok()?;
    let of = |what| Some((what, growth(what, &first, &last, Some(between)).ok()?));
    let (what, growth) = of(Grows::Heap).or_else(|| of(Grows::Goroutines))?;
    Some(ProfileGrowth { what, program: program(&last), growth })
}

/// The file name of the program a profile is of: its first mapping is that.
fn program(profile: &Profile) -> String {
    let path = profile.mappings.first().map_or("", |it| profile.text(it.file));
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
