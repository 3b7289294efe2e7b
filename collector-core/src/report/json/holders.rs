//! The terms of the account and who holds them, as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::holders::{Holder, Holders};
use crate::analysis::ledger::Term;
use crate::report::text::lifetime;

/// One term.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TermJson {
    /// Its name.
    pub name: &'static str,
    /// Its growth.
    pub bytes: i64,
    /// Who holds it: this collector, lines of their own, the largest, all others, and the rest, in
    /// this order. The last is always the rest.
    pub holders: Vec<HolderJson>,
}

/// One holder of a term.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HolderJson {
    /// `observer`, `process`, `files`, `segments`, `tmpfs`, `pipes`, `slab`, `large-objects`,
    /// `caller`, `counter`, `others` or `rest`.
    pub kind: &'static str,
    /// What people call it.
    pub name: String,
    /// The process, where it is one or belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// The name of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The class of descriptors, the slab group or the function of the kernel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// What it grew by; below zero where it gave memory back.
    pub bytes: i64,
    /// `started`: it was not there at the start; `ended`: it was not there at the end; `passing`:
    /// neither. Missing: it was there at both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<&'static str>,
    /// Whether `bytes` is the most it can be: there is a bound and no counter.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_most: bool,
    /// The memory of a Go program part by part, which adds up to `bytes`. Missing: it is none, or
    /// its page of metrics does not tell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartJson>,
}

/// A part of the memory of a Go program.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PartJson {
    /// Its name, such as `live heap`.
    pub name: &'static str,
    /// Its growth.
    pub bytes: i64,
}

pub(super) fn term((term, bytes): &(Term, i64), holders: &Holders) -> TermJson {
    let holders = holders.of(*term).iter().map(holder).collect();
    TermJson { name: term.name(), bytes: *bytes, holders }
}

pub(super) fn holder(holder: &Holder) -> HolderJson {
    HolderJson {
        kind: holder.kind.name(),
        name: holder.name.clone(),
        pid: holder.process.as_ref().map(|it| it.pid),
        command: holder.command.clone(),
        class: holder.class.clone(),
        bytes: holder.bytes,
        lifetime: lifetime(holder.lifetime),
        at_most: holder.is_at_most,
        parts: holder.parts.iter().map(|(name, bytes)| PartJson { name, bytes: *bytes }).collect(),
    }
}
