//! The templates: those that ship, and those that an administrator has changed.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    background::Asked,
    make::{self, BriefingError},
    words::Language,
};
use crate::{
    auth::By,
    store::{
        Store, WriteTx,
        audit::{self, Deed},
        briefing_template::{self, ChangedTemplate},
    },
};

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BriefingKind)]
pub enum Kind {
    /// A unit and all below it.
    Unit,
    /// A worker's own year.
    Worker,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Unit, Self::Worker];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Worker => "worker",
        }
    }
}

impl FromStr for Kind {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.word() == text).ok_or("expected one of unit, worker")
    }
}

/// The template that ships.
#[must_use]
pub fn shipped(kind: Kind, language: Language) -> &'static str {
    match (kind, language) {
        (Kind::Unit, Language::Zh) => include_str!("../../briefings/unit.zh.md.j2"),
        (Kind::Unit, Language::En) => include_str!("../../briefings/unit.en.md.j2"),
        (Kind::Unit, Language::Bo) => include_str!("../../briefings/unit.bo.md.j2"),
        (Kind::Worker, Language::Zh) => include_str!("../../briefings/worker.zh.md.j2"),
        (Kind::Worker, Language::En) => include_str!("../../briefings/worker.en.md.j2"),
        (Kind::Worker, Language::Bo) => include_str!("../../briefings/worker.bo.md.j2"),
    }
}

/// Tries a template out as `tried` asks, and keeps it.
///
/// # Errors
/// [`BriefingError::Template`]: it cannot be used; the one before stays.
pub async fn put(
    store: &Store,
    by: &By,
    (kind, language): (Kind, Language),
    source: &str,
    tried: Asked,
) -> Result<(), BriefingError> {
    let mut tx = store.read().await?;
    make::try_out(store, &mut tx, tried, by.at(), source).await?;
    drop(tx);
    store
        .act(by, async |tx: &mut WriteTx| -> Result<(), BriefingError> {
            let changed = ChangedTemplate {
                kind: kind.word().to_owned(),
                language: language.tag().to_owned(),
                by: by.username().map(ToString::to_string),
                at_ms: by.at().0,
            };
            briefing_template::put(tx, &changed, source).await?;
            let detail = serde_json::json!({"bytes": source.len()});
            Ok(audit::note(tx, by, Deed::new("briefing_template_changed", name(kind, language)).with(detail)).await?)
        })
        .await
}

/// Returns to the template that ships.
///
/// # Errors
/// [`BriefingError::Store`].
pub async fn restore(store: &Store, by: &By, (kind, language): (Kind, Language)) -> Result<(), BriefingError> {
    store
        .act(by, async |tx: &mut WriteTx| -> Result<(), BriefingError> {
            if briefing_template::remove(tx, kind.word(), language.tag()).await? {
                audit::note(tx, by, Deed::new("briefing_template_restored", name(kind, language))).await?;
            }
            Ok(())
        })
        .await
}

fn name(kind: Kind, language: Language) -> String {
    format!("{}.{}", kind.word(), language.tag())
}
