//! The configuration file: TOML, one `key = value` a line, each key the name of a flag with `_` for `-`.
//!
//! Every setting is declared once, as a flag with its help and its default. The file only gives other defaults, so a flag or an
//! environment variable goes before it; and the example file is written from the flags themselves.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgMatches, Command};
use thiserror::Error;

/// The flag that names the file.
const FLAG: &str = "config";
/// Characters of a line of the example.
const WIDTH: usize = 100;
/// Bytes of a file that are read.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Why a configuration file cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{path}: {why}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        why: String,
    },
    /// It is not TOML.
    #[error("{path}: {why}")]
    Malformed {
        /// The file.
        path: String,
        /// What is wrong, and on which line.
        why: String,
    },
    /// It sets something that there is not.
    #[error("{path}: there is no setting {key}; there are {known}")]
    UnknownKey {
        /// The file.
        path: String,
        /// The name.
        key: String,
        /// The names there are.
        known: String,
    },
    /// A value is a table, a list, a fraction or a date.
    #[error("{path}: {key} must be a text, a whole number, true or false")]
    NotPlain {
        /// The file.
        path: String,
        /// The setting.
        key: String,
    },
}

/// Settings, as texts, by the names of their flags.
type Settings = BTreeMap<String, String>;

/// The command with the defaults that the file at `path` gives.
///
/// # Errors
/// [`ConfigError`].
pub fn with_file(command: Command, path: &Path) -> Result<Command, ConfigError> {
    let settings = read(path, &command)?;
    Ok(with_defaults(command, &settings))
}

/// The file that the command line or the environment names.
#[must_use]
pub fn named_by(matches: &ArgMatches) -> Option<&Path> {
    matches.get_one::<PathBuf>(FLAG).map(PathBuf::as_path)
}

fn read(path: &Path, command: &Command) -> Result<Settings, ConfigError> {
    let shown = || path.display().to_string();
    let unreadable = |why: String| ConfigError::Unreadable { path: shown(), why };
    let size = std::fs::metadata(path).map_err(|e| unreadable(e.to_string()))?.len();
    if size > FILE_BYTES_MAX {
        return Err(unreadable("larger than 1 MiB".into()));
    }
    let text = std::fs::read_to_string(path).map_err(|e| unreadable(e.to_string()))?;
    let malformed = |error: toml::de::Error| ConfigError::Malformed { path: shown(), why: complaint(&text, &error) };
    let table: toml::Table = text.parse().map_err(malformed)?;
    let known = settings_of(command);
    let mut settings = Settings::new();
    for (key, value) in table {
        if !known.contains_key(key.as_str()) {
            let known: Vec<&str> = known.into_keys().collect();
            return Err(ConfigError::UnknownKey { path: shown(), key, known: known.join(", ") });
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(yes) => yes.to_string(),
            _ => return Err(ConfigError::NotPlain { path: shown(), key }),
        };
        settings.insert(key, text);
    }
    Ok(settings)
}

/// Line and complaint, without the excerpt: it may hold a password.
fn complaint(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {}: {}", before.matches('\n').count() + 1, error.message())
}

fn with_defaults(command: Command, settings: &Settings) -> Command {
    let command = command.mut_args(|arg| match settings.get(arg.get_id().as_str()) {
        Some(value) if is_setting(&arg) => arg.default_value(value.clone()),
        _ => arg,
    });
    command.mut_subcommands(|sub| with_defaults(sub, settings))
}

/// A setting is what an environment variable can give, but for the name of the file itself.
fn is_setting(arg: &Arg) -> bool {
    arg.get_env().is_some() && arg.get_id() != FLAG
}

/// Every setting of the command and those below it, by name.
fn settings_of(command: &Command) -> BTreeMap<&str, &Arg> {
    let own = command.get_arguments().filter(|arg| is_setting(arg)).map(|arg| (arg.get_id().as_str(), arg));
    own.chain(command.get_subcommands().flat_map(settings_of)).collect()
}

/// The example file: every setting with its help, its flag, its variable and its default, all commented out.
#[must_use]
pub fn example(mut command: Command) -> String {
    // So that settings of all commands are known to each.
    command.build();
    let serve = command.find_subcommand("serve").unwrap_or(&command);
    let mut settings: Vec<&Arg> = serve.get_arguments().filter(|arg| is_setting(arg)).collect();
    settings.sort_by_key(|arg| heading(arg));
    let mut text = String::from(
        "# Settings of cairn-server. Name this file with --config FILE or CAIRN_CONFIG.\n\
         # A flag goes before its environment variable, that before this file, and that before the default.\n",
    );
    let mut under = "";
    for arg in settings {
        if heading(arg) != under {
            under = heading(arg);
            text.push_str(&format!("\n# ---- {under} ----\n"));
        }
        text.push_str(&entry(arg));
    }
    text
}

