//! The web apps: files that were built beforehand and are part of this program, so that one binary is the whole server.
//!
//! | file | what it does |
//! |---|---|
//! | `site` | the files of one app: their types, their compressed forms, how long browsers may keep them |
//! | `serve` | a route for each file |

mod serve;
mod site;

use axum::Router;

/// Every file below `web/dist` when this program was built: its path there, and its bytes.
const BUILT: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/web_files.rs"));

/// The worker's logbook, at `/`, and the admin's console, at `/console`; where they were not built, a page that says so.
pub fn router() -> Router {
    let site = |root| site::Site::of(BUILT, root);
    serve::routes("/", site("field/")).merge(serve::routes("/console", site("console/")))
}
