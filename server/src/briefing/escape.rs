//! Text on its way into a template's output: what a value says is shown, whatever it is made of, and does nothing.

/// Characters of one value; what is longer is cut and ends with `…`.
pub(super) const VALUE_CHARS_MAX: usize = 300;

/// Marks in a template's output that no value and no template can write: private characters, which are taken out of both.
pub(super) mod mark {
    /// Before the number of a link.
    pub const LINK: char = '\u{f0001}';
    /// Between the number of a link and its text.
    pub const TEXT: char = '\u{f0002}';
    /// Behind the text of a link.
    pub const END: char = '\u{f0003}';
    /// Around the number of a block.
    pub const BLOCK: char = '\u{f0004}';

    /// Whether a character is one of them.
    pub fn is(c: char) -> bool {
        (LINK..=BLOCK).contains(&c)
    }
}

/// A value's text on one line: without control characters, without those that turn the direction of writing around, not too long.
pub(super) fn clean(text: &str) -> String {
    let shown = text.trim();
    let mut clean: String = shown.chars().take(VALUE_CHARS_MAX).map(shown_as).collect();
    if shown.chars().nth(VALUE_CHARS_MAX).is_some() {
        clean.pop();
        clean.push('…');
    }
    clean
}

fn shown_as(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => '\u{fffd}',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c if c.is_control() || mark::is(c) => '\u{fffd}',
        c => c,
    }
}

/// The same as a template's output holds it: nothing of it is taken for markup.
pub(super) fn escaped(text: &str) -> String {
    backslashed(&clean(text))
}

/// The same of what stands between values: the space at its ends stays.
pub(super) fn escaped_within(text: &str) -> String {
    let clean: String = text.chars().take(VALUE_CHARS_MAX).map(shown_as).collect();
    backslashed(&clean)
}

fn backslashed(clean: &str) -> String {
    let mut escaped = String::with_capacity(clean.len() + 8);
    for c in clean.chars() {
        if c.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A template's source without the marks that only its functions write.
pub(super) fn without_marks(source: &str) -> String {
    source.chars().map(|c| if mark::is(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_value_is_made_of_is_shown_and_does_nothing() {
        for (text, shown) in [
            ("嘎托镇", "嘎托镇"),
            ("<script>", "\\<script\\>"),
            ("**a**|b", "\\*\\*a\\*\\*\\|b"),
            ("  # a\n- b\t ", "\\# a \\- b"),
            ("a\u{202e}b\u{7}c\u{f0001}", "a\u{fffd}b\u{fffd}c\u{fffd}"),
            ("\\", "\\\\"),
        ] {
            assert_eq!(escaped(text), shown);
        }
        let long = clean(&"村".repeat(VALUE_CHARS_MAX + 1));
        assert_eq!((long.chars().count(), long.ends_with("村…")), (VALUE_CHARS_MAX, true));
        assert_eq!(clean(&"村".repeat(VALUE_CHARS_MAX)).chars().last(), Some('村'));
    }
}
