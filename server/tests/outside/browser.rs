//! A browser with the console open: it keeps the cookie, and says where its requests come from.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value as Json, json};

use crate::county::County;

pub const PASSWORD: &str = "牦牛 crosses the pass";

#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// What it would send as its cookie.
    pub cookie: Option<String>,
}

impl Browser {
    /// Asks as the server's own page does, and keeps the cookie that it is given.
    pub async fn ask(&mut self, county: &County, method: &str, path: &str, body: Json) -> (u16, Json) {
        self.ask_from(county, "same-origin", method, path, body).await
    }

    /// Asks as a page elsewhere does.
    pub async fn ask_from(&mut self, county: &County, site: &str, method: &str, path: &str, body: Json) -> (u16, Json) {
        let mut request = Request::builder().method(method).uri(path).header("sec-fetch-site", site);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = match body {
            Json::Null => request.body(Body::empty()),
            body => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
        };
        let (head, json) = county.ask(request.unwrap()).await;
        if let Some(set) = head.headers.get(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            assert!(set.contains("; HttpOnly; SameSite=Strict"), "{set}");
            let pair = set.split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        (head.status.as_u16(), json)
    }

    pub async fn log_in(&mut self, county: &County, user: &str, password: &str) -> (u16, Json) {
        self.ask(county, "POST", "/api/v1/session", json!({"username": user, "password": password})).await
    }
}

/// Gives a user a password, as a person gets theirs.
pub async fn give_password(county: &County, admin: &str, user: &str) {
    let path = format!("/api/v1/users/{user}/codes");
    let (status, made) = county.call("POST", &path, admin, json!({"purpose": "password"})).await;
    assert_eq!(status, 201, "{made}");
    let body = json!({"code": made["code"], "password": PASSWORD});
    let (status, set) = Browser::default().ask(county, "POST", "/api/v1/password", body).await;
    assert_eq!((status, &set["username"]), (200, &json!(user)), "{set}");
}
