//! Each figure: what is asked, again and again with other words, and how long the answers take.

use std::{
    env, fs,
    time::{Duration, Instant},
};

use axum::{Router, body::Body, http::Request};
use cairn_server::{
    AppState,
    admin::{self, TokenTerms},
    auth::{By, Role},
    clock,
    store::Store,
};
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use sync_core::wire::Outcome;
use tower::ServiceExt;

use crate::{
    Error,
    newcomer::Newcomer,
    prefecture::{FACILITIES, READER, ROOT, county, facility, worker},
    random::Random,
};

const TIMES: usize = 200;
/// Of which the first are not counted.
const WARMING: usize = 5;
const SECONDS_MAX: u64 = 8;
/// Facilities from which is pushed.
const PUSHERS: usize = 8;
/// Changes of a push.
const PUSHED: usize = 20;

/// Who asks.
#[derive(Clone, Copy)]
enum Asker {
    /// An administrator of everything.
    Root,
    /// A worker of one facility.
    Worker,
}

use Asker::{Root, Worker};

struct Bench {
    router: Router,
    root: String,
    worker: String,
    told: Vec<Json>,
}

/// Measures and prints all figures, and writes them where `CAIRN_REPORT` says: `{"bench": "read", "records": …, "figures": [{"name": …,
/// "p50_ms": …, "p99_ms": …}, …]}`.
pub async fn print(store: &Store, app: &AppState, router: Router, records: usize) -> Result<(), Error> {
    let (root, worker_token) = (token(store, READER).await?, token(store, &worker(7)).await?);
    let mut bench = Bench { router, root, worker: worker_token, told: Vec::new() };
    let year = |at: usize| {
        let month = 1 + at % 12;
        let last = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][(month + 10) % 12];
        match month {
            1 => "from=2025-01-01&to=2025-12-31".to_owned(),
            _ => format!("from=2024-{month:02}-01&to=2025-{:02}-{last}", month - 1),
        }
    };
    println!("| overview | p50 ms | p99 ms | bytes |\n|---|---|---|---|");
    for by in ["none", "unit", "month", "form", "worker"] {
        let name = format!("summary of a year, by={by}, compare=before");
        let path = |at: usize| format!("/api/v1/summary?unit={ROOT}&{}&by={by}&compare=before", year(at));
        bench.measure(&name, Root, path).await?;
    }
    let path = |at: usize| format!("/api/v1/summary?unit={}&{}&by=unit&compare=before", county(at), year(at));
    bench.measure("the same of a county, by=unit", Root, path).await?;
    bench.measure("attention, prefecture", Root, |_| format!("/api/v1/attention?unit={ROOT}")).await?;
    bench.measure("attention, county", Root, |at| format!("/api/v1/attention?unit={}", county(at))).await?;
    bench.measure("attention, facility", Root, |at| format!("/api/v1/attention?unit={}", facility(at))).await?;
    let path = |at: usize| format!("/api/v1/duplicates?unit={ROOT}&{}", year(at));
    bench.measure("possible duplicates, prefecture, a year", Root, path).await?;
    let path = |at: usize| format!("/api/v1/duplicates?unit={}&{}", county(at), year(at));
    bench.measure("possible duplicates, county, a year", Root, path).await?;
    println!("\n| list of records, 50 a page | p50 ms | p99 ms | records of a page |\n|---|---|---|---|");
    let month = |at: usize| {
        let (year, month) = (2024 + at % 2, 1 + at / 2 % 12);
        format!("from={year}-{month:02}-01&to={year}-{month:02}-28")
    };
    let forms = ["clinic.outpatient_day", "clinic.surgery", "school.lecture"];
    let measures = ["people_benefited", "people_trained", "surgeries", "records"];
    let one = |words: &[&str], at: usize| words[at % words.len()].to_owned();
    type Query<'a> = Box<dyn Fn(usize) -> String + 'a>;
    let lists: Vec<(&str, Asker, Query<'_>)> = vec![
        ("no filter", Root, Box::new(|_| String::new())),
        ("unit: a facility", Root, Box::new(|at| format!("unit={}", facility(at)))),
        ("unit: a county", Root, Box::new(|at| format!("unit={}", county(at)))),
        ("form", Root, Box::new(|at| format!("form={}", one(&forms, at)))),
        ("form: a rare one", Root, Box::new(|_| "form=school.book_donation".into())),
        ("form: an unused one", Root, Box::new(|_| "form=community.project".into())),
        ("worker", Root, Box::new(|at| format!("worker={}", worker(at)))),
        ("days: a month", Root, Box::new(month)),
        ("days: a year", Root, Box::new(year)),
        ("days: one", Root, Box::new(|at| format!("from=2024-03-{0:02}&to=2024-03-{0:02}", 1 + at % 28))),
        ("status=open", Root, Box::new(|_| "status=open".into())),
        ("status=approved", Root, Box::new(|_| "status=approved".into())),
        ("status=changed", Root, Box::new(|_| "status=changed".into())),
        ("status=returned", Root, Box::new(|_| "status=returned".into())),
        ("status=void", Root, Box::new(|_| "status=void".into())),
        ("has=conflict", Root, Box::new(|_| "has=conflict".into())),
        ("has=fault", Root, Box::new(|_| "has=fault".into())),
        ("has=held", Root, Box::new(|_| "has=held".into())),
        ("has=comment", Root, Box::new(|_| "has=comment".into())),
        ("measure", Root, Box::new(|at| format!("measure={}", one(&measures, at)))),
        ("counted=true", Root, Box::new(|_| "counted=true".into())),
        ("a county, a month", Root, Box::new(|at| format!("unit={}&{}", county(at), month(at)))),
        (
            "a county, a year, measure",
            Root,
            Box::new(|at| format!("unit={}&{}&measure=people_benefited", county(at), year(at))),
        ),
        ("a facility, has=conflict", Root, Box::new(|at| format!("unit={}&has=conflict", facility(at)))),
        ("a facility, status=changed", Root, Box::new(|at| format!("unit={}&status=changed", facility(at)))),
        (
            "a county, has=comment, a month",
            Root,
            Box::new(|at| format!("unit={}&has=comment&{}", county(at), month(at))),
        ),
        ("a rare form, status=returned", Root, Box::new(|_| "form=clinic.new_technique&status=returned".into())),
        (
            "worker, form, a month",
            Root,
            Box::new(|at| format!("worker={}&form={}&{}", worker(at), one(&forms, at), month(at))),
        ),
        ("status=approved, has=comment", Root, Box::new(|_| "status=approved&has=comment".into())),
        (
            "has=duplicate, a facility, a month",
            Root,
            Box::new(|at| format!("has=duplicate&unit={}&{}", facility(at), month(at))),
        ),
        (
            "has=duplicate, a county, a month",
            Root,
            Box::new(|at| format!("has=duplicate&unit={}&{}", county(at), month(at))),
        ),
        (
            "has=duplicate, the prefecture, a year",
            Root,
            Box::new(|at| format!("has=duplicate&unit={ROOT}&{}", year(at))),
        ),
        (
            "text, a facility, a month",
            Root,
            Box::new(|at| format!("text=%E5%A6%82&unit={}&{}", facility(at), month(at))),
        ),
        (
            "text that is nowhere, the prefecture, a year",
            Root,
            Box::new(|at| format!("text=nowhere&unit={ROOT}&{}", year(at))),
        ),
        ("a worker's own: no filter", Worker, Box::new(|_| String::new())),
        ("a worker's own: a month", Worker, Box::new(month)),
        ("a worker's own: status=returned", Worker, Box::new(|_| "status=returned".into())),
        ("a worker's own: has=comment", Worker, Box::new(|_| "has=comment".into())),
        ("a worker's own: has=conflict", Worker, Box::new(|_| "has=conflict".into())),
        ("a worker's own: form, measure", Worker, Box::new(|_| "form=clinic.outreach&measure=people_benefited".into())),
    ];
    for (name, asker, query) in &lists {
        bench.measure(name, *asker, |at| format!("/api/v1/records?{}", query(at))).await?;
    }
    for (name, asker, query) in &lists[..22] {
        bench.walk(&format!("page after page: {name}"), *asker, &query(3)).await?;
    }
    println!("\n| sync | p50 ms | p99 ms | changes |\n|---|---|---|---|");
    bench.pushes(store, app).await?;
    if let Ok(path) = env::var("CAIRN_REPORT") {
        let report = json!({"bench": "read", "records": records, "figures": bench.told});
        fs::write(path, serde_json::to_string_pretty(&report)?)?;
    }
    Ok(())
}

