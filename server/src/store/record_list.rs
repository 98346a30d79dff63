//! Records as people ask for them: a page of a list, newest first by the time of writing, which never changes. So whoever walks
//! through the pages meets each record once, however much is edited meanwhile.
//!
//! A page is found in two steps: the places of its records, then their rows. For the first step one condition leads, and the
//! statement walks along its index; the others are asked of each row there. Which one leads is found out by looking at how far back
//! the next [`EXAMINED_MAX`] of each reach: the rarer, the farther. A request examines no more than that many. Behind
//! them the list goes on in the next request, though the page may have found fewer than it wanted.

use sync_core::{
    form::Form,
    id::{Day, FormId, MeasureId, RecordId, UnitCode, Username},
    merge::RECORDS_MEASURE,
    record::Status,
};

use super::{
    ReadTx, StoreError,
    catalog::Directory,
    people,
    record_conditions::{Condition, MERGED_MAX, Shape},
    record_read::{self, ListPosition, ReadRow},
    rows,
    statement::Values,
    unit::UnitPath,
};
use crate::report::{day_number, sector_of};

/// Rows that one request examines. Each costs some 3 µs on SQLite.
const EXAMINED_MAX: i64 = 4_000;
/// Rows that are found by two conditions at once, or by a rare one, and sorted: above these it is quicker to walk in order.
const LITTLE_MAX: i64 = 1_000;
/// Rows that one request examines where each is compared with others.
const COMPARED_MAX: i64 = 1_000;
/// Days of a period within which the last written record is looked for, so that the walk begins there.
const SKIPPED_DAYS_MAX: i64 = 800;
/// Rows read at once: what bounds memory when records are as large as they can be.
const CHUNK: usize = 25;
/// Bytes of values after which a page ends early.
const PAGE_BYTES: usize = 4 << 20;
/// Records of one page that are compared with those that they might be duplicates of.
const DOUBTED_MAX: usize = 200;

/// The last time of writing, up to $3, of records from day $1 to day $2: day by day, each by two looks into an index.
const LAST_WRITTEN: &str = "WITH RECURSIVE days (on_day) AS (\
                            SELECT MIN(r.on_day) FROM records r WHERE r.on_day >= $1 AND r.on_day <= $2 UNION ALL \
                            SELECT (SELECT MIN(s.on_day) FROM records s WHERE s.on_day > d.on_day AND s.on_day <= $2) \
                            FROM days d WHERE d.on_day IS NOT NULL) \
                            SELECT MAX((SELECT MAX(w.created_ms) FROM records w WHERE w.on_day = d.on_day \
                            AND w.created_ms <= $3)) FROM days d";

/// What a record can have that somebody should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    /// A field in which values disagree.
    Conflict,
    /// A value that breaks a rule of the form.
    Fault,
    /// A change that waits for a decision.
    Held,
    /// A comment.
    Comment,
    /// Another record that looks like the same event.
    Duplicate,
}

/// Which records to list. What is `None` does not narrow.
#[derive(Clone, Debug)]
pub struct RecordFilter {
    /// Whoever asks: only what they may see is listed.
    pub reader: Username,
    /// A unit and all below it.
    pub below: Option<UnitPath>,
    /// Of that unit alone, without those below it.
    pub alone: bool,
    /// All versions of a form.
    pub form: Option<FormId>,
    /// All forms of a sector.
    pub sector: Option<String>,
    /// The first day; leaves out records without a valid one.
    pub from: Option<Day>,
    /// The last day; leaves out records without a valid one.
    pub to: Option<Day>,
    /// Where the record stands.
    pub status: Option<Status>,
    /// What it has.
    pub has: Option<Has>,
    /// Who did the work.
    pub worker: Option<Username>,
    /// What stands somewhere in its values, as JSON: exactly so. Every record that the rest lets through is read for it.
    pub text: Option<String>,
    /// Which measure it adds to.
    pub measure: Option<MeasureId>,
    /// Whether it must be in totals.
    pub counted: bool,
}

/// Some records of a list.
#[derive(Debug)]
pub(crate) struct RecordPage {
    pub rows: Vec<ReadRow>,
    /// Behind which place the list goes on; `None` at its end.
    pub next: Option<ListPosition>,
}

/// The records behind `after`, at most `limit`. There may be fewer, even none, though the list goes on.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn page(
    tx: &mut ReadTx,
    filter: &RecordFilter,
    after: ListPosition,
    limit: usize,
) -> Result<RecordPage, StoreError> {
    let examined = if filter.has == Some(Has::Duplicate) { COMPARED_MAX } else { EXAMINED_MAX };
    page_within(tx, filter, after, limit, examined).await
}

