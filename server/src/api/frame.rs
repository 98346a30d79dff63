//! What every operation stands in: its route, its guard, and its page of the document. All three come from its row of the
//! table in [`super::rights`].

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use utoipa::openapi::{
    Components, Info, OpenApi, Paths, RefOr,
    path::{Operation, ParameterIn, PathItem},
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

use super::{
    ApiState,
    admit::{self, Guard},
    cookie, responses,
    rights::{self, Row, Scope, Who},
};

/// Bytes of a request's body, where an operation does not say otherwise.
const BODY_BYTES_MAX: usize = 16 << 10;

/// A route as others see it: a row of the table without its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: String,
    /// Who may call it.
    pub who: Who,
}

/// The operations' routes, each behind its guard, and the document that describes them.
pub(super) fn build(state: &ApiState) -> Router<ApiState> {
    let mut router = Router::new();
    for Row { who, routes: (_, paths, methods) } in rights::table() {
        for (path, mut item) in paths.paths {
            let guard = Guard { who, query: query_names(&mut item) };
            let guarded = middleware::from_fn_with_state((state.clone(), Arc::new(guard)), admit::admit);
            // The limit may have been raised by the operation itself, further in.
            let methods = methods.clone().route_layer(guarded).route_layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
            router = router.route(&path, methods);
        }
    }
    router
}

/// Every route of the server with its right, in the table's order.
#[must_use]
pub fn routes() -> Vec<Listed> {
    let beside = rights::BESIDE.map(|(method, path, who)| Listed { method, path: path.to_owned(), who });
    operations().into_iter().chain(beside).collect()
}

/// Every operation of the API with its right.
fn operations() -> Vec<Listed> {
    let mut listed = Vec::new();
    for Row { who, routes: (_, paths, _) } in rights::table() {
        for (path, mut item) in paths.paths {
            let methods = operations_of(&mut item).into_iter().map(|(method, _)| method);
            listed.extend(methods.map(|method| Listed { method, path: path.clone(), who }));
        }
    }
    listed
}

/// The OpenAPI document of the operations.
#[must_use]
pub fn document() -> OpenApi {
    let mut info = Info::new("Cairn", "1");
    info.description = Some(ABOUT.into());
    let mut document = OpenApi::new(info, Paths::new());
    let mut components = Components::new();
    for (name, scheme) in security_schemes() {
        components.security_schemes.insert(name.into(), scheme.into());
    }
    components.schemas.extend(responses::schemas());
    for Row { who, routes: (schemas, paths, _) } in rights::table() {
        components.schemas.extend(schemas);
        for (path, mut item) in paths.paths {
            for (_, operation) in operations_of(&mut item) {
                complete(operation, who);
            }
            match document.paths.paths.get_mut(&path) {
                Some(known) => known.merge_operations(item),
                None => drop(document.paths.paths.insert(path, item)),
            }
        }
    }
    document.components = Some(components);
    document
}

const ABOUT: &str = "HTTP for people and programs. What fails is answered as `application/problem+json` with a stable `code`; \
                     no request leads to a 500. Nothing is cached. Times are RFC 3339 in UTC. Lists come in pages: \
                     `items`, and in `next` what to give as `after` for the following page, null behind the last.\n\n\
                     Units are no secret among users, so a unit that exists and is not the caller's own is answered with \
                     403 `unit_forbidden`. What lies in units is: a record, user or device that the caller may not see is \
                     answered like one that does not exist, 404.";

const TOKEN: &str = "token";
const SESSION: &str = "session";

fn security_schemes() -> [(&'static str, SecurityScheme); 2] {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let bearer = bearer.description(Some("An API token, for programs.")).build();
    let about = "A session, for people in a browser; given at log-in. Writes must come from the server's own pages.";
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description(cookie::NAME, about));
    [(TOKEN, SecurityScheme::Http(bearer)), (SESSION, SecurityScheme::ApiKey(cookie))]
}

