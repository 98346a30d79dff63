//! Running a template: what it is told, what its values become, and what holds it.

use std::sync::Arc;

use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value, syntax::SyntaxConfig};
use sync_core::id::Day;

use super::{
    blocks::Block,
    escape, functions, markdown,
    values::{Desk, Figure, Linked},
    words,
};

/// Bytes of a template.
pub const SOURCE_BYTES_MAX: usize = 64 << 10;
/// Bytes of what it writes.
const OUTPUT_BYTES_MAX: usize = 1 << 20;
/// What a run may cost: about as many steps, or 64 times as many bytes.
const FUEL: u64 = 400_000;
/// Calls within calls.
const DEPTH_MAX: usize = 50;
/// The name under which messages speak of the template.
const NAME: &str = "template";

/// Why a template cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFault {
    /// The line, if one is at fault.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
}

impl TemplateFault {
    fn whole(what: impl Into<String>) -> Self {
        Self { line: None, what: what.into() }
    }

    fn of(error: &Error) -> Self {
        let what = match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        };
        Self { line: error.line(), what: escape::clean(&what) }
    }
}

/// Runs a template once. Its blocks mean something only if nothing is missing at the desk.
pub(super) fn run(desk: &Arc<Desk>, source: &str) -> Result<Vec<Block>, TemplateFault> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(TemplateFault::whole(format!("it is longer than {SOURCE_BYTES_MAX} bytes")));
    }
    let source = escape::without_marks(source);
    let written = environment(desk).and_then(|environment| environment.render_named_str(NAME, &source, context(desk)));
    let written = written.map_err(|e| TemplateFault::of(&e))?;
    if written.len() > OUTPUT_BYTES_MAX {
        return Err(TemplateFault::whole(format!("it writes more than {OUTPUT_BYTES_MAX} bytes")));
    }
    Ok(desk.with(|work| markdown::read(&written, &work.aside)))
}

fn environment(desk: &Arc<Desk>) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    // A line that holds nothing but a tag writes no line.
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_recursion_limit(DEPTH_MAX);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    let at = desk.clone();
    environment.set_formatter(move |out, _, value| out.write_str(&written(&at, value)).map_err(Error::from));
    // What would let a value through as it is, or knows other ways to escape it than ours.
    for name in ["safe", "escape", "e"] {
        environment.remove_filter(name);
    }
    functions::add_filters(&mut environment, desk);
    functions::add_functions(&mut environment, desk);
    Ok(environment)
}

/// A value as the output holds it.
pub(super) fn written(desk: &Desk, value: &Value) -> String {
    if let Some(linked) = value.downcast_object_ref::<Linked>() {
        desk.linked(&linked.text, linked.link.as_ref())
    } else if let Some(figure) = value.downcast_object_ref::<Figure>() {
        let linked = figure.linked();
        desk.linked(&linked.text, linked.link.as_ref())
    } else if value.is_safe() {
        value.to_string()
    } else if value.is_none() {
        String::new()
    } else {
        escape::escaped(&value.to_string())
    }
}

fn context(desk: &Desk) -> Value {
    let background = &desk.background;
    let asked = &background.asked;
    let period = |period: crate::report::Period| {
        Value::from_pairs([
            ("from", Value::from(period.from.to_string())),
            ("to", period.to.to_string().into()),
            ("text", words::period(period, asked.language).into()),
            ("months", period.months().into()),
        ])
    };
    let position = |(unit, position): &(sync_core::id::UnitCode, u64)| {
        Value::from_pairs([
            ("unit", Value::from(unit.as_str())),
            ("name", background.name_of(unit).into()),
            ("position", (*position).into()),
        ])
    };
    let made = &background.made;
    let moment = crate::api::Moment(made.at).to_string();
    let positions: Vec<Value> = made.positions.iter().map(position).collect();
    let unit = &asked.unit.unit;
    Value::from_pairs([
        ("language", Value::from(asked.language.tag())),
        (
            "unit",
            Value::from_pairs([
                ("code", Value::from(unit.code.as_str())),
                ("name", unit.name.as_str().into()),
                ("kind", unit.kind.word().into()),
            ]),
        ),
        ("period", period(asked.period)),
        ("before", background.before.map(period).into()),
        (
            "worker",
            match &asked.worker {
                Some(worker) => Value::from_pairs([
                    ("username", Value::from(worker.as_str())),
                    ("name", background.worker_name.as_str().into()),
                ]),
                None => Value::from(()),
            },
        ),
        (
            "made",
            Value::from_pairs([
                ("at", Value::from(moment.as_str())),
                ("day", words::day(Day::of_clock(made.at, 0), asked.language).into()),
                ("text", format!("{} {} UTC", &moment[..10], &moment[11..16]).into()),
                ("epoch", format!("{:016x}", made.epoch).into()),
                ("positions", positions.into()),
            ]),
        ),
    ])
}
