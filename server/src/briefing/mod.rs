//! Briefings (工作简报): what a unit, or a worker, did in a period, from a template that can be changed.
//!
//! ```text
//! template ──run──▶ questions ──facts, one snapshot──▶ answers ──run──▶ text ──read──▶ blocks ──▶ console, Word
//! ```
//!
//! | file | what it does |
//! |---|---|
//! | `template` | the templates: those that ship, in `server/briefings`, and those that were changed |
//! | `make` | runs a template until all that it asks is answered; or once more, as of an earlier briefing's positions |
//! | `background`, `question`, `facts` | what is known beforehand; what a template asks; the answers |
//! | `engine`, `functions`, `groups`, `values`, `event` | running a template: what it can call, within which limits, and what it gets |
//! | `escape`, `markdown`, `blocks` | what a template writes, read into blocks: no value is ever markup |
//! | `words` | what the program itself says, in each language |
//! | `word` | the same blocks as a Word document |
//!
//! How to write a template: `server/docs/briefing.md`.

mod background;
mod blocks;
mod engine;
mod escape;
mod event;
mod facts;
mod functions;
mod groups;
mod make;
mod markdown;
mod question;
pub mod template;
mod values;
pub mod word;
mod words;

pub use background::{Asked, Made};
pub use blocks::{Align, Bar, Block, Filter, Span, plain};
pub use engine::{SOURCE_BYTES_MAX, TemplateFault};
pub use make::{Briefing, BriefingError, CHANGES_MAX, Earlier, make, try_out};
pub use words::Language;
