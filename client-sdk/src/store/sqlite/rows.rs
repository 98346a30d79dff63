//! Rows of the database as values. One that means nothing is an error that names its kind, never a panic.

use core::str::FromStr;

use sqlx::{Row, sqlite::SqliteRow};
use sync_core::{
    gate::{Reason, ReasonCode},
    id::{ActorKey, ChangeHash, ClockMs, Digest, RecordId, UnitCode},
    record::Status,
    replica::{ChangeRow, ChangeState, Draft, FeedState, Finished, Receipt},
    wire::{Author, Voucher},
};

use crate::store::{Identity, StoreError, Summary};

type Read<T> = Result<T, StoreError>;

/// A row, and what it is, for errors.
struct Cells<'r> {
    row: &'r SqliteRow,
    what: &'static str,
}

impl<'r> Cells<'r> {
    fn damaged(&self) -> StoreError {
        StoreError::Damaged { what: self.what }
    }

    fn get<T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>>(&self, column: usize) -> Read<T> {
        self.row.try_get(column).map_err(|_| self.damaged())
    }

    fn parsed<T: FromStr>(&self, column: usize) -> Read<T> {
        self.get::<&str>(column)?.parse().map_err(|_| self.damaged())
    }

    fn named<'b: 'r, T: TryFrom<&'r [u8]>>(&'b self, column: usize) -> Read<T> {
        T::try_from(self.get::<&'r [u8]>(column)?).map_err(|_| self.damaged())
    }

    fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Read<T> {
        serde_json::from_str(self.get(column)?).map_err(|_| self.damaged())
    }

    fn unsigned(&self, column: usize) -> Read<u64> {
        u64::try_from(self.get::<i64>(column)?).map_err(|_| self.damaged())
    }

    fn small(&self, column: usize) -> Read<u32> {
        u32::try_from(self.get::<i64>(column)?).map_err(|_| self.damaged())
    }

    fn reason(&self, code: usize, detail: usize) -> Read<Option<Reason>> {
        let Some(number) = self.get::<Option<i64>>(code)? else { return Ok(None) };
        let number = u16::try_from(number).map_err(|_| self.damaged())?;
        let detail = self.get::<Option<&str>>(detail)?.unwrap_or_default();
        Ok(Some(Reason { code: ReasonCode::from_number(number), detail: detail.to_owned() }))
    }
}

pub(super) fn change(row: &SqliteRow) -> Read<ChangeRow> {
    let cells = Cells { row, what: "a change" };
    let record = cells.get::<Option<&[u8]>>(1)?.map(RecordId::try_from).transpose().map_err(|_| cells.damaged())?;
    let state = u8::try_from(cells.get::<i64>(5)?).ok();
    let reason = cells.reason(6, 7)?;
    let position = cells.get::<Option<i64>>(4)?.map(u64::try_from).transpose().map_err(|_| cells.damaged())?;
    Ok(ChangeRow {
        hash: cells.named(0)?,
        record,
        unit: cells.parsed(2)?,
        actor: cells.named(3)?,
        position,
        state: state.and_then(|n| ChangeState::from_number(n, reason)).ok_or_else(|| cells.damaged())?,
        own: cells.get(8)?,
        raw: cells.get(9)?,
    })
}

pub(super) fn hash(row: &SqliteRow, column: usize) -> Read<ChangeHash> {
    Cells { row, what: "a change" }.named(column)
}

pub(super) fn record_id(row: &SqliteRow, column: usize) -> Read<RecordId> {
    Cells { row, what: "a record" }.named(column)
}

pub(super) fn at_position(row: &SqliteRow) -> Read<((UnitCode, u64), (ChangeHash, ActorKey))> {
    let cells = Cells { row, what: "a change" };
    Ok(((cells.parsed(0)?, cells.unsigned(1)?), (cells.named(2)?, cells.named(3)?)))
}

