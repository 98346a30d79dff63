//! The program `cairn-server`; everything it does is in the library beside it.

use std::process::ExitCode;

/// Merging makes and drops many small things: with the system's allocator a server takes in a fifth less.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cairn_server::command::main()
}
