//! `cairn enrol`

use std::process::ExitCode;

use cairn_client::NativeEngine;
use serde_json::json;

use crate::{
    failure::{Failure, say},
    output::Output,
};

/// Enrols, and asks the server once, so that forms and org units are here before the device goes offline.
pub(crate) async fn enrol(
    engine: &NativeEngine,
    output: Output,
    url: &str,
    code: &str,
    device_name: Option<String>,
) -> Result<ExitCode, Failure> {
    let server = url.parse().map_err(Failure::other)?;
    let device_name = device_name.unwrap_or_else(host_name);
    let identity = engine.enrol(&server, code, &device_name).await?;
    let report = engine.sync_within(1).await?;
    if let Some(error) = report.error {
        say(&format!("enrolled, but forms and org units are not here yet: {error}"));
    }
    let forms = engine.forms().await.map_or(0, |forms| forms.len());
    let value = json!({
        "server": identity.server.as_str(), "device": identity.device, "user": identity.user, "name": identity.name,
        "forms": forms,
    });
    output.print(&value, || format!("enrolled as {} ({}), {forms} forms", identity.name, identity.user))
}

fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.or_else(|| std::env::var("COMPUTERNAME").ok()).or_else(|| std::env::var("HOSTNAME").ok());
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "computer".into())
}
