//! The C header and its Rust mirror, compared field by field by the C compiler.

use std::fs;
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

/// `C expression` and its value in Rust.
macro_rules! rows {
    ($($c_type:literal $rust:ty { $($field:ident)* })*) => {
        vec![$(
            (concat!("sizeof(", $c_type, ")").to_owned(), size_of::<$rust>() as u64),
            $((
                format!("offsetof({}, {})", $c_type, stringify!($field)),
                offset_of!($rust, $field) as u64,
            ),)*
        )*]
    };
}

#[test]
fn every_offset_size_and_constant_is_the_same_in_c_and_rust() {
    let mut rows: Vec<(String, u64)> = rows! {
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
    rows.extend(constants.map(|(name, value)| (name.to_owned(), value)));

    let dir = tempfile::tempdir().expect("a temporary directory");
    let program = dir.path().join("layout");
    let prints: String = rows
        .iter()
        .map(|(c, _)| format!("    printf(\"%llu\\n\", (unsigned long long)({c}));\n"))
        .collect();
    let source = format!(
        "#include \"collector_plugin.h\"\n#include <stdio.h>\nint main(void) {{\n{prints}    \
         return 0;\n}}\n"
    );
    compile("cc", &["-std=c99"], &source, "c", &program);
    let printed = Command::new(&program).output().expect("run the program").stdout;
    let printed = String::from_utf8(printed).expect("numbers");
    let values: Vec<u64> = printed.lines().map(|line| line.parse().expect("a number")).collect();
    assert_eq!(values.len(), rows.len());
    for ((c, rust), value) in rows.iter().zip(values) {
        assert_eq!(*rust, value, "{c}: Rust has {rust}, C has {value}");
    }
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
