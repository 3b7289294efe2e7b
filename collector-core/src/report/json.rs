//! The report as JSON: the types of the edge, their schema, and nothing else. Fields are only
//! added; a field that is missing was not known.

mod holders;

use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde::Serialize;

use self::holders::{HolderJson, TermJson, holder, term};
use super::text::{confidence, verdict};
use crate::analysis::conclusion::Conclusion;
use crate::analysis::finding;
use crate::analysis::trend::Slope;
use crate::units::Timestamp;

/// The version of this form.
pub const SCHEMA: &str = "collector-report/1";

/// What `collector report --json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Report {
    /// `collector-report/1`.
    pub schema: &'static str,
    /// The answer.
    pub verdict: VerdictJson,
    /// Where the memory went. Missing: it could not be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth: Option<GrowthJson>,
    /// What was found, the most important first.
    pub findings: Vec<FindingJson>,
    /// How many more were found, which are smaller or less sure.
    pub more_findings: usize,
    /// What was looked at and is not it.
    pub cleared: Vec<ClearedJson>,
    /// How good the data was.
    pub quality: QualityJson,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VerdictJson {
    /// In one sentence.
    pub sentence: String,
    /// `confident`, `probable`, `possible`, `none` or `insufficient`.
    pub confidence: &'static str,
}

/// Where the memory went: `terms` and `unaccounted_bytes` add up to `used_bytes`, the `holders` of
/// a term to its `bytes`, `unaccounted_holders` to `unaccounted_bytes`, all of them to the byte.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GrowthJson {
    /// The growth of the used memory as the host tells it, with what the collector itself took:
    /// anybody can take it from `/proc/meminfo` and `/proc/zoneinfo` again.
    pub used_bytes: i64,
    /// Its terms.
    pub terms: Vec<TermJson>,
    /// What no term explains.
    pub unaccounted_bytes: i64,
    /// Which counters name a part of that, and what is unknown.
    pub unaccounted_holders: Vec<HolderJson>,
    /// The part that the collector caused. It is inside `used_bytes` and the terms, and is taken
    /// out before the other holders: the sum of all holders of the kind `observer`.
    pub observer_bytes: i64,
}

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingJson {
    /// The suspicion, such as `open-files`.
    pub id: &'static str,
    /// `leak`, `growth`, `retained` or `step`.
    pub verdict: &'static str,
    /// As in `verdict`.
    pub confidence: &'static str,
    /// Whom it is about.
    pub subject: SubjectJson,
    /// The bytes it explains.
    pub bytes: i64,
    /// The rate, with its 95 % interval. Missing: not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_per_hour: Option<RateJson>,
    /// When its growth began, in UTC. Missing: before the capture, or nothing tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// What else is to be said: when it began and what started then, growth per operation, and why
    /// it is less sure than its data allows.
    pub remarks: Vec<String>,
    /// The facts.
    pub evidence: Vec<EvidenceJson>,
    /// What to do next.
    pub next: Vec<String>,
}

/// Whom a finding is about.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SubjectJson {
    /// The process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The class of objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The function, with file and line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
}

/// A rate per hour.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RateJson {
    /// The lower end of the interval.
    pub low: f64,
    /// The median.
    pub mid: f64,
    /// The upper end.
    pub high: f64,
}

/// One fact.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvidenceJson {
    /// The file below a sample's directory.
    pub entry: String,
    /// What of it.
    pub field: String,
    /// At the start.
    pub first: f64,
    /// At the end.
    pub last: f64,
}

/// A suspect that was cleared.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClearedJson {
    /// The suspicion.
    pub id: &'static str,
    /// Why it is not it.
    pub why: String,
    /// The facts.
    pub evidence: Vec<EvidenceJson>,
}

