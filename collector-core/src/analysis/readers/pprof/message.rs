//! The messages of `profile.proto` (github.com/google/pprof/proto/profile.proto) that this program
//! reads. Numbers called `…: i64` that stand for a text are places in the table of texts.

/// `ValueType`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ValueTypeMessage {
    #[prost(int64, tag = "1")]
    pub(super) kind: i64,
    #[prost(int64, tag = "2")]
    pub(super) unit: i64,
}

/// `Sample`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct SampleMessage {
    #[prost(uint64, repeated, tag = "1")]
    pub(super) location_id: Vec<u64>,
    #[prost(int64, repeated, tag = "2")]
    pub(super) value: Vec<i64>,
    #[prost(message, repeated, tag = "3")]
    pub(super) label: Vec<LabelMessage>,
}

/// `Label`: a text where `str` is not 0, otherwise a number.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct LabelMessage {
    #[prost(int64, tag = "1")]
    pub(super) key: i64,
    #[prost(int64, tag = "2")]
    pub(super) str: i64,
    #[prost(int64, tag = "3")]
    pub(super) num: i64,
    #[prost(int64, tag = "4")]
    pub(super) num_unit: i64,
}

/// `Mapping`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct MappingMessage {
    #[prost(uint64, tag = "1")]
    pub(super) id: u64,
    #[prost(uint64, tag = "2")]
    pub(super) memory_start: u64,
    #[prost(uint64, tag = "3")]
    pub(super) memory_limit: u64,
    #[prost(uint64, tag = "4")]
    pub(super) file_offset: u64,
    #[prost(int64, tag = "5")]
    pub(super) filename: i64,
    #[prost(int64, tag = "6")]
    pub(super) build_id: i64,
}

/// `Location`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct LocationMessage {
    #[prost(uint64, tag = "1")]
    pub(super) id: u64,
    #[prost(uint64, tag = "2")]
    pub(super) mapping_id: u64,
    #[prost(uint64, tag = "3")]
    pub(super) address: u64,
    #[prost(message, repeated, tag = "4")]
    pub(super) line: Vec<LineMessage>,
    #[prost(bool, tag = "5")]
    pub(super) is_folded: bool,
}

/// `Line`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct LineMessage {
    #[prost(uint64, tag = "1")]
    pub(super) function_id: u64,
    #[prost(int64, tag = "2")]
    pub(super) line: i64,
    #[prost(int64, tag = "3")]
    pub(super) column: i64,
}

/// `Function`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct FunctionMessage {
    #[prost(uint64, tag = "1")]
    pub(super) id: u64,
    #[prost(int64, tag = "2")]
    pub(super) name: i64,
    #[prost(int64, tag = "3")]
    pub(super) system_name: i64,
    #[prost(int64, tag = "4")]
    pub(super) filename: i64,
    #[prost(int64, tag = "5")]
    pub(super) start_line: i64,
}
