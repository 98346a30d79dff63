//! Makes the stores and captures of this version anew: `cargo run -p cairn-tests --example golden -- tests/golden/VERSION`.

use std::path::PathBuf;

#[tokio::main]
async fn main() {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let Some(folder) = folder else {
        eprintln!("say where to: cargo run -p cairn-tests --example golden -- tests/golden/VERSION");
        std::process::exit(2);
    };
    cairn_tests::golden::make(&folder).await;
    println!("made {}", folder.display());
}
