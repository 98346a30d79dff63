//! Text as XML holds it.

use std::fmt::Write as _;

/// Adds text, be it between tags or in an attribute.
pub(super) fn push(xml: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\t' | '\n' | '\r' => xml.push(' '),
            // What XML cannot hold.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => xml.push('\u{fffd}'),
            c => xml.push(c),
        }
    }
}

/// Text as an attribute or an element holds it.
pub(super) fn text(of: &str) -> String {
    let mut xml = String::with_capacity(of.len());
    push(&mut xml, of);
    xml
}

/// A value of an address's query.
pub(super) fn push_query(address: &mut String, name: &str, value: &str) {
    address.push(if address.contains('?') { '&' } else { '?' });
    address.push_str(name);
    address.push('=');
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
}

/// The columns that text takes: two for each Chinese character.
pub(super) fn columns(text: &str) -> u32 {
    let of = |c: char| {
        if matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
        {
            2
        } else {
            1
        }
    };
    text.chars().map(of).sum()
}
