//! What tests look at in a document.

use std::{collections::BTreeMap, io::Read};

/// Opens a document, and sees to it that every part is well formed and that nothing is referred to that is not there.
pub(crate) fn check(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        is_well_formed(&text);
        parts.insert(file.name().unwrap().into_owned(), text);
    }
    let types = &parts["[Content_Types].xml"];
    for name in parts.keys().filter(|name| !name.ends_with(".rels") && *name != "[Content_Types].xml") {
        assert!(types.contains(&format!("PartName=\"/{name}\"")), "{name} has no type");
    }
    let relations = &parts["word/_rels/document.xml.rels"];
    for used in parts["word/document.xml"].split("r:id=\"").skip(1) {
        let id = used.split('"').next().unwrap();
        assert!(relations.contains(&format!("Id=\"{id}\"")), "{id} is no relation");
    }
    for used in parts["word/document.xml"].split("<w:pStyle w:val=\"").skip(1) {
        let id = used.split('"').next().unwrap();
        assert!(parts["word/styles.xml"].contains(&format!("w:styleId=\"{id}\"")), "{id} is no style");
    }
    parts
}

/// Whether each tag is closed in its turn, and text holds nothing that XML cannot.
fn is_well_formed(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml;
    while let Some((text, tag)) = rest.split_once('<') {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()) && !text.contains("]]>"), "{text:?}");
        for entity in text.split('&').skip(1) {
            let name = entity.split(';').next().unwrap();
            assert!(["amp", "lt", "gt", "quot"].contains(&name), "&{name};");
        }
        let (tag, behind) = tag.split_once('>').expect("a tag ends");
        rest = behind;
        if tag.starts_with('?') || tag.ends_with('/') {
            continue;
        }
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None => open.push(tag.split(' ').next().unwrap()),
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest:?}");
}
