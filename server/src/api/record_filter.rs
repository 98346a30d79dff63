//! Which records the caller asks for: the filters of the list, and of the tables made of it.

use sync_core::{id::UnitCode, record::Status};
use utoipa::IntoParams;

use super::{Problem, caller::Caller, parameters::Parameters};
use crate::store::{
    ReadTx,
    record_list::{Has, RecordFilter},
};

const STATUSES: [Status; 5] = [Status::Open, Status::Approved, Status::Changed, Status::Returned, Status::Void];
const HAS: [(&str, Has); 5] = [
    ("conflict", Has::Conflict),
    ("fault", Has::Fault),
    ("held", Has::Held),
    ("comment", Has::Comment),
    ("duplicate", Has::Duplicate),
];
const BOOLS: [(&str, bool); 2] = [("true", true), ("false", false)];
/// Characters of what is looked for.
const TEXT_CHARS_MAX: usize = 100;

/// The filters, as the document describes them; [`read`] reads them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "made for the document alone")]
pub(super) struct RecordFilters {
    /// A unit's code: it and all below it
    unit: Option<String>,
    /// `true`: of `unit` itself, without those below it; `unit` must be given, too
    alone: Option<bool>,
    /// A form's id: all its versions
    form: Option<String>,
    /// What forms' ids begin with, up to the dot: `clinic`
    sector: Option<String>,
    /// The first day of the event
    #[param(format = Date)]
    from: Option<String>,
    /// The last day of the event
    #[param(format = Date)]
    to: Option<String>,
    /// `open`, `approved`, `changed`, `returned` or `void`
    status: Option<String>,
    /// `conflict`, `fault`, `held`, `comment`, or `duplicate`: another record looks like the same event, as in the list of possible
    /// duplicates; records are compared for that, so `unit`, `from` and `to` must be given, too
    has: Option<String>,
    /// Who did the work
    worker: Option<String>,
    /// What stands somewhere in the values, exactly so, at most 100 characters; every record is read for it, so `unit`, `from`
    /// and `to` must be given, too
    text: Option<String>,
    /// A measure's id: records that add to it; `records` are all that count
    measure: Option<String>,
    /// `true`: only those that count in totals, which void ones and those without a valid day do not
    counted: Option<bool>,
}

/// Which records are asked for, of those that the caller may see.
pub(super) async fn read(tx: &mut ReadTx, caller: &Caller, query: &Parameters) -> Result<RecordFilter, Problem> {
    let unit: Option<UnitCode> = query.optional("unit")?;
    let mut filter = RecordFilter {
        reader: caller.username().clone(),
        below: None,
        alone: query.word("alone", &BOOLS)?.unwrap_or(false),
        form: query.optional("form")?,
        sector: query.text("sector").map(str::to_owned),
        from: query.optional("from")?,
        to: query.optional("to")?,
        status: query.word("status", &STATUSES.map(|s| (s.word(), s)))?,
        has: query.word("has", &HAS)?,
        worker: query.optional("worker")?,
        text: read_text(query)?,
        measure: query.optional("measure")?,
        counted: query.word("counted", &BOOLS)?.unwrap_or(false),
    };
    if filter.has == Some(Has::Duplicate) || filter.text.is_some() {
        for bound in ["unit", "from", "to"] {
            query.required::<String>(bound)?;
        }
    }
    if filter.alone {
        query.required::<String>("unit")?;
    }
    if let Some(code) = unit {
        filter.below = Some(caller.unit(tx, "unit", &code).await?.path);
    }
    Ok(filter)
}

/// What is looked for in the values.
fn read_text(query: &Parameters) -> Result<Option<String>, Problem> {
    let Some(text) = query.text("text") else { return Ok(None) };
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(Problem::parameter("text", format_args!("is longer than {TEXT_CHARS_MAX} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::parameter("text", "contains control characters"));
    }
    Ok(Some(text.to_owned()))
}
