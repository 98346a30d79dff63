//! What every document has beside its text.

use std::fmt::Write as _;

use super::xml;
use crate::briefing::Language;

macro_rules! xml_of {
    ($($text:expr),+ $(,)?) => { concat!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n", $($text),+) };
}

const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// Which part is what.
pub(super) const TYPES: &str = xml_of!(
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">",
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>",
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>",
    "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>",
    "<Override PartName=\"/word/document.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>",
    "<Override PartName=\"/word/styles.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>",
    "<Override PartName=\"/word/fontTable.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml\"/>",
    "<Override PartName=\"/word/numbering.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml\"/>",
    "<Override PartName=\"/word/settings.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml\"/>",
    "<Override PartName=\"/word/footer1.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/></Types>",
);

/// What the archive holds.
pub(super) const RELATIONS: &str = xml_of!(
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" ",
    "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>",
    "<Relationship Id=\"rId2\" ",
    "Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" ",
    "Target=\"docProps/core.xml\"/></Relationships>",
);

/// How the document is to be worked with.
pub(super) const SETTINGS: &str = xml_of!(
    "<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:zoom w:percent=\"100\"/>",
    "<w:defaultTabStop w:val=\"420\"/><w:characterSpacingControl w:val=\"compressPunctuation\"/>",
    "<w:compat><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/>",
    "</w:compat></w:settings>",
);

/// The fonts, and what to take where they are missing.
pub(super) const FONTS: &str = xml_of!(
    "<w:fonts xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">",
    "<w:font w:name=\"宋体\"><w:altName w:val=\"SimSun, Noto Serif CJK SC\"/><w:charset w:val=\"86\"/><w:family w:val=\"roman\"/></w:font>",
    "<w:font w:name=\"黑体\"><w:altName w:val=\"SimHei, Noto Sans CJK SC\"/><w:charset w:val=\"86\"/><w:family w:val=\"swiss\"/></w:font>",
    "<w:font w:name=\"Microsoft Himalaya\"><w:altName w:val=\"Noto Serif Tibetan\"/><w:charset w:val=\"00\"/>",
    "<w:family w:val=\"auto\"/></w:font>",
    "<w:font w:name=\"Times New Roman\"><w:charset w:val=\"00\"/><w:family w:val=\"roman\"/></w:font>",
    "<w:font w:name=\"Arial\"><w:charset w:val=\"00\"/><w:family w:val=\"swiss\"/></w:font></w:fonts>",
);

/// What the document is called.
pub(super) fn properties(title: &str) -> String {
    format!(
        xml_of!(
            "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" ",
            "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title></cp:coreProperties>"
        ),
        xml::text(title)
    )
}

/// The number of the first relation that is an address.
pub(super) const FIRST_ADDRESS: usize = 10;

/// What the document's text refers to.
pub(super) fn relations(addresses: &[String]) -> String {
    let mut xml =
        String::from(xml_of!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"));
    for (number, part) in ["styles", "fontTable", "numbering", "settings", "footer"].into_iter().enumerate() {
        let file = if part == "footer" { "footer1" } else { part };
        let _ = write!(
            xml,
            "<Relationship Id=\"rId{}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{part}\" \
             Target=\"{file}.xml\"/>",
            number + 1
        );
    }
    for (number, address) in addresses.iter().enumerate() {
        let _ = write!(
            xml,
            "<Relationship Id=\"rId{}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink\" \
             Target=\"{}\" TargetMode=\"External\"/>",
            number + FIRST_ADDRESS,
            xml::text(address)
        );
    }
    xml.push_str("</Relationships>");
    xml
}

/// The relation that is the footer.
pub(super) const FOOTER: &str = "rId5";

/// The foot of each page: its number, and how many there are.
pub(super) fn footer(language: Language) -> String {
    let (before, between, behind) = match language {
        Language::Zh => ("第 ", " 页　共 ", " 页"),
        Language::En => ("Page ", " of ", ""),
        Language::Bo => ("", " / ", ""),
    };
    let text = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let field = |name: &str| format!("<w:fldSimple w:instr=\" {name} \"><w:r><w:t>1</w:t></w:r></w:fldSimple>");
    format!(
        xml_of!("<w:ftr xmlns:w=\"{}\"><w:p><w:pPr><w:pStyle w:val=\"Footer\"/></w:pPr>{}{}{}{}{}</w:p></w:ftr>"),
        MAIN,
        text(before),
        field("PAGE"),
        text(between),
        field("NUMPAGES"),
        text(behind)
    )
}

/// How lists are marked: 1 with points, and for each numbered list one that begins with 1.
pub(super) fn numbering(lists: usize) -> String {
    let level = |format: &str, text: &str| {
        format!(
            "<w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{text}\"/>\
             <w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"480\" w:hanging=\"360\"/></w:pPr></w:lvl>"
        )
    };
    let mut xml = format!(
        xml_of!(
            "<w:numbering xmlns:w=\"{}\"><w:abstractNum w:abstractNumId=\"0\"><w:multiLevelType w:val=\"singleLevel\"/>{}</w:abstractNum>",
            "<w:abstractNum w:abstractNumId=\"1\"><w:multiLevelType w:val=\"singleLevel\"/>{}</w:abstractNum>",
            "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>"
        ),
        MAIN,
        level("bullet", "•"),
        level("decimal", "%1.")
    );
    for number in 0..lists {
        let _ = write!(
            xml,
            "<w:num w:numId=\"{}\"><w:abstractNumId w:val=\"1\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"1\"/>\
             </w:lvlOverride></w:num>",
            number + 2
        );
    }
    xml.push_str("</w:numbering>");
    xml
}

/// How text looks.
pub(super) fn styles(language: Language) -> String {
    let (text, heading) = match language {
        Language::Zh => (("Times New Roman", "宋体"), ("Arial", "黑体")),
        Language::En => (("Times New Roman", "宋体"), ("Arial", "黑体")),
        Language::Bo => (("Microsoft Himalaya", "宋体"), ("Microsoft Himalaya", "黑体")),
    };
    let fonts = |(latin, chinese): (&str, &str)| {
        format!(
            "<w:rFonts w:ascii=\"{latin}\" w:hAnsi=\"{latin}\" w:eastAsia=\"{chinese}\" w:cs=\"Microsoft Himalaya\"/>"
        )
    };
    let (text, heading) = (fonts(text), fonts(heading));
    // Chinese paragraphs begin two characters in.
    let indent = if language == Language::Zh { "<w:ind w:firstLineChars=\"200\" w:firstLine=\"480\"/>" } else { "" };
    let style = |id: &str, name: &str, paragraph: &str, run: &str| {
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/>\
             <w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
        )
    };
    let heading_style = |level: usize, before: u32, size: u32| {
        let paragraph = format!(
            "<w:keepNext/><w:keepLines/><w:spacing w:before=\"{before}\" w:after=\"120\" w:line=\"300\" w:lineRule=\"auto\"/>{}\
             <w:outlineLvl w:val=\"{}\"/>",
            if level == 1 { "<w:jc w:val=\"center\"/>" } else { "" },
            level - 1
        );
        let run = format!("{heading}<w:b/><w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>");
        style(&format!("Heading{level}"), &format!("heading {level}"), &paragraph, &run)
    };
    let mut xml = format!(
        xml_of!(
            "<w:styles xmlns:w=\"{}\"><w:docDefaults><w:rPrDefault><w:rPr>{}<w:sz w:val=\"24\"/><w:szCs w:val=\"24\"/>",
            "<w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\" w:bidi=\"bo-CN\"/></w:rPr></w:rPrDefault>",
            "<w:pPrDefault/></w:docDefaults>",
            "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>",
            "<w:style w:type=\"character\" w:styleId=\"Hyperlink\"><w:name w:val=\"Hyperlink\"/>",
            "<w:rPr><w:color w:val=\"1F3864\"/></w:rPr></w:style>"
        ),
        MAIN, text
    );
    // Tibetan letters are tall by themselves.
    let line = if language == Language::Bo { 264 } else { 360 };
    let spaced = format!("<w:spacing w:after=\"120\" w:line=\"{line}\" w:lineRule=\"auto\"/>");
    let tight = "<w:spacing w:before=\"20\" w:after=\"20\"/>";
    let size = |size: u32| format!("<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>");
    xml.push_str(&style("BodyText", "Body Text", &format!("{spaced}{indent}"), ""));
    xml.push_str(&heading_style(1, 0, 36));
    xml.push_str(&heading_style(2, 280, 30));
    xml.push_str(&heading_style(3, 200, 26));
    xml.push_str(&style(
        "ListParagraph",
        "List Paragraph",
        "<w:spacing w:after=\"60\" w:line=\"320\" w:lineRule=\"auto\"/>",
        "",
    ));
    xml.push_str(&style("TableText", "Table Text", tight, &size(21)));
    xml.push_str(&style("TableSmall", "Table Small", "<w:spacing w:before=\"0\" w:after=\"0\"/>", &size(17)));
    // A chart stays on one page, if it can.
    let kept = "<w:keepNext/><w:keepLines/><w:spacing w:before=\"0\" w:after=\"0\"/>";
    xml.push_str(&style("ChartText", "Chart Text", kept, &size(17)));
    let caption = "<w:keepNext/><w:spacing w:before=\"160\" w:after=\"80\"/><w:jc w:val=\"center\"/>";
    xml.push_str(&style("Caption", "caption", caption, &format!("{heading}{}", size(21))));
    xml.push_str(&style(
        "SmallPrint",
        "Small Print",
        "<w:spacing w:before=\"60\" w:after=\"60\"/>",
        &format!("<w:color w:val=\"595959\"/>{}", size(17)),
    ));
    xml.push_str(&style("Footer", "footer", "<w:jc w:val=\"center\"/>", &size(18)));
    xml.push_str("</w:styles>");
    xml
}
