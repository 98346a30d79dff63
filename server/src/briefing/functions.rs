//! What a template can call, and how much of it.

use std::{collections::BTreeMap, sync::Arc};

use minijinja::{
    Environment, Error, ErrorKind, Value,
    value::{Kwargs, ValueKind},
};
use sync_core::id::{Day, FormId, MeasureId, Username};

use super::{
    blocks::{Align, Bar, Block, Filter, Link},
    engine::written,
    escape::{self, mark},
    event::Event,
    groups::{self, By},
    markdown,
    question::{Answer, Events, EventsAsked, Open, Question},
    values::{Desk, Group, Linked, unit_named},
    words,
};

/// Questions of one template.
const QUESTIONS_MAX: usize = 200;
/// Records of one question.
const EVENTS_MAX: usize = 500;
/// Bars and months of one briefing, and of one block.
const BARS_MAX: usize = 5_000;
const BARS_SHOWN_MAX: usize = 240;

/// What stands behind a `|`.
pub(super) fn add_filters(environment: &mut Environment<'_>, desk: &Arc<Desk>) {
    environment.add_filter("number", |value: &Value| match value.as_i64() {
        Some(number) => Ok(words::number(number)),
        None => Err(wrong("number: expected a whole number")),
    });
    environment.add_filter("percent", |value: &Value| {
        if value.is_none() {
            return Ok(words::percent(None));
        }
        let percent = f64::try_from(value.clone()).map_err(|_| wrong("percent: expected a number"))?;
        Ok(words::percent(Some(percent)))
    });
    let at = desk.clone();
    environment
        .add_filter("strong", move |value: &Value| Value::from_safe_string(format!("**{}**", written(&at, value))));
    let at = desk.clone();
    environment.add_filter("join", move |values: &Value, between: Option<&str>| {
        let between = escape::escaped_within(between.unwrap_or_default());
        let parts: Vec<String> = values.try_iter()?.map(|value| written(&at, &value)).collect();
        Ok::<_, Error>(Value::from_safe_string(parts.join(&between)))
    });
    let at = desk.clone();
    environment.add_filter("day", move |text: &str| match text.parse::<Day>() {
        Ok(day) => Ok(words::day(day, at.background.asked.language)),
        Err(_) => Err(wrong("day: expected a day such as \"2021-03-15\"")),
    });
}

/// What a template can call.
pub(super) fn add_functions(environment: &mut Environment<'_>, desk: &Arc<Desk>) {
    let at = desk.clone();
    environment.add_function("total", move |options: Kwargs| {
        let top = unit_named(&at.background, options.get("unit")?)?;
        options.assert_all_used()?;
        bounded(&at, |at| groups::groups(at, &top, By::None).into_iter().next().map(Value::from_object).into())
    });
    let at = desk.clone();
    environment.add_function("groups", move |by: &str, options: Kwargs| {
        let (by, top) = (By::read(by)?, unit_named(&at.background, options.get("unit")?)?);
        options.assert_all_used()?;
        bounded(&at, |at| groups::groups(at, &top, by).into_iter().map(Value::from_object).collect::<Vec<_>>().into())
    });
    let at = desk.clone();
    environment.add_function("events", move |form: Option<&str>, options: Kwargs| {
        let asked = read_events(&at, form, &options)?;
        bounded(&at, |at| events(at, asked))
    });
    let at = desk.clone();
    environment.add_function("open_work", move || bounded(&at, open_work));
    let at = desk.clone();
    environment.add_function("bars", move |groups: Vec<Value>, options: Kwargs| {
        let (title, unit, bars) = read_bars(&at, &groups, &options, false)?;
        put_aside(&at, Block::Bars { title, unit, bars })
    });
    let at = desk.clone();
    environment.add_function("trend", move |groups: Vec<Value>, options: Kwargs| {
        let (title, unit, points) = read_bars(&at, &groups, &options, true)?;
        put_aside(&at, Block::Trend { title, unit, points })
    });
    let at = desk.clone();
    environment.add_function("table", move |head: Vec<Value>, rows: Vec<Value>, options: Kwargs| {
        let block = read_table(&at, &head, &rows, options.get("align")?)?;
        options.assert_all_used()?;
        put_aside(&at, block)
    });
    let at = desk.clone();
    environment.add_function("page_break", move || put_aside(&at, Block::PageBreak));
    let at = desk.clone();
    environment.add_function("section", move |title: &Value| {
        let number = at.with(|work| {
            work.sections += 1;
            work.sections
        });
        let heading = words::section(number, &title.to_string(), at.background.asked.language);
        Value::from_safe_string(format!("\n\n## {}\n\n", escape::escaped(&heading)))
    });
    let at = desk.clone();
    environment.add_function("records", move |text: &Value, options: Kwargs| {
        let filter = read_filter(&at, &options)?;
        let text = if text.is_number() {
            text.as_i64().map_or_else(|| text.to_string(), words::number)
        } else {
            text.to_string()
        };
        Ok::<_, Error>(Linked::value(text, Some(Link::Records(filter))))
    });
}

