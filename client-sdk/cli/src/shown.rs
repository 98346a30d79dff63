//! Everything that is only shown.

use std::process::ExitCode;

use cairn_client::{
    NativeEngine,
    engine::{FormInfo, ShownEvent, ShownRecord, Status, UnitInfo, Unsettled},
    store::{RecordFilter, Summary},
};
use serde_json::json;
use sync_core::{
    gate::Roles,
    id::{RecordId, Username},
    record::Act,
    replica::Receipt,
};

use crate::{
    failure::Failure,
    output::Output,
    table::{moment, table, value},
};

type Done = Result<ExitCode, Failure>;

pub(crate) async fn forms(engine: &NativeEngine, output: Output) -> Done {
    let forms = engine.forms().await?;
    output.print(&json!({ "forms": forms }), || {
        let fields = |form: &FormInfo| {
            let mark = |required: bool| if required { "*" } else { "" };
            form.fields
                .iter()
                .map(|f| format!("{}{}:{}", f.key, mark(f.required), f.kind))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let row =
            |form: &FormInfo| vec![form.id.to_string(), form.title.zh.clone(), form.title.en.clone(), fields(form)];
        table(&forms.iter().map(row).collect::<Vec<_>>())
    })
}

pub(crate) async fn units(engine: &NativeEngine, output: Output) -> Done {
    let units = engine.units().await?;
    output.print(&json!({ "units": units }), || {
        let row = |unit: &UnitInfo| {
            let parent = unit.parent.as_ref().map_or_else(String::new, ToString::to_string);
            vec![unit.code.to_string(), unit.kind.word().into(), parent, unit.name.clone(), roles(unit.roles)]
        };
        table(&units.iter().map(row).collect::<Vec<_>>())
    })
}

fn roles(roles: Roles) -> String {
    let words = [
        (roles.recorder, "recorder"),
        (roles.reviewer, "reviewer"),
        (roles.administrator, "administrator"),
        (roles.observer, "observer"),
    ];
    words.iter().filter(|(has, _)| *has).map(|(_, word)| *word).collect::<Vec<_>>().join(",")
}

pub(crate) async fn list(engine: &NativeEngine, output: Output, filter: &RecordFilter) -> Done {
    let records = engine.list(filter).await?;
    output.print(&json!({ "records": records }), || {
        let row = |r: &Summary| {
            let mut marks = Vec::new();
            let mut mark = |n: usize, what: &str| {
                if n > 0 {
                    marks.push(format!("{n} {what}"));
                }
            };
            mark(r.conflicts.len(), "conflicting");
            mark(r.faults.len(), "faulty");
            mark(r.comments as usize, "comments");
            let on = r.on.map_or_else(|| "-".into(), |day| day.to_string());
            let (unit, form, worker) = (r.unit.to_string(), r.form.to_string(), r.worker.to_string());
            let name = r.id.to_string()[..8].to_owned();
            vec![name, on, form, unit, worker, r.status.word().into(), r.receipt.word().into(), marks.join(", ")]
        };
        table(&records.iter().map(row).collect::<Vec<_>>())
    })
}

pub(crate) async fn record(engine: &NativeEngine, output: Output, id: RecordId) -> Done {
    let shown = engine.show(id).await?;
    output.print(&shown, || record_text(engine, &shown))
}

fn record_text(engine: &NativeEngine, shown: &ShownRecord) -> String {
    let clock = engine.clock();
    let line = |key: &str, text: String| vec![key.to_owned(), text];
    let mut rows = vec![
        line("record", shown.id.to_string()),
        line("form", format!("{} version {}", shown.form, shown.form_version)),
        line("unit", shown.unit.to_string()),
        line("worker", shown.worker.to_string()),
        line("made", moment(clock, shown.created_ms)),
        line("status", shown.status.word().to_owned()),
        line("receipt", receipt(&shown.receipt)),
    ];
    rows.extend(shown.values.iter().map(|(key, json)| line(&format!("  {key}"), value(json))));
    for conflict in &shown.conflicts {
        let said = conflict.values.iter().map(|v| format!("{} ({})", value(&v.value), name(v.author.as_ref())));
        rows.push(line("conflict", format!("{}: {}", conflict.field, said.collect::<Vec<_>>().join(" | "))));
    }
    rows.extend(shown.faults.iter().map(|fault| line("fault", fault.to_string())));
    for comment in &shown.comments {
        let (who, when) = (name(comment.author.as_ref()), moment(clock, comment.time_ms));
        rows.push(line("comment", format!("{when} {who}: {}", comment.text)));
    }
    for review in &shown.reviews {
        let (who, when) = (name(review.author.as_ref()), moment(clock, review.time_ms));
        let of = review.duplicate_of.map_or_else(String::new, |id| format!(" (duplicate of {id})"));
        rows.push(line("verdict", format!("{when} {who}: {} {}{of}", review.verdict.word(), review.reason)));
    }
    rows.extend(shown.attachments.iter().map(|a| line("attachment", format!("{} {} B", a.name, a.size))));
    rows.extend(shown.unsettled.iter().map(|u| line(u.state, reason(u))));
    table(&rows)
}

fn receipt(receipt: &Receipt) -> String {
    match receipt {
        Receipt::Held { reason } | Receipt::Refused { reason } => format!("{}: {reason}", receipt.word()),
        _ => receipt.word().to_owned(),
    }
}

fn reason(unsettled: &Unsettled) -> String {
    match &unsettled.reason {
        Some(reason) => reason.to_string(),
        None => "an earlier change is missing".to_owned(),
    }
}

fn name(author: Option<&Username>) -> String {
    author.map_or_else(|| "?".to_owned(), ToString::to_string)
}

pub(crate) async fn history(engine: &NativeEngine, output: Output, id: RecordId) -> Done {
    let events = engine.history(id).await?;
    output.print(&json!({ "id": id, "events": events }), || {
        let row = |event: &ShownEvent| {
            let acts = event.acts.iter().map(act).collect::<Vec<_>>().join("; ");
            vec![moment(engine.clock(), event.time_ms), name(event.author.as_ref()), event.state.to_owned(), acts]
        };
        table(&events.iter().map(row).collect::<Vec<_>>())
    })
}

fn act(act: &Act) -> String {
    match act {
        Act::Set { field, value: json } => format!("{field} = {}", value(json)),
        Act::Cleared { field } => format!("{field} cleared"),
        Act::Counted { field, by } => format!("{field} {by:+}"),
        Act::Typed { field, inserted, deleted } => format!("{field}: {inserted:?} typed, {deleted} deleted"),
        Act::Commented { text } => format!("comment: {text}"),
        Act::Reviewed { verdict } => verdict.clone(),
        Act::Attached { content } => format!("attached {content}"),
    }
}

pub(crate) async fn status(engine: &NativeEngine, output: Output) -> Done {
    let status = engine.status().await?;
    output.print(&status, || status_text(engine, &status))
}

fn status_text(engine: &NativeEngine, status: &Status) -> String {
    let line = |key: &str, text: String| vec![key.to_owned(), text];
    let last = status.last_sync_ms.map_or_else(|| "never".to_owned(), |time| moment(engine.clock(), time));
    let mut rows = vec![
        line("user", format!("{} ({})", status.identity.name, status.identity.user)),
        line("server", status.identity.server.to_string()),
        line("last sync", last),
        line("waiting", status.waiting.to_string()),
    ];
    for unsettled in &status.unsettled {
        let record = unsettled.record.map_or_else(|| "-".to_owned(), |id| id.to_string());
        rows.push(line(unsettled.state, format!("{record}: {}", reason(unsettled))));
    }
    for feed in &status.feeds {
        let rest = match (feed.gone, feed.complete, feed.missing_below) {
            (true, ..) => " (no longer yours to read)".to_owned(),
            (_, true, _) => String::new(),
            (_, _, 0) => " (not read yet)".to_owned(),
            (_, _, missing) => format!(" (the first {missing} still to come)"),
        };
        rows.push(line("feed", format!("{} at {}{rest}", feed.unit, feed.position)));
    }
    table(&rows)
}
