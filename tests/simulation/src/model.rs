//! The reference: what people did and were told, as plain sets and maps. It knows nothing of documents, cursors or tables, only
//! which changes there are, what each says, and what its author had seen.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use sync_core::{
    gate::Roles,
    id::{ChangeHash, RecordId, UnitCode, Username},
    record::{Status, Verdict},
};

/// What a change says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Says {
    /// A record begins with these values.
    Born(BTreeMap<String, Json>),
    /// A field is set.
    Set(String, Json),
    /// A word is added to the notes.
    Word(String),
    /// So many more are counted.
    Count(i64),
    /// A comment.
    Comment(String),
    /// A verdict.
    Verdict(Verdict),
}

/// A change that somebody made.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub user: Username,
    /// The device to the server, which its copies share.
    pub token: String,
    pub record: RecordId,
    pub unit: UnitCode,
    /// Who wrote the record.
    pub worker: Username,
    /// The changes of the record that its author had.
    pub past: BTreeSet<ChangeHash>,
    pub says: Says,
}

/// Who may do what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rights {
    /// The unit above each.
    pub above: BTreeMap<UnitCode, UnitCode>,
    pub roles: BTreeMap<(Username, UnitCode), Roles>,
    pub revoked: BTreeSet<String>,
}

impl Rights {
    pub(crate) fn on(&self, user: &Username, unit: &UnitCode) -> Roles {
        let mut roles = Roles::default();
        let mut at = Some(unit);
        while let Some(code) = at {
            roles = roles.and(self.roles.get(&(user.clone(), code.clone())).copied().unwrap_or_default());
            at = self.above.get(code);
        }
        roles
    }

    pub(crate) fn reads(&self, user: &Username, token: &str, unit: &UnitCode) -> bool {
        !self.revoked.contains(token) && self.on(user, unit).any()
    }

    /// Whether the author of a change may say what it says.
    pub(crate) fn allow(&self, written: &Written) -> bool {
        let Roles { recorder, reviewer, administrator, observer } = self.on(&written.user, &written.unit);
        match written.says {
            Says::Comment(_) => recorder || reviewer || administrator || observer,
            Says::Verdict(Verdict::Void) if recorder && written.worker == written.user => true,
            Says::Verdict(_) => reviewer || administrator,
            _ => recorder || reviewer || administrator,
        }
    }
}

/// The server's word on a change, as far as it must still be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// It is in its feed.
    InFeed,
    /// It is kept: a person must decide, or something is missing.
    Kept,
}

/// What a record must show, by what is known of some of its changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expected {
    /// The values that stand in each field: more than one where people disagree.
    pub fields: BTreeMap<String, Vec<Json>>,
    pub counted: Option<i64>,
    pub words: Vec<String>,
    pub comments: BTreeSet<String>,
    pub status: Option<Status>,
}

#[derive(Default)]
pub(crate) struct Model {
    pub written: BTreeMap<ChangeHash, Written>,
    /// Well-formed changes by devices that are not replicas: they count if they get in.
    pub strangers: BTreeMap<ChangeHash, Written>,
    pub rights: Rights,
    pub backed_up: Option<(Rights, BTreeMap<ChangeHash, Word>, BTreeSet<ChangeHash>)>,
    pub acknowledged: BTreeMap<ChangeHash, Word>,
    /// All that was ever in a feed.
    pub ever_stored: BTreeSet<ChangeHash>,
    pub admitted: BTreeSet<ChangeHash>,
    pub rejected: BTreeSet<ChangeHash>,
    /// Changes that somebody else sent as their own.
    pub relayed: BTreeSet<ChangeHash>,
    /// Changes that somebody else made in the name of who was known to the server.
    pub impostures: BTreeMap<ChangeHash, Written>,
    pub restores: u32,
}

impl Model {
    pub(crate) fn back_up(&mut self) {
        self.backed_up = Some((self.rights.clone(), self.acknowledged.clone(), self.rejected.clone()));
    }

