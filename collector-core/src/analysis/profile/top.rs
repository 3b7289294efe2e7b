//! The functions that account for most, as `go tool pprof -top` lists them.

use super::graph::{self, Graph, Node};
use super::{Profile, ValueType, prune};

/// Functions below this share of everything, with all they call, are left out.
const NODE_FRACTION: f64 = 0.005;
/// Calls below this share do not count when a function is called inlined.
const CALL_FRACTION: f64 = 0.001;

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct TopOptions {
    /// The type of the values, by name or by number from 0; the profile's own choice if `None`.
    pub sample_index: Option<String>,
    /// At most so many functions; all if `None`.
    pub node_count: Option<usize>,
    /// What comes first.
    pub sort_by: SortBy,
}

/// What comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortBy {
    /// What functions themselves account for.
    #[default]
    Flat,
    /// That with all they call.
    Cum,
}

/// The functions that account for most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// The program's file name; empty if it is not known.
    pub file: String,
    /// Its build; empty if it is not known.
    pub build_id: String,
    /// Remarks of the program that wrote the profile.
    pub comments: Vec<String>,
    /// Where to read about it.
    pub doc_url: String,
    /// When it was taken, in nanoseconds since 1970; 0 is unknown.
    pub time_nanos: i64,
    /// How long was measured, in nanoseconds; 0 for what has no duration.
    pub duration_nanos: i64,
    /// What the values count.
    pub value_type: ValueType,
    /// All values without their signs, added up: that of which the percentages are.
    pub total: i64,
    /// The functions, in their order.
    pub rows: Vec<Row>,
    /// How many functions were left out as too small.
    pub n_dropped: usize,
    /// The value below which a function is too small, as pprof prints it.
    pub dropped_below: i64,
    /// How many functions there were before the list was cut to its length.
    pub n_large: usize,
}

/// One function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub function: String,
    /// What it accounts for itself. Negative: it went down.
    pub flat: i64,
    /// With all that it calls.
    pub cum: i64,
    /// Whether the compiler put it into those of its callers that are listed.
    pub inlined: Inlined,
}

/// Whether the compiler put a function into its callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inlined {
    /// Nowhere.
    No,
    /// Into some.
    Partly,
    /// Everywhere.
    Everywhere,
}

/// Why there is no list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the profile has no values `{wanted}` (hint: it has {there_are}, or their numbers from 0)")]
pub struct TopError {
    /// What was asked for.
    pub wanted: String,
    /// What there is.
    pub there_are: String,
}

/// Lists the functions of `profile` that account for most.
///
/// # Errors
///
/// When the profile has no values of the type that is asked for.
pub fn top(mut profile: Profile, options: &TopOptions) -> Result<Top, TopError> {
    let wanted = options.sample_index.as_deref();
    let value = profile.type_index(wanted).ok_or_else(|| TopError {
        wanted: wanted.unwrap_or_default().to_owned(),
        there_are: profile.type_names(),
    })?;
    prune::prune(&mut profile);
    let graph = Graph::new(&profile, value);
    let total = profile
        .samples
        .iter()
        .fold(0_i64, |total, it| total.wrapping_add(it.values[value].wrapping_abs()));
    let sum = graph.flat.iter().fold(0_i64, |sum, it| sum.wrapping_add(*it));

    let there: Vec<usize> =
        (0..graph.nodes.len()).filter(|it| graph.flat[*it] != 0 || graph.cum[*it] != 0).collect();
    let least = fraction(sum, NODE_FRACTION);
    let mut chosen = there.clone();
    chosen.retain(|it| graph.cum[*it].wrapping_abs() >= least);
    let n_large = chosen.len();
    sort(&mut chosen, &graph, options.sort_by);
    chosen.truncate(options.node_count.filter(|it| *it > 0).unwrap_or(usize::MAX));

    let inlined =
        inlined(&graph, &chosen, chosen.len() < there.len(), fraction(sum, CALL_FRACTION));
    let rows = chosen.iter().zip(inlined).map(|(node, inlined)| Row {
        function: graph.nodes[*node].shown(),
        flat: graph.flat[*node],
        cum: graph.cum[*node],
        inlined,
    });
    let main = profile.mappings.first();
    let file = main.map_or("", |it| profile.text(it.file));
    Ok(Top {
        file: if file.is_empty() { String::new() } else { graph::base(file).to_owned() },
        build_id: main.map_or("", |it| profile.text(it.build_id)).to_owned(),
        comments: profile.comments.clone(),
        doc_url: profile.doc_url.clone(),
        time_nanos: profile.time_nanos,
        duration_nanos: profile.duration_nanos,
        value_type: profile.types[value].clone(),
        total,
        rows: rows.collect(),
        n_dropped: there.len() - n_large,
        dropped_below: fraction(total, NODE_FRACTION),
        n_large,
    })
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "as pprof does")]
fn fraction(value: i64, fraction: f64) -> i64 {
    ((value as f64 * fraction) as i64).wrapping_abs()
}

/// The largest first, whether they grew or shrank; then by name.
fn sort(nodes: &mut [usize], graph: &Graph<'_>, by: SortBy) {
    let (first, second) = match by {
        SortBy::Flat => (&graph.flat, &graph.cum),
        SortBy::Cum => (&graph.cum, &graph.flat),
    };
    nodes.sort_by_cached_key(|it| {
        let largest = |values: &[i64]| std::cmp::Reverse(values[*it].unsigned_abs());
        let node: &Node = &graph.nodes[*it];
        (largest(first), node.shown(), largest(second), node.clone())
    });
}

/// For each chosen node whether all, some or none of its callers have it inlined.
fn inlined(graph: &Graph<'_>, chosen: &[usize], is_cut: bool, least: i64) -> Vec<Inlined> {
    let mut is_chosen = vec![!is_cut; graph.nodes.len()];
    chosen.iter().for_each(|it| is_chosen[*it] = true);
    let mut ways = vec![(false, false); graph.nodes.len()];
    for ((_, called), call) in graph.calls(|it| is_chosen[it]) {
        if call.weight.wrapping_abs() < least {
            continue;
        }
        let (inlined, called_plainly) = &mut ways[called as usize];
        *inlined |= call.is_inlined;
        *called_plainly |= !call.is_inlined;
    }
    let words = |it: &usize| match ways[*it] {
        (true, false) => Inlined::Everywhere,
        (true, true) => Inlined::Partly,
        (false, _) => Inlined::No,
    };
    chosen.iter().map(words).collect()
}
