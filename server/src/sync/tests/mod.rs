//! What the tests of the sync endpoint share, and which there are.

mod bytes;
mod contact;
mod oracle;
mod pages;
mod problems;
mod restore;
mod turns;
mod vouchers;

use sync_core::wire::{FeedAnswer, InResponse};

/// What a response says of one feed, page by page.
fn answers<'a>(response: &'a InResponse, unit: &str) -> Vec<&'a FeedAnswer> {
    response.head.feeds.iter().filter(|(named, _)| named.as_str() == unit).map(|(_, answer)| answer).collect()
}

/// The positions of one feed that a response brings.
fn positions(response: &InResponse, unit: &str) -> Vec<u64> {
    let groups = response.groups.iter().filter(|group| group.unit.as_str() == unit);
    groups.flat_map(|group| group.changes.iter().map(|change| change.position.unwrap())).collect()
}

/// A page's `from`, `to` and `head`.
fn page(answer: &FeedAnswer) -> (u64, u64, u64) {
    match answer {
        FeedAnswer::Page { from, to, head, .. } => (*from, *to, *head),
        other => panic!("no page: {other:?}"),
    }
}
