//! Makes of a compiled module what browsers load, with types for TypeScript. It is of the very release that the module was compiled
//! with, by `Cargo.lock`.
//!
//! `cairn-bindgen MODULE.wasm FOLDER NAME` makes `FOLDER/NAME.js` and `FOLDER/NAME_bg.wasm`; with `--tests` in front of it, of a
//! module of tests: names are kept, and nothing runs by itself.

use std::{env, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let tests = arguments.first().is_some_and(|first| first == "--tests");
    if tests {
        arguments.remove(0);
    }
    let [module, folder, name] = arguments.as_slice() else {
        eprintln!("cairn-bindgen [--tests] MODULE.wasm FOLDER NAME");
        return ExitCode::from(64);
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name(name).typescript(!tests).emit_start(!tests);
    // The script finds the module beside it.
    bindgen.omit_default_module_path(false).remove_producers_section(true).remove_name_section(!tests);
    match bindgen.web(true).and_then(|web| web.generate(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{module}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
