//! `cairn record …`

use std::{collections::BTreeSet, process::ExitCode};

use cairn_client::{
    Clock, NativeEngine,
    engine::{Answers, NewRecord, Saved},
    store::RecordFilter,
};
use sync_core::{form::ON, record::Verdict};

use crate::{
    command::{Filter, Record},
    failure::Failure,
    import,
    output::Output,
    shown,
};

pub(crate) async fn run(engine: &NativeEngine, output: Output, command: Record) -> Result<ExitCode, Failure> {
    let saved = match command {
        Record::Add { form, unit, on, draft, answers } => {
            let answers = answers_of(engine, on, answers)?;
            let new = NewRecord { form, unit, answers: Answers::Typed(answers), allow_faults: draft };
            engine.create(&new).await?
        }
        Record::Edit { id, draft, answers } => {
            once_each(&answers)?;
            engine.edit_typed(engine.find(&id).await?, &answers, draft).await?
        }
        Record::Comment { id, text } => {
            if text.trim().is_empty() {
                return Err(Failure::Usage("a comment needs a text".into()));
            }
            engine.comment(engine.find(&id).await?, &text).await?
        }
        Record::Void { id, reason, duplicate_of } => {
            if reason.trim().is_empty() {
                return Err(Failure::Usage("a void needs a reason".into()));
            }
            let other = match duplicate_of {
                Some(other) => Some(engine.find(&other).await?),
                None => None,
            };
            engine.review(engine.find(&id).await?, Verdict::Void, &reason, other).await?
        }
        Record::Review { id, verdict, reason } => {
            engine.review(engine.find(&id).await?, verdict.into(), &reason, None).await?
        }
        Record::Import { file } => return import::import(engine, output, &file).await,
        Record::List(filter) => return shown::list(engine, output, &filter_of(filter)).await,
        Record::Show { id } => return shown::record(engine, output, engine.find(&id).await?).await,
        Record::History { id } => return shown::history(engine, output, engine.find(&id).await?).await,
    };
    output.print(&saved, || text(&saved))
}

fn text(saved: &Saved) -> String {
    saved.id.to_string()
}

/// The answers, with the day: as given, or today.
fn answers_of(
    engine: &NativeEngine,
    on: Option<String>,
    mut answers: Vec<(String, String)>,
) -> Result<Vec<(String, String)>, Failure> {
    match (on, answers.iter().any(|(field, _)| field == ON)) {
        (Some(day), _) => answers.push((ON.to_owned(), day)),
        (None, false) => answers.push((ON.to_owned(), engine.clock().today().to_string())),
        (None, true) => {}
    }
    once_each(&answers)?;
    Ok(answers)
}

fn once_each(answers: &[(String, String)]) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    match answers.iter().find(|(field, _)| !seen.insert(field)) {
        Some((field, _)) => Err(Failure::Usage(format!("field {field} is given twice"))),
        None => Ok(()),
    }
}

fn filter_of(filter: Filter) -> RecordFilter {
    RecordFilter {
        units: filter.unit.into_iter().collect(),
        form: filter.form,
        worker: filter.worker,
        from: filter.from,
        to: filter.to,
        status: filter.status,
        receipt: filter.receipt,
        conflicting: filter.conflicting,
        faulty: filter.faulty,
        commented: filter.commented,
        text: filter.text,
        limit: filter.limit,
        offset: filter.offset,
    }
}