/// The same, of which at most `examined` rows are examined.
pub(super) async fn page_within(
    tx: &mut ReadTx,
    filter: &RecordFilter,
    after: ListPosition,
    limit: usize,
    examined: i64,
) -> Result<RecordPage, StoreError> {
    let is_doubted = filter.has == Some(Has::Duplicate);
    let wanted = if is_doubted { limit.max(DOUBTED_MAX) } else { limit };
    let (places, next) = places(tx, filter, after, wanted, examined).await?;
    let mut page = RecordPage { rows: Vec::new(), next };
    let (mut bytes, mut read) = (0, 0);
    for chunk in places.chunks(CHUNK) {
        let ids: Vec<RecordId> = chunk.iter().map(|place| place.record()).collect::<Result<_, _>>()?;
        for row in record_read::many(tx, &ids).await? {
            read += 1;
            let position = row.position;
            if !is_doubted || record_read::has_twin(tx, &row).await? {
                bytes += row.bytes;
                page.rows.push(row);
            }
            if (page.rows.len() >= limit || bytes >= PAGE_BYTES) && read < places.len() {
                page.next = Some(position);
                return Ok(page);
            }
        }
    }
    Ok(page)
}

type Places = (Vec<ListPosition>, Option<ListPosition>);

/// The places of the records behind `after`, at most `limit`, and behind which the list goes on.
async fn places(
    tx: &mut ReadTx,
    filter: &RecordFilter,
    after: ListPosition,
    limit: usize,
    examined: i64,
) -> Result<Places, StoreError> {
    let Some(conditions) = conditions(tx, filter).await? else { return Ok((Vec::new(), None)) };
    let Some(after) = skip(tx, filter, after).await? else { return Ok((Vec::new(), None)) };
    let Walk { lead, floor } = choose(tx, &conditions, after, examined).await?;
    let mut values = Values::default();
    // One more than wanted, to know whether there is one.
    let wanted = rows::number(limit as u64).saturating_add(1);
    let sql = lead.statement(&conditions, after, floor, wanted, &mut values);
    let found: Vec<(i64, Vec<u8>)> = values.rows(tx, sql).await?;
    let place = |(created_ms, id): (i64, Vec<u8>)| {
        Ok::<_, StoreError>(ListPosition { created_ms, id: *rows::record(&id)?.as_bytes() })
    };
    let mut places = found.into_iter().map(place).collect::<Result<Vec<_>, _>>()?;
    let next = match places.len() > limit {
        true => places.get(limit.saturating_sub(1)).copied(),
        // All that was written since then has been examined.
        false => floor.map(|created_ms| ListPosition { created_ms, id: [0; 16] }),
    };
    places.truncate(limit);
    Ok((places, next))
}

/// What a record must be to be listed; `None` if none can be.
async fn conditions(tx: &mut ReadTx, filter: &RecordFilter) -> Result<Option<Vec<Condition>>, StoreError> {
    let directory = Directory::current(tx).await?;
    let Some(units) = units(tx, filter, &directory).await? else { return Ok(None) };
    let mut conditions: Vec<Condition> = units.into_iter().collect();
    let measure = filter.measure.as_ref().filter(|measure| measure.as_str() != RECORDS_MEASURE);
    let forms = match (measure, &filter.sector) {
        (None, None) => filter.form.clone().map(|form| vec![form]),
        _ => Some(forms(&directory, filter, measure)),
    };
    match forms {
        Some(forms) if forms.is_empty() => return Ok(None),
        Some(forms) => conditions.push(Condition::Forms(forms)),
        None => {}
    }
    conditions.extend(measure.cloned().map(Condition::Measure));
    conditions.extend(filter.worker.clone().map(Condition::Worker));
    conditions.extend(filter.status.map(Condition::Status));
    if filter.from.is_some() || filter.to.is_some() {
        conditions.push(Condition::Days(filter.from, filter.to));
    }
    conditions.extend(filter.has.map(|has| match has {
        Has::Conflict => Condition::Conflict,
        Has::Fault => Condition::Fault,
        Has::Held => Condition::Held,
        Has::Comment => Condition::Comment,
        Has::Duplicate => Condition::Sibling,
    }));
    let is_counted = filter.counted || filter.measure.is_some();
    conditions.extend(is_counted.then_some(Condition::Counted));
    conditions.extend(filter.text.as_deref().map(|text| Condition::Text(in_json(text))));
    Ok(Some(conditions))
}

