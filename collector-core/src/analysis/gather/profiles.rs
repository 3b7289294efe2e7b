//! Profiles of Go programs: of each the first and the last, and where the heap grew between them.
//!
//! They are inflated at the end only, and the first one when it comes, for the name of its program:
//! a program that is started anew begins with an empty profile, so what came before is let go when
//! the only process of that name is another one than before. What is between the ends is not looked
//! at: a profile says what is in use at its moment, so the ends are the growth.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use super::texts::Texts;
use crate::analysis::finding::Process;
use crate::analysis::profile::{Grows, Profile, growth};
use crate::analysis::readers::pprof;
use crate::analysis::series::{Observed, ProfileGrowth, is_program};

/// The ends of the profiles of each name.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    ends: BTreeMap<Rc<str>, Ends>,
}

#[derive(Debug)]
struct Ends {
    /// The file name of the program; `None`: the first profile cannot be read.
    program: Option<String>,
    /// The process that the first is of, as far as the samples tell.
    process: Option<Process>,
    first: (f64, Vec<u8>),
    last: (f64, Vec<u8>),
}

impl Profiles {
    pub(super) fn take(&mut self, seconds: f64, texts: &Texts<'_>) {
        for (name, content) in &texts.profiles {
            let Some(ends) = self.ends.get_mut(*name) else {
                self.ends.insert(Rc::from(*name), Ends::begin(seconds, content, texts));
                continue;
            };
            let now = ends.program.as_deref().and_then(|it| only_process(texts, it));
            match (&ends.process, &now) {
                (Some(before), Some(now)) if before != now => {
                    *ends = Ends::begin(seconds, content, texts);
                }
                _ => {
                    ends.process = ends.process.take().or(now);
                    ends.last.0 = seconds;
                    ends.last.1.clear();
                    ends.last.1.extend_from_slice(content);
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

impl Ends {
    fn begin(seconds: f64, content: &[u8], texts: &Texts<'_>) -> Self {
        let program = pprof::read(content).ok().map(|it| program(&it));
        let process = program.as_deref().and_then(|it| only_process(texts, it));
        let first = (seconds, content.to_vec());
        Ends { program, process, last: first.clone(), first }
    }
}

/// The only process of that program in a sample; `None`: there is none, or there are several, or
/// processes were not looked at.
fn only_process(texts: &Texts<'_>, program: &str) -> Option<Process> {
    let mut found = texts.stats?.iter().filter(|it| is_program(&it.command, program));
    let only = found.next()?;
    found.next().is_none().then(|| super::process(only.pid, only.start_ticks))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::readers::pid_stat;

    /// A field of a message that holds these bytes; numbers and lengths are below 128, so each is
    /// one byte.
    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let length = u8::try_from(bytes.len()).expect("short");
        [&[number << 3 | 2, length], bytes].concat()
    }

    /// The heap of `dolt` with so many bytes in use, made in one line.
    fn heap(bytes: u8) -> Vec<u8> {
        let texts = ["", "inuse_space", "bytes", "main.grow", "/srv/dolt"];
        [
            field(1, &[8, 1, 16, 2]),
            field(2, &[8, 1, 16, bytes]),
            field(3, &[8, 1, 40, 4]),
            field(4, &[&[8, 1, 16, 1][..], &field(4, &[8, 1, 16, 7])].concat()),
            field(5, &[8, 1, 16, 3]),
            texts.iter().flat_map(|it| field(6, it.as_bytes())).collect(),
        ]
        .concat()
    }

    /// What the heap grew by over samples of a heap and the process of that number and name.
    fn grown(samples: &[(u8, u32, &str)]) -> Option<(i64, f64)> {
        let mut profiles = Profiles::default();
        for (at, (bytes, pid, command)) in samples.iter().enumerate() {
            let text =
                format!("{pid} ({command}) S 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 20 0 1 0 9 0\n");
            let text = format!("==> {pid}/stat {} <==\n{text}\n", text.len());
            let stats = pid_stat::read(text.as_bytes()).value;
            assert_eq!(stats.len(), 1);
            let content = heap(*bytes);
            let profiles_of_sample = vec![("go-pprof/heap.pb.gz", &*content)];
            let texts =
                Texts { stats: Some(&stats), profiles: profiles_of_sample, ..Texts::default() };
            profiles.take(at as f64 * 3600.0, &texts);
        }
        let mut observed = Observed::default();
        profiles.finish(&mut observed);
        let growth = observed.profiles.values().next()?.growth.clone();
        Some((growth.amount, growth.sites.first()?.per_hour?))
    }

    #[test]
    fn a_heap_grows_from_its_first_profile_to_its_last() {
        assert_eq!(grown(&[(10, 7, "dolt"), (90, 7, "dolt"), (50, 7, "dolt")]), Some((40, 20.0)));
        assert_eq!(grown(&[(10, 7, "dolt")]), None, "one alone");
    }

    #[test]
    fn a_program_that_was_started_anew_begins_with_its_first_profile() {
        let samples = [(10, 7, "dolt"), (90, 7, "dolt"), (20, 8, "dolt"), (25, 8, "dolt")];
        assert_eq!(grown(&samples), Some((5, 5.0)));
    }

    #[test]
    fn where_nobody_tells_the_process_nothing_is_let_go() {
        let samples = [(10, 7, "cron"), (20, 8, "cron"), (25, 8, "cron")];
        assert_eq!(grown(&samples), Some((15, 7.5)));
    }
}
