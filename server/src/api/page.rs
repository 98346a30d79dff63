//! Lists come in pages, all alike.

use serde::Serialize;
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// What is listed.
    pub items: Vec<T>,
    /// What to give as `after` for the following page; null behind the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of the first `limit` of `rows`; if there are more, the next goes on behind what `cursor` says of the last.
    pub(super) fn of<R: Into<T>>(mut rows: Vec<R>, limit: usize, cursor: impl FnOnce(&R) -> String) -> Self {
        let is_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| is_more).map(cursor);
        Self { items: rows.into_iter().map(Into::into).collect(), next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_cut_goes_on() {
        let page = |limit| Page::<u32>::of(vec![5u8, 6, 7], limit, |last| format!("behind {last}"));
        assert_eq!((page(2).items, page(2).next.as_deref()), (vec![5, 6], Some("behind 6")));
        assert_eq!((page(3).items, page(3).next), (vec![5, 6, 7], None));
        assert_eq!(Page::<u8>::of(Vec::<u8>::new(), 1, |_| String::new()).next, None);
    }
}