/// The forms that are asked for: those of the sector, and those that have this measure in any version.
fn forms(directory: &Directory, filter: &RecordFilter, measure: Option<&MeasureId>) -> Vec<FormId> {
    let adds = |form: &&Form| measure.is_none_or(|measure| form.measures.iter().any(|adds| adds.measure == *measure));
    let is_asked = |form: &FormId| {
        let is_of_sector = filter.sector.as_deref().is_none_or(|sector| sector == sector_of(form.as_str()));
        is_of_sector && filter.form.as_ref().is_none_or(|only| only == form)
    };
    let mut forms: Vec<FormId> =
        directory.forms().iter().filter(adds).map(|form| form.id.clone()).filter(is_asked).collect();
    forms.dedup();
    forms
}

/// A text as it stands within a JSON string.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// In which units: of those that are asked for those that the reader may see. `None` if there are none, `Some(None)` if all are.
async fn units(
    tx: &mut ReadTx,
    filter: &RecordFilter,
    directory: &Directory,
) -> Result<Option<Option<Condition>>, StoreError> {
    let grants = people::grants_of(tx, &filter.reader).await?;
    let mut tops: Vec<UnitPath> = grants.into_iter().map(|grant| grant.path).collect();
    if let Some(below) = &filter.below {
        tops = match tops.iter().any(|top| top.covers(below)) {
            true => vec![below.clone()],
            false => tops.into_iter().filter(|top| below.covers(top)).collect(),
        };
    }
    // What lies below a path sorts behind it.
    tops.sort_unstable();
    tops.dedup_by(|next, kept| kept.covers(next));
    let mut within = directory.below(&tops);
    if filter.alone {
        within.retain(|placed| filter.below.as_ref() == Some(&placed.path));
    }
    let within: Vec<UnitCode> = within.into_iter().map(|placed| placed.unit.code.clone()).collect();
    if within.is_empty() {
        return Ok(None);
    }
    if within.len() == directory.unit_count() {
        return Ok(Some(None));
    }
    let codes = (within.len() <= MERGED_MAX).then_some(within);
    // What lies below a path goes on with a character of a code, and a space is less than any.
    let end = |top: &UnitPath| if filter.alone { format!("{} ", top.as_str()) } else { top.end() };
    let stretches = tops.iter().map(|top| (top.as_str().to_owned(), end(top))).collect();
    Ok(Some(Some(Condition::Units { stretches, codes })))
}

/// Where the walk can begin: at the last written record of the days asked for. `None` if there is none behind `after`.
async fn skip(tx: &mut ReadTx, filter: &RecordFilter, after: ListPosition) -> Result<Option<ListPosition>, StoreError> {
    // Behind all that was written in a millisecond.
    let after = match after.id {
        [0, ..] if after.id == [0; 16] => {
            ListPosition { created_ms: after.created_ms.saturating_sub(1), id: [0xff; 16] }
        }
        _ => after,
    };
    let (Some(from), Some(to)) = (filter.from, filter.to) else { return Ok(Some(after)) };
    if to < from {
        return Ok(None);
    }
    // Of few days the walk goes along each.
    if !(MERGED_MAX as i64..SKIPPED_DAYS_MAX).contains(&(day_number(to) - day_number(from))) {
        return Ok(Some(after));
    }
    let mut values = Values::default();
    values.mark(from.to_string());
    values.mark(to.to_string());
    values.mark(after.created_ms);
    let last = values.number(tx, LAST_WRITTEN.to_owned()).await?;
    Ok(last.map(|last| match last < after.created_ms {
        true => ListPosition { created_ms: last, id: [0xff; 16] },
        false => after,
    }))
}

/// What a statement walks along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    /// Everything, in the order of the list.
    All,
    /// The stretches of the index of one condition, in the order of the list.
    Along(usize),
    /// Everything that fulfils one or two conditions, which is little; it is sorted.
    Little(usize, Option<usize>),
}

/// What leads, and the time of writing down to which it is followed; `None`: to the end.
struct Walk {
    lead: Lead,
    floor: Option<i64>,
}