/// Adds what follows from the frame and the operation's right, so that no operation needs to repeat it.
fn complete(operation: &mut Operation, who: Who) {
    let note = responses::note;
    note(operation, 400, "`query_malformed`, `parameter_missing`, `parameter_invalid`: the detail names the parameter");
    if operation.request_body.is_some() {
        note(operation, 400, "`body_malformed`");
        note(operation, 413, "`body_too_large`");
        note(operation, 415, "`media_type`: send the Content-Type that is described");
    }
    if who != Who::Anybody {
        let require = |name| SecurityRequirement::new::<_, [String; 0], String>(name, []);
        let token = (who != Who::Session).then(|| require(TOKEN));
        operation.security = Some(token.into_iter().chain([require(SESSION)]).collect());
        note(operation, 401, "`credential_missing`, `token_unknown`, `session_unknown`: log in, or send an API token");
        note(operation, 403, "`origin_forbidden`: a write in a session that does not come from the server's own pages");
    }
    let right = match who {
        Who::Anybody => "Anybody.".to_owned(),
        Who::User => "Every user.".to_owned(),
        Who::Device => "Devices.".to_owned(),
        Who::Session => {
            note(operation, 403, "`session_needed`: this is not for programs");
            "Every user, logged in.".to_owned()
        }
        Who::Role(roles, scope) => {
            note(operation, 403, "`role_missing`: the caller has none of the roles");
            if scope == Scope::Unit {
                note(operation, 403, "`unit_forbidden`: the caller has none of the roles on the unit");
                note(operation, 404, "`unit_unknown`");
            }
            let words: Vec<&str> = roles.iter().map(|role| role.word()).collect();
            let place = match scope {
                Scope::Unit => "on the unit",
                Scope::Thing => "on its unit",
                Scope::List => "anywhere; lists what lies there",
                Scope::Root => "on the root of a tree",
            };
            format!("Whoever is {} {place}.", words.join(" or "))
        }
    };
    note(operation, 503, "`database_busy`, `disk_full`: nothing was stored, try again later");
    let description = operation.description.take().unwrap_or_default();
    operation.description = Some(format!("{description}\n\n**Who:** {right}").trim_start().to_owned());
    responses::shape_problems(operation);
}

/// The names of an operation's query parameters: others are refused.
fn query_names(item: &mut PathItem) -> Vec<String> {
    operations_of(item).into_iter().flat_map(|(_, operation)| names_in(operation, &ParameterIn::Query)).collect()
}

fn names_in(operation: &Operation, place: &ParameterIn) -> Vec<String> {
    let parameters = operation.parameters.iter().flatten();
    let of_place = parameters.filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == *place => Some(parameter.name.clone()),
        _ => None,
    });
    of_place.collect()
}

fn operations_of(item: &mut PathItem) -> Vec<(&'static str, &mut Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    let all = [("GET", get), ("POST", post), ("PUT", put), ("PATCH", patch), ("DELETE", delete)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document that front ends are made from is the one that the operations give.
    #[test]
    fn the_document_in_the_repository_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        let current = format!("{}\n", serde_json::to_string_pretty(&document()).unwrap());
        if std::env::var_os("CAIRN_REFRESH").is_some() {
            std::fs::write(path, &current).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        let refresh = "CAIRN_REFRESH=1 cargo test -p cairn-server the_document_in_the_repository";
        assert!(kept == current, "server/openapi.json is out of date; refresh it: {refresh}");
    }

    #[test]
    fn every_operation_is_named_described_and_has_an_answer() {
        let mut document = document();
        let mut names = std::collections::BTreeSet::new();
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations_of(item) {
                let shown = format!("{method} {path}");
                let name = operation.operation_id.clone().unwrap();
                assert!(name != "handle" && names.insert(name), "{shown} has no name of its own");
                assert!(operation.summary.is_some() && operation.tags.is_some(), "{shown} is not described");
                let fine = operation.responses.responses.keys().any(|status| status.starts_with('2'));
                assert!(fine, "{shown} never succeeds");
                let in_path = path.matches('{').count();
                assert_eq!(names_in(operation, &ParameterIn::Path).len(), in_path, "{shown}");
            }
        }
        assert_eq!(names.len(), operations().len());
    }
}
