//! A briefing as the API gives it.

use serde::Serialize;
use sync_core::id::{Day, UnitCode, Username};
use utoipa::ToSchema;

use crate::{
    api::Moment,
    briefing::{Asked, Block, Briefing, Language},
};

/// A briefing: what is shown, from top to bottom, and what it was made from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Briefing)]
pub(in crate::api) struct BriefingShown {
    #[schema(value_type = String)]
    unit: UnitCode,
    /// The first day that counts.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The last day that counts.
    #[schema(value_type = String, format = Date)]
    to: Day,
    language: Language,
    /// Whose own year it is; null for a unit's.
    #[schema(value_type = Option<String>)]
    worker: Option<Username>,
    title: String,
    made: MadeShown,
    blocks: Vec<Block>,
}

/// What a briefing was made from: with it, it can be made again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BriefingMade)]
pub(in crate::api) struct MadeShown {
    at: Moment,
    /// Names the store: positions of another one mean nothing in it.
    epoch: String,
    /// How far each feed had come; those that were empty are left out.
    positions: Vec<PositionShown>,
}

/// A position in a unit's feed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BriefingPosition)]
pub(in crate::api) struct PositionShown {
    #[schema(value_type = String)]
    unit: UnitCode,
    position: u64,
}

impl BriefingShown {
    pub(super) fn of(Asked { unit, period, language, worker }: Asked, briefing: Briefing) -> Self {
        let Briefing { title, made, blocks } = briefing;
        let position = |(unit, position)| PositionShown { unit, position };
        let positions = made.positions.into_iter().map(position).collect();
        let made = MadeShown { at: Moment(made.at), epoch: format!("{:016x}", made.epoch), positions };
        let (from, to) = (period.from, period.to);
        Self { unit: unit.unit.code, from, to, language, worker, title, made, blocks }
    }
}