/// Finds out what leads best: that of which the next `examined` reach farthest back.
async fn choose(
    tx: &mut ReadTx,
    conditions: &[Condition],
    after: ListPosition,
    examined: i64,
) -> Result<Walk, StoreError> {
    let along: Vec<usize> =
        (0..conditions.len()).filter(|at| conditions[*at].stretches(&mut Values::default()).is_some()).collect();
    // Where nothing is left to be asked of the rows, each row that is examined is one of the list.
    match (conditions, along.as_slice()) {
        ([], _) => return Ok(Walk { lead: Lead::All, floor: None }),
        ([_], [0]) => return Ok(Walk { lead: Lead::Along(0), floor: None }),
        _ => {}
    }
    let at = |wanted: fn(&Condition) -> bool| conditions.iter().position(wanted);
    let units = at(|condition| matches!(condition, Condition::Units { .. }));
    let days = at(|condition| matches!(condition, Condition::Days(..)));
    let held = at(|condition| matches!(condition, Condition::Held));
    let together = units.and_then(|units| days.map(|days| Lead::Little(units, Some(days))));
    let little = [held, days].into_iter().flatten().map(|one| Lead::Little(one, None)).chain(together);
    for lead in little {
        let mut values = Values::default();
        let little = examined.min(LITTLE_MAX);
        let sql = lead.counting(conditions, little, &mut values);
        if values.number(tx, sql).await?.is_some_and(|count| count < little) {
            return Ok(Walk { lead, floor: None });
        }
    }
    let mut best: Option<Walk> = None;
    for lead in along.into_iter().map(Lead::Along).chain([Lead::All]) {
        let mut values = Values::default();
        let sql = lead.reaching(conditions, after, examined, &mut values);
        let floor = values.number(tx, sql).await?;
        if best.as_ref().is_none_or(|best| floor < best.floor) {
            best = Some(Walk { lead, floor });
        }
        if floor.is_none() {
            break;
        }
    }
    Ok(best.unwrap_or(Walk { lead: Lead::All, floor: None }))
}

impl Lead {
    /// The stretches that it walks along, each a condition, and how the order of the list is written for them.
    fn stretches(self, conditions: &[Condition], values: &mut Values) -> (Vec<String>, Shape) {
        match self {
            Self::All => (vec!["1 = 1".to_owned()], Shape::Leading),
            Self::Along(at) => (conditions[at].stretches(values).unwrap_or_default(), Shape::Leading),
            Self::Little(one, other) => {
                let mut both = [Some(one), other].into_iter().flatten();
                let mut write = |at: usize| conditions[at].write(Shape::Leading, values);
                let first = both.next().map(&mut write).unwrap_or_default();
                (vec![both.fold(first, |all, at| format!("{all} AND {}", write(at)))], Shape::Following)
            }
        }
    }

    /// Whether this condition is fulfilled by all that it leads along.
    fn answers(self, at: usize) -> bool {
        match self {
            Self::All => false,
            Self::Along(one) => one == at,
            Self::Little(one, other) => one == at || other == Some(at),
        }
    }

    /// The statement that finds the places of `wanted` records behind `after`, down to `floor`.
    fn statement(
        self,
        conditions: &[Condition],
        after: ListPosition,
        floor: Option<i64>,
        wanted: i64,
        values: &mut Values,
    ) -> String {
        let (stretches, shape) = self.stretches(conditions, values);
        let (time, id) = (values.mark(after.created_ms), values.mark(after.id.to_vec()));
        let number = shape.number();
        let mut rest = format!(" AND r.created_ms{number} <= {time} AND (r.created_ms < {time} OR r.id < {id})");
        if let Some(floor) = floor {
            rest.push_str(&format!(" AND r.created_ms{number} >= {}", values.mark(floor)));
        }
        for (_, condition) in conditions.iter().enumerate().filter(|(at, _)| !self.answers(*at)) {
            rest.push_str(" AND ");
            rest.push_str(&condition.write(Shape::Following, values));
        }
        let walk = |stretch: &String| format!("SELECT r.created_ms, r.id FROM records r WHERE {stretch}{rest}");
        let walks: Vec<String> = stretches.iter().map(walk).collect();
        format!("{} ORDER BY 1 DESC, 2 DESC LIMIT {}", walks.join(" UNION ALL "), values.mark(wanted))
    }

    /// The statement that tells how far back the next `examined` behind `after` reach; gives nothing if there are fewer.
    fn reaching(self, conditions: &[Condition], after: ListPosition, examined: i64, values: &mut Values) -> String {
        let (stretches, _) = self.stretches(conditions, values);
        let time = values.mark(after.created_ms);
        let walk =
            |stretch: &String| format!("SELECT r.created_ms FROM records r WHERE {stretch} AND r.created_ms <= {time}");
        let walks: Vec<String> = stretches.iter().map(walk).collect();
        let behind = values.mark(examined.saturating_sub(1));
        format!("{} ORDER BY 1 DESC LIMIT 1 OFFSET {behind}", walks.join(" UNION ALL "))
    }

    /// The statement that counts all that it leads along, up to `examined`.
    fn counting(self, conditions: &[Condition], examined: i64, values: &mut Values) -> String {
        let (stretches, _) = self.stretches(conditions, values);
        let limit = values.mark(examined);
        format!("SELECT COUNT(*) FROM (SELECT 1 AS one FROM records r WHERE {} LIMIT {limit}) w", stretches.concat())
    }
}