fn wrong(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, what.into())
}

/// Asks, and sees to it that a template does not ask for ever.
fn bounded(desk: &Desk, ask: impl FnOnce(&Desk) -> Value) -> Result<Value, Error> {
    let answer = ask(desk);
    if desk.with(|work| work.missing.len()) + desk.answers.known.len() > QUESTIONS_MAX {
        return Err(wrong(format!("it asks for more than {QUESTIONS_MAX} different facts")));
    }
    Ok(answer)
}

/// Puts a block aside, and writes its mark.
fn put_aside(desk: &Desk, block: Block) -> Result<Value, Error> {
    let (number, bars) = desk.with(|work| {
        work.aside.blocks.push(block);
        let bars = work.aside.blocks.iter().map(|block| match block {
            Block::Bars { bars, .. } | Block::Trend { points: bars, .. } => bars.len(),
            _ => 1,
        });
        (work.aside.blocks.len() - 1, bars.sum::<usize>())
    });
    if bars > BARS_MAX {
        return Err(wrong(format!("it draws more than {BARS_MAX} bars")));
    }
    Ok(Value::from_safe_string(format!("\n\n{}{number}{}\n\n", mark::BLOCK, mark::BLOCK)))
}

fn read_events(desk: &Desk, form: Option<&str>, options: &Kwargs) -> Result<EventsAsked, Error> {
    let form = form.map(|form| form.parse::<FormId>().map_err(|e| wrong(format!("events: {e}")))).transpose()?;
    let limit = options.get::<Option<usize>>("limit")?.unwrap_or(20);
    if !(1..=EVENTS_MAX).contains(&limit) {
        return Err(wrong(format!("limit: {limit} is not 1 to {EVENTS_MAX}")));
    }
    let top = unit_named(&desk.background, options.get("unit")?)?;
    let mut wanted = BTreeMap::new();
    let names: Vec<String> = options.args().map(str::to_owned).collect();
    for name in names.into_iter().filter(|name| !["limit", "unit"].contains(&name.as_str())) {
        let value: Value = options.get(&name)?;
        let value = match value.kind() {
            ValueKind::Bool => value.is_true().into(),
            ValueKind::String => value.to_string().into(),
            ValueKind::Number if value.as_i64().is_some() => value.as_i64().into(),
            _ => return Err(wrong(format!("{name}: expected a text, a whole number, true or false"))),
        };
        wanted.insert(name, value);
    }
    Ok(EventsAsked { top, form, wanted, limit })
}

fn events(desk: &Desk, asked: EventsAsked) -> Value {
    let question = Question::Events(asked);
    let events = match desk.answers.to(&question) {
        Some(Answer::Events(events)) => events.clone(),
        _ => {
            desk.with(|work| work.missing.push(question));
            Events::default()
        }
    };
    let event = |record: crate::store::briefing::Counted| {
        let worker = desk.answers.names.get(&record.worker).cloned();
        let worker = worker.unwrap_or_else(|| record.worker.to_string());
        Value::from_object(Event { record, worker, background: desk.background.clone() })
    };
    let list: Vec<Value> = events.list.into_iter().map(event).collect();
    Value::from_pairs([("count", Value::from(list.len())), ("list", list.into()), ("more", events.is_more.into())])
}

fn open_work(desk: &Desk) -> Value {
    let open = match desk.answers.to(&Question::Open) {
        Some(Answer::Open(open)) => *open,
        _ => {
            desk.with(|work| work.missing.push(Question::Open));
            Open::default()
        }
    };
    let whole = filter_of(desk);
    let figure = |value: i64, status, has| {
        let filter = Filter { status, has, ..whole.clone() };
        Linked::value(words::number(value), Some(Link::Records(filter)).filter(|_| value != 0))
    };
    let Open { work, held } = open;
    Value::from_pairs([
        ("conflicts", figure(work.conflicts, None, Some("conflict"))),
        ("returned", figure(work.returned, Some("returned"), None)),
        ("changed", figure(work.changed, Some("changed"), None)),
        // Held changes have no day of their own, and no record yet perhaps.
        ("held", Linked::value(words::number(held), None)),
        ("sum", (work.conflicts + work.returned + work.changed + held).into()),
    ])
}

