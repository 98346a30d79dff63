//! The records of the list as a table that is written while it is read.
//!
//! | file | what it does |
//! |---|---|
//! | `rows` | reads the records and makes cells of them |
//! | `csv`, `xlsx` | one operation each: a table in that format |
//! | `workbook` | XLSX, written from the first byte to the last |

pub(super) mod csv;
mod rows;
mod workbook;
pub(super) mod xlsx;

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use futures_util::stream;

use crate::store::StoreError;
use rows::{Cell, Rows};

/// Writes a table in some format, piece by piece.
trait Format: Send + 'static {
    /// What stands at the beginning, with the names of the columns.
    fn begin(&mut self, head: Vec<String>) -> Result<Vec<u8>, StoreError>;

    /// Some rows; may be less than all of them, or nothing yet.
    fn rows(&mut self, rows: Vec<Vec<Cell>>) -> Result<Vec<u8>, StoreError>;

    /// What is left.
    fn end(&mut self) -> Result<Vec<u8>, StoreError>;
}

/// How far a table has come.
enum Place {
    Begin,
    Within,
    Over,
}

/// Answers with a table, written as it is read.
fn table(rows: Rows, format: impl Format, media: &'static str, disposition: &'static str) -> Response {
    let pieces = stream::try_unfold((rows, format, Place::Begin), async |(mut rows, mut format, mut place)| {
        let piece = next(&mut rows, &mut format, &mut place).await;
        let piece = piece.inspect_err(|error| tracing::error!(%error, "a table was cut off"))?;
        Ok::<_, StoreError>(piece.map(|piece| (piece, (rows, format, place))))
    });
    let mut response = Response::new(Body::from_stream(Box::pin(pieces)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
    response
}

/// The next piece, which is not empty; `None` after the last.
async fn next(rows: &mut Rows, format: &mut impl Format, place: &mut Place) -> Result<Option<Vec<u8>>, StoreError> {
    loop {
        let piece = match place {
            Place::Begin => {
                *place = Place::Within;
                format.begin(rows.head())?
            }
            Place::Within => match rows.next().await? {
                Some(some) => format.rows(some)?,
                None => {
                    *place = Place::Over;
                    format.end()?
                }
            },
            Place::Over => return Ok(None),
        };
        if !piece.is_empty() {
            return Ok(Some(piece));
        }
    }
}
