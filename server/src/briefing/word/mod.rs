//! A briefing as a Word document (WordprocessingML, as ISO/IEC 29500 has it): A4, headings, tables with repeated heads, bars, page
//! numbers.
//!
//! | file | what it writes |
//! |---|---|
//! | `parts` | what every document has: its parts, styles, fonts, footer |
//! | `body` | the blocks |
//! | `charts` | bars and trends, as tables of shaded cells: they print as they are seen |
//! | `xml` | text as XML holds it |

mod body;
mod charts;
mod parts;
mod xml;

use std::io::{Cursor, Write};

use zip::{ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{Block, Language};

/// Between the margins, in twentieths of a point.
const WIDTH: u32 = 9_184;

/// Writes a document. Numbers lead to the console at `origin` (`https://cairn.example`), or nowhere.
///
/// # Errors
/// [`ZipError`]: it would be larger than an archive can be.
pub fn document(title: &str, language: Language, blocks: &[Block], origin: Option<&str>) -> Result<Vec<u8>, ZipError> {
    let body = body::write(blocks, language, origin);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| -> Result<(), ZipError> {
        archive.start_file(name, SimpleFileOptions::default())?;
        Ok(archive.write_all(text.as_bytes())?)
    };
    part("[Content_Types].xml", parts::TYPES)?;
    part("_rels/.rels", parts::RELATIONS)?;
    part("docProps/core.xml", &parts::properties(title))?;
    part("word/document.xml", &body.xml)?;
    part("word/_rels/document.xml.rels", &parts::relations(&body.addresses))?;
    part("word/styles.xml", &parts::styles(language))?;
    part("word/fontTable.xml", parts::FONTS)?;
    part("word/numbering.xml", &parts::numbering(body.lists))?;
    part("word/settings.xml", parts::SETTINGS)?;
    part("word/footer1.xml", &parts::footer(language))?;
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
pub(crate) mod opened;
#[cfg(test)]
mod tests;