/// A change of a run, and the run's voucher.
pub(super) fn vouched(row: &SqliteRow) -> Read<(Voucher, (ChangeHash, ActorKey))> {
    let cells = Cells { row, what: "a voucher" };
    let voucher = cells.get::<&[u8]>(0)?.try_into().map_err(|_| cells.damaged())?;
    Ok((Voucher(voucher), (cells.named(1)?, cells.named(2)?)))
}

pub(super) fn author(row: &SqliteRow) -> Read<Author> {
    let cells = Cells { row, what: "an author" };
    Ok(Author { actor: cells.named(0)?, user: cells.parsed(1)? })
}

pub(super) fn feed(row: &SqliteRow) -> Read<FeedState> {
    let cells = Cells { row, what: "a feed" };
    let (names, rest) = cells.get::<&[u8]>(8)?.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(cells.damaged());
    }
    Ok(FeedState {
        unit: cells.parsed(0)?,
        met: cells.get(1)?,
        top: cells.unsigned(2)?,
        digest: cells.named::<Digest>(3)?,
        missing_below: cells.unsigned(4)?,
        held: cells.named::<Digest>(5)?,
        suspect: cells.get(6)?,
        gone: cells.get(7)?,
        fetch: names.iter().map(|name| u64::from_be_bytes(*name)).collect(),
    })
}

pub(super) fn identity(row: &SqliteRow) -> Read<Identity> {
    let cells = Cells { row, what: "this device's identity" };
    Ok(Identity {
        server: cells.parsed(0)?,
        server_key: cells.get(1)?,
        token: cells.get(2)?,
        device: cells.get(3)?,
        user: cells.parsed(4)?,
        name: cells.get(5)?,
        secret: cells.named(6)?,
    })
}

pub(super) fn summary(row: &SqliteRow) -> Read<Summary> {
    let cells = Cells { row, what: "a record's summary" };
    let reason = || cells.reason(9, 10)?.ok_or_else(|| cells.damaged());
    let statuses = [Status::Open, Status::Approved, Status::Changed, Status::Returned, Status::Void];
    let status = cells.get::<&str>(7)?;
    let on_day = cells.get::<&str>(6)?;
    Ok(Summary {
        id: cells.named(0)?,
        unit: cells.parsed(1)?,
        form: cells.parsed(2)?,
        form_version: cells.small(3)?,
        worker: cells.parsed(4)?,
        created_ms: ClockMs(cells.get(5)?),
        on: if on_day == super::write::NO_DAY { None } else { Some(cells.parsed(6)?) },
        status: statuses.into_iter().find(|s| s.word() == status).ok_or_else(|| cells.damaged())?,
        receipt: match cells.get::<&str>(8)? {
            "on_this_device" => Receipt::OnThisDevice,
            "on_the_server" => Receipt::OnTheServer,
            "parked" => Receipt::Parked,
            "held" => Receipt::Held { reason: reason()? },
            "refused" => Receipt::Refused { reason: reason()? },
            _ => return Err(cells.damaged()),
        },
        values: cells.json(11)?,
        conflicts: cells.json(12)?,
        faults: cells.json(13)?,
        comments: cells.small(14)?,
        changes: cells.small(15)?,
    })
}

pub(super) fn draft(row: &SqliteRow) -> Read<Draft> {
    let cells = Cells { row, what: "a draft" };
    let named = |column| cells.get::<Option<&[u8]>>(column);
    let record = |column| named(column)?.map(RecordId::try_from).transpose().map_err(|_| cells.damaged());
    let change = named(7)?.map(ChangeHash::try_from).transpose().map_err(|_| cells.damaged())?;
    let unit: Option<&str> = cells.get(3)?;
    Ok(Draft {
        id: cells.named(0)?,
        record: record(1)?,
        form: cells.parsed(2)?,
        unit: unit.map(str::parse).transpose().map_err(|_| cells.damaged())?,
        answers: cells.json(4)?,
        updated: ClockMs(cells.get(5)?),
        finished: record(6)?.zip(change).map(|(record, change)| Finished { record, change }),
    })
}
