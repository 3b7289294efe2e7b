//! Where the keys of a manifest stand, from the events of a second YAML parser.
//!
//! `serde_yaml` gives a place with its own errors and forgets all others. This walk keeps them,
//! and refuses on the way what no manifest needs and what would cost without bound: duplicate
//! keys, aliases that multiply, nesting without end. It runs before `serde_yaml` sees the text;
//! what the values mean is not its concern.

use std::collections::{BTreeMap, HashMap};

use saphyr_parser::{Event, Marker, Parser, Span};

use super::{KeyPath, key_path::Step};

/// Deeper nesting is refused. The manifest itself needs six levels; the rest is for `config`.
const MAX_DEPTH: usize = 64;

/// The largest manifest with all aliases written out: bytes of its texts and [`NODE_COST`] for
/// each value. Four times the largest file, so only a bomb of aliases meets it.
const MAX_EXPANDED: u64 = 4 << 20;
const NODE_COST: u64 = 32;

/// Line and column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl From<Marker> for Position {
    fn from(marker: Marker) -> Self {
        Position { line: marker.line().max(1), column: marker.col() + 1 }
    }
}

/// Where every key and item of a manifest stands.
#[derive(Debug, Clone)]
pub(super) struct Places {
    root: Node,
    /// The path of the root: that of the manifest, unless the text is only a part of one.
    top: KeyPath,
}

/// Something in the text that is refused.
#[derive(Debug)]
pub(super) enum Refused {
    /// It is not YAML; the reason is the parser's.
    Syntax { position: Position, reason: String },
    /// It is YAML that no manifest needs.
    Rule { position: Position, path: KeyPath, reason: String },
}

#[derive(Debug, Clone)]
struct Node {
    /// Where the key, or the item of a list, begins.
    begins: Position,
    /// Where the value begins.
    value: Position,
    children: Children,
}

#[derive(Debug, Clone)]
enum Children {
    None,
    List(Vec<Node>),
    Map(BTreeMap<String, Node>),
}

impl Places {
    /// Walks through `text`. Gives `None` where it holds no value at all.
    pub(super) fn of(text: &str) -> Result<Option<Self>, Refused> {
        let mut walk = Walk::default();
        for event in Parser::new_from_str(text) {
            match event {
                Ok((event, span)) => walk.step(event, span)?,
                Err(error) => {
                    let position = (*error.marker()).into();
                    return Err(Refused::Syntax { position, reason: error.info().to_owned() });
                }
            }
        }
        Ok(walk.root.map(|root| Places { root, top: KeyPath::root() }))
    }

    /// Those of a text that holds nothing: all is at its start.
    pub(super) fn none() -> Self {
        let start = Position { line: 1, column: 1 };
        let root = Node { begins: start, value: start, children: Children::None };
        Places { root, top: KeyPath::root() }
    }

    /// The same places, of a text that is what stands at `top` in a manifest.
    pub(super) fn below(self, top: KeyPath) -> Self {
        Places { top, ..self }
    }

    /// Where the key or item at the end of `path` begins. For a key that is not there, where its
    /// mapping begins; `None` for an item that is not there.
    pub(super) fn begin(&self, path: &KeyPath) -> Option<Position> {
        self.node(path).map(|it| it.begins)
    }

    /// Where the value at the end of `path` begins, else as [`begin`](Self::begin).
    pub(super) fn value(&self, path: &KeyPath) -> Option<Position> {
        self.node(path).map(|it| it.value)
    }

    fn node(&self, path: &KeyPath) -> Option<&Node> {
        let mut node = &self.root;
        for step in path.steps().strip_prefix(self.top.steps())? {
            match (step, &node.children) {
                (Step::Key(key), Children::Map(children)) => match children.get(key) {
                    Some(child) => node = child,
                    None => return Some(node),
                },
                (Step::Index(index), Children::List(children)) => node = children.get(*index)?,
                // Behind an alias: the place of the alias is as near as it gets.
                _ => return Some(node),
            }
        }
        Some(node)
    }
}

/// A list or mapping that is still open.
#[derive(Debug)]
struct Open {
    node: Node,
    /// The key whose value comes next, and where it stands.
    key: Option<(String, Position)>,
    anchor: usize,
    expanded: u64,
}

#[derive(Debug, Default)]
struct Walk {
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
    /// The expanded size of what each anchor names.
    anchors: HashMap<usize, u64>,
}

