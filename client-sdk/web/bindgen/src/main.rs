//! `cairn-bindgen MODULE.wasm FOLDER`: makes of the compiled module what browsers load, `FOLDER/cairn_web.js` and
//! `FOLDER/cairn_web_bg.wasm`, with types for TypeScript. It is of the very release that the module was compiled with, by `Cargo.lock`.

use std::{env, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [module, folder] = arguments.as_slice() else {
        eprintln!("cairn-bindgen MODULE.wasm FOLDER");
        return ExitCode::from(64);
    };
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("cairn_web")
        .typescript(true)
        .remove_producers_section(true)
        .remove_name_section(true);
    match bindgen.web(true).and_then(|web| web.omit_default_module_path(false).generate(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{module}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
