//! `GET /api/v1/users`: the users that an administrator may know of.

use axum::{Json, extract::State};
use sync_core::id::Username;

use super::UserShown;
use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller, page::Page, parameters::Parameters},
};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 500;

/// Users
///
/// Those with a role on a unit of the caller's, and those with none anywhere; by username.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    operation_id = "list_users",
    tag = "people",
    params(
        ("text" = Option<String>, Query, description = "A part of the username or the name, whatever the case of its Latin letters"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 500; 100 if left out", minimum = 1, maximum = 500),
    ),
    responses((status = 200, description = "A page", body = Page<UserShown>))
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Page<UserShown>>, Problem> {
    let after: Option<Username> = query.optional("after")?;
    let limit = query.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let text = query.text("text").unwrap_or_default();
    // One more, to know whether there is one.
    let users = admin::page_users(&state.store, &caller.by(), text, after.as_ref(), limit + 1).await?;
    Ok(Json(Page::of(users, limit, |last| last.username.to_string())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        auth::Role,
        store::Engine,
        testing::{Desk, World, on_both, problem},
    };

    on_both![users_are_found_page_by_page_by_whoever_may_know_of_them, devices_are_found_page_by_page];

    async fn walk(desk: &Desk, path: &str, name: &str) -> Vec<String> {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = desk.got(&format!("{path}&after={after}")).await;
            found.extend(page["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => return found,
            }
        }
    }

    async fn users_are_found_page_by_page_by_whoever_may_know_of_them(engine: Engine) {
        let world = World::new(engine).await;
        let root = Desk::with(&world, "admin-root", Role::Administrator, "changdu").await;
        let markam = Desk::with(&world, "admin-markam", Role::Administrator, "markam").await;
        for (name, unit) in
            [("doctor-1", "markam"), ("doctor-2", "riwoqe"), ("doctor-3", "markam-hospital"), ("teacher-1", "markam")]
        {
            world.worker(name, Role::Recorder, unit).await;
        }
        // One with roles here and there, and one with none at all.
        let both = world.worker("doctor-4", Role::Recorder, "riwoqe").await;
        let grants = "/api/v1/users/doctor-4/grants";
        root.posted(grants, json!({"unit": "markam-hospital", "role": "observer"})).await;
        let none = world.worker("nobody", Role::Recorder, "markam").await;
        world.withdraw(&none, Role::Recorder, "markam").await;
        let all = ["admin-markam", "admin-root", "doctor-1", "doctor-2", "doctor-3", "doctor-4", "nobody", "teacher-1"];
        let of_markam = ["admin-markam", "doctor-1", "doctor-3", "doctor-4", "nobody", "teacher-1"];
        for limit in [1, 2, 5, 8, 500] {
            let path = format!("/api/v1/users?limit={limit}");
            assert_eq!(walk(&root, &path, "username").await, all, "{limit}");
            assert_eq!(walk(&markam, &path, "username").await, of_markam, "{limit}");
            let doctors = walk(&markam, &format!("{path}&text=DOCTOR"), "username").await;
            assert_eq!(doctors, ["doctor-1", "doctor-3", "doctor-4"], "{limit}");
        }
        let by_name = "/api/v1/users?limit=2&text=%E5%8C%BB%E7%94%9F";
        assert_eq!(walk(&root, by_name, "username").await.len(), all.len(), "everybody is called so");
        assert!(walk(&root, "/api/v1/users?text=100%25", "username").await.is_empty());
        let shown = markam.got(&format!("/api/v1/users?text={}", both.user)).await;
        let roles = json!([{"unit": "markam-hospital", "role": "observer"}, {"unit": "riwoqe", "role": "recorder"}]);
        assert_eq!(shown["items"][0]["grants"], roles);
    }

    async fn devices_are_found_page_by_page(engine: Engine) {
        let world = World::new(engine).await;
        let root = Desk::with(&world, "admin-root", Role::Administrator, "changdu").await;
        let markam = Desk::with(&world, "admin-markam", Role::Administrator, "markam").await;
        let doctor = world.worker("doctor-1", Role::Recorder, "markam").await;
        world.worker("doctor-2", Role::Recorder, "riwoqe").await;
        for _ in 0..3 {
            world.device(&doctor.user).await;
        }
        // All were enrolled at the same time: the ids alone keep them apart.
        for limit in [1, 2, 3, 500] {
            let all = walk(&root, &format!("/api/v1/devices?limit={limit}"), "id").await;
            assert_eq!((all.len(), all.is_sorted()), (7, true), "{limit}");
            let theirs = walk(&markam, &format!("/api/v1/devices?limit={limit}"), "username").await;
            assert_eq!(theirs.len(), 5, "{limit}");
            assert!(!theirs.contains(&"doctor-2".to_owned()) && !theirs.contains(&"admin-root".to_owned()));
            assert_eq!(walk(&markam, &format!("/api/v1/devices?user=doctor-1&limit={limit}"), "id").await.len(), 4);
        }
        assert!(walk(&markam, "/api/v1/devices?user=doctor-2", "id").await.is_empty());
        assert_eq!(problem(root.get("/api/v1/devices?after=x").await), (400, "parameter_invalid".into()));
    }
}
