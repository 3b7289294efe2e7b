//! The program `collector`: arguments in, one exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    collector_core::cli::main().into()
}
