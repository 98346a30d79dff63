//! What templates work with: figures that know their records, and groups of figures.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use minijinja::{
    Error, ErrorKind, State, Value,
    value::{Object, ObjectRepr},
};
use sync_core::{
    id::{MeasureId, UnitCode},
    merge::RECORDS_MEASURE,
};

use super::{
    background::Background,
    blocks::{Filter, Link},
    escape::{self, mark},
    markdown::Aside,
    question::{Answers, Pair, Question, Sums},
    words,
};
use crate::report::{Change, sector_of};

/// A template at work: what it may know, and what it puts aside.
#[derive(Debug)]
pub(super) struct Desk {
    pub background: Arc<Background>,
    pub answers: Answers,
    state: Mutex<Work>,
}

/// What came of it so far.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub aside: Aside,
    /// Questions that nobody has answered.
    pub missing: Vec<Question>,
    /// Sections that were begun.
    pub sections: usize,
}

impl Desk {
    pub(super) fn new(background: Arc<Background>, answers: Answers) -> Self {
        Self { background, answers, state: Mutex::default() }
    }

    /// Works on what is put aside.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Work) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A text that leads somewhere, as the output holds it.
    pub(super) fn linked(&self, text: &str, link: Option<&Link>) -> String {
        let text = escape::escaped(text);
        let Some(link) = link else { return text };
        let number = self.with(|work| {
            let links = &mut work.aside.links;
            // The same records are often spoken of twice in a row.
            if links.last() != Some(link) {
                links.push(link.clone());
            }
            links.len() - 1
        });
        format!("{}{number}{}{text}{}", mark::LINK, mark::TEXT, mark::END)
    }
}

/// A text that may lead somewhere.
#[derive(Clone, Debug)]
pub(super) struct Linked {
    pub text: String,
    pub link: Option<Link>,
}

impl Linked {
    pub(super) fn value(text: impl Into<String>, link: Option<Link>) -> Value {
        Value::from_object(Self { text: text.into(), link })
    }
}

impl Object for Linked {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A number of records, or a measure's sum, with what it was in the period before.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    /// The measure; `None` for the records themselves.
    pub measure: Option<MeasureId>,
    pub label: String,
    /// What kind of forms it is of.
    pub sector: String,
    pub pair: Pair,
    /// Whether there is a period before to compare with.
    pub is_compared: bool,
    /// The records that it counts; `None` if no filter says which.
    pub records: Option<Filter>,
    pub records_before: Option<Filter>,
    background: Arc<Background>,
}

impl Figure {
    fn change(&self) -> Change {
        Change::of(self.pair.now, self.pair.before)
    }

    fn link(&self) -> Option<Link> {
        self.records.clone().filter(|_| self.pair.now != 0).map(Link::Records)
    }

    /// As it is written: a number that leads to its records.
    pub(super) fn linked(&self) -> Linked {
        Linked { text: words::number(self.pair.now), link: self.link() }
    }
}

impl Object for Figure {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let nothing = || Value::from("—");
        Some(match key.as_str()? {
            "value" => self.pair.now.into(),
            "now" => Value::from_object(self.linked()),
            "before" if self.is_compared => {
                let link = self.records_before.clone().filter(|_| self.pair.before != 0).map(Link::Records);
                Linked::value(words::number(self.pair.before), link)
            }
            "change" if self.is_compared => words::percent(self.change().percent).into(),
            "difference" if self.is_compared => words::difference(self.change().difference).into(),
            "compared" if self.is_compared => words::compared(self.change(), self.background.asked.language).into(),
            "compared" => Value::from(""),
            "before" | "change" | "difference" => nothing(),
            "value_before" => Some(self.pair.before).filter(|_| self.is_compared).into(),
            "percent" => self.change().percent.filter(|_| self.is_compared).into(),
            "label" => self.label.as_str().into(),
            "id" => self.measure.as_ref().map_or(RECORDS_MEASURE, MeasureId::as_str).into(),
            "sector" => self.sector.as_str().into(),
            _ => return None,
        })
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.pair.now != 0
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::number(self.pair.now))
    }
}

/// What belongs together: a unit, a form, a sector, a month, a worker, or everything.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub code: String,
    pub label: String,
    pub sums: Sums,
    /// Which records it counts now and before; `None` if no filter says which.
    pub records: Option<Filter>,
    pub records_before: Option<Filter>,
    pub is_compared: bool,
    pub background: Arc<Background>,
}

impl Group {
    /// The number of its records.
    pub(super) fn records(&self) -> Figure {
        self.figure(None, self.sums.records)
    }

    /// A measure's sum, be it 0.
    pub(super) fn measure(&self, id: &MeasureId) -> Figure {
        self.figure(Some(id), self.sums.measures.get(id).copied().unwrap_or_default())
    }

    /// The measures that are not 0 now or before, in the forms' order.
    fn measures(&self) -> Vec<Figure> {
        let is_known = |id: &&MeasureId| self.sums.measures.contains_key(*id);
        let known = self.background.measures.iter().map(|measure| &measure.id).filter(is_known);
        let mut ids: Vec<&MeasureId> = known.collect();
        // What only older versions of forms have.
        let others: Vec<&MeasureId> = self.sums.measures.keys().filter(|id| !ids.contains(id)).collect();
        ids.extend(others);
        ids.into_iter().map(|id| self.measure(id)).collect()
    }

    fn figure(&self, measure: Option<&MeasureId>, pair: Pair) -> Figure {
        let known = measure.and_then(|id| self.background.measures.iter().find(|known| known.id == *id));
        let with_measure = |filter: &Option<Filter>| {
            filter.as_ref().map(|filter| Filter { measure: measure.cloned(), ..filter.clone() })
        };
        let label = match (known, measure) {
            (Some(known), _) => known.label.clone(),
            (None, Some(id)) => id.to_string(),
            (None, None) => String::new(),
        };
        Figure {
            measure: measure.cloned(),
            label,
            sector: known.map(|known| known.sector.clone()).unwrap_or_default(),
            pair,
            is_compared: self.is_compared,
            records: with_measure(&self.records),
            records_before: with_measure(&self.records_before),
            background: self.background.clone(),
        }
    }
}

impl Object for Group {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(match key.as_str()? {
            "code" => self.code.as_str().into(),
            "label" => self.label.as_str().into(),
            "sector" => sector_of(&self.code).into(),
            "records" => Value::from_object(self.records()),
            "measures" => self.measures().into_iter().map(Value::from_object).collect::<Vec<Value>>().into(),
            _ => return None,
        })
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        let measure = match (method, args) {
            ("measure", [id]) => id.as_str().and_then(|id| id.parse().ok()),
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        };
        let id: MeasureId = measure.ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidOperation,
                "measure: expected the id of a measure, such as \"people_benefited\"",
            )
        })?;
        Ok(Value::from_object(self.measure(&id)))
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

/// The unit that a template's function names, which must lie where the briefing's own does.
pub(super) fn unit_named(background: &Background, code: Option<&str>) -> Result<UnitCode, Error> {
    let Some(code) = code else { return Ok(background.asked.unit.unit.code.clone()) };
    let unit = code.parse().ok().and_then(|code: UnitCode| background.directory.unit(&code));
    match unit.filter(|unit| background.asked.unit.path.covers(&unit.path)) {
        Some(unit) => Ok(unit.unit.code.clone()),
        None => {
            let detail = format!("unit: there is no `{code}` at or below the briefing's own unit");
            Err(Error::new(ErrorKind::InvalidOperation, detail))
        }
    }
}
