//! The one-way flow inside `collector-core`: which module may name which.
//!
//! It resolves paths that start with `crate`, `self` or `super`, in `use` and in expressions,
//! groups included. What a macro of another crate expands to is not seen.

use super::Complaint;
use super::code::{Token, tokens};

/// For each part of the crate, the parts it may name besides itself. The longest match counts, so
/// `bundle::reader` has stricter rules than the rest of `bundle`.
const FLOW: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("manifest", &["units"]),
    ("plan", &["units", "manifest"]),
    ("run", &["units", "manifest", "plan"]),
    ("bundle", &["units", "manifest", "plan", "run"]),
    ("bundle::layout", &["units", "bundle::index"]),
    ("bundle::index", &["units", "bundle::layout"]),
    ("bundle::reader", &["units", "bundle::layout", "bundle::index"]),
    ("analysis", &["units", "bundle::layout", "bundle::index", "bundle::reader"]),
    ("report", &["units", "analysis"]),
    ("cli", &["units", "manifest", "plan", "run", "bundle", "analysis", "report"]),
    ("fuzzing", &["units", "manifest", "plan", "run", "bundle", "analysis", "report"]),
];

/// The reading half, which works on a machine where nothing is collected, and the crates that it
/// never names.
const READING: &[&str] =
    &["bundle::layout", "bundle::index", "bundle::reader", "analysis", "report"];
const COLLECTING_CRATES: &[&str] = &["libloading", "ureq", "plugin_api"];

/// Checks one file; `inner` is its path below `collector-core/src/`.
///
/// A `tests.rs`, and what is under `tests/`, may name everything of its own top-level module besides: a test of the
/// reader may use the writer. Every test may use the bundles that are made for tests.
pub(super) fn check(path: &str, inner: &str, text: &str) -> Vec<Complaint> {
    let module: Vec<String> = match inner {
        "lib.rs" | "main.rs" => return Vec::new(),
        _ => inner.trim_end_matches(".rs").split('/').map(str::to_owned).collect(),
    };
    let complain = |line, what| Complaint { path: path.to_owned(), line, what };
    let Some((part, allowed)) = part_of(&module) else {
        let what = format!("`{}` is not in the table of modules", module.join("::"));
        return vec![complain(1, what)];
    };
    let is_test = module.iter().any(|it| it == "tests");
    let words = tokens(text);
    let mut complaints = Vec::new();
    for (line, target) in paths(&words, &module) {
        let within =
            |area: &str| target.iter().map(String::as_str).take(depth(area)).eq(area.split("::"));
        let own = if is_test { &module[0] } else { part };
        let is_for_tests = is_test && within("bundle::testing");
        if target.is_empty() || is_for_tests || within(own) || allowed.iter().any(|it| within(it)) {
            continue;
        }
        complaints
            .push(complain(line, format!("`{part}` may not name `crate::{}`", target.join("::"))));
    }
    if READING.contains(&part) {
        for word in words.iter().filter(|it| COLLECTING_CRATES.contains(&it.text.as_str())) {
            complaints.push(complain(
                word.line,
                format!("the reading half may not name `{}`", word.text),
            ));
        }
    }
    complaints
}

fn depth(area: &str) -> usize {
    area.split("::").count()
}

fn part_of(module: &[String]) -> Option<(&'static str, &'static [&'static str])> {
    let starts =
        |part: &str| module.iter().map(String::as_str).take(depth(part)).eq(part.split("::"));
    FLOW.iter().filter(|(part, _)| starts(part)).max_by_key(|(part, _)| depth(part)).copied()
}

/// Every path into this crate that the tokens name, from the root of the crate, with its line.
fn paths(tokens: &[Token], file: &[String]) -> Vec<(usize, Vec<String>)> {
    let text = |at: usize| tokens.get(at).map_or("", |it| it.text.as_str());
    let mut found = Vec::new();
    // The module of the file, and of each `mod name {` around the token with its depth of braces.
    let mut inside: Vec<(usize, String)> = Vec::new();
    let mut braces = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" => {
                braces += 1;
                if at >= 2 && text(at - 2) == "mod" {
                    inside.push((braces, text(at - 1).to_owned()));
                }
            }
            "}" => {
                inside.pop_if(|(depth, _)| *depth == braces);
                braces = braces.saturating_sub(1);
            }
            "crate" | "self" | "super"
                if text(at + 1) == "::" && (at == 0 || text(at - 1) != "::") =>
            {
                let mut base: Vec<String> = Vec::new();
                if token.text != "crate" {
                    base.extend(file.iter().cloned());
                    base.extend(inside.iter().map(|(_, name)| name.clone()));
                }
                let mut next = at;
                while text(next + 1) == "::" && ["crate", "self", "super"].contains(&text(next)) {
                    if text(next) == "super" {
                        base.pop();
                    }
                    next += 2;
                }
                let mut of_tree = Vec::new();
                tree(tokens, next, base, &mut of_tree);
                found.extend(of_tree.into_iter().map(|path| (token.line, path)));
            }
            _ => {}
        }
    }
    found
}

/// Reads the rest of a path, or a group of them, and returns the place after it.
fn tree(
    tokens: &[Token],
    mut at: usize,
    mut path: Vec<String>,
    found: &mut Vec<Vec<String>>,
) -> usize {
    let text = |at: usize| tokens.get(at).map_or("", |it| it.text.as_str());
    loop {
        if text(at) == "{" {
            at += 1;
            while !["}", ""].contains(&text(at)) {
                let next = tree(tokens, at, path.clone(), found);
                at = next.max(at + 1);
                while [",", "as"].contains(&text(at)) {
                    at += if text(at) == "as" { 2 } else { 1 };
                }
            }
            return at + 1;
        }
        match text(at) {
            "self" => at += 1,
            word if word.starts_with(|it: char| it.is_alphabetic() || it == '_') => {
                path.push(word.to_owned());
                at += 1;
            }
            _ => {}
        }
        if text(at) != "::" {
            found.push(path);
            return at;
        }
        at += 1;
    }
}
