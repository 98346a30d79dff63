//! How each operation is called rightly, about something in `markam-hospital` that is there: a fresh thing for each call.

use cairn_server::auth::Role;
use serde_json::{Value as Json, json};

use crate::{
    browser::PASSWORD,
    county::{County, Phone, outreach},
};

/// One right call.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: &'static str,
    pub path: String,
    pub body: Option<(&'static str, String)>,
}

/// Makes calls, and the things that they are about.
pub struct Calls {
    root: String,
    phone: Phone,
    lost: Phone,
    made: usize,
}

impl Calls {
    /// `root` is the token of somebody who administers everything.
    pub async fn new(county: &mut County, root: String) -> Self {
        county.user("walker", Role::Recorder, "markam-hospital").await;
        county.user("stranger", Role::Observer, "markam-hospital").await;
        let (phone, lost) = (county.phone("walker").await, county.phone("stranger").await);
        Self { root, phone, lost, made: 0 }
    }

    /// A user who was not there before.
    async fn user(&mut self, county: &County) -> String {
        self.made += 1;
        let user = format!("target-{}", self.made);
        county.user(&user, Role::Recorder, "markam-hospital").await;
        user
    }

    async fn record(&mut self, county: &mut County) -> String {
        county.log(&self.phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-15", 4)).await.id().to_string()
    }

    async fn held(&mut self, county: &mut County) -> String {
        let values = outreach("2021-03-15", 4);
        let (_, change) = county.write(&self.lost, "markam-hospital", "clinic.outreach", &values);
        county.push(&self.lost, "markam-hospital", &change).await;
        change.hash().to_string()
    }

    async fn code(&mut self, county: &County, user: &str, purpose: &str) -> String {
        let path = format!("/api/v1/users/{user}/codes");
        let (status, made) = county.call("POST", &path, &self.root, json!({"purpose": purpose})).await;
        assert_eq!(status, 201, "{made}");
        made["code"].as_str().unwrap().to_owned()
    }

    /// A right call of a route.
    ///
    /// # Panics
    /// When the route is not known here: add how it is called.
    pub async fn call(&mut self, county: &mut County, method: &'static str, path: &str) -> Call {
        let get = |path: &str| (path.to_owned(), None);
        let send = |path: String, body: Json| (path, Some(("application/json", body.to_string())));
        let (path, body) = match (method, path) {
            ("GET", "/api/v1/summary") => get("/api/v1/summary?unit=markam-hospital&from=2021-03-01&to=2021-03-31"),
            ("GET", "/api/v1/attention") => get("/api/v1/attention?unit=markam-hospital"),
            ("GET", "/api/v1/briefing" | "/api/v1/briefing.docx") => {
                (format!("{path}?unit=markam-hospital&from=2021-03-01&to=2021-03-31"), None)
            }
            ("POST", "/api/v1/briefing") => {
                self.record(county).await;
                let positions = json!([{"unit": "markam-hospital", "position": 1}]);
                let (unit, from, to) = ("markam-hospital", "2021-03-01", "2021-03-31");
                send(
                    path.into(),
                    json!({"unit": unit, "from": from, "to": to, "language": "zh", "positions": positions}),
                )
            }
            ("GET" | "DELETE", "/api/v1/briefing/templates/{kind}/{language}") => {
                ("/api/v1/briefing/templates/unit/zh".into(), None)
            }
            ("PUT", "/api/v1/briefing/templates/{kind}/{language}") => {
                send("/api/v1/briefing/templates/unit/zh".into(), json!({"source": "# {{ unit.name }}"}))
            }
            ("GET", "/api/v1/records") => {
                self.record(county).await;
                get(path)
            }
            ("GET", "/api/v1/records/{id}") => (format!("/api/v1/records/{}", self.record(county).await), None),
            ("GET", "/api/v1/records/{id}/difference") => {
                (format!("/api/v1/records/{}/difference", self.record(county).await), None)
            }
            ("POST", "/api/v1/reviews") => {
                let records = json!([{"id": self.record(county).await}]);
                send(path.into(), json!({"verdict": "approved", "records": records}))
            }
            ("POST", "/api/v1/records/{id}/reviews") => {
                send(format!("/api/v1/records/{}/reviews", self.record(county).await), json!({"verdict": "approved"}))
            }
            ("POST", "/api/v1/records/{id}/comments") => {
                send(format!("/api/v1/records/{}/comments", self.record(county).await), json!({"text": "好"}))
            }
            ("POST", "/api/v1/records/{id}/fields") => {
                let fields = json!({"fields": {"patients_seen": 5}});
                send(format!("/api/v1/records/{}/fields", self.record(county).await), fields)
            }
            ("GET", "/api/v1/duplicates") => {
                get("/api/v1/duplicates?unit=markam-hospital&from=2021-03-01&to=2021-03-31")
            }
            ("POST", "/api/v1/duplicates/dismissals") => {
                let records = [self.record(county).await, self.record(county).await];
                send(path.into(), json!({"records": records}))
            }
            ("DELETE", "/api/v1/duplicates/dismissals") => {
                let [one, other] = [self.record(county).await, self.record(county).await];
                let told = json!({"records": [one, other]});
                assert_eq!(county.call("POST", path, &self.root, told).await.0, 200);
                (format!("{path}?one={one}&other={other}"), None)
            }
            ("GET", "/api/v1/held") => {
                self.held(county).await;
                get(path)
            }
            ("GET", "/api/v1/held/{change}") => (format!("/api/v1/held/{}", self.held(county).await), None),
            ("POST", "/api/v1/held/{change}/admit") => {
                (format!("/api/v1/held/{}/admit", self.held(county).await), None)
            }
            ("POST", "/api/v1/held/{change}/reject") => {
                send(format!("/api/v1/held/{}/reject", self.held(county).await), json!({"reason": "logged twice"}))
            }
            ("GET", "/" | "/console" | "/healthz" | "/readyz") => get(path),
            ("GET", _) if !path.contains('{') => get(path),
            ("GET", "/api/v1/forms/{id}") => get("/api/v1/forms/clinic.outreach"),
            ("POST", "/sync/v1") => send(path.into(), Json::Null),
            ("POST", "/api/v1/setup") => {
                let unit = Json::Null;
                let (code, username, name) = ("AAAAA-AAAAA", "admin-09", "扎西");
                let body =
                    json!({"code": code, "username": username, "name": name, "password": PASSWORD, "unit": unit});
                send(path.into(), body)
            }
            ("POST", "/api/v1/session") => send(path.into(), json!({"username": "nobody", "password": PASSWORD})),
            ("DELETE", "/api/v1/session") => (path.into(), None),
            ("POST", "/api/v1/password") => {
                let user = self.user(county).await;
                let code = self.code(county, &user, "password").await;
                send(path.into(), json!({"code": code, "password": PASSWORD}))
            }
            ("PUT", "/api/v1/session/password") => {
                send(path.into(), json!({"before": PASSWORD, "password": "another good one"}))
            }
            ("POST", "/api/v1/session/second-factor" | "/api/v1/audit/verification") => (path.into(), None),
            ("PUT", "/api/v1/session/second-factor") => send(path.into(), json!({"code": "000000"})),
            ("POST", "/api/v1/session/second-factor/removal") => send(path.into(), json!({"password": PASSWORD})),
            ("POST", "/api/v1/enrol") => {
                let user = self.user(county).await;
                let code = self.code(county, &user, "device").await;
                let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
                send(path.into(), json!({"code": code, "device_name": "phone", "public_key": key}))
            }
            ("POST", "/api/v1/devices/{id}/revoke") => {
                let user = self.user(county).await;
                county.phone(&user).await;
                let devices = county.answer(&format!("/api/v1/devices?user={user}"), &self.root).await;
                (format!("/api/v1/devices/{}/revoke", devices["items"][0]["id"].as_str().unwrap()), None)
            }
            ("POST", "/api/v1/units") => {
                self.made += 1;
                let code = format!("ward-{}", self.made);
                send(path.into(), json!({"code": code, "parent": "markam-hospital", "kind": "other", "name": "病房"}))
            }
            ("PATCH", "/api/v1/units/{code}") => {
                send("/api/v1/units/markam-hospital".into(), json!({"name": "芒康县人民医院"}))
            }
            ("GET", "/api/v1/units/{code}/move") => get("/api/v1/units/markam-hospital/move?parent=markam"),
            ("POST", "/api/v1/units/import") => {
                self.made += 1;
                let table = format!("code,parent,kind,name\nward-{},markam-hospital,other,病房\n", self.made);
                (path.to_owned(), Some(("text/csv", table)))
            }
            ("POST", "/api/v1/forms") => {
                self.made += 1;
                let mut form = county.answer("/api/v1/forms/clinic.outreach", &self.root).await["items"][0].take();
                form["version"] = json!(self.made + 1);
                send(path.into(), form)
            }
            ("POST", "/api/v1/users") => {
                self.made += 1;
                let username = format!("target-{}", self.made);
                send(path.into(), json!({"username": username, "name": "医生", "role": "recorder", "unit": "markam"}))
            }
            _ => self.call_user(county, method, path).await,
        };
        Call { method, path, body }
    }

    /// Of the operations on one user.
    async fn call_user(
        &mut self,
        county: &County,
        method: &'static str,
        path: &str,
    ) -> (String, Option<(&'static str, String)>) {
        let Some(rest) = path.strip_prefix("/api/v1/users/{username}") else {
            panic!("{method} {path}: the walk does not know how this is called; say so in tests/outside/calls.rs");
        };
        let user = self.user(county).await;
        let path = format!("/api/v1/users/{user}{rest}");
        let json = |body: Json| Some(("application/json", body.to_string()));
        let body = match (method, rest) {
            ("GET", "" | "/tokens") => None,
            ("PATCH", "") => json(json!({"name": "医生"})),
            ("POST", "/grants") => json(json!({"unit": "markam-hospital", "role": "observer"})),
            ("DELETE", "/grants") => return (format!("{path}?unit=markam-hospital&role=recorder"), None),
            ("POST", "/codes") => json(json!({"purpose": "device"})),
            ("POST", "/tokens") => json(json!({"name": "report", "role": "observer", "days": 1})),
            ("DELETE", "/tokens/{id}") => {
                let tokens = county.answer(&format!("/api/v1/users/{user}/tokens"), &self.root).await;
                let id = tokens["items"][0]["id"].as_str().unwrap();
                return (format!("/api/v1/users/{user}/tokens/{id}"), None);
            }
            ("DELETE", "/second-factor") => {
                county
                    .tamper(&format!(
                        "INSERT INTO passwords (username, hash, set_ms, totp_secret) \
                    VALUES ('{user}', '', 0, (SELECT token_hash FROM devices LIMIT 1))"
                    ))
                    .await;
                None
            }
            _ => panic!("{method} {path}: the walk does not know how this is called; say so in tests/outside/calls.rs"),
        };
        (path, body)
    }
}
