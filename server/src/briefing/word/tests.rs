//! What a document holds.

use super::*;
use crate::briefing::{Align, Bar, Filter, Span, word::opened::check};

fn filter() -> Filter {
    let (from, to) = ("2021-01-01".parse().unwrap(), "2021-12-31".parse().unwrap());
    let measure = Some("people_benefited".parse().unwrap());
    Filter {
        unit: "markam".parse().unwrap(),
        from,
        to,
        alone: false,
        form: None,
        sector: None,
        measure,
        worker: None,
        status: None,
        has: None,
    }
}

fn span(text: &str) -> Span {
    Span { text: text.into(), ..Span::default() }
}

fn bar(label: &str, value: i64, before: Option<i64>) -> Bar {
    Bar { label: label.into(), value, before, records: None }
}

#[test]
fn each_block_is_written_and_numbers_lead_to_their_records() {
    let number = Span { text: "16,000".into(), strong: true, records: Some(filter()), record: None };
    let id = "0b5e6a31-6c2d-8f0e-9a41-22d0c8b1f7aa".parse().unwrap();
    let event = Span { text: "头颈部血管造影".into(), record: Some(id), ..Span::default() };
    let blocks = [
        Block::Heading { level: 1, spans: vec![span("题 <&>\"\u{7}")] },
        Block::Paragraph { spans: vec![span("惠及 "), number.clone()], small: false },
        Block::List { ordered: true, items: vec![vec![event]] },
        Block::List { ordered: true, items: vec![vec![span("b")]] },
        Block::Table {
            align: vec![Align::Left, Align::Right],
            head: vec![vec![span("a")], vec![span("b")]],
            rows: vec![vec![vec![span(&"长".repeat(300))], vec![number]]],
        },
        Block::Bars {
            title: "t".into(),
            unit: "条".into(),
            bars: vec![bar("x", 10, Some(5)), bar("y", 0, Some(0)), bar("z", -3, None)],
        },
        Block::Trend {
            title: "t".into(),
            unit: String::new(),
            points: vec![bar("2021-01", i64::MAX, Some(i64::MIN)), bar("2021-02", 1, None)],
        },
        Block::Trend { title: "t".into(), unit: String::new(), points: vec![bar("2021-01", 1, None); 30] },
        Block::Trend { title: String::new(), unit: String::new(), points: Vec::new() },
        Block::PageBreak,
        Block::Paragraph { spans: vec![span("small")], small: true },
    ];
    let parts = check(&document("题 <&>", Language::Zh, &blocks, Some("https://cairn.example")).unwrap());
    let (text, relations) = (&parts["word/document.xml"], &parts["word/_rels/document.xml.rels"]);
    assert!(text.contains("题 &lt;&amp;&gt;&quot;\u{fffd}"));
    let address = "https://cairn.example/console#/records?unit=markam&amp;from=2021-01-01&amp;to=2021-12-31&amp;\
                   measure=people_benefited&amp;counted=true";
    assert_eq!(relations.matches(address).count(), 1, "one relation serves both numbers: {relations}");
    assert!(relations.contains(&format!("https://cairn.example/console#/record/{id}\"")), "{relations}");
    assert_eq!(text.matches("<w:tblHeader/>").count(), 1);
    assert!(text.contains("w:numId w:val=\"2\"") && text.contains("w:numId w:val=\"3\""), "each list begins with 1");
    assert!(text.contains("w:br w:type=\"page\"") && text.contains("w:w=\"11906\" w:h=\"16838\""));
    let alone = check(&document("t", Language::Bo, &blocks, None).unwrap());
    assert!(!alone["word/document.xml"].contains("w:hyperlink"));
    for language in Language::ALL {
        assert!(check(&document("t", language, &[], None).unwrap())["word/footer1.xml"].contains("NUMPAGES"));
    }
}

#[test]
fn bars_are_as_long_as_their_numbers() {
    let mut out = String::new();
    charts::bars(&mut out, ("t", ""), &[bar("a", 100, None), bar("b", 50, None), bar("c", 0, None)], Language::Zh);
    let filled: Vec<&str> =
        out.split("<w:gridSpan w:val=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(filled, ["60", "30", "30", "60"], "full, half and half left, all left");
    assert_eq!(out.matches("w:fill=\"2F5597\"").count(), 2);
}
