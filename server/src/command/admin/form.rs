//! `admin form`.

use std::{io::Read, path::Path};

use serde_json::json;
use sync_core::form::{FORM_BYTES_MAX, Form};

use crate::{
    admin::{self, AdminError},
    auth::By,
    command::{Failure, Output, line::FormAct},
    store::Store,
};

pub(super) async fn run(store: &Store, by: &By, act: FormAct) -> Result<Output, Failure> {
    match act {
        FormAct::Add { file } => {
            let json = read_file(&file)?;
            let failed = |e: AdminError| Failure::new(format_args!("{}: {e}", file.display()));
            let (form, is_new) = admin::add_form(store, by, &json).await.map_err(failed)?;
            let line = match is_new {
                true => format!("added form {} version {}", form.id, form.version),
                false => format!("form {} version {} was known already", form.id, form.version),
            };
            Ok(Output::new(json!({"id": form.id, "version": form.version, "added": is_new}), [line]))
        }
        FormAct::List => {
            let forms = admin::list_forms(store).await?;
            let json: Vec<_> = forms.iter().map(shown).collect();
            let lines = forms.iter().map(|f| format!("{}\t{}\t{}\t{}", f.id, f.version, f.title.zh, f.title.en));
            Ok(Output::new(json!({"forms": json}), lines))
        }
    }
}

fn shown(form: &Form) -> serde_json::Value {
    json!({"id": form.id, "version": form.version, "title": form.title})
}

/// The text of a file, if it is no larger than a form can be.
fn read_file(path: &Path) -> Result<String, Failure> {
    let failed = |e: &dyn std::fmt::Display| Failure::new(format_args!("{}: {e}", path.display()));
    let file = std::fs::File::open(path).map_err(|e| failed(&e))?;
    let mut text = String::new();
    // One byte more than permitted, so that the form's own check tells.
    file.take(FORM_BYTES_MAX as u64 + 1).read_to_string(&mut text).map_err(|e| failed(&e))?;
    Ok(text)
}
