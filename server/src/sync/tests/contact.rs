//! What a device says of itself is kept, for administrators to see.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::Value as Json;
use sync_core::wire;
use tower::ServiceExt;

use crate::{
    auth::Role,
    store::Engine,
    sync,
    testing::{Desk, Hand, World, on_both},
};

on_both![administrators_see_which_app_a_device_runs];

async fn administrators_see_which_app_a_device_runs(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let desk = Desk::with(&world, "admin-01", Role::Administrator, "changdu").await;
    let seen = async || desk.got("/api/v1/devices?user=doctor-03").await["items"][0]["app"].take();
    assert_eq!(seen().await, Json::Null);
    let body = wire::encode_request(&Hand::of(&world, &doctor).request().0);
    let long = "x".repeat(65);
    for (app, shown) in [
        ("cairn/0.1.0", "cairn/0.1.0"),
        // At once, however fresh the last contact.
        ("field/0.2.0 (Android 9)", "field/0.2.0 (Android 9)"),
        // What is no name changes nothing, and keeps nobody from syncing.
        ("", "field/0.2.0 (Android 9)"),
        (&long, "field/0.2.0 (Android 9)"),
        ("手机", "field/0.2.0 (Android 9)"),
    ] {
        let request = Request::post("/sync/v1")
            .header(header::AUTHORIZATION, format!("Bearer {}", doctor.token.reveal()))
            .header(header::CONTENT_TYPE, wire::CONTENT_TYPE)
            .header("cairn-app", app.as_bytes())
            .body(Body::from(body.clone()));
        let response = sync::routes(world.app.clone()).oneshot(request.unwrap()).await.unwrap();
        assert_eq!((response.status(), seen().await), (StatusCode::OK, Json::from(shown)), "{app}");
    }
}