/// Everything that the briefing counts.
fn filter_of(desk: &Desk) -> Filter {
    let asked = &desk.background.asked;
    Filter {
        unit: asked.unit.unit.code.clone(),
        alone: false,
        from: asked.period.from,
        to: asked.period.to,
        form: None,
        sector: None,
        measure: None,
        worker: asked.worker.clone(),
        status: None,
        has: None,
    }
}

fn read_filter(desk: &Desk, options: &Kwargs) -> Result<Filter, Error> {
    let day = |name: &str, default: Day| -> Result<Day, Error> {
        let text: Option<&str> = options.get(name)?;
        text.map_or(Ok(default), |text| text.parse().map_err(|e| wrong(format!("{name}: {e}"))))
    };
    let mut filter = filter_of(desk);
    filter.unit = unit_named(&desk.background, options.get("unit")?)?;
    (filter.from, filter.to) = (day("from", filter.from)?, day("to", filter.to)?);
    filter.form =
        options.get::<Option<&str>>("form")?.map(str::parse).transpose().map_err(|e| wrong(format!("form: {e}")))?;
    filter.measure = read_measure(options)?;
    if let (None, Some(worker)) = (&filter.worker, options.get::<Option<&str>>("worker")?) {
        filter.worker = Some(worker.parse::<Username>().map_err(|e| wrong(format!("worker: {e}")))?);
    }
    options.assert_all_used()?;
    Ok(filter)
}

fn read_measure(options: &Kwargs) -> Result<Option<MeasureId>, Error> {
    let measure: Option<&str> = options.get("measure")?;
    measure.map(str::parse).transpose().map_err(|e| wrong(format!("measure: {e}")))
}

/// The title, the unit and the bars that a function is asked for. A trend's months are named by their numbers.
fn read_bars(
    desk: &Desk,
    groups: &[Value],
    options: &Kwargs,
    is_trend: bool,
) -> Result<(String, String, Vec<Bar>), Error> {
    let measure = read_measure(options)?;
    let title: Option<Value> = options.get("title")?;
    let unit: Option<&str> = options.get("unit")?;
    options.assert_all_used()?;
    let bar = |value: &Value| {
        let group = value.downcast_object_ref::<Group>().ok_or_else(|| wrong("expected what groups(…) gives"))?;
        let figure = measure.as_ref().map_or_else(|| group.records(), |measure| group.measure(measure));
        let label = escape::clean(if is_trend { &group.code } else { &group.label });
        let before = Some(figure.pair.before).filter(|_| figure.is_compared);
        Ok(Bar { label, value: figure.pair.now, before, records: figure.records.clone() })
    };
    let bars = groups.iter().take(BARS_SHOWN_MAX).map(bar).collect::<Result<_, Error>>()?;
    let known = measure.as_ref().and_then(|id| desk.background.measures.iter().find(|known| known.id == *id));
    let title = title.map(|title| title.to_string()).or_else(|| known.map(|known| known.label.clone()));
    Ok((escape::clean(&title.unwrap_or_default()), escape::clean(unit.unwrap_or_default()), bars))
}

fn read_table(desk: &Desk, head: &[Value], rows: &[Value], align: Option<&str>) -> Result<Block, Error> {
    let cells = |values: &mut dyn Iterator<Item = Value>| -> Vec<_> {
        let texts: Vec<String> = values.map(|value| written(desk, &value)).collect();
        desk.with(|work| texts.iter().map(|text| markdown::spans(text, &work.aside.links)).collect())
    };
    let columns = head.len();
    let mut read = Vec::with_capacity(rows.len());
    for row in rows {
        let mut row: Vec<_> = cells(&mut row.try_iter()?);
        row.resize(columns, Vec::new());
        read.push(row);
    }
    let letters: Vec<char> = align.unwrap_or_default().chars().collect();
    let align = (0..columns).map(|at| match letters.get(at) {
        Some('r') => Align::Right,
        Some('c') => Align::Center,
        _ => Align::Left,
    });
    Ok(Block::Table { align: align.collect(), head: cells(&mut head.iter().cloned()), rows: read })
}
