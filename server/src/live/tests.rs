//! What streams say, and when they end.

use axum::{
    body::{Body, BodyDataStream},
    http::{Request, StatusCode, header},
};
use futures_util::StreamExt;
use tower::ServiceExt;

use crate::{
    AppState,
    auth::Role,
    store::Engine,
    testing::{Cluster, Worker, World, on_both},
};

on_both![
    a_stream_names_the_feeds_that_move_and_that_its_device_may_read,
    what_another_server_moves_is_told_here,
    a_revoked_device_hears_no_more,
];

/// A stream, and what it has said so far.
struct Stream {
    body: BodyDataStream,
}

impl Stream {
    async fn of(app: &AppState, worker: &Worker) -> Result<Self, StatusCode> {
        let request = Request::get("/sync/v1/live")
            .header(header::AUTHORIZATION, format!("Bearer {}", worker.token.reveal()))
            .body(Body::empty())
            .unwrap();
        let response = super::routes(app.clone()).oneshot(request).await.unwrap();
        if response.status() != StatusCode::OK {
            return Err(response.status());
        }
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        let mut stream = Self { body: response.into_body().into_data_stream() };
        assert_eq!(stream.next().await.as_deref(), Some(": here\n\n"));
        Ok(stream)
    }

    /// What it says next; `None` when it has ended.
    async fn next(&mut self) -> Option<String> {
        let bytes = self.body.next().await?.unwrap();
        Some(String::from_utf8(bytes.to_vec()).unwrap())
    }
}

fn moved(unit: &str) -> Option<String> {
    Some(format!("event: moved\ndata: {unit}\n\n"))
}

async fn a_stream_names_the_feeds_that_move_and_that_its_device_may_read(engine: Engine) {
    let world = World::new(engine).await;
    let writer = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let reader = world.worker("observer-01", Role::Observer, "markam").await;
    let mut stream = Stream::of(&world.app, &reader).await.unwrap();
    for (unit, time) in [("riwoqe", 1), ("markam-hospital", 2), ("riwoqe", 3), ("markam", 4)] {
        world.push(&writer, unit, &[&writer.outreach(unit, 1, time).1]).await;
    }
    let mut said = stream.next().await.unwrap();
    if !said.contains("markam\n") {
        said.push_str(&stream.next().await.unwrap());
    }
    assert!(said.contains("data: markam-hospital\n") && !said.contains("riwoqe"), "{said}");
}

async fn what_another_server_moves_is_told_here(engine: Engine) {
    let world = World::new(engine).await;
    let beside = AppState::start(world.beside().await);
    let writer = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let mut stream = Stream::of(&beside, &writer).await.unwrap();
    world.push(&writer, "markam", &[&writer.outreach("markam", 1, 1).1]).await;
    assert_eq!(stream.next().await, moved("markam"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_lost_its_messages_finds_out_what_moved() {
    let world = World::new(Engine::Postgres).await;
    let beside = AppState::start(world.beside().await);
    let writer = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let mut stream = Stream::of(&beside, &writer).await.unwrap();
    let end_all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
    Cluster::get().sql(&world.url, end_all);
    world.push(&writer, "markam", &[&writer.outreach("markam", 1, 1).1]).await;
    assert_eq!(stream.next().await, moved("markam"));
}

async fn a_revoked_device_hears_no_more(engine: Engine) {
    let world = World::new(engine).await;
    let writer = world.worker("doctor-03", Role::Recorder, "markam").await;
    let mut reader = world.worker("doctor-04", Role::Recorder, "markam").await;
    let mut stream = Stream::of(&world.app, &reader).await.unwrap();
    world.revoke(&mut reader).await;
    world.push(&writer, "markam", &[&writer.outreach("markam", 1, 1).1]).await;
    assert_eq!(stream.next().await, None);
    assert_eq!(Stream::of(&world.app, &reader).await.err(), Some(StatusCode::FORBIDDEN));
}
