//! What the console reads and devices send, at a million records: p50 and p99 at the HTTP API and at ingest, as a Markdown table.
//!
//! `cargo bench -p cairn-server --bench read [-- [FOLDER] [RECORDS]]`: FOLDER keeps the store, so that the next run, or
//! `cairn-server serve --data FOLDER`, can use it again; without one it is made in a temporary folder and forgotten. RECORDS are one
//! million if left out. Making a million takes some minutes; they come in through ingest, as from devices.

mod figures;
mod newcomer;
mod prefecture;
mod random;

use std::{path::PathBuf, time::Instant};

use cairn_server::{
    AppState, admin,
    api::{self, ApiState},
    store::Store,
};

const RECORDS: usize = 1_000_000;
/// Up to so many records the whole store is proved after it was made.
const PROVED_MAX: usize = 50_000;

/// What can stop it.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let records = words.iter().find_map(|word| word.parse().ok()).unwrap_or(RECORDS);
    let kept = words.iter().find(|word| word.parse::<usize>().is_err()).map(PathBuf::from);
    let fleeting = tempfile::tempdir()?;
    let folder = kept.as_deref().unwrap_or(fleeting.path());
    std::fs::create_dir_all(folder)?;
    let store = Store::open_file(&folder.join("cairn.sqlite")).await?;
    let key = admin::make_ready(&store).await?;
    let app = AppState::start(store.clone());
    if admin::list_units(&store).await?.is_empty() {
        let begun = Instant::now();
        let made = prefecture::make(&store, &app, records).await?;
        eprintln!("made {made} changes in {:.0} s", begun.elapsed().as_secs_f64());
        if records <= PROVED_MAX {
            let verified = store.verify().await?;
            let (records, clean) = (verified.records, verified.is_clean());
            eprintln!("verified {records} records, clean: {clean}");
            if !clean {
                return Err("the tables are wrong".into());
            }
        }
    }
    let router = api::with_manners(api::router(ApiState::new(&app, &key)));
    figures::print(&store, &app, router, records).await?;
    store.close().await;
    Ok(())
}
