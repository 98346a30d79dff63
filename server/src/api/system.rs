//! `GET /api/v1/system`: how the server and its store are, for whoever runs them.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiState, Moment, Problem};
use crate::{
    clock,
    store::{Engine, system},
};

/// The server and its store.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SystemReport {
    /// The program's version.
    version: &'static str,
    /// The newest migration of the store's schema.
    schema: i64,
    database: DatabaseReport,
    counts: CountsReport,
    sync: SyncReport,
    backup: BackupReport,
    /// When this server started.
    started: Moment,
    /// Drawn when the store was made or restored, 16 hexadecimal digits.
    epoch: String,
}

/// The database.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DatabaseReport {
    /// `sqlite` or `postgres`.
    engine: &'static str,
    version: String,
    /// On disk, without its log.
    bytes: i64,
}

/// How many there are. Revoked devices count.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CountsReport {
    units: i64,
    users: i64,
    devices: i64,
    records: i64,
    /// In feeds.
    changes: i64,
}

/// How syncing goes. Revoked devices are left out.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SyncReport {
    /// Devices that synced within the last 24 hours.
    seen_today: i64,
    /// Devices that synced within the last 7 days.
    seen_week: i64,
    /// Devices that have not synced for 14 days, or never.
    silent: i64,
    /// Changes that devices last said they still had to send.
    waiting: i64,
    /// Changes that wait for earlier ones.
    parked: i64,
    /// Changes that wait for a person.
    held: i64,
    /// Changes refused within the last 7 days; of each device the last thousand are noted.
    refused_week: i64,
}

/// Copies of the store.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BackupReport {
    /// When `cairn-server backup` finished last; null if never.
    last: Option<Moment>,
}

/// The system
///
/// Counted at the moment of asking: at a million records that takes some tenths of a second.
#[utoipa::path(
    get,
    path = "/api/v1/system",
    operation_id = "read_system",
    tag = "system",
    responses((status = 200, description = "The system", body = SystemReport, example = json!({
        "version": "0.1.0", "schema": 3, "database": {"engine": "sqlite", "version": "3.51.3", "bytes": 25_104_384},
        "counts": {"units": 12, "users": 34, "devices": 33, "records": 1702, "changes": 2514},
        "sync": {"seen_today": 21, "seen_week": 30, "silent": 2, "waiting": 5, "parked": 0, "held": 3, "refused_week": 0},
        "backup": {"last": "2022-02-28T18:00:00.000Z"}, "started": "2022-02-01T02:00:00.000Z", "epoch": "1f0c77a2b95e4d36",
    })))
)]
pub(super) async fn handle(State(state): State<ApiState>) -> Result<Json<SystemReport>, Problem> {
    let facts = system::facts(&mut state.store.read().await?, clock::now().0).await?;
    let (database, counts, sync) = (facts.database, facts.counts, facts.sync);
    Ok(Json(SystemReport {
        version: env!("CARGO_PKG_VERSION"),
        schema: facts.schema,
        database: DatabaseReport {
            engine: match database.engine {
                Engine::Sqlite => "sqlite",
                Engine::Postgres => "postgres",
            },
            version: database.version,
            bytes: database.bytes,
        },
        counts: CountsReport {
            units: counts.units,
            users: counts.users,
            devices: counts.devices,
            records: counts.records,
            changes: counts.changes,
        },
        sync: SyncReport {
            seen_today: sync.seen_today,
            seen_week: sync.seen_week,
            silent: sync.silent,
            waiting: sync.waiting,
            parked: sync.parked,
            held: sync.held,
            refused_week: sync.refused_week,
        },
        backup: BackupReport { last: facts.last_backup_ms.map(Moment::of_ms) },
        started: state.started,
        epoch: format!("{:016x}", state.store.epoch()),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        auth::Role,
        clock,
        testing::{Desk, World, on_both},
    };

    on_both![what_there_is_is_counted];

    async fn what_there_is_is_counted(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let desk = Desk::with(&world, "admin-01", Role::Administrator, "changdu").await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let mut lost = world.worker("doctor-04", Role::Recorder, "markam").await;
        world.push(&doctor, "markam", &[&doctor.outreach("markam", 1, 1).1]).await;
        let (mut record, first) = doctor.outreach("markam", 2, 2);
        let missing = record.comment("好", doctor.pen(3)).unwrap();
        let late = record.comment("?", doctor.pen(4)).unwrap();
        world.push(&doctor, "markam", &[&first, &late]).await;
        world.revoke(&mut lost).await;
        world.push(&lost, "markam", &[&lost.outreach("markam", 3, 5).1]).await;
        let now = clock::now().0;
        world.see("admin-01", now - 1_000).await;
        world.see("doctor-03", now - 3 * 86_400_000).await;
        world.see("doctor-04", now - 1_000).await;
        world.worker("doctor-05", Role::Recorder, "markam").await;
        world.tamper("UPDATE devices SET waiting = 7").await;
        let system = desk.got("/api/v1/system").await;
        assert_eq!(system["counts"], json!({"units": 4, "users": 4, "devices": 4, "records": 2, "changes": 2}));
        let sync = json!({"seen_today": 1, "seen_week": 2, "silent": 1, "waiting": 21, "parked": 1, "held": 1,
            "refused_week": 0});
        assert_eq!(system["sync"], sync);
        assert_eq!(system["backup"], json!({"last": null}));
        assert!(system["database"]["bytes"].as_i64().unwrap() > 10_000, "{system}");
        assert_eq!(system["epoch"], format!("{:016x}", world.store.epoch()));
        world.push(&doctor, "markam", &[&missing]).await;
        world.store.note_backup(1_615_797_000_250).await.unwrap();
        let system = desk.got("/api/v1/system").await;
        assert_eq!((&system["counts"]["changes"], &system["sync"]["parked"]), (&json!(4), &json!(0)));
        assert_eq!(system["backup"]["last"], "2021-03-15T08:30:00.250Z");
    }
}
