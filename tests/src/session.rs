//! Somebody at a prompt of the database, past the program: transactions that stay open.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdout, Stdio},
};

use crate::postgres::Cluster;

/// A session of `psql`, which ends when this is dropped.
pub struct Session {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Session {
    /// Begins one in the database at `url`.
    ///
    /// # Panics
    /// When that fails.
    #[must_use]
    pub fn begin(url: &str) -> Self {
        let name = url.trim_start_matches("postgres:///").split('?').next().unwrap_or_default();
        let mut psql = Cluster::get().program("psql");
        psql.args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set",
            "ON_ERROR_STOP=1",
            "--dbname",
            name,
        ]);
        let mut child = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("psql starts");
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, answers }
    }

    /// Runs statements to their end, which need not be that of a transaction; gives what they print.
    ///
    /// # Panics
    /// When they fail.
    pub fn sql(&mut self, statements: &str) -> String {
        let input = self.child.stdin.as_mut().expect("piped");
        writeln!(input, "{statements};\n\\echo done").expect("psql reads");
        let mut said = String::new();
        while !said.ends_with("done\n") {
            assert!(self.answers.read_line(&mut said).expect("text") > 0, "{statements}: {said}");
        }
        said.trim_end_matches("done\n").trim().to_owned()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It ends with its input.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
