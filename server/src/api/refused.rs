//! `GET /api/v1/refused`: what the server would not take, page by page.

use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sync_core::{
    gate::ReasonCode,
    id::{ChangeHash, UnitCode, Username},
};
use utoipa::ToSchema;

use super::{ApiState, Moment, Problem, caller::Caller, page::Page, parameters::Parameters};
use crate::store::refused::{self, RefusedChange, RefusedPosition};

const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 200;

/// A note of a refused change; its bytes are not kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RefusedItem {
    #[schema(value_type = String)]
    change: ChangeHash,
    /// The unit that it was sent for.
    #[schema(value_type = String)]
    unit: UnitCode,
    /// The device that brought it.
    device: String,
    /// The user of that device.
    #[schema(value_type = Option<String>)]
    username: Option<Username>,
    received: Moment,
    /// Why it was refused, as a word that does not change.
    #[schema(value_type = String)]
    reason: ReasonCode,
    /// The same for people.
    sentence: &'static str,
    /// What and where; may be empty.
    detail: String,
    /// Its size.
    bytes: i64,
}

/// Refused changes
///
/// Malformed or hostile ones, newest first; of each device the last thousand. What a person has rejected is not among them.
#[utoipa::path(
    get,
    path = "/api/v1/refused",
    operation_id = "list_refused",
    tag = "held changes",
    params(
        ("unit" = Option<String>, Query, description = "A unit's code: it and all below it"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 200; 50 if left out"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<RefusedItem>, example = json!({
            "items": [{"change": "77ab…", "unit": "markam-hospital", "device": "phone-7", "username": "doctor-09",
                "received": "2021-04-01T00:00:00.000Z", "reason": "bad_counter",
                "sentence": "the change's operations are misnumbered", "detail": "", "bytes": 112}],
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
) -> Result<Json<Page<RefusedItem>>, Problem> {
    let after = query.text("after").map(read_cursor).transpose()?;
    let limit = query.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let unit: Option<UnitCode> = query.optional("unit")?;
    let mut tx = state.store.read().await?;
    let below = match unit {
        Some(code) => Some(caller.unit(&mut tx, "unit", &code).await?.path),
        None => None,
    };
    let reader = caller.username();
    let mut found = refused::page(&mut tx, reader, below.as_ref(), after.as_ref(), limit as i64 + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| write_cursor(&last.position));
    Ok(Json(Page { items: found.into_iter().map(item).collect(), next }))
}

fn item(refused: RefusedChange) -> RefusedItem {
    let RefusedChange { position, username, unit, reason, detail, bytes } = refused;
    let RefusedPosition { received_ms, hash, device } = position;
    let (received, sentence) = (Moment::of_ms(received_ms), reason.sentence());
    RefusedItem { change: hash, unit, device, username, received, reason, sentence, detail, bytes }
}

fn read_cursor(text: &str) -> Result<RefusedPosition, Problem> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (time, rest) = bytes.split_first_chunk::<8>()?;
        let (hash, device) = rest.split_first_chunk::<32>()?;
        let device = String::from_utf8(device.to_vec()).ok().filter(|device| !device.contains('\0'))?;
        Some(RefusedPosition { received_ms: i64::from_be_bytes(*time), hash: ChangeHash(*hash), device })
    };
    read().ok_or_else(|| Problem::parameter("after", "is not a `next` that was given before"))
}

fn write_cursor(RefusedPosition { received_ms, hash, device }: &RefusedPosition) -> String {
    let bytes: Vec<u8> = received_ms.to_be_bytes().into_iter().chain(hash.0).chain(device.bytes()).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use sync_core::crdt::Change;

    use crate::{
        auth::Role,
        testing::{Desk, World, on_both, problem},
    };

    on_both![what_was_refused_is_listed_where_it_was_sent];

    async fn what_was_refused_is_listed_where_it_was_sent(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
        let other = world.worker("doctor-04", Role::Recorder, "changdu").await;
        let broken = |time| {
            let mut parts = doctor.outreach("markam", 1, time).1.parts().unwrap();
            parts.start_op += 5;
            Change::build(&parts)
        };
        let (one, two) = (broken(1), broken(2));
        world.push(&doctor, "markam", &[&one, &two]).await;
        world.push(&doctor, "riwoqe", &[&broken(3)]).await;
        // The same one, by another device.
        world.push(&other, "markam", &[&one]).await;
        // All of them in the same moment, as a burst has it.
        world.tamper("UPDATE refused SET received_ms = 1").await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "changdu").await;
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = desk.got(&format!("/api/v1/refused?limit=1&after={after}")).await;
            let item = page["items"][0].clone();
            assert_eq!((&item["reason"], item["bytes"].as_i64().unwrap() > 50), (&"bad_counter".into(), true));
            seen.push((item["change"].to_string(), item["username"].to_string()));
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 4);
        let count = |page: serde_json::Value| page["items"].as_array().unwrap().len();
        assert_eq!(count(desk.got("/api/v1/refused?unit=markam").await), 3);
        let near = Desk::with(&world, "admin-02", Role::Administrator, "riwoqe").await;
        assert_eq!(count(near.got("/api/v1/refused").await), 1);
        assert_eq!(problem(near.get("/api/v1/refused?unit=markam").await), (403, "unit_forbidden".into()));
        assert_eq!(problem(near.get("/api/v1/refused?after=AAAA").await), (400, "parameter_invalid".into()));
        let own = Desk::of(&world, &doctor.user).await;
        assert_eq!(problem(own.get("/api/v1/refused").await), (403, "role_missing".into()));
    }
}
