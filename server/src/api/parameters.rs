//! The parameters of a query: each read once, each problem naming the parameter.

use std::{fmt::Display, str::FromStr};

use axum::{
    extract::{FromRequestParts, Query},
    http::{StatusCode, Uri, request::Parts},
};

use super::Problem;

/// The parameters of a request's query. An empty one counts as absent.
#[derive(Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.uri)
    }
}

impl Parameters {
    /// Those of an address.
    ///
    /// # Errors
    /// 400 `query_malformed`.
    pub fn of(uri: &Uri) -> Result<Self, Problem> {
        let malformed = |e| Problem::new(StatusCode::BAD_REQUEST, "query_malformed", format!("the query: {e}"));
        Ok(Self(Query::try_from_uri(uri).map_err(malformed)?.0))
    }

    /// Sees to it that there are no others than `known`, and each at most once: a misspelt filter must not silently widen
    /// the answer.
    ///
    /// # Errors
    /// The problem, naming the parameter.
    pub fn only(&self, known: &[&str]) -> Result<(), Problem> {
        for (index, (name, _)) in self.0.iter().enumerate() {
            let shown: String = name.chars().take(80).collect();
            if !known.contains(&name.as_str()) {
                let what = match known {
                    [] => "there are no parameters here".to_owned(),
                    known => format!("there is no such parameter; expected {}", known.join(", ")),
                };
                return Err(Problem::parameter(&shown, what));
            }
            if self.0[..index].iter().any(|(other, _)| other == name) {
                return Err(Problem::parameter(&shown, "given twice"));
            }
        }
        Ok(())
    }

    /// The parameter's text, if it is given and not empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, value)| n == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The parameter, read.
    ///
    /// # Errors
    /// The problem, naming the parameter and its rule.
    pub fn optional<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, Problem> {
        self.text(name).map(|text| text.parse().map_err(|e| Problem::parameter(name, e))).transpose()
    }

    /// The parameter, which must be given.
    ///
    /// # Errors
    /// The problem, naming the parameter.
    pub fn required<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, Problem> {
        self.optional(name)?.ok_or_else(|| Problem::missing(name))
    }

    /// `limit`: how many items a page holds at most.
    ///
    /// # Errors
    /// The problem, naming the range.
    pub fn limit(&self, default: usize, max: usize) -> Result<usize, Problem> {
        let limit = self.optional::<usize>("limit")?.unwrap_or(default);
        if (1..=max).contains(&limit) {
            return Ok(limit);
        }
        Err(Problem::parameter("limit", format_args!("{limit} is not 1 to {max}")))
    }

    /// The parameter as one of some words.
    ///
    /// # Errors
    /// The problem, naming the parameter and the words.
    pub fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                Err(Problem::parameter(name, format_args!("expected one of {}", words.join(", "))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_core::id::{Day, UnitCode};

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        Parameters(pairs.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect())
    }

    #[test]
    fn what_is_wrong_is_named() {
        let given = parameters(&[("unit", "Markam"), ("from", "2021-02-29"), ("to", ""), ("by", "week")]);
        let unit = given.required::<UnitCode>("unit").unwrap_err();
        assert_eq!(unit.code(), "parameter_invalid");
        assert!(format!("{unit:?}").contains("unit: \\\"Markam\\\""), "{unit:?}");
        assert!(format!("{:?}", given.optional::<Day>("from").unwrap_err()).contains("from: "));
        assert_eq!(given.required::<Day>("to").unwrap_err().code(), "parameter_missing");
        assert!(given.optional::<Day>("to").unwrap().is_none());
        assert!(format!("{:?}", given.word("by", &[("unit", 1), ("form", 2)]).unwrap_err()).contains("unit, form"));
        assert!(given.only(&["unit", "from", "to", "by"]).is_ok());
        assert!(format!("{:?}", given.only(&["unit", "from"]).unwrap_err()).contains("to: "));
        let twice = parameters(&[("unit", "a"), ("unit", "b")]);
        assert!(format!("{:?}", twice.only(&["unit"]).unwrap_err()).contains("twice"));
    }
}