/// How good the data was.
#[derive(Debug, Serialize, JsonSchema)]
pub struct QualityJson {
    /// Finished samples.
    pub samples: u64,
    /// From the first to the last.
    pub span_seconds: f64,
    /// Holes in time.
    pub gaps: Vec<GapJson>,
    /// What was not there.
    pub missing: Vec<MissingJson>,
    /// Samples whose account is left out, because memory was in flight while they were taken.
    pub accounts_left_out: u64,
    /// How far the account was from closing, in the samples that are left. Missing: there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residual_bytes: Option<i64>,
    /// Whether the kernel keeps slab caches of equal size as one: a class of them is then a group,
    /// called by the names of all its members. Missing: no bundle tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slab_caches_merged: Option<bool>,
}

/// A hole in time.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GapJson {
    /// Seconds from the first sample.
    pub at_seconds: f64,
    /// Its length.
    pub seconds: f64,
    /// What happened.
    pub why: String,
}

/// What was not there.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MissingJson {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
    /// What to do in the next capture.
    pub how_to_get: String,
}

impl From<&Conclusion> for Report {
    fn from(conclusion: &Conclusion) -> Self {
        let growth = conclusion.growth.as_ref().map(|growth| GrowthJson {
            used_bytes: growth.account.used,
            terms: growth.account.terms.iter().map(|it| term(it, &growth.holders)).collect(),
            unaccounted_bytes: growth.account.unaccounted,
            unaccounted_holders: growth.holders.unaccounted.iter().map(holder).collect(),
            observer_bytes: growth.observer,
        });
        let quality = &conclusion.quality;
        Report {
            schema: SCHEMA,
            verdict: VerdictJson {
                sentence: conclusion.sentence.clone(),
                confidence: confidence(conclusion.confidence),
            },
            growth,
            findings: conclusion.findings.iter().map(found).collect(),
            more_findings: conclusion.more_findings,
            cleared: conclusion.cleared.iter().map(cleared).collect(),
            quality: QualityJson {
                samples: quality.samples,
                span_seconds: quality.span_seconds,
                gaps: quality
                    .gaps
                    .iter()
                    .map(|it| GapJson {
                        at_seconds: it.at_seconds,
                        seconds: it.seconds,
                        why: it.why.clone(),
                    })
                    .collect(),
                missing: quality.missing.iter().map(missing).collect(),
                accounts_left_out: quality.in_flight,
                residual_bytes: quality.residual,
                slab_caches_merged: quality.slabs_merged,
            },
        }
    }
}

fn found(finding: &finding::Finding) -> FindingJson {
    let subject = &finding.subject;
    FindingJson {
        id: finding.id.name(),
        verdict: verdict(finding.verdict),
        confidence: confidence(finding.confidence),
        subject: SubjectJson {
            pid: subject.process.as_ref().map(|it| it.pid),
            command: subject.command.clone(),
            class: subject.class.clone(),
            function: subject.function.clone(),
        },
        bytes: finding.bytes,
        bytes_per_hour: finding.bytes_per_hour.map(rate),
        since: finding.since,
        remarks: finding.remarks.clone(),
        evidence: finding.evidence.iter().map(fact).collect(),
        next: finding.next.clone(),
    }
}

fn rate(Slope { low, mid, high }: Slope) -> RateJson {
    RateJson { low, mid, high }
}

fn fact(evidence: &finding::Evidence) -> EvidenceJson {
    EvidenceJson {
        entry: evidence.entry.clone(),
        field: evidence.field.clone(),
        first: evidence.first,
        last: evidence.last,
    }
}

fn cleared(cleared: &finding::Cleared) -> ClearedJson {
    ClearedJson {
        id: cleared.id.name(),
        why: cleared.why.clone(),
        evidence: cleared.evidence.iter().map(fact).collect(),
    }
}

fn missing(missing: &finding::Missing) -> MissingJson {
    MissingJson {
        what: missing.what.clone(),
        why: missing.why.clone(),
        how_to_get: missing.how_to_get.clone(),
    }
}

/// The JSON Schema of the report.
#[must_use]
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Report>()
}
