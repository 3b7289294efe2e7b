//! The name under which a function is summed up.

use super::{Function, Texts};

/// The function's name without the arguments of a name that looks like C++.
///
/// A Go closure inside a generic function can look so too: `main.(*T).Run.each[...].func1` becomes
/// `main..Run.each[...].func1`. pprof does this, and a table of ours that named it differently
/// could not be compared with one of pprof's.
pub(super) fn shown(function: &Function, texts: &Texts) -> String {
    let (name, system_name) = (texts.get(function.name), texts.get(function.system_name));
    if !name.is_empty() && name != system_name {
        return name.to_owned();
    }
    if !looks_like_cpp(system_name) {
        return system_name.to_owned();
    }
    without_pairs(&without_pairs(system_name, '(', ')'), '<', '>')
}

fn looks_like_cpp(name: &str) -> bool {
    // Java's `Class.<init>`, and the methods of generic types of Go.
    if name.contains(".<") || name.contains("]).") {
        return false;
    }
    name.contains(['<', '>', '[', ']']) || name.contains("::")
}

/// `name` without what stands between the outermost pairs; as it is from a mismatch on.
fn without_pairs(name: &str, open: char, close: char) -> String {
    let mut kept = String::new();
    let mut depth = 0_u32;
    let mut outside_since = 0;
    for (at, found) in name.char_indices() {
        if found == open {
            if depth == 0 {
                kept.push_str(&name[outside_since..at]);
                outside_since = at;
            }
            depth += 1;
        } else if found == close {
            if depth == 0 {
                break;
            }
            depth -= 1;
            if depth == 0 {
                outside_since = at + close.len_utf8();
            }
        }
    }
    kept.push_str(&name[outside_since..]);
    kept
}
