//! Records as rows of cells.

use serde_json::Value as Json;
use sync_core::{form::FieldType, id::Day};

use crate::{
    api::{ApiState, Moment, Problem, caller::Caller, parameters::Parameters, record_filter},
    store::{
        Store, StoreError,
        catalog::Directory,
        record_list::{self, RecordFilter},
        record_read::{ListPosition, ReadRow},
    },
};

/// Records read at once. Very large ones come in smaller pages.
pub(super) const CHUNK: usize = 100;
/// The columns that every record has.
const COLUMNS: [&str; 11] =
    ["id", "unit", "form", "form_version", "worker", "created", "on", "status", "conflicts", "faults", "comments"];

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Number(i64),
    YesNo(bool),
    Day(Day),
}

/// The rows of a table that is being written.
pub(super) struct Rows {
    store: Store,
    filter: RecordFilter,
    /// The columns of the values; `None` is one for all of them.
    fields: Option<Vec<(String, FieldType)>>,
    /// Behind which record it goes on; `None` at the end.
    next: Option<ListPosition>,
}

impl Rows {
    /// Those that a query asks for.
    pub(super) async fn asked(state: &ApiState, caller: &Caller, query: &Parameters) -> Result<Self, Problem> {
        let mut tx = state.store.read().await?;
        let filter = record_filter::read(&mut tx, caller, query).await?;
        let directory = Directory::current(&mut tx).await?;
        let form = filter.form.as_ref().and_then(|id| directory.forms().latest(id));
        let column = |field: &sync_core::form::Field| (field.key.to_string(), field.kind.field_type());
        let fields = form.map(|form| form.fields.iter().map(column).collect());
        Ok(Self { store: state.store.clone(), filter, fields, next: Some(ListPosition::START) })
    }

    /// The names of the columns.
    pub(super) fn head(&self) -> Vec<String> {
        let own = match &self.fields {
            Some(fields) => fields.iter().map(|(key, _)| key.clone()).collect(),
            None => vec!["values".to_owned()],
        };
        COLUMNS.iter().map(|&name| name.to_owned()).chain(own).collect()
    }

    /// The next rows; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Vec<Cell>>>, StoreError> {
        let Some(at) = self.next else { return Ok(None) };
        let mut tx = self.store.read().await?;
        let page = record_list::page(&mut tx, &self.filter, at, CHUNK).await?;
        self.next = page.next;
        Ok(Some(page.rows.iter().map(|row| self.cells(row)).collect()))
    }

    fn cells(&self, row: &ReadRow) -> Vec<Cell> {
        let count = |list: &Json| Cell::Number(list.as_array().map_or(0, Vec::len) as i64);
        let mut cells = vec![
            Cell::Text(row.id.to_string()),
            Cell::Text(row.unit.to_string()),
            Cell::Text(row.form.to_string()),
            Cell::Number(row.form_version),
            Cell::Text(row.worker.to_string()),
            Cell::Text(Moment::of_ms(row.position.created_ms).to_string()),
            row.on.map_or(Cell::Empty, Cell::Day),
            Cell::Text(row.status.clone()),
            count(&row.conflicts),
            count(&row.faults),
            Cell::Number(row.comments),
        ];
        match &self.fields {
            Some(fields) => cells.extend(fields.iter().map(|(key, kind)| shown(row.values.get(key), *kind))),
            None => cells.push(Cell::Text(row.values.to_string())),
        }
        cells
    }
}

/// A value as a cell.
fn shown(value: Option<&Json>, kind: FieldType) -> Cell {
    match value {
        None | Some(Json::Null) => Cell::Empty,
        Some(Json::Bool(yes)) => Cell::YesNo(*yes),
        Some(Json::String(text)) => match text.parse() {
            Ok(day) if kind == FieldType::Date => Cell::Day(day),
            _ => Cell::Text(text.clone()),
        },
        Some(other) => other.as_i64().map_or_else(|| Cell::Text(other.to_string()), Cell::Number),
    }
}
