//! `/proc/zoneinfo`: the zones of memory, with the free pages on each processor's own list, which
//! `MemFree` does not count.
//!
//! Written here because no crate reads it.

use super::Pages;
use super::line::{BadLines, Read, What, each_line, number, small};
use super::named::{Gathering, Named};

/// The zones, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Zoneinfo<'a> {
    /// One for each kind of memory of each node.
    pub zones: Vec<Zone<'a>>,
}

/// A zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone<'a> {
    /// The node it belongs to.
    pub node: u32,
    /// Its kind, such as `Normal`.
    pub name: &'a str,
    /// Its numbers by their names, those of its node among them: pages in most cases. `pages free`
    /// is `free`.
    pub numbers: Named<'a, u64>,
    /// The lists of the processors; none in a zone without memory.
    pub processors: Vec<Processor<'a>>,
}

/// What one processor has of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processor<'a> {
    /// Its number.
    pub cpu: u32,
    /// `count`, `high`, `batch` and what else there is.
    pub numbers: Named<'a, u64>,
}

impl Zoneinfo<'_> {
    /// The free pages on the lists of all processors; `None` where the text has no such list.
    #[must_use]
    pub fn free_on_processors(&self) -> Option<Pages> {
        let processors = self.zones.iter().flat_map(|zone| &zone.processors);
        let counts = processors.filter_map(|it| it.numbers.get("count"));
        counts.reduce(u64::saturating_add).map(Pages)
    }
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Zoneinfo<'_>> {
    let mut bad = BadLines::default();
    // Names that come twice are told when their zone ends, while `bad` is lent to the walk.
    let mut twice = BadLines::default();
    let mut walk = Walk { zoneinfo: Zoneinfo::default(), zone: None, in_lists: false };
    each_line(text, &mut bad, |at, line| walk.take(at, line, &mut twice));
    walk.end_zone(&mut twice);
    bad.append(twice);
    Read { value: walk.zoneinfo, bad }
}

struct Walk<'a> {
    zoneinfo: Zoneinfo<'a>,
    /// The zone whose lines come, if its first line could be read.
    zone: Option<Open<'a>>,
    /// Whether the lines are those of the processors.
    in_lists: bool,
}

struct Open<'a> {
    node: u32,
    name: &'a str,
    numbers: Gathering<'a, u64>,
    processors: Vec<Processor<'a>>,
    processor: Option<(u32, Gathering<'a, u64>)>,
}

impl<'a> Walk<'a> {
    fn take(&mut self, at: usize, line: &'a str, twice: &mut BadLines) -> Result<(), What> {
        if let Some(zone) = line.strip_prefix("Node ") {
            self.end_zone(twice);
            self.zone = Some(Open::read(zone)?);
            return Ok(());
        }
        let zone = self.zone.as_mut().ok_or("it belongs to no zone that could be read")?;
        let text = line.trim_ascii();
        match text {
            "per-node stats" => return Ok(()),
            "pagesets" => {
                self.in_lists = true;
                return Ok(());
            }
            // A list of the distances to other zones, which are no part of an account.
            _ if text.starts_with("protection:") => return Ok(()),
            _ => {}
        }
        if let Some(cpu) = text.strip_prefix("cpu:") {
            zone.end_processor(twice);
            zone.processor = Some((small(Some(cpu.trim_ascii()))?, Gathering::new()));
            return Ok(());
        }
        let (name, value) = name_and_number(text)?;
        // What stands deeper than its zone's sections do is of the processor above it.
        let is_of_processor =
            self.in_lists && (line.starts_with("     ") || name.starts_with("vm "));
        match (&mut zone.processor, is_of_processor) {
            (_, false) => zone.numbers.push(name, at, value),
            (Some((_, numbers)), true) => numbers.push(name, at, value),
            (None, true) => return Err("it belongs to no processor that could be read"),
        }
        Ok(())
    }

    fn end_zone(&mut self, twice: &mut BadLines) {
        self.in_lists = false;
        if let Some(mut zone) = self.zone.take() {
            zone.end_processor(twice);
            let Open { node, name, numbers, processors, .. } = zone;
            let numbers = numbers.finish(twice);
            self.zoneinfo.zones.push(Zone { node, name, numbers, processors });
        }
    }
}

impl<'a> Open<'a> {
    /// Reads `0, zone   Normal`.
    fn read(zone: &'a str) -> Result<Self, What> {
        let (node, name) = zone.split_once(", zone").ok_or("it names no zone")?;
        let (node, name) = (small(Some(node.trim_ascii()))?, name.trim_ascii());
        let (processors, processor) = (Vec::new(), None);
        Ok(Open { node, name, numbers: Gathering::new(), processors, processor })
    }

    fn end_processor(&mut self, twice: &mut BadLines) {
        if let Some((cpu, numbers)) = self.processor.take() {
            self.processors.push(Processor { cpu, numbers: numbers.finish(twice) });
        }
    }
}

/// Splits `min      18`, `high_min: 2312` and `pages free     3840`.
fn name_and_number(text: &str) -> Result<(&str, u64), What> {
    let (name, value) = text.rsplit_once([' ', ':']).ok_or("it is no name with a number")?;
    let name = name.trim_ascii().trim_end_matches(':');
    Ok((name.strip_prefix("pages ").unwrap_or(name).trim_ascii(), number(Some(value))?))
}

#[cfg(test)]
mod tests;
