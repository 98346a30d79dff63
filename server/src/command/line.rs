//! The command line: what can be asked, and how.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{
    admin::{CODE_HOURS_DEFAULT, TOKEN_DAYS_DEFAULT},
    config::{LimitsConfig, ListenConfig, LogConfig, MetricsConfig, PlaceConfig, TlsConfig},
};

/// Cairn's server: field workers' records, merged into one store.
#[derive(Parser, Clone, Debug)]
#[command(name = "cairn-server", version)]
pub struct CommandLine {
    /// Write one JSON object to standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// A file of settings; see cairn.example.toml
    #[arg(long, value_name = "FILE", env = "CAIRN_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// What is logged
    #[command(flatten)]
    pub log: LogConfig,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What can be asked.
#[derive(Subcommand, Clone, Debug)]
pub enum Command {
    /// Serves devices, people and programs until it is told to stop
    Serve(ServeOptions),
    /// Plays a year of field work on a fresh store, shows the totals, and serves it
    Demo(DemoOptions),
    /// Administers units, users, devices, forms and held changes; works while the server runs
    Admin {
        #[command(flatten)]
        place: PlaceConfig,
        #[command(subcommand)]
        act: Act,
    },
    /// Computes records and totals again from the changes and compares; fails if anything differs
    Verify(PlaceConfig),
    /// Computes records and totals again from the changes and keeps the result
    Rebuild(PlaceConfig),
    /// Copies a store into an empty one, on the same kind of database or the other, and proves the copy. Stop the server first
    MigrateStore {
        /// The address of the store to copy: sqlite://PATH or postgres://…
        #[arg(long, value_name = "URL")]
        from: String,
        /// The address of the empty store to copy into
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Copies the store into a new file, as it is at one moment, while the server runs
    Backup {
        #[command(flatten)]
        place: PlaceConfig,
        /// The file to write; must not exist
        file: PathBuf,
    },
    /// Prints an example configuration file: every setting with its default
    Settings,
}

/// How to serve.
#[derive(Args, Clone, Debug, Default)]
pub struct ServeOptions {
    /// Where the store is
    #[command(flatten)]
    pub place: PlaceConfig,
    /// Where to listen
    #[command(flatten)]
    pub listen: ListenConfig,
    /// With which certificate
    #[command(flatten)]
    pub tls: TlsConfig,
    /// Where the metrics are
    #[command(flatten)]
    pub metrics: MetricsConfig,
    /// How much at a time
    #[command(flatten)]
    pub limits: LimitsConfig,
}

/// How to play the demonstration.
#[derive(Args, Clone, Debug)]
pub struct DemoOptions {
    /// The directory for the fresh store; made where there is none
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// An empty database for the fresh store, if it is not to lie in the directory: postgres://…
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Where to listen
    #[command(flatten)]
    pub listen: ListenConfig,
    /// What to draw the year from: equal seeds play equal years
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Stop after the totals; fail if any differs from what it must be
    #[arg(long)]
    pub exit: bool,
}

/// What an administrator can do.
#[derive(Subcommand, Clone, Debug)]
pub enum Act {
    /// The tree of org units
    #[command(subcommand)]
    Unit(UnitAct),
    /// People
    #[command(subcommand)]
    User(UserAct),
    /// Roles on units and everything below them
    #[command(subcommand)]
    Grant(GrantAct),
    /// Makes a one-time code with which a user enrols one device
    Enrol {
        username: String,
        /// How long the code lasts, up to a week
        #[arg(long, default_value_t = CODE_HOURS_DEFAULT)]
        hours: u32,
        /// The server's address as phones see it, e.g. https://cairn.example: the code is shown as a link, and as a QR code, too
        #[arg(long)]
        url: Option<String>,
    },
    /// Makes a one-time code with which a user sets their password for the console
    Password {
        username: String,
        /// How long the code lasts, up to a week
        #[arg(long, default_value_t = CODE_HOURS_DEFAULT)]
        hours: u32,
    },
    /// Makes an API token for a user's programs; it is shown only now
    Token {
        username: String,
        /// The most that a program with it can do: recorder, reviewer, administrator or observer
        #[arg(long, default_value = "observer")]
        role: String,
        /// How long it lasts, up to a year
        #[arg(long, default_value_t = TOKEN_DAYS_DEFAULT)]
        days: u32,
    },
    /// What events are logged with which fields
    #[command(subcommand)]
    Form(FormAct),
    /// Enrolled devices
    #[command(subcommand)]
    Device(DeviceAct),
    /// Changes about which a person must decide
    #[command(subcommand)]
    Held(HeldAct),
}

#[derive(Subcommand, Clone, Debug)]
pub enum UnitAct {
    /// Adds a unit
    Add {
        /// 1 to 48 of a-z, 0-9, '.' and '-'; permanent
        code: String,
        /// The unit above; none for the root of a tree
        #[arg(long, value_name = "CODE")]
        parent: Option<String>,
        /// prefecture, county, clinic, school or other
        #[arg(long)]
        kind: String,
        /// As people write it
        #[arg(long, value_name = "TEXT")]
        name: String,
    },
    /// Gives a unit another name
    Rename {
        code: String,
        /// As people write it
        #[arg(long, value_name = "TEXT")]
        name: String,
    },
    /// Moves a unit, and everything below it, below another; unsynced work of whoever loses a role by that is held, not lost
    Move {
        code: String,
        /// The unit to lie below
        #[arg(long, value_name = "CODE")]
        parent: String,
    },
    /// Lists the units
    List,
}

#[derive(Subcommand, Clone, Debug)]
pub enum UserAct {
    /// Adds a user with a first role
    Add {
        /// 1 to 48 of a-z, 0-9, '.' and '-'; permanent
        username: String,
        /// As people write it
        #[arg(long, value_name = "TEXT")]
        name: String,
        #[command(flatten)]
        on: RoleOnUnit,
    },
    /// Lists the users and their roles
    List,
}

#[derive(Subcommand, Clone, Debug)]
pub enum GrantAct {
    /// Grants a role
    Add {
        username: String,
        #[command(flatten)]
        on: RoleOnUnit,
    },
    /// Takes a role back; unsynced work of its holder is held, not lost
    Remove {
        username: String,
        #[command(flatten)]
        on: RoleOnUnit,
    },
}

/// A role, and where.
#[derive(Args, Clone, Debug)]
pub struct RoleOnUnit {
    /// recorder, reviewer, administrator or observer
    #[arg(long)]
    pub role: String,
    /// The unit's code
    #[arg(long, value_name = "CODE")]
    pub unit: String,
}

#[derive(Subcommand, Clone, Debug)]
pub enum FormAct {
    /// Adds a form, or a new version of one
    Add { file: PathBuf },
    /// Lists the forms and their versions
    List,
}

#[derive(Subcommand, Clone, Debug)]
pub enum DeviceAct {
    /// Lists the devices
    List,
    /// Takes a device's rights away, for good; what it sends later is held, not lost
    Revoke { id: String },
}

#[derive(Subcommand, Clone, Debug)]
pub enum HeldAct {
    /// Lists the changes that wait for a decision
    List,
    /// Merges a held change after all
    Admit { hash: String },
    /// Turns a held change away
    Reject {
        hash: String,
        /// Why, for its author to read
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}
