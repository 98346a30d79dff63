//! A route for each file of an app. There is no other: a path that the app does not have is answered like any unknown one.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};

use super::site::{Coding, File, Site};

/// The page that a site begins with.
const INDEX: &str = "index.html";

/// What a page of the apps may do: run the server's own scripts and WebAssembly, talk to the server, show pictures that it made
/// itself. Nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; \
                      font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// What is shown where there is no app.
const NOT_BUILT: &str = "<!doctype html><html lang=en><title>Cairn</title><p>This server was built without the web app. \
                         The API is described at <a href=/api/docs>/api/docs</a>.";

/// The routes of the app whose page stands at `home`, and its files below.
pub(super) fn routes(home: &str, site: Site) -> Router {
    if site.is_empty() {
        return Router::new().route(home, get(async || Html(NOT_BUILT)));
    }
    let mut router = Router::new();
    let below = home.trim_end_matches('/');
    for (name, file) in site.0 {
        let file = Arc::new(file);
        // People type the page's address with a slash at its end, or without.
        let paths = match name == INDEX {
            true => BTreeSet::from([home.to_owned(), format!("{below}/")]),
            false => BTreeSet::from([format!("{below}/{name}")]),
        };
        for path in paths {
            let file = file.clone();
            router = router.route(&path, get(async move |headers: HeaderMap| answer(&file, &headers)));
        }
    }
    router
}

fn answer(file: &File, asked: &HeaderMap) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(file.cache));
    headers.insert(header::ETAG, file.tag.clone());
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    if asked.get_all(header::IF_NONE_MATCH).iter().any(|known| names(known, &file.tag)) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let accepted = |coding: &Coding| coding.word().is_none_or(|word| accepts(asked, word));
    let Some((coding, bytes)) = file.forms.iter().find(|(coding, _)| accepted(coding)) else {
        return StatusCode::NOT_ACCEPTABLE.into_response();
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    if let Some(word) = coding.word() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(word));
    }
    (headers, Body::from(*bytes)).into_response()
}

/// Whether one of the tags that the browser knows is this one. A proxy that compresses marks it as weak.
fn names(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else { return false };
    known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

/// Whether the browser takes this coding.
fn accepts(asked: &HeaderMap, word: &str) -> bool {
    let said = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).any(|one| {
        let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse::<f32>() == Ok(0.0));
        coding.trim().eq_ignore_ascii_case(word) && !refused
    })
}

#[cfg(test)]
mod tests {
    use axum::{body::to_bytes, http::Request};
    use tower::ServiceExt;

    use super::*;

    const BUILT: &[(&str, &[u8])] = &[
        ("field/index.html", b"<!doctype html>"),
        ("field/index.html.br", b"brotli"),
        ("field/index.html.gz", b"gzip"),
        ("field/assets/app-1a2b.js", b"script"),
        ("field/sw.js", b"worker"),
        ("field/lonely.css.br", b"x"),
        ("console/index.html", b"console"),
    ];

    async fn ask(path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let site = |root| Site::of(BUILT, root);
        let both = routes("/", site("field/")).merge(routes("/console", site("console/")));
        both.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn body(response: Response) -> String {
        String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_smallest_form_that_a_browser_takes_is_sent() {
        for (accepted, coding, bytes) in [
            ("gzip, deflate, br", Some("br"), "brotli"),
            ("gzip;q=0.5", Some("gzip"), "gzip"),
            ("br;q=0, gzip", Some("gzip"), "gzip"),
            ("zstd", None, "<!doctype html>"),
        ] {
            let response = ask("/", &[("accept-encoding", accepted)]).await;
            let told = response.headers().get("content-encoding").map(|v| v.to_str().unwrap().to_owned());
            assert_eq!(told.as_deref(), coding, "{accepted}");
            assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
            assert_eq!(body(response).await, bytes);
        }
    }

    #[tokio::test]
    async fn what_is_named_by_its_content_is_kept_and_all_else_is_asked_for() {
        let page = ask("/", &[]).await;
        assert_eq!(page.headers()["cache-control"], "no-cache");
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
        let tag = page.headers()["etag"].to_str().unwrap().to_owned();
        let again = ask("/", &[("if-none-match", &format!("\"other\", W/{tag}"))]).await;
        assert_eq!((again.status(), body(again).await.as_str()), (StatusCode::NOT_MODIFIED, ""));
        assert_eq!(ask("/sw.js", &[]).await.headers()["cache-control"], "no-cache");
        let script = ask("/assets/app-1a2b.js", &[]).await;
        assert!(script.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    }

    #[tokio::test]
    async fn only_the_files_of_the_app_are_there() {
        for path in ["/lonely.css", "/index.html.br", "/console/index.html", "/assets/", "/../etc/passwd"] {
            assert_eq!(ask(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/console", "/console/"] {
            assert_eq!(body(ask(path, &[]).await).await, "console");
        }
        let bare = routes("/", Site::of(&[], "field/"));
        let response = bare.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert!(body(response).await.contains("without the web app"));
    }
}
