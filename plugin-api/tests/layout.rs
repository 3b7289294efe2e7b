//! The C header and its Rust mirror, compared field by field by the compilers of both, for each kind
//! of machine the plugins are built for.

use std::fs;
use std::io::Write;
use std::mem::offset_of;
use std::path::Path;
use std::process::Command;

use plugin_api::abi::{self, Host, PluginTable, Str, level, status};

const INCLUDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/include");

/// Compiles `source` with `compiler` and `options`, warnings being errors.
fn compile(compiler: &str, options: &[&str], source: &str, extension: &str, output: &Path) {
    let file = output.with_extension(extension);
    fs::write(&file, source).expect("write the source");
    let done = Command::new(compiler)
        .args(options)
        .args(["-pedantic", "-Wall", "-Wextra", "-Werror", "-I", INCLUDE, "-o"])
        .arg(output)
        .arg(&file)
        .output()
        .unwrap_or_else(|error| panic!("cannot run {compiler}: {error}; install it"));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// What has to be a number of both languages: an expression in each, and its value here. The one in
/// Rust is empty for what does not depend on the machine.
struct Row {
    c: String,
    rust: String,
    value: u64,
}

macro_rules! rows {
    ($($c_type:literal $rust:ident { $($field:ident)* })*) => {
        vec![$(
            Row {
                c: concat!("sizeof(", $c_type, ")").to_owned(),
                rust: concat!("size_of::<abi::", stringify!($rust), ">()").to_owned(),
                value: size_of::<$rust>() as u64,
            },
            $(Row {
                c: format!("offsetof({}, {})", $c_type, stringify!($field)),
                rust: format!("offset_of!(abi::{}, {})", stringify!($rust), stringify!($field)),
                value: offset_of!($rust, $field) as u64,
            },)*
        )*]
    };
}

fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = rows! {
        "collector_str" Str { ptr len }
        "collector_host" Host {
            size abi_minor ctx log fail should_stop remaining_ms
            artifact_begin artifact_write artifact_end
        }
        "collector_plugin" PluginTable {
            magic abi_major abi_minor size min_host_minor description create collect destroy
        }
    };
    let constants = [
        ("COLLECTOR_MAGIC", u64::from(abi::MAGIC)),
        ("COLLECTOR_ABI_MAJOR", u64::from(abi::ABI_MAJOR)),
        ("COLLECTOR_ABI_MINOR", u64::from(abi::ABI_MINOR)),
        ("COLLECTOR_NOTE_TYPE", u64::from(abi::NOTE_TYPE)),
        ("COLLECTOR_NO_DEADLINE", abi::NO_DEADLINE),
        ("COLLECTOR_OK", status::OK as u64),
        ("COLLECTOR_FAILED", status::FAILED as u64),
        ("COLLECTOR_BAD_CONFIG", status::BAD_CONFIG as u64),
        ("COLLECTOR_DENIED", status::DENIED as u64),
        ("COLLECTOR_UNAVAILABLE", status::UNAVAILABLE as u64),
        ("COLLECTOR_STOPPED", status::STOPPED as u64),
        ("COLLECTOR_QUOTA", status::QUOTA as u64),
        ("COLLECTOR_PARTIAL", status::PARTIAL as u64),
        ("COLLECTOR_LOG_ERROR", u64::from(level::ERROR)),
        ("COLLECTOR_LOG_WARN", u64::from(level::WARN)),
        ("COLLECTOR_LOG_INFO", u64::from(level::INFO)),
        ("COLLECTOR_LOG_DEBUG", u64::from(level::DEBUG)),
    ];
    rows.extend(constants.map(|(c, value)| Row { c: c.to_owned(), rust: String::new(), value }));
    rows
}

/// Has a C compiler, which may be one for another machine, hold the header against the numbers that
/// the Rust mirror has on this one.
fn check_header(compiler: &str) {
    let asserts: String = rows()
        .iter()
        .map(|Row { c, value, .. }| format!("_Static_assert({c} == {value}u, \"{c}\");\n"))
        .collect();
    let source = format!("#include \"collector_plugin.h\"\n{asserts}");
    let dir = tempfile::tempdir().expect("a temporary directory");
    let object = dir.path().join("layout.o");
    compile(compiler, &["-std=c11", "-ffreestanding", "-c"], &source, "c", &object);
}

#[test]
fn every_offset_size_and_constant_is_the_same_in_c_and_rust() {
    check_header("cc");
}

#[test]
fn every_offset_and_size_is_the_same_on_x86_64_and_aarch64() {
    const TARGET: &str = "aarch64-unknown-linux-gnu";
    const COMPILER: &str = "aarch64-linux-gnu-gcc";
    // On both of them, and so on each: a field that moves changes what old plugins mean.
    let value = |wanted: &str| {
        rows().into_iter().find(|row| row.c == wanted).map(|row| row.value).expect("a row")
    };
    assert_eq!([value("sizeof(collector_host)"), value("sizeof(collector_plugin)")], [72, 56]);
    let has_target = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .is_ok_and(|said| Path::new(String::from_utf8_lossy(&said.stdout).trim()).is_dir());
    if !has_target || Command::new(COMPILER).arg("--version").output().is_err() {
        return skipped(&format!("no {COMPILER}, or no rustup target {TARGET}"));
    }
    check_header(COMPILER);

    let asserts: String = rows()
        .iter()
        .filter(|row| !row.rust.is_empty())
        .map(|Row { rust, value, .. }| format!("const _: () = assert!({rust} == {value});\n"))
        .collect();
    let source = format!(
        "#![allow(warnings)]\n#[path = {:?}]\nmod abi;\nuse std::mem::offset_of;\n{asserts}",
        concat!(env!("CARGO_MANIFEST_DIR"), "/src/abi.rs"),
    );
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("layout.rs");
    fs::write(&file, source).expect("write the source");
    let done = Command::new("rustc")
        .current_dir(dir.path())
        .args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata"])
        .args(["--target", TARGET])
        .arg(&file)
        .output()
        .expect("run rustc");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Says that a test did not run, past the capture of its output; fails it where `CI` is set.
fn skipped(reason: &str) {
    assert!(std::env::var_os("CI").is_none_or(|it| it.is_empty()), "would be skipped: {reason}");
    let line = format!("skipped: {reason} (test of the layout)\n");
    // When stderr is closed there is nobody to tell.
    let _ = std::io::stderr().write_all(line.as_bytes());
}

#[test]
fn the_header_is_clean_c99_and_cpp11_whatever_the_length_of_the_description() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for padding in 0..4 {
        let json = format!("{{{}}}", " ".repeat(padding));
        let source = format!(
            "#include \"collector_plugin.h\"\nCOLLECTOR_DESCRIPTION(\"{json}\");\n\
             const collector_str description = COLLECTOR_STR(\"{json}\");\n"
        );
        let object = dir.path().join("object");
        compile("cc", &["-std=c99", "-c"], &source, "c", &object);
        compile("c++", &["-std=c++11", "-c"], &source, "cpp", &object);
    }
}
