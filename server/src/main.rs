//! The program `cairn-server`; everything it does is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    cairn_server::command::main()
}
