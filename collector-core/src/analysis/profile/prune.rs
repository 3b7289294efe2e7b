//! Leaves out the frames that a profile asks to leave out, such as those of an allocator, with all
//! that they call. Profiles of Go itself ask for none.

use std::collections::HashMap;

use regex::Regex;

use super::{Location, Profile, Samples, names};

/// What is left of a location.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// All of it.
    Kept,
    /// Its outer lines; what it calls goes.
    Cut,
    /// Nothing, and what it calls goes too.
    Dropped,
}

/// The profile without the frames of its `drop_frames`. An expression that cannot be read drops
/// nothing, as in pprof.
pub(super) fn prune(profile: &mut Profile) {
    let whole = |pattern: &str| Regex::new(&format!("^(?:{pattern})$")).ok();
    let Some(drop) =
        Some(&profile.drop_frames).filter(|it| !it.is_empty()).and_then(|it| whole(it))
    else {
        return;
    };
    let keep = match profile.keep_frames.as_str() {
        "" => None,
        pattern => match whole(pattern) {
            Some(keep) => Some(keep),
            None => return,
        },
    };
    let fates = fates(profile, &drop, keep.as_ref());
    let mut samples = Samples::new(profile.types.len());
    for sample in profile.samples.iter() {
        let stack = &sample.stack[first_kept(sample.stack, &fates)..];
        samples.push(stack.iter().copied(), sample.values, sample.labels.iter().copied());
    }
    profile.samples = samples;
}

/// What becomes of each location; the lines of those that are cut are cut.
fn fates(profile: &mut Profile, drop: &Regex, keep: Option<&Regex>) -> Vec<Fate> {
    let mut known: HashMap<u32, bool> = HashMap::new();
    let mut is_dropped = |function: u32| {
        *known.entry(function).or_insert_with(|| {
            let name = names::shown(&profile.functions[function as usize], &profile.texts);
            let name = simple(&name);
            !name.is_empty() && drop.is_match(name) && !keep.is_some_and(|it| it.is_match(name))
        })
    };
    let mut fate = |location: &mut Location| {
        let lines = &profile.lines[location.lines_start as usize..location.lines_end as usize];
        let Some(outermost) = lines.iter().rposition(|it| is_dropped(it.function)) else {
            return Fate::Kept;
        };
        if outermost + 1 == lines.len() {
            return Fate::Dropped;
        }
        let n_cut = u32::try_from(outermost + 1).expect("a location has fewer lines than all have");
        location.lines_start += n_cut;
        Fate::Cut
    };
    profile.locations.iter_mut().map(&mut fate).collect()
}

/// The first place of the stack that is kept: frames below the first one of the program's own,
/// seen from the root, stay.
fn first_kept(stack: &[u32], fates: &[Fate]) -> usize {
    let mut is_inside = false;
    for (at, location) in stack.iter().enumerate().rev() {
        match fates[*location as usize] {
            Fate::Kept => is_inside = true,
            Fate::Cut if is_inside => return at,
            Fate::Dropped if is_inside => return at + 1,
            _ => {}
        }
    }
    0
}

/// The name without the arguments of C++ and the dot of PowerPC.
fn simple(name: &str) -> &str {
    const OPEN: &[&str] = &["(anonymous namespace)", "operator()", "("];
    let name = name.strip_prefix('.').unwrap_or(name);
    let mut at = 0;
    while at < name.len() {
        match OPEN.iter().find(|it| name.as_bytes()[at..].starts_with(it.as_bytes())) {
            Some(&"(") => return &name[..at],
            Some(part_of_the_name) => at += part_of_the_name.len(),
            None => at += 1,
        }
    }
    name
}
