//! What is answered to requests that are not as they should be: a problem with a stable code, and nothing is stored.

use axum::http::StatusCode;
use sync_core::{
    id::{ActorKey, ChangeHash},
    limits::FRAME_BYTES_MAX,
    wire::{self, Known, OutChange, OutGroup, OutRequest},
};

use crate::{
    auth::{Role, Token},
    store::Engine,
    testing::{Hand, World, on_both},
};

on_both![
    each_bad_request_gets_its_code,
    a_token_that_nobody_has_opens_nothing,
    a_reference_that_the_server_does_not_know_is_told_apart,
    health_is_told_without_a_token,
];

async fn each_bad_request_gets_its_code(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let hand = Hand::of(&world, &worker);
    let frame = wire::encode_request(&hand.request().0);
    let large = vec![0; FRAME_BYTES_MAX + 1];
    let cases: [(&[u8], &str, u16, &str); 6] = [
        (b"<html>log in</html>", wire::CONTENT_TYPE, 400, "not_a_frame"),
        (&frame[..frame.len() - 1], wire::CONTENT_TYPE, 400, ""),
        (b"", wire::CONTENT_TYPE, 400, "truncated"),
        (&frame, "application/json", 415, "media_type_unsupported"),
        (&large, wire::CONTENT_TYPE, 413, "frame_too_large"),
        (&[0xca, 0x1e, 9, 0], wire::CONTENT_TYPE, 400, "unsupported_version"),
    ];
    for (body, content_type, status, code) in cases {
        let problem = hand.post(body.to_vec(), content_type).await.problem();
        assert_eq!(problem.0, status, "{problem:?}");
        assert!(code.is_empty() || problem.1 == code, "{problem:?}");
    }
    let response = wire::encode_response(&wire::OutResponse::default());
    assert_eq!(hand.post(response, wire::CONTENT_TYPE).await.problem(), (400, "wrong_kind".into()));
    assert_eq!(hand.post(frame, wire::CONTENT_TYPE).await.status, StatusCode::OK, "and this one is good");
}

async fn a_token_that_nobody_has_opens_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let mut worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    worker.token = Token::draw().unwrap();
    let mut hand = Hand::of(&world, &worker);
    let (record, change) = worker.outreach("markam", 1, 1);
    hand.write(&record, &change);
    let (request, _) = hand.request();
    assert_eq!(hand.send(&request).await.problem(), (401, "invalid_token".into()));
    assert_eq!(world.count("SELECT COUNT(*) FROM changes").await, 0);
}

async fn a_reference_that_the_server_does_not_know_is_told_apart(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let hand = Hand::of(&world, &worker);
    let (mut record, first) = worker.outreach("markam", 1, 1);
    let edit = record.comment("好", worker.pen(2)).unwrap();
    let known = |hash: ChangeHash| Known { position: 1, hash, actor: worker.actor };
    let request = |known| {
        let (mut request, _) = hand.request();
        let change = OutChange { position: None, hash: edit.hash(), parts: edit.parts().unwrap() };
        request.groups = vec![OutGroup { unit: "markam".parse().unwrap(), changes: vec![change], known: vec![known] }];
        request
    };
    let send = async |request: OutRequest| hand.send(&request).await;
    assert_eq!(send(request(known(first.hash()))).await.problem(), (409, "stale_reference".into()));
    // Another change stands at that position.
    let (_, other) = worker.outreach("markam", 2, 3);
    world.push(&worker, "markam", &[&other]).await;
    assert_eq!(send(request(known(first.hash()))).await.problem(), (409, "digest_mismatch".into()));
    assert_eq!(world.count("SELECT COUNT(*) FROM changes").await, 1);
    assert_ne!(worker.actor, ActorKey([0; 8]));
}

async fn health_is_told_without_a_token(engine: Engine) {
    use tower::ServiceExt;
    let world = World::new(engine).await;
    for path in ["/healthz", "/readyz"] {
        let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let response = crate::sync::routes(world.app.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
    }
}
