//! `demo`: the played year, its table, and a server to look at it with.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use serde_json::json;

use super::{DemoOptions, Failure, Output, open, serve};
use crate::{
    admin::{self, TokenTerms},
    auth::By,
    clock::now,
    config::{LimitsConfig, PlaceConfig},
    demo::{self, DemoError, Stage, Told},
    store::Store,
};

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        Self::new(error)
    }
}

/// Where the demonstration keeps its store when nothing is said.
const DATA_DEFAULT: &str = "./data/demo";

/// Plays the year into a fresh store, prints the table, and serves until it is told to stop; with `--exit` it stops at once.
///
/// # Errors
/// [`Failure`]; a total that differs is one.
pub(super) async fn run(options: DemoOptions, as_json: bool) -> Result<(), Failure> {
    let data = options.data.unwrap_or_else(|| PathBuf::from(DATA_DEFAULT));
    demo::fresh_directory(&data)?;
    let place = PlaceConfig { data: data.clone(), database: options.database };
    let store = open(&place).await?;
    if !admin::list_units(&store).await?.is_empty() {
        return Err(Failure::new(format_args!("{place} holds something already: it is left alone")));
    }
    let limits = LimitsConfig::default();
    let house = serve::house(&store, &limits, false).await?;
    let serving = serve::begin(house.router, &options.listen.listen, limits.connections_max, None).await?;
    let url = format!("http://{}", serving.address());
    let stage = Stage { url: url.parse().map_err(Failure::new)?, store: store.clone(), devices: data.join("devices") };
    let told = demo::play(&stage, options.seed, &|said| say(said)).await?;
    let differences = told.checked.differences();
    let (mut json, mut lines) = (serde_json::to_value(&told).map_err(Failure::new)?, told.lines());
    if !options.exit {
        let log_ins = LogIns::make(&store, &told, &data).await?;
        lines.extend(log_ins.lines(&url));
        json["listening"] = json!(url);
        json["codes"] = json!(log_ins.codes);
        json["password_code"] = json!(log_ins.password);
        json["token"] = json!(log_ins.token);
    }
    Output::new(json, lines).print(as_json)?;
    if differences > 0 {
        return Err(DemoError::Differs(differences).into());
    }
    if !options.exit {
        serve::stop_signal()?.await;
    }
    serving.stop().await;
    store.close().await;
    Ok(())
}

fn say(said: &str) {
    // Progress is for people who wait; nobody is harmed when nobody reads it.
    let _ = writeln!(std::io::stderr(), "  {said}");
}

/// Ways into the store that was played.
struct LogIns {
    codes: Vec<(String, String)>,
    /// With which the administrator sets a password.
    password: String,
    token: String,
    data: PathBuf,
}

impl LogIns {
    async fn make(store: &Store, told: &Told, data: &Path) -> Result<Self, Failure> {
        let by = By::operator(now());
        let mut codes = Vec::new();
        for user in &told.guests {
            let (code, _) = admin::make_enrolment_code(store, &by, user, admin::CODE_HOURS_DEFAULT).await?;
            codes.push((user.to_string(), code.reveal()));
        }
        let hours = admin::CODE_HOURS_DEFAULT;
        let (password, _) = admin::make_password_code(store, &by, &told.administrator, hours).await?;
        let (token, _) = admin::make_api_token(store, &by, &told.administrator, TokenTerms::default()).await?;
        let token = token.reveal().to_owned();
        Ok(Self { codes, password: password.reveal(), token, data: data.to_owned() })
    }

    fn lines(&self, url: &str) -> Vec<String> {
        let mut lines = vec![String::new(), format!("listening on {url}"), String::new()];
        for (user, code) in &self.codes {
            lines.push(format!("log work as {user}:  {url}/#enrol={code}"));
            lines.push(format!("  or at a terminal:  cairn --store ./{user} enrol {url} {code}"));
        }
        lines.push(format!("review it:  {url}/console#/password?code={}", self.password));
        lines.push("read the totals:".into());
        lines.push(format!(
            "  curl -H 'Authorization: Bearer {}' '{url}/api/v1/summary?unit=changdu&from=2021-03-01&to=2022-02-28&by=none'",
            self.token
        ));
        lines.push(format!("administer:  cairn-server admin --help  (with --data {})", self.data.display()));
        lines.push("stop with Ctrl-C".into());
        lines
    }
}
