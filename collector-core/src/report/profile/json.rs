//! The list of functions of a profile as JSON. Values are whole and in the profile's own unit;
//! fields are only added.

use serde::Serialize;

use crate::analysis::profile::{Inlined, Top};

/// The version of this form.
pub const SCHEMA: &str = "collector-profile/1";

/// What `collector profile --json` prints.
#[derive(Debug, Serialize)]
pub struct ProfileJson {
    /// `collector-profile/1`.
    pub schema: &'static str,
    /// The program's file name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Its build.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub build_id: String,
    /// What the values count, such as `inuse_space`.
    pub r#type: String,
    /// In which unit, such as `bytes`.
    pub unit: String,
    /// When the profile was taken, in nanoseconds since 1970; missing when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_nanos: Option<i64>,
    /// How long was measured; missing for what has no duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_nanos: Option<i64>,
    /// All values without their signs, added up.
    pub total: i64,
    /// The functions, in their order.
    pub functions: Vec<FunctionJson>,
    /// How many functions were left out as too small.
    pub dropped: usize,
    /// How many were left out to keep the list short.
    pub beyond: usize,
}

/// One function.
#[derive(Debug, Serialize)]
pub struct FunctionJson {
    /// Its name.
    pub function: String,
    /// What it accounts for itself. Negative: it went down.
    pub flat: i64,
    /// With all that it calls.
    pub cum: i64,
    /// Whether the compiler put it into its callers: `partly` or `everywhere`. Missing where it did
    /// not, and where no caller is in the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inlined: Option<&'static str>,
}

/// The list as JSON.
#[must_use]
pub fn profile_json(top: &Top) -> ProfileJson {
    let functions = top.rows.iter().map(|row| FunctionJson {
        function: row.function.clone(),
        flat: row.flat,
        cum: row.cum,
        inlined: match row.inlined {
            Inlined::No => None,
            Inlined::Partly => Some("partly"),
            Inlined::Everywhere => Some("everywhere"),
        },
    });
    ProfileJson {
        schema: SCHEMA,
        file: top.file.clone(),
        build_id: top.build_id.clone(),
        r#type: top.value_type.kind.clone(),
        unit: top.value_type.unit.clone(),
        time_nanos: Some(top.time_nanos).filter(|it| *it != 0),
        duration_nanos: Some(top.duration_nanos).filter(|it| *it != 0),
        total: top.total,
        functions: functions.collect(),
        dropped: top.n_dropped,
        beyond: top.n_large - top.rows.len(),
    }
}
