//! The `cotprint` program: parse arguments, call a verb, turn an error into a message and an exit
//! code.

use std::process::ExitCode;

fn main() -> ExitCode {
    cotprint::cli::main()
}
