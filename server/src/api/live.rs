//! `GET /api/v1/live`: tells people at once what has moved within their reach.

use std::collections::BTreeSet;

use axum::{Extension, extract::State, response::Response};
use serde::Serialize;
use sync_core::id::UnitCode;
use utoipa::ToSchema;

use super::{ApiState, Problem, caller::Caller};
use crate::{
    auth::Role,
    front::Stopping,
    live::{self, Listener},
    store::{Move, Moved, Store, StoreError, unit},
};

/// What an event says.
#[derive(Debug, Serialize, ToSchema)]
struct MovedShown {
    /// The unit.
    #[schema(value_type = String)]
    unit: UnitCode,
    /// `records`: records, and so totals; `held`: the changes that wait for a decision.
    kind: &'static str,
}

/// Live events
///
/// A stream of server-sent events: `event: moved` with `data: {"unit": "markam-hospital", "kind": "records"}`, as soon as something
/// of a unit has moved on which the caller has a role; `held` only for administrators. A line `: here` comes at once, and then
/// whenever there was silence for 25 s. What moves within a second is told together, once. The stream ends when the token or the
/// session is over (it does not keep a session alive), and when too much was missed: read anew what is shown, and listen again.
/// Nothing depends on it.
#[utoipa::path(
    get,
    path = "/api/v1/live",
    operation_id = "listen",
    tag = "totals",
    responses(
        (status = 200, description = "Events, without end", body = String, content_type = "text/event-stream"),
        (status = 503, description = "`too_many_streams`: ask every now and then instead"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    stopping: Option<Extension<Stopping>>,
) -> Result<Response, Problem> {
    let moves = state.moves.clone();
    live::begin(&moves, stopping.map(|Extension(stopping)| stopping), Listening { store: state.store, caller })
}

/// Somebody who listens.
struct Listening {
    store: Store,
    caller: Caller,
}

impl Listener for Listening {
    async fn events(&self, moved: BTreeSet<Move>) -> Result<Option<String>, StoreError> {
        // Who has lost every role has nothing to hear of any more.
        let now = self.caller.again(&self.store).await?.filter(|now| now.has_any_somewhere(&Role::ALL));
        let Some(principal) = now else { return Ok(None) };
        let mut tx = self.store.read().await?;
        let mut events = String::new();
        for Move { unit, what } in moved {
            let (kind, roles): (_, &[Role]) = match what {
                Moved::Records => ("records", &Role::ALL),
                Moved::Held => ("held", &[Role::Administrator]),
            };
            let placed = unit::find(&mut tx, &unit).await?;
            if placed.is_some_and(|placed| principal.has_any(roles, &placed.path)) {
                let data = serde_json::to_string(&MovedShown { unit, kind }).map_err(StoreError::damaged)?;
                events.push_str(&format!("event: moved\ndata: {data}\n\n"));
            }
        }
        Ok(Some(events))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, BodyDataStream};
    use futures_util::StreamExt;

    use crate::{
        auth::Role,
        store::Engine,
        testing::{Desk, World, on_both},
    };

    on_both![people_hear_what_moves_within_their_reach, whoever_loses_the_right_hears_no_more];

    struct Ear(BodyDataStream);

    impl Ear {
        async fn of(desk: &Desk) -> Self {
            let response = desk.ask("GET", "/api/v1/live", Body::empty()).await;
            assert_eq!(
                (response.status().as_u16(), &response.headers()["content-type"]),
                (200, &"text/event-stream".parse().unwrap())
            );
            let mut ear = Self(response.into_body().into_data_stream());
            assert_eq!(ear.next().await.as_deref(), Some(": here\n\n"));
            ear
        }

        async fn next(&mut self) -> Option<String> {
            let bytes = self.0.next().await?.unwrap();
            Some(String::from_utf8(bytes.to_vec()).unwrap())
        }

        /// Listens until all of `events` were heard; gives everything that was.
        async fn until(&mut self, events: &[String]) -> String {
            let mut heard = String::new();
            while !events.iter().all(|event| heard.contains(event)) {
                heard.push_str(&self.next().await.unwrap());
            }
            heard
        }
    }

    fn event(unit: &str, kind: &str) -> String {
        format!("event: moved\ndata: {{\"unit\":\"{unit}\",\"kind\":\"{kind}\"}}\n\n")
    }

    async fn people_hear_what_moves_within_their_reach(engine: Engine) {
        let world = World::new(engine).await;
        let writer = world.worker("doctor-03", Role::Recorder, "changdu").await;
        let lost = world.worker("doctor-04", Role::Observer, "changdu").await;
        let admin = Desk::with(&world, "admin-01", Role::Administrator, "markam").await;
        let observer = Desk::with(&world, "observer-01", Role::Observer, "markam").await;
        let (mut runs, mut reads) = (Ear::of(&admin).await, Ear::of(&observer).await);
        for (unit, time) in [("riwoqe", 1), ("markam-hospital", 2)] {
            world.push(&writer, unit, &[&writer.outreach(unit, 1, time).1]).await;
        }
        let held = lost.outreach("markam-hospital", 1, 3).1;
        world.push(&lost, "markam-hospital", &[&held]).await;
        world.push(&lost, "riwoqe", &[&lost.outreach("riwoqe", 1, 4).1]).await;
        world.push(&writer, "markam", &[&writer.outreach("markam", 1, 5).1]).await;
        let last = event("markam", "records");
        let heard = runs.until(&[event("markam-hospital", "held"), last.clone()]).await;
        assert!(heard.contains(&event("markam-hospital", "records")) && !heard.contains("riwoqe"), "{heard}");
        let heard = reads.until(&[last]).await;
        assert!(heard.contains(&event("markam-hospital", "records")), "{heard}");
        assert!(!heard.contains("held") && !heard.contains("riwoqe"), "{heard}");
        // A decision moves both.
        world.app.ingest.admit(held.hash(), &crate::testing::operator()).await.unwrap();
        runs.until(&[event("markam-hospital", "held"), event("markam-hospital", "records")]).await;
    }

    async fn whoever_loses_the_right_hears_no_more(engine: Engine) {
        let world = World::new(engine).await;
        let writer = world.worker("doctor-03", Role::Recorder, "changdu").await;
        let reader = world.worker("observer-01", Role::Observer, "markam").await;
        let (mut by_role, mut by_token) = (Ear::of(&Desk::of(&world, &reader.user).await).await, None);
        let other = Desk::with(&world, "observer-02", Role::Observer, "markam").await;
        let _ = by_token.insert(Ear::of(&other).await);
        world.withdraw(&reader, Role::Observer, "markam").await;
        world.tamper("DELETE FROM api_tokens WHERE username = 'observer-02'").await;
        world.push(&writer, "markam", &[&writer.outreach("markam", 1, 1).1]).await;
        assert_eq!(by_role.next().await, None);
        assert_eq!(by_token.unwrap().next().await, None);
        let gone = other.ask("GET", "/api/v1/live", Body::empty()).await;
        assert_eq!(gone.status(), 401);
    }
}