    /// The server is as it was when it was backed up: what it said and what was decided since is forgotten.
    pub(crate) fn restore(&mut self) {
        if let Some((rights, acknowledged, rejected)) = self.backed_up.clone() {
            self.rights = rights;
            // What it had answered for by then, under the same word or a better one.
            self.acknowledged = acknowledged;
            self.rejected = rejected;
        }
        self.restores += 1;
    }

    /// Whether a change, or one that it builds on, was kept out by a person.
    pub(crate) fn is_kept_out(&self, hash: &ChangeHash) -> bool {
        self.rejected.contains(hash)
            || self.written.get(hash).is_some_and(|written| written.past.iter().any(|h| self.rejected.contains(h)))
    }

    /// What a record shows of `changes`.
    pub(crate) fn expected(&self, changes: &BTreeSet<ChangeHash>) -> Expected {
        let mut expected = Expected::default();
        let known: Vec<(&ChangeHash, &Written)> =
            changes.iter().filter_map(|hash| Some((hash, self.written.get(hash)?))).collect();
        let mut writes: BTreeMap<&str, Vec<(&ChangeHash, &Written, &Json)>> = BTreeMap::new();
        let mut verdicts = Vec::new();
        for (hash, written) in &known {
            match &written.says {
                Says::Born(values) => {
                    for (field, value) in values {
                        if field == "visits" {
                            *expected.counted.get_or_insert(0) += value.as_i64().unwrap_or(0);
                        } else {
                            writes.entry(field).or_default().push((hash, written, value));
                        }
                    }
                }
                Says::Set(field, value) => writes.entry(field).or_default().push((hash, written, value)),
                Says::Word(word) => expected.words.push(word.clone()),
                Says::Count(by) => *expected.counted.get_or_insert(0) += by,
                Says::Comment(text) => drop(expected.comments.insert(text.clone())),
                Says::Verdict(verdict) => verdicts.push((*hash, *written, *verdict)),
            }
        }
        for (field, writes) in writes {
            let seen = |hash: &ChangeHash| writes.iter().any(|(_, other, _)| other.past.contains(hash));
            let stand = writes.iter().filter(|(hash, ..)| !seen(hash)).map(|(.., value)| (*value).clone());
            expected.fields.insert(field.to_owned(), stand.collect());
        }
        expected.status = Some(status_of(&known, &verdicts));
        expected
    }
}

/// A verdict is answered by those that build on it; of those that stand, void goes before returned, and returned before approved.
fn status_of(known: &[(&ChangeHash, &Written)], verdicts: &[(&ChangeHash, &Written, Verdict)]) -> Status {
    let touches = |written: &Written| !matches!(written.says, Says::Comment(_) | Says::Verdict(_));
    let answered = |hash: &ChangeHash| verdicts.iter().any(|(_, other, _)| other.past.contains(hash));
    let stand: Vec<(Verdict, bool)> = verdicts
        .iter()
        .filter(|(hash, ..)| !answered(hash))
        .map(|(_, written, verdict)| {
            let moved_on = known.iter().any(|(hash, other)| touches(other) && !written.past.contains(*hash));
            (*verdict, moved_on)
        })
        .collect();
    let all = |wanted: Verdict| {
        let mut of = stand.iter().filter(|(verdict, _)| *verdict == wanted).map(|(_, moved)| *moved).peekable();
        of.peek().is_some().then(|| of.all(|moved| moved))
    };
    match (all(Verdict::Void), all(Verdict::Returned), all(Verdict::Approved)) {
        (Some(_), ..) => Status::Void,
        (None, Some(true), _) => Status::Open,
        (None, Some(false), _) => Status::Returned,
        (None, None, Some(true)) => Status::Changed,
        (None, None, Some(false)) => Status::Approved,
        (None, None, None) => Status::Open,
    }
}
