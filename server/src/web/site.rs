//! The files of one app.

use std::collections::BTreeMap;

use axum::http::HeaderValue;
use sha2::{Digest, Sha256};

/// How a file may be sent: as it is, or compressed beforehand by the app's build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Coding {
    /// `br`: the smallest.
    Brotli,
    /// `gzip`.
    Gzip,
    /// As it is.
    Identity,
}

impl Coding {
    /// The word for it in HTTP headers; none for a file as it is.
    pub(super) fn word(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// The file that this one is a form of, and which form.
    fn of(name: &str) -> (&str, Self) {
        let coded = |ending, coding| name.strip_suffix(ending).map(|name| (name, coding));
        coded(".br", Self::Brotli).or_else(|| coded(".gz", Self::Gzip)).unwrap_or((name, Self::Identity))
    }
}

/// One file of an app.
#[derive(Debug)]
pub(super) struct File {
    /// The media type.
    pub(super) kind: &'static str,
    /// How long it may be kept without asking: for ever, if its name changes with its content.
    pub(super) cache: &'static str,
    /// What changes when the content does.
    pub(super) tag: HeaderValue,
    /// The forms that it can be sent in, the smallest first.
    pub(super) forms: BTreeMap<Coding, &'static [u8]>,
}

/// The files of one app, by path below its root.
#[derive(Debug, Default)]
pub(super) struct Site(pub(super) BTreeMap<String, File>);

impl Site {
    /// The files among `built` below `root`. A compressed form without the file itself is no file.
    pub(super) fn of(built: &'static [(&'static str, &'static [u8])], root: &str) -> Self {
        let mut forms: BTreeMap<&str, BTreeMap<Coding, &'static [u8]>> = BTreeMap::new();
        for (path, bytes) in built {
            let Some(name) = path.strip_prefix(root) else { continue };
            let (name, coding) = Coding::of(name);
            forms.entry(name).or_default().insert(coding, bytes);
        }
        let files = forms.into_iter().filter_map(|(name, forms)| Some((name.to_owned(), file(name, forms)?)));
        Self(files.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn file(name: &str, forms: BTreeMap<Coding, &'static [u8]>) -> Option<File> {
    let digest = Sha256::digest(forms.get(&Coding::Identity)?);
    let tag: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    // What the build puts there is named by its content.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    Some(File { kind: kind_of(name), cache, tag: HeaderValue::try_from(format!("\"{tag}\"")).ok()?, forms })
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
