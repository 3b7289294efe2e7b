//! Sums the samples of a profile up by function.

use foldhash::{HashMap, HashMapExt};

use super::{Profile, names};

/// A function, or what stands in for one where the profile has no name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Node {
    name: String,
    /// Only where there is no name.
    file: String,
    start_line: i64,
}

/// The values of one type, summed up by function.
#[derive(Debug)]
pub(super) struct Graph<'a> {
    profile: &'a Profile,
    value: usize,
    pub(super) nodes: Vec<Node>,
    /// What each function itself accounts for.
    pub(super) flat: Vec<i64>,
    /// With all that it calls; a sample counts once, however often the function is on its stack.
    pub(super) cum: Vec<i64>,
    /// The nodes of each location, the innermost first.
    of_location: Vec<Vec<u32>>,
}

/// A call, and what came through it.
#[derive(Debug, Default)]
pub(super) struct Call {
    pub(super) weight: i64,
    /// The compiler put the called function into the caller, everywhere.
    pub(super) is_inlined: bool,
    last_sample: usize,
}

impl Node {
    /// As it is printed.
    pub(super) fn shown(&self) -> String {
        match (self.name.as_str(), self.file.as_str()) {
            ("", "") => "<unknown>".to_owned(),
            ("", file) => format!("[{}]", base(file)),
            (name, _) => name.to_owned(),
        }
    }
}

/// The last component of a path.
pub(super) fn base(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" if path.is_empty() => ".",
        "" => "/",
        path => path.rsplit('/').next().unwrap_or(path),
    }
}

impl<'a> Graph<'a> {
    /// Sums the values of the type at place `value`.
    pub(super) fn new(profile: &'a Profile, value: usize) -> Self {
        let mut known = HashMap::new();
        let mut nodes = Vec::new();
        let of_location = nodes_of_locations(profile, &mut |node: Node| {
            *known.entry(node).or_insert_with_key(|node| {
                nodes.push(node.clone());
                u32::try_from(nodes.len() - 1).expect("a profile has fewer functions")
            })
        });
        let zeros = vec![0; nodes.len()];
        let mut graph =
            Graph { profile, value, nodes, flat: zeros.clone(), cum: zeros, of_location };
        graph.sum();
        graph
    }

    fn sum(&mut self) {
        let mut last_sample = vec![usize::MAX; self.nodes.len()];
        for (at, sample) in self.profile.samples.iter().enumerate() {
            let weight = sample.values[self.value];
            if weight == 0 {
                continue;
            }
            let frames = sample.stack.iter().flat_map(|it| &self.of_location[*it as usize]);
            for (depth, node) in frames.map(|it| *it as usize).enumerate() {
                if depth == 0 {
                    self.flat[node] = self.flat[node].wrapping_add(weight);
                }
                if last_sample[node] != at {
                    last_sample[node] = at;
                    self.cum[node] = self.cum[node].wrapping_add(weight);
                }
            }
        }
    }

    /// The calls between the nodes that `is_kept`: calls through others go from one kept node to
    /// the next. The key is the caller and the called.
    pub(super) fn calls(&self, is_kept: impl Fn(usize) -> bool) -> HashMap<(u32, u32), Call> {
        let mut calls: HashMap<(u32, u32), Call> = HashMap::new();
        let kept: Vec<bool> = (0..self.nodes.len()).map(is_kept).collect();
        for (at, sample) in self.profile.samples.iter().enumerate() {
            let weight = sample.values[self.value];
            if weight == 0 {
                continue;
            }
            let mut caller = None;
            for location in sample.stack.iter().rev() {
                let nodes = &self.of_location[*location as usize];
                for (from_inside, node) in nodes.iter().enumerate().rev() {
                    if !kept[*node as usize] {
                        continue;
                    }
                    let before = caller.replace(*node);
                    let Some(caller) = before.filter(|it| it != node) else { continue };
                    let is_inlined = from_inside + 1 != nodes.len();
                    let call = calls.entry((caller, *node)).or_insert(Call {
                        is_inlined,
                        last_sample: usize::MAX,
                        ..Call::default()
                    });
                    if call.last_sample != at {
                        call.last_sample = at;
                        call.weight = call.weight.wrapping_add(weight);
                        call.is_inlined &= is_inlined;
                    }
                }
            }
        }
        calls
    }
}

fn nodes_of_locations(profile: &Profile, add: &mut impl FnMut(Node) -> u32) -> Vec<Vec<u32>> {
    let mut of_function: Vec<Option<u32>> = vec![None; profile.functions.len()];
    let mut nodes_of = |location: &super::Location| {
        let mapping = location.mapping.map(|it| &profile.mappings[it as usize]);
        let file = mapping.map_or("", |it| profile.text(it.file));
        let unnamed = |start_line| Node { name: String::new(), file: file.to_owned(), start_line };
        let lines = profile.lines_of(*location);
        if lines.is_empty() {
            return vec![add(unnamed(0))];
        }
        let mut node_of = |line: &super::Line| {
            if let Some(known) = of_function[line.function as usize] {
                return known;
            }
            let function = &profile.functions[line.function as usize];
            let name = names::shown(function, &profile.texts);
            if name.is_empty() {
                return add(unnamed(function.start_line));
            }
            let node = add(Node { name, file: String::new(), start_line: 0 });
            of_function[line.function as usize] = Some(node);
            node
        };
        lines.iter().map(&mut node_of).collect()
    };
    profile.locations.iter().map(&mut nodes_of).collect()
}
