//! `GET /api/v1/held`: the changes that wait for a decision, page by page.

use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sync_core::{
    gate::ReasonCode,
    id::{ChangeHash, FormId, RecordId, UnitCode, Username},
    record::Act,
};
use utoipa::ToSchema;

use super::{ApiState, Moment, Problem, caller::Caller, page::Page, parameters::Parameters};
use crate::{
    report::{Foreseen, foresee},
    store::{
        ReadTx, changes,
        held_read::{self, HeldFilter, ReadableChange},
        record_read, unit,
    },
};

const LIMIT_DEFAULT: usize = 20;
/// Each takes a merge of its record to be read.
const LIMIT_MAX: usize = 50;

/// A change that waits for a decision.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HeldItem {
    #[schema(value_type = String)]
    change: ChangeHash,
    /// The unit that it was sent for.
    #[schema(value_type = String)]
    unit: UnitCode,
    /// Its record, if that is known.
    #[schema(value_type = Option<String>, format = "uuid")]
    record: Option<RecordId>,
    /// The form of its record, if that can be read.
    #[schema(value_type = Option<String>)]
    form: Option<FormId>,
    /// Whom its record names as worker, if that can be read.
    #[schema(value_type = Option<String>)]
    worker: Option<Username>,
    /// Whose it is; null if nobody known stands behind it.
    #[schema(value_type = Option<String>)]
    username: Option<Username>,
    /// The device that brought it.
    device: Option<String>,
    received: Moment,
    /// Why it is held, as a word that does not change.
    #[schema(value_type = String)]
    reason: ReasonCode,
    /// The same for people.
    sentence: &'static str,
    /// What and where; may be empty.
    detail: String,
    /// Whether a record would begin with it; null with `acts`.
    begins: Option<bool>,
    /// What it would do, as in a record's `history`; null if what it builds on is missing or beyond the caller's right, or if it
    /// cannot be read.
    #[schema(value_type = Option<Vec<Object>>)]
    acts: Option<Vec<Act>>,
}