async fn token(store: &Store, user: &str) -> Result<String, Error> {
    let terms = TokenTerms { role: Role::Administrator, ..TokenTerms::default() };
    let (token, _) = admin::make_api_token(store, &By::operator(clock::now()), &user.parse()?, terms).await?;
    Ok(token.reveal().to_owned())
}

impl Bench {
    async fn ask(&self, asker: Asker, path: &str) -> Result<(Duration, usize, Json), Error> {
        let token = match asker {
            Root => &self.root,
            Worker => &self.worker,
        };
        let request = Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty())?;
        let begun = Instant::now();
        let response = self.router.clone().oneshot(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        let took = begun.elapsed();
        match status.as_u16() {
            200 => Ok((took, body.len(), serde_json::from_slice(&body)?)),
            _ => Err(format!("{path}: {status} {}", String::from_utf8_lossy(&body)).into()),
        }
    }

    /// Asks many times, each time what `path` says then.
    async fn measure(&mut self, name: &str, asker: Asker, path: impl Fn(usize) -> String) -> Result<(), Error> {
        let (mut took, mut sizes, mut random) = (Vec::new(), Vec::new(), Random::of(1));
        let begun = Instant::now();
        for time in 0..TIMES {
            let at = usize::try_from(random.below(1_000))?;
            let (one, bytes, json) = self.ask(asker, &path(at)).await?;
            if time >= WARMING {
                took.push(one);
                sizes.push(json["items"].as_array().map_or(bytes, Vec::len));
            }
            if begun.elapsed().as_secs() > SECONDS_MAX && time > 2 * WARMING {
                break;
            }
        }
        self.told.push(report(name, took, sizes));
        Ok(())
    }

