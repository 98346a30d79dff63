//! What must hold, asked of the world from outside. The oracle only looks.
//!
//! | file | promises |
//! |---|---|
//! | `server` | acknowledged is never lost; feeds only grow; rights are kept; totals are those of the records |
//! | `device` | saved is saved; cursors and receipts are true; summaries are those of the changes |
//! | `shown` | nothing typed is dropped: every value that stands is shown, with those that it disagrees with |
//! | `rest` | in the end, when everything works: all the same everywhere, and nothing left over |

mod device;
mod rest;
mod server;
mod shown;