/// Changes that wait for a decision
///
/// Oldest first. Those that were sent for a unit that does not exist are listed at the server's terminal only.
#[utoipa::path(
    get,
    path = "/api/v1/held",
    operation_id = "list_held",
    tag = "held changes",
    params(
        ("unit" = Option<String>, Query, description = "A unit's code: it and all below it"),
        ("reason" = Option<String>, Query, description = "Why they are held: `no_permission`, `device_revoked`, …"),
        ("worker" = Option<String>, Query, description = "Whose they are"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 50; 20 if left out"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<HeldItem>, example = json!({
            "items": [{"change": "77ab…", "unit": "markam-hospital", "record": "0b5e6a31-6c2d-8f0e-9a41-22d0c8b1f7aa",
                "form": "clinic.outreach", "worker": "doctor-03", "username": "doctor-09", "device": "phone-7",
                "received": "2021-04-01T00:00:00.000Z", "reason": "no_permission",
                "sentence": "the author has no right to write this here (any more)", "detail": "values of a record in this unit",
                "begins": false, "acts": [{"did": "set", "field": "patients_seen", "value": 41}]}],
            "next": null,
        })),
        (status = 403, description = "`unit_forbidden`: the caller has none of the roles on `unit`"),
        (status = 404, description = "`unit_unknown`: there is no `unit` of this code"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Page<HeldItem>>, Problem> {
    let reasons: Vec<_> = ReasonCode::ALL.iter().filter(|r| !r.refuses()).map(|r| (r.word(), *r)).collect();
    let mut filter = HeldFilter {
        reader: caller.username().clone(),
        below: None,
        reason: query.word("reason", &reasons)?,
        worker: query.optional("worker")?,
    };
    let after = query.text("after").map(read_cursor).transpose()?.unwrap_or((i64::MIN, ChangeHash([0; 32])));
    let limit = query.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let unit: Option<UnitCode> = query.optional("unit")?;
    let mut tx = state.store.read().await?;
    if let Some(code) = unit {
        filter.below = Some(caller.unit(&mut tx, "unit", &code).await?.path);
    }
    let mut found = held_read::page(&mut tx, &filter, after, limit as i64 + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| write_cursor(last.change.received_ms, last.change.hash));
    let mut items = Vec::with_capacity(found.len());
    for ReadableChange { change, raw } in found {
        let foreseen = foreseen(&mut tx, &caller, change.record, raw).await?;
        let held_read::WaitingChange { hash, unit, record, username, device, received_ms, reason, detail } = change;
        let (about, done) = foreseen.map(|f| ((f.form, f.worker), (f.began, f.acts))).unzip();
        let ((form, worker), (begins, acts)) = (about.unzip(), done.unzip());
        let (received, sentence) = (Moment::of_ms(received_ms), reason.sentence());
        let change = hash;
        items.push(HeldItem {
            change,
            unit,
            record,
            form,
            worker,
            username,
            device,
            received,
            reason,
            sentence,
            detail,
            begins,
            acts,
        });
    }
    Ok(Json(Page { items, next }))
}

/// What a change would do, where that may be shown to the caller.
async fn foreseen(
    tx: &mut ReadTx,
    caller: &Caller,
    record: Option<RecordId>,
    raw: Vec<u8>,
) -> Result<Option<Foreseen>, Problem> {
    let stored = match &record {
        None => Vec::new(),
        Some(record) => match record_read::one(tx, record).await? {
            Some(row) if !caller.reaches(&row.path) => return Ok(None),
            Some(row) => changes::of_records(tx, &row.unit, &[*record]).await?.remove(record).unwrap_or_default(),
            None => Vec::new(),
        },
    };
    let foreseen = tokio::task::spawn_blocking(move || foresee(&raw, &stored)).await.map_err(Problem::internal)?;
    let Some(foreseen) = foreseen else { return Ok(None) };
    // One that a record would begin with may name a unit other than the one that it was sent for.
    let path = unit::find(tx, &foreseen.unit).await?.map(|unit| unit.path);
    Ok(path.is_none_or(|path| caller.reaches(&path)).then_some(foreseen))
}

fn read_cursor(text: &str) -> Result<(i64, ChangeHash), Problem> {
    let bad = || Problem::parameter("after", "is not a `next` that was given before");
    let bytes: [u8; 40] = URL_SAFE_NO_PAD.decode(text).ok().and_then(|b| b.try_into().ok()).ok_or_else(bad)?;
    let (mut time, mut hash) = ([0; 8], [0; 32]);
    time.copy_from_slice(&bytes[..8]);
    hash.copy_from_slice(&bytes[8..]);
    Ok((i64::from_be_bytes(time), ChangeHash(hash)))
}

fn write_cursor(received_ms: i64, hash: ChangeHash) -> String {
    let bytes: Vec<u8> = received_ms.to_be_bytes().into_iter().chain(hash.0).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sync_core::{
        record::{Edit, Value},
        wire::Outcome,
    };

    use crate::{
        auth::Role,
        store::Engine,
        testing::{Desk, World, on_both, problem},
    };

    on_both![
        what_waits_is_listed_with_what_it_would_do,
        what_is_decided_reaches_the_device,
        a_change_is_decided_about_where_its_record_lies,
    ];

    async fn what_waits_is_listed_with_what_it_would_do(engine: Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let guest = world.worker("guest-01", Role::Observer, "changdu").await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "changdu").await;
        let (mut record, first) = doctor.outreach("markam", 40, 1);
        world.push(&doctor, "markam", &[&first]).await;
        let edit = Edit::Set("patients_seen".parse().unwrap(), Value::Integer(41));
        let edit = record.edit(&[edit], guest.pen(2)).unwrap();
        world.push(&guest, "markam", &[&edit]).await;
        let (_, birth) = guest.outreach("riwoqe", 7, 3);
        world.push(&guest, "riwoqe", &[&birth]).await;
        let mut pages = Vec::new();
        let mut after = String::new();
        loop {
            let page = desk.got(&format!("/api/v1/held?limit=1&after={after}")).await;
            pages.push(page["items"][0].clone());
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(pages.len(), 2);
        let of = |hash: String| pages.iter().find(|item| item["change"] == json!(hash)).unwrap();
        let item = of(edit.hash().to_string());
        assert_eq!((&item["record"], &item["begins"]), (&json!(record.id()), &json!(false)));
        assert_eq!((&item["username"], &item["worker"]), (&json!("guest-01"), &json!("doctor-03")));
        assert_eq!((&item["reason"], &item["form"]), (&json!("no_permission"), &json!("clinic.outreach")));
        assert_eq!(item["acts"], json!([{"did": "set", "field": "patients_seen", "value": 41}]));
        let item = of(birth.hash().to_string());
        assert_eq!((&item["unit"], &item["begins"]), (&json!("riwoqe"), &json!(true)));
        assert!(item["acts"].as_array().unwrap().contains(&json!({"did": "set", "field": "place", "value": "嘎托镇"})));
        for (query, count) in [
            ("unit=riwoqe", 1),
            ("unit=changdu&worker=guest-01", 2),
            ("worker=doctor-03", 0),
            ("reason=device_revoked", 0),
            ("reason=no_permission&unit=markam", 1),
        ] {
            let page = desk.got(&format!("/api/v1/held?{query}")).await;
            assert_eq!(page["items"].as_array().unwrap().len(), count, "{query}");
        }
        for query in ["reason=empty", "after=AAAA", "limit=51"] {
            assert_eq!(problem(desk.get(&format!("/api/v1/held?{query}")).await), (400, "parameter_invalid".into()));
        }
        let other = Desk::with(&world, "reviewer-02", Role::Reviewer, "markam").await;
        assert_eq!(other.got("/api/v1/held").await["items"].as_array().unwrap().len(), 1);
        assert_eq!(problem(other.get("/api/v1/held?unit=riwoqe").await), (403, "unit_forbidden".into()));
        assert_eq!(
            problem(Desk::of(&world, &doctor.user).await.get("/api/v1/held").await),
            (403, "role_missing".into())
        );
    }

    async fn what_is_decided_reaches_the_device(engine: Engine) {
        let world = World::new(engine).await;
        let guest = world.worker("guest-01", Role::Observer, "changdu").await;
        let desk = Desk::with(&world, "admin-01", Role::Administrator, "changdu").await;
        let (_, one) = guest.outreach("markam", 7, 1);
        let (_, other) = guest.outreach("markam", 8, 2);
        world.push(&guest, "markam", &[&one, &other]).await;
        let path = |change: &sync_core::crdt::Change, what| format!("/api/v1/held/{}/{what}", change.hash());
        let admitted = desk.posted(&path(&one, "admission"), json!(null)).await;
        assert_eq!(admitted, json!({"change": one.hash(), "outcome": "accepted", "detail": null}));
        let empty = desk.post(&path(&other, "rejection"), json!({"reason": " "})).await;
        assert_eq!(problem(empty), (422, "rejection_reason".into()));
        desk.posted(&path(&other, "rejection"), json!({"reason": "twice"})).await;
        assert_eq!(desk.got("/api/v1/held").await["items"], json!([]));
        let told = world.decisions(&guest).await;
        assert!(matches!(&told[0], (hash, Outcome::Accepted { .. }) if *hash == one.hash()), "{told:?}");
        assert!(matches!(&told[1], (hash, Outcome::Refused(why)) if *hash == other.hash() && why.detail == "twice"));
        let again = desk.post(&path(&one, "admission"), json!(null)).await;
        assert_eq!(problem(again), (404, "held_unknown".into()));
        assert_eq!(world.total("people_benefited").await, 7);
        assert_eq!(world.count("SELECT COUNT(*) FROM audit WHERE by_user = 'admin-01' AND act LIKE 'held_%'").await, 2);
        world.is_right().await;
    }

    async fn a_change_is_decided_about_where_its_record_lies(engine: Engine) {
        let world = World::new(engine).await;
        let guest = world.worker("guest-01", Role::Observer, "changdu").await;
        let here = Desk::with(&world, "admin-01", Role::Administrator, "markam").await;
        let reader = Desk::with(&world, "reviewer-01", Role::Reviewer, "changdu").await;
        // It lies in riwoqe, whatever feed it was sent for.
        let (_, birth) = guest.outreach("riwoqe", 7, 1);
        world.push(&guest, "markam", &[&birth]).await;
        let path = format!("/api/v1/held/{}/admission", birth.hash());
        assert_eq!(problem(here.post(&path, json!(null)).await), (404, "held_unknown".into()));
        assert_eq!(here.got("/api/v1/held").await["items"][0]["acts"], json!(null));
        assert_eq!(problem(reader.post(&path, json!(null)).await), (403, "role_missing".into()));
        let whole = Desk::with(&world, "admin-02", Role::Administrator, "changdu").await;
        assert_eq!(whole.posted(&path, json!(null)).await["outcome"], "accepted");
        world.is_right().await;
    }
}
