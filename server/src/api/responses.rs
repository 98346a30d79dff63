//! How answers are described: problems alike everywhere, whichever operation they come from.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Content, ContentBuilder, Ref, RefOr, Response, path::Operation, schema::Schema},
};

use super::problem::{BadRow, ProblemJson};

const PROBLEM: &str = "application/problem+json";

/// The schemas that every document has.
pub(super) fn schemas() -> [(String, RefOr<Schema>); 2] {
    let problem = (ProblemJson::name().into_owned(), ProblemJson::schema());
    [problem, (BadRow::name().into_owned(), BadRow::schema())]
}

/// Adds to what an operation says of a status.
pub(super) fn note(operation: &mut Operation, status: u16, what: &str) {
    let known = operation.responses.responses.entry(status.to_string()).or_insert_with(|| Response::new("").into());
    if let RefOr::T(response) = known {
        let more = if response.description.is_empty() { "" } else { "; " };
        response.description = format!("{}{more}{what}", response.description);
    }
}

/// Gives every answer of 400 and above the shape of a problem.
pub(super) fn shape_problems(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let (RefOr::T(response), true) = (response, status.as_str() >= "400") {
            response.content.clear();
            response.content.insert(PROBLEM.into(), RefOr::T(problem()));
        }
    }
}

fn problem() -> Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemJson::name()))).build()
}
