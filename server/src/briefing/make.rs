//! Making a briefing: a template is run, what it asks is answered, and it is run again, until nothing is missing.

use std::sync::Arc;

use sync_core::id::{ClockMs, UnitCode};
use thiserror::Error;
use tokio::task;

use super::{
    background::{Asked, Background, Made},
    blocks::{Block, plain},
    engine::{self, TemplateFault},
    escape,
    facts::{self, Source},
    question::{Answers, Question},
    template::{self, Kind},
    values::Desk,
    words,
};
use crate::store::{ReadTx, Store, StoreError, briefing, briefing_template, catalog::Directory, people};

/// Runs of a template. Each may ask what only the answers of the one before have brought up.
const RUNS_MAX: usize = 5;
/// Changes from which a briefing is made again.
pub const CHANGES_MAX: u64 = 200_000;

/// A briefing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Briefing {
    /// Its title.
    pub title: String,
    /// What it was made from.
    pub made: Made,
    /// What it consists of.
    pub blocks: Vec<Block>,
}

/// Why a briefing cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message of each says what its parts are")]
pub enum BriefingError {
    #[error("{}", shown(.0))]
    Template(TemplateFault),
    #[error("there is no user `{0}`")]
    UserUnknown(sync_core::id::Username),
    #[error("`{unit}` does not lie at or below the briefing's unit")]
    PositionElsewhere { unit: UnitCode },
    #[error("the feed of `{unit}` has come to position {head}: there is no {position}")]
    PositionUnknown { unit: UnitCode, position: u64, head: u64 },
    #[error("`{unit}` is given twice")]
    PositionTwice { unit: UnitCode },
    #[error(
        "it was made in another store, or before this one was restored from a backup: its positions mean nothing here"
    )]
    EpochUnknown,
    #[error("it would be made from {changes} changes, which is more than {CHANGES_MAX}")]
    TooLarge { changes: u64 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn shown(fault: &TemplateFault) -> String {
    match fault.line {
        Some(line) => format!("line {line}: {}", fault.what),
        None => fault.what.clone(),
    }
}

impl BriefingError {
    /// The stable word for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Template(_) => "template_faulty",
            Self::UserUnknown(_) => "user_unknown",
            Self::PositionElsewhere { .. } => "position_elsewhere",
            Self::PositionUnknown { .. } => "position_unknown",
            Self::PositionTwice { .. } => "position_twice",
            Self::EpochUnknown => "epoch_unknown",
            Self::TooLarge { .. } => "briefing_too_large",
            Self::Store(error) => error.code(),
        }
    }
}

/// What an earlier briefing was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    /// The positions; a feed that is not among them counts as empty.
    pub positions: Vec<(UnitCode, u64)>,
    /// When it was made, if that is known: what was held is told as of then.
    pub at: Option<ClockMs>,
    /// The store that it was made from, if that is known.
    pub epoch: Option<u64>,
}

/// Makes a briefing, in the snapshot that `tx` reads: as of now, or once more as of an earlier one.
///
/// # Errors
/// [`BriefingError`].
pub async fn make(
    store: &Store,
    tx: &mut ReadTx,
    asked: Asked,
    now: ClockMs,
    earlier: Option<Earlier>,
) -> Result<Briefing, BriefingError> {
    let directory = Directory::current(tx).await?;
    let heads = facts::positions(tx, &directory, &asked.unit).await?;
    let (source, made) = match earlier {
        None => (Source::Now, Made { at: now, epoch: store.epoch(), positions: heads }),
        Some(earlier) => (Source::Again, check(earlier, &asked, &directory, &heads, store.epoch(), now)?),
    };
    let worker_name = match &asked.worker {
        Some(worker) => {
            let is_known = briefing::is_known(tx, &asked.unit.path, worker).await?;
            let name = people::name_of(tx, worker).await?;
            name.filter(|_| is_known).ok_or_else(|| BriefingError::UserUnknown(worker.clone()))?
        }
        None => String::new(),
    };
    let kind = if asked.worker.is_some() { Kind::Worker } else { Kind::Unit };
    let changed = briefing_template::find(tx, kind.word(), asked.language.tag()).await?;
    let source_text: Arc<str> = changed.map_or_else(|| template::shipped(kind, asked.language).into(), Arc::from);
    let background = Arc::new(Background::new(asked, made, directory, worker_name));
    let blocks = run(tx, &background, source, &source_text).await?;
    let title = title(&blocks).unwrap_or_else(|| {
        words::title(
            &escape::clean(&background.asked.unit.unit.name),
            background.asked.period,
            background.asked.language,
        )
    });
    Ok(Briefing { title, made: background.made.clone(), blocks })
}

