//! A person at a desk, who asks the API with a token of their own.

use axum::{
    Router,
    body::Body,
    http::{Request, Response, header},
};
use http_body_util::BodyExt;
use serde_json::Value as Json;
use sync_core::id::Username;
use tower::ServiceExt;

use super::World;
use crate::{
    admin::{self, TokenTerms},
    api::{self, ApiState},
    auth::{By, Role},
    clock,
};

pub(crate) struct Desk {
    router: Router,
    token: String,
}

impl Desk {
    pub(crate) async fn of(world: &World, user: &Username) -> Self {
        let key = admin::make_ready(&world.store).await.unwrap();
        let terms = TokenTerms { role: Role::Administrator, ..TokenTerms::default() };
        let by = By::operator(clock::now());
        let (token, _) = admin::make_api_token(&world.store, &by, user, terms).await.unwrap();
        let router = api::with_manners(api::router(ApiState::new(&world.app, &key)));
        Self { router, token: token.reveal().to_owned() }
    }

    /// Somebody new, at their desk.
    pub(crate) async fn with(world: &World, name: &str, role: Role, unit: &str) -> Self {
        let worker = world.worker(name, role, unit).await;
        Self::of(world, &worker.user).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Json) {
        read(self.ask("GET", path, Body::empty()).await).await
    }

    pub(crate) async fn post(&self, path: &str, body: Json) -> (u16, Json) {
        read(self.ask("POST", path, Body::from(body.to_string())).await).await
    }

    /// Posts what must succeed.
    pub(crate) async fn posted(&self, path: &str, body: Json) -> Json {
        let (status, json) = self.post(path, body).await;
        assert!(status < 300, "{path}: {status} {json}");
        json
    }

    /// Gets what must be there.
    pub(crate) async fn got(&self, path: &str) -> Json {
        let (status, json) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {json}");
        json
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Body) -> Response<Body> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }
}

async fn read(response: Response<Body>) -> (u16, Json) {
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Json::Null))
}

/// The status and code of a problem.
pub(crate) fn problem((status, json): (u16, Json)) -> (u16, String) {
    assert_eq!(json["status"], status, "{json}");
    (status, json["code"].as_str().unwrap().to_owned())
}