impl Walk {
    fn step(&mut self, event: Event<'_>, span: Span) -> Result<(), Refused> {
        let position = Position::from(span.start);
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return self.refuse(position, "a second document begins here; a manifest is one document, so remove the line `---`");
                }
            }
            Event::Scalar(text, _, anchor, _) => {
                if self.awaits_key() {
                    return self.key(text.into_owned(), position);
                }
                let begins = self.begins(position);
                // An empty value has no place of its own; the parser names the next token's.
                let value = if text.is_empty() { begins } else { position };
                let expanded = NODE_COST + text.len() as u64;
                self.close(Node { begins, value, children: Children::None }, anchor, expanded)?;
            }
            Event::Alias(anchor) => {
                self.value_only(position)?;
                let Some(expanded) = self.anchors.get(&anchor).copied() else {
                    return self.refuse(
                        position,
                        "this alias stands inside the very value it names; write the value out",
                    );
                };
                let begins = self.begins(position);
                let node = Node { begins, value: position, children: Children::None };
                self.close(node, 0, expanded.saturating_add(NODE_COST))?;
            }
            Event::SequenceStart(anchor, _) => {
                self.open(position, anchor, Children::List(Vec::new()))?;
            }
            Event::MappingStart(anchor, _) => {
                self.open(position, anchor, Children::Map(BTreeMap::new()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.close(open.node, open.anchor, open.expanded)?;
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn awaits_key(&self) -> bool {
        self.open
            .last()
            .is_some_and(|it| it.key.is_none() && matches!(it.node.children, Children::Map(_)))
    }

    /// A key, and where an equal one stood before.
    fn key(&mut self, key: String, position: Position) -> Result<(), Refused> {
        let earlier = self.open.last().and_then(|it| match &it.node.children {
            Children::Map(children) => children.get(&key).map(|it| it.begins),
            _ => None,
        });
        if let Some(open) = self.open.last_mut() {
            open.key = Some((key, position));
            open.expanded += NODE_COST;
        }
        match earlier {
            None => Ok(()),
            Some(earlier) => self.refuse(
                position,
                &format!(
                    "this key is given twice, first on line {}; remove one of them",
                    earlier.line
                ),
            ),
        }
    }

    fn open(
        &mut self,
        position: Position,
        anchor: usize,
        children: Children,
    ) -> Result<(), Refused> {
        self.value_only(position)?;
        if self.open.len() >= MAX_DEPTH {
            return self.refuse(
                position,
                &format!("nested deeper than {MAX_DEPTH} levels; a manifest needs a few"),
            );
        }
        let begins = self.begins(position);
        let node = Node { begins, value: position, children };
        self.open.push(Open { node, key: None, anchor, expanded: NODE_COST });
        Ok(())
    }

    /// Takes a finished value into the list or mapping around it.
    fn close(&mut self, node: Node, anchor: usize, expanded: u64) -> Result<(), Refused> {
        if anchor != 0 {
            self.anchors.insert(anchor, expanded);
        }
        let position = node.value;
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        parent.expanded = parent.expanded.saturating_add(expanded);
        let too_large = parent.expanded > MAX_EXPANDED;
        match &mut parent.node.children {
            Children::List(children) => children.push(node),
            Children::Map(children) => {
                if let Some((key, _)) = parent.key.take() {
                    children.insert(key, node);
                }
            }
            Children::None => {}
        }
        if too_large {
            return self.refuse(
                position,
                "with its aliases (`*name`) written out, the manifest is larger than 4 MiB; write the values out, without aliases",
            );
        }
        Ok(())
    }

    /// Refuses a list, a mapping or an alias where a key must stand.
    fn value_only(&self, position: Position) -> Result<(), Refused> {
        if self.awaits_key() {
            return self.refuse(position, "a key is expected here, and a key must be plain text");
        }
        Ok(())
    }

    fn begins(&self, position: Position) -> Position {
        self.open.last().and_then(|it| it.key.as_ref()).map_or(position, |(_, key)| *key)
    }

    fn refuse<T>(&self, position: Position, reason: &str) -> Result<T, Refused> {
        Err(Refused::Rule { position, path: self.path(), reason: reason.to_owned() })
    }

    fn path(&self) -> KeyPath {
        let mut path = KeyPath::root();
        for open in self.open.iter().take(8) {
            path = match (&open.node.children, &open.key) {
                (Children::List(children), _) => path.index(children.len()),
                (_, Some((key, _))) => path.key(key.clone()),
                _ => path,
            };
        }
        path
    }
}