/// Runs a template until nothing is missing.
async fn run(
    tx: &mut ReadTx,
    background: &Arc<Background>,
    source: Source,
    text: &Arc<str>,
) -> Result<Vec<Block>, BriefingError> {
    let mut answers = Answers::default();
    for _ in 0..RUNS_MAX {
        let desk = Arc::new(Desk::new(background.clone(), answers.clone()));
        let (at, text) = (desk.clone(), text.clone());
        let ran = task::spawn_blocking(move || engine::run(&at, &text)).await;
        let ran = ran.map_err(|e| StoreError::damaged(format_args!("a template was cut short: {e}")))?;
        let mut missing: Vec<Question> = Vec::new();
        for question in desk.with(|work| std::mem::take(&mut work.missing)) {
            if !missing.contains(&question) {
                missing.push(question);
            }
        }
        // What goes wrong while answers are missing may go well with them.
        if missing.is_empty() {
            return ran.map_err(BriefingError::Template);
        }
        answers.known.extend(facts::answer(tx, background, source, missing).await?);
        answers.names.extend(briefing::names(tx, &answers.unnamed()).await?);
    }
    let what = format!("what it asks depends on answers more than {RUNS_MAX} times in a row");
    Err(BriefingError::Template(TemplateFault { line: None, what }))
}

/// Tries a template out, on the store as it stands.
///
/// # Errors
/// [`BriefingError::Template`] with what is wrong with it.
pub async fn try_out(
    store: &Store,
    tx: &mut ReadTx,
    asked: Asked,
    now: ClockMs,
    text: &str,
) -> Result<(), BriefingError> {
    let directory = Directory::current(tx).await?;
    let made = Made { at: now, epoch: store.epoch(), positions: facts::positions(tx, &directory, &asked.unit).await? };
    let background = Arc::new(Background::new(asked, made, directory, String::new()));
    run(tx, &background, Source::Now, &Arc::from(text)).await.map(|_| ())
}

/// What an earlier briefing was made from, if this store has it.
fn check(
    earlier: Earlier,
    asked: &Asked,
    directory: &Directory,
    heads: &[(UnitCode, u64)],
    epoch: u64,
    now: ClockMs,
) -> Result<Made, BriefingError> {
    if earlier.epoch.is_some_and(|made| made != epoch) {
        return Err(BriefingError::EpochUnknown);
    }
    let mut positions: Vec<(UnitCode, u64)> = Vec::new();
    for (unit, position) in earlier.positions {
        let Some(placed) = directory.unit(&unit).filter(|placed| asked.unit.path.covers(&placed.path)) else {
            return Err(BriefingError::PositionElsewhere { unit });
        };
        if positions.iter().any(|(known, _)| *known == unit) {
            return Err(BriefingError::PositionTwice { unit });
        }
        let head = heads.iter().find(|(known, _)| *known == unit).map_or(0, |(_, head)| *head);
        if position > head {
            return Err(BriefingError::PositionUnknown { unit, position, head });
        }
        positions.push((placed.unit.code.clone(), position));
    }
    positions.retain(|(_, position)| *position > 0);
    positions.sort_by_cached_key(|(unit, _)| directory.unit(unit).map(|unit| unit.path.clone()));
    let changes = positions.iter().fold(0u64, |sum, (_, position)| sum.saturating_add(*position));
    if changes > CHANGES_MAX {
        return Err(BriefingError::TooLarge { changes });
    }
    Ok(Made { at: earlier.at.unwrap_or(now), epoch, positions })
}

/// The first heading of the first level.
fn title(blocks: &[Block]) -> Option<String> {
    let title = blocks.iter().find_map(|block| match block {
        Block::Heading { level: 1, spans } => Some(plain(spans)),
        _ => None,
    });
    title.filter(|title| !title.trim().is_empty())
}
