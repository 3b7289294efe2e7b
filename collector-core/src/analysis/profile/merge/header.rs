//! What profiles must have in common before their samples can be added, and the parts of them that
//! are no samples.

use super::super::unit;
use super::{Profile, Samples};
use crate::analysis::profile::ValueType;

/// Why profiles cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// There is none.
    #[error("no profile was given")]
    Nothing,

    /// They count different things.
    #[error(
        "the profiles have no type of value in common: one has {one}, another {other} (hint: compare profiles of the same kind, such as two heaps)"
    )]
    NothingInCommon {
        /// The types of one.
        one: String,
        /// The types of another.
        other: String,
    },

    /// They count the same in units that cannot be converted, or were taken at different events.
    #[error("the profiles do not fit together: {what} is {one} in one and {other} in another")]
    Incompatible {
        /// The sample type or the period type.
        what: &'static str,
        /// That of one.
        one: String,
        /// That of another.
        other: String,
    },
}

/// Makes the types of all profiles the same: those that all have, in the order of the first, in the
/// finest unit of any.
pub(super) fn align(profiles: &mut [Profile]) -> Result<(), MergeError> {
    let [first, rest @ ..] = &*profiles else { return Err(MergeError::Nothing) };
    let has = |profile: &Profile, kind: &str| profile.types.iter().any(|it| it.kind == kind);
    let kinds = first.types.iter().map(|it| it.kind.clone());
    let common: Vec<String> =
        kinds.filter(|kind| rest.iter().all(|other| has(other, kind))).collect();
    if common.is_empty() {
        let other = rest.last().map_or_else(String::new, Profile::type_names);
        return Err(MergeError::NothingInCommon { one: first.type_names(), other });
    }
    if rest.is_empty() {
        return Ok(());
    }
    for profile in profiles.iter_mut() {
        select(profile, &common);
    }
    let period = finest(profiles.iter().map(|it| &it.period_type), "the period type")?;
    let types: Vec<ValueType> = (0..common.len())
        .map(|at| finest(profiles.iter().map(|it| &it.types[at]), "the type of the values"))
        .collect::<Result<_, _>>()?;
    for profile in profiles {
        rescale(profile, &period, &types);
    }
    Ok(())
}

fn select(profile: &mut Profile, kinds: &[String]) {
    let place = |kind: &String| profile.types.iter().position(|it| it.kind == *kind);
    let kept: Vec<usize> = kinds.iter().filter_map(place).collect();
    if kept.iter().copied().eq(0..profile.types.len()) {
        return;
    }
    profile.samples.select(&kept);
    profile.types = kept.iter().map(|it| profile.types[*it].clone()).collect();
    if !kinds.contains(&profile.default_type) {
        profile.default_type.clone_from(&kinds[0]);
    }
}

/// Which of the types has the finest unit.
fn finest<'a>(
    mut types: impl Iterator<Item = &'a ValueType>,
    what: &'static str,
) -> Result<ValueType, MergeError> {
    let mut finest = types.next().ok_or(MergeError::Nothing)?;
    for other in types {
        if finest.kind != other.kind || !unit::are_compatible(&finest.unit, &other.unit) {
            let name = |it: &ValueType| format!("`{} {}`", it.kind, it.unit);
            return Err(MergeError::Incompatible { what, one: name(finest), other: name(other) });
        }
        if unit::convert(1, &other.unit, &finest.unit).0 < 1.0 {
            finest = other;
        }
    }
    Ok(finest.clone())
}

#[expect(clippy::cast_possible_truncation, reason = "as pprof does")]
fn rescale(profile: &mut Profile, period: &ValueType, types: &[ValueType]) {
    profile.period =
        unit::convert(profile.period, &profile.period_type.unit, &period.unit).0 as i64;
    profile.period_type.unit.clone_from(&period.unit);
    let ratios: Vec<f64> = profile
        .types
        .iter()
        .zip(types)
        .map(|(own, finest)| unit::convert(1, &own.unit, &finest.unit).0)
        .collect();
    if ratios.iter().any(|it| *it != 1.0) {
        profile.samples.scale(&ratios);
    }
    profile.types = types.to_vec();
}

/// A profile without samples that has of `profiles` what is said once.
pub(super) fn combine(profiles: &[Profile]) -> Profile {
    let first = &profiles[0];
    let mut header = Profile {
        types: first.types.clone(),
        period_type: first.period_type.clone(),
        drop_frames: first.drop_frames.clone(),
        keep_frames: first.keep_frames.clone(),
        samples: Samples::new(first.types.len()),
        ..Profile::default()
    };
    for profile in profiles {
        if header.time_nanos == 0 || profile.time_nanos < header.time_nanos {
            header.time_nanos = profile.time_nanos;
        }
        header.duration_nanos = header.duration_nanos.wrapping_add(profile.duration_nanos);
        header.period = header.period.max(profile.period);
        for comment in &profile.comments {
            if !header.comments.contains(comment) {
                header.comments.push(comment.clone());
            }
        }
        if header.default_type.is_empty() {
            header.default_type.clone_from(&profile.default_type);
        }
        if header.doc_url.is_empty() {
            header.doc_url.clone_from(&profile.doc_url);
        }
    }
    header
}
