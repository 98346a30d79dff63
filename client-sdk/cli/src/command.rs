//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sync_core::{
    id::{Day, FormId, UnitCode, Username},
    record::Verdict,
};

/// Records work offline, and merges it with everybody else's when there is a connection.
#[derive(Debug, Parser)]
#[command(name = "cairn", version, propagate_version = true, arg_required_else_help = false)]
pub(crate) struct Cairn {
    /// The directory of the replica [default: ~/.cairn]
    #[arg(long, value_name = "DIR", env = "CAIRN_STORE", global = true)]
    pub(crate) store: Option<PathBuf>,
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Enrol this device with a one-time code
    Enrol {
        /// The server's address, e.g. https://cairn.example
        url: String,
        /// The one-time code from an administrator
        code: String,
        /// What people call this device
        #[arg(long, value_name = "TEXT")]
        device_name: Option<String>,
    },
    /// List the forms and their fields
    Forms,
    /// List the org units and your roles there
    Units,
    /// Make, change and read records
    #[command(subcommand)]
    Record(Record),
    /// Send what waits, take what is new
    Sync {
        /// Go on syncing until stopped; with --json one object for each sync
        #[arg(long)]
        follow: bool,
    },
    /// Save what is not synced as a file, and take such files in
    #[command(subcommand)]
    Copy(Copy),
    /// Show what waits, what is held and why, how far each feed was read
    Status,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Copy {
    /// Save all that the server has not said to be stored
    Save {
        /// The file to be made
        file: PathBuf,
    },
    /// Take in what another device of yours saved
    TakeIn {
        /// The file
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Record {
    /// Make a record; it is on disk when its name is printed
    Add {
        /// The form, e.g. clinic.outreach
        form: String,
        /// The org unit [default: your only facility]
        #[arg(long, value_name = "CODE")]
        unit: Option<String>,
        /// The day of the event [default: today]
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<String>,
        /// Keep it even if answers are missing or out of bounds
        #[arg(long)]
        draft: bool,
        /// The answers
        #[arg(value_name = "FIELD=VALUE", value_parser = answer)]
        answers: Vec<(String, String)>,
    },
    /// Make a record of every row of a file: .jsonl ({"form","unit","on","fields":{…}} a line) or .csv (form,unit,on and fields)
    Import {
        /// The file
        file: PathBuf,
    },
    /// Change answers: FIELD= empties one, FIELD=+3 counts on a tally
    Edit {
        /// The record, or the beginning of its name
        id: String,
        /// Keep the change even if answers become missing or out of bounds
        #[arg(long)]
        draft: bool,
        /// The answers
        #[arg(value_name = "FIELD=VALUE", required = true, value_parser = answer)]
        answers: Vec<(String, String)>,
    },
    /// Add a comment
    Comment {
        /// The record, or the beginning of its name
        id: String,
        /// What to say
        text: String,
    },
    /// Say that a record does not count; its history stays
    Void {
        /// The record, or the beginning of its name
        id: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The record that counts instead
        #[arg(long, value_name = "ID")]
        duplicate_of: Option<String>,
    },
    /// Give a verdict on a record as it stands here
    Review {
        /// The record, or the beginning of its name
        id: String,
        /// The verdict
        verdict: Word,
        /// Why
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// List records, newest day first
    List(Filter),
    /// Show all that a record says, and where it stands
    Show {
        /// The record, or the beginning of its name
        id: String,
    },
    /// Tell what happened to a record, change by change
    History {
        /// The record, or the beginning of its name
        id: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Word {
    Approved,
    Returned,
}

impl From<Word> for Verdict {
    fn from(word: Word) -> Self {
        match word {
            Word::Approved => Self::Approved,
            Word::Returned => Self::Returned,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct Filter {
    /// In this org unit or below it
    #[arg(long, value_name = "CODE")]
    pub(crate) unit: Option<UnitCode>,
    /// Of this form
    #[arg(long)]
    pub(crate) form: Option<FormId>,
    /// By this worker
    #[arg(long, value_name = "USERNAME")]
    pub(crate) worker: Option<Username>,
    /// On this day or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) from: Option<Day>,
    /// On this day or earlier
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) to: Option<Day>,
    /// With this status
    #[arg(long, value_parser = ["open", "approved", "changed", "returned", "void"])]
    pub(crate) status: Option<String>,
    /// With this receipt
    #[arg(long, value_parser = ["on_this_device", "on_the_server", "parked", "held", "refused"])]
    pub(crate) receipt: Option<String>,
    /// Only those in which values disagree
    #[arg(long)]
    pub(crate) conflicting: bool,
    /// Only those whose values break the form's rules
    #[arg(long)]
    pub(crate) faulty: bool,
    /// Only those with comments
    #[arg(long)]
    pub(crate) commented: bool,
    /// With this text in an answer
    #[arg(long)]
    pub(crate) text: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Leaving out so many of the first
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) offset: u32,
}

fn answer(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, value)) if !field.is_empty() => Ok((field.to_owned(), value.to_owned())),
        _ => Err("expected FIELD=VALUE".to_owned()),
    }
}
