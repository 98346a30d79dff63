//! A code as a link, and as a picture of it that a phone's camera reads off the terminal.

use axum::http::Uri;
use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};

use crate::command::Failure;

/// Where the logbook takes up a code: behind `#`, so that no server and no proxy on the way ever sees it.
const FRAGMENT: &str = "/#enrol=";

/// The link by which the logbook at `url` enrols with `code`.
pub(super) fn link(url: &str, code: &str) -> Result<String, Failure> {
    let uri: Option<Uri> = url.parse().ok();
    let usable = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("https" | "http")) && uri.authority().is_some() && uri.query().is_none()
    });
    if !usable {
        return Err(Failure::new(format_args!("{url:?} is not a server's address, such as https://cairn.example")));
    }
    Ok(format!("{}{FRAGMENT}{code}", url.trim_end_matches('/')))
}

/// The link as lines of half blocks: dark on light, with the margin that readers need.
pub(super) fn picture(link: &str) -> Result<Vec<String>, Failure> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M).map_err(Failure::new)?;
    // Terminals are dark: what they draw is the light.
    let drawn = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
    Ok(drawn.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_becomes_a_link_and_a_square() {
        let made = link("https://cairn.example/", "7Q2MX-0KD4T").unwrap();
        assert_eq!(made, "https://cairn.example/#enrol=7Q2MX-0KD4T");
        assert_eq!(link("http://[::1]:8090", "A").unwrap(), "http://[::1]:8090/#enrol=A");
        for bad in ["cairn.example", "ftp://a", "https://", "", "https://a?b=c", "javascript:alert(1)"] {
            assert!(link(bad, "A").is_err(), "{bad}");
        }
        let lines = picture(&made).unwrap();
        let width = lines[0].chars().count();
        assert!(width >= 29 && lines.iter().all(|line| line.chars().count() == width), "{lines:?}");
        assert_eq!(lines.len(), width.div_ceil(2));
        assert!(lines[0].chars().all(|c| c == '█'), "a margin: {}", lines[0]);
    }
}