    /// What devices of some facilities send: new records, and an edit of each of them.
    async fn pushes(&mut self, store: &Store, app: &AppState) -> Result<(), Error> {
        let (mut created, mut edited) = (Vec::new(), Vec::new());
        for at in 0..PUSHERS {
            let mut newcomer = Newcomer::at(store, at * FACILITIES / PUSHERS).await?;
            for time in 0..TIMES / PUSHERS + WARMING {
                for (push, took) in [(newcomer.new_records(PUSHED)?, &mut created), (newcomer.edits()?, &mut edited)] {
                    let begun = Instant::now();
                    let outcomes = app.ingest.push(push).await?;
                    let one = begun.elapsed();
                    if let Some(other) = outcomes.iter().find(|outcome| !matches!(outcome, Outcome::Accepted { .. })) {
                        return Err(format!("not accepted: {other:?}").into());
                    }
                    if time >= WARMING {
                        took.push(one);
                    }
                }
            }
        }
        self.told.push(report(&format!("a push of {PUSHED} new records"), created, vec![PUSHED]));
        self.told.push(report(&format!("a push of an edit of each of {PUSHED} records"), edited, vec![PUSHED]));
        Ok(())
    }

    /// Follows a list from page to page.
    async fn walk(&mut self, name: &str, asker: Asker, query: &str) -> Result<(), Error> {
        let (mut took, mut sizes, mut after) = (Vec::new(), Vec::new(), String::new());
        for _ in 0..TIMES {
            let (one, _, json) = self.ask(asker, &format!("/api/v1/records?{query}&after={after}")).await?;
            took.push(one);
            sizes.push(json["items"].as_array().map_or(0, Vec::len));
            match json["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => break,
            }
        }
        self.told.push(report(name, took, sizes));
        Ok(())
    }
}

/// Prints a row; gives it as JSON.
fn report(name: &str, mut took: Vec<Duration>, mut sizes: Vec<usize>) -> Json {
    took.sort_unstable();
    sizes.sort_unstable();
    let ms = |of_hundred: usize| took[(took.len() - 1) * of_hundred / 100].as_secs_f64() * 1_000.0;
    let (least, middle) = (sizes[0], sizes[sizes.len() / 2]);
    let sizes = if least == middle { middle.to_string() } else { format!("{middle}, at least {least}") };
    println!("| {name} | {:.1} | {:.1} | {sizes} |", ms(50), ms(99));
    json!({"name": name, "p50_ms": ms(50), "p99_ms": ms(99)})
}