fn heading(arg: &Arg) -> &str {
    arg.get_help_heading().unwrap_or_default()
}

fn entry(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let default = arg.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
    let shown = match default {
        Some(plain) if plain.parse::<i64>().is_ok() => plain,
        Some(other) => format!("{other:?}"),
        // There is no default: what kind of thing it is.
        None => format!("{:?}", arg.get_value_names().and_then(<[_]>::first).map_or("", |name| name.as_str())),
    };
    let (flag, env) = (arg.get_long().unwrap_or_default(), arg.get_env().unwrap_or_default().to_string_lossy());
    let help = commented(&help);
    format!("\n{help}# --{flag}, {env}\n#{} = {shown}\n", arg.get_id())
}

/// The text as comments, no line longer than [`WIDTH`] but for words that are.
fn commented(text: &str) -> String {
    let mut lines = vec![String::from("#")];
    for word in text.split_whitespace() {
        let full = lines.last().is_some_and(|line| line.chars().count() + 1 + word.chars().count() > WIDTH);
        if full {
            lines.push(String::from("#"));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches};

    use super::*;
    use crate::command::CommandLine;

    const EXAMPLE: &str = include_str!("../../cairn.example.toml");

    fn parsed(text: &str, words: &[&str]) -> Result<CommandLine, String> {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("cairn.toml");
        std::fs::write(&path, text).unwrap();
        let command = with_file(CommandLine::command(), &path).map_err(|e| e.to_string())?;
        let matches = command.try_get_matches_from([&["cairn-server"], words].concat()).map_err(|e| e.to_string())?;
        CommandLine::from_arg_matches(&matches).map_err(|e| e.to_string())
    }

    #[test]
    fn the_example_file_is_written_from_the_flags() {
        let written = example(CommandLine::command());
        assert!(EXAMPLE == written, "out of date: cairn-server settings > server/cairn.example.toml");
        assert!(EXAMPLE.lines().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn the_examples_defaults_are_the_defaults() {
        // Lines such as `#listen = "127.0.0.1:8090"`; those whose value is only a name have no default.
        let is_default = |line: &&str| line.starts_with('#') && line.contains(" = ") && !line.starts_with("# ");
        let named = |line: &&str| {
            line.ends_with('"')
                && line.split('"').nth(1).is_some_and(|v| v == v.to_uppercase() && v.len() > 2 && !v.contains(':'))
        };
        let defaults: Vec<&str> = EXAMPLE.lines().filter(is_default).filter(|line| !named(line)).collect();
        assert!(defaults.len() >= 5, "{defaults:?}");
        let text: String = defaults.iter().map(|line| format!("{}\n", &line[1..])).collect();
        let from = |text: &str| format!("{:?}", parsed(text, &["serve"]).unwrap());
        assert_eq!(from(&text), from(""));
    }

    #[test]
    fn a_flag_goes_before_the_file_and_that_before_the_default() {
        let shown =
            |words: &[&str]| format!("{:?}", parsed("listen = \"[::1]:1\"\nrequests_max = 7\n", words).unwrap());
        assert!(shown(&["serve"]).contains("\"[::1]:1\"") && shown(&["serve"]).contains("requests_max: 7"));
        let flag = shown(&["serve", "--requests-max", "8"]);
        assert!(flag.contains("\"[::1]:1\"") && flag.contains("requests_max: 8"), "{flag}");
        let admin = parsed("data = \"/srv/x\"", &["admin", "unit", "list"]).unwrap();
        assert!(format!("{admin:?}").contains("/srv/x"), "the file serves every command: {admin:?}");
    }

    #[test]
    fn what_is_wrong_in_the_file_is_named() {
        let wrong = |text: &str| parsed(text, &["serve"]).unwrap_err();
        let said = wrong("lisen = \"x\"");
        assert!(said.contains("there is no setting lisen") && said.contains("listen, "), "{said}");
        assert!(wrong("config = \"x\"").contains("no setting config"));
        assert!(wrong("listen = [1]").contains("listen must be a text"));
        let said = wrong("# fine\ndatabase = \"postgres://u:secret@h/d");
        assert!(said.contains("line 2: ") && !said.contains("secret"), "{said}");
        let said = wrong("requests_max = 0");
        assert!(said.contains("requests-max") && said.contains('0'), "{said}");
        let gone = with_file(CommandLine::command(), Path::new("/nowhere/cairn.toml")).unwrap_err();
        assert!(gone.to_string().starts_with("/nowhere/cairn.toml: "), "{gone}");
    }
}
