//! The events of the year that people remember by name.

use super::activities::{
    FIRST_ANGIOGRAPHY, FIRST_CHOLECYSTECTOMY, FIRST_CHROMOENDOSCOPY, FIRST_GASTRIC_CANCER, FIRST_PATHOLOGY,
    RESCUE_POST_PARTUM,
};

/// An event that the briefing names; it is one record.
///
/// The first laparoscopic cholecystectomy is also a surgery: the activity
/// `first-laparoscopic-cholecystectomy-operation` on the same day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedEvent {
    /// Title in English.
    pub title_en: &'static str,
    /// Title in Chinese.
    pub title_zh: &'static str,
    /// Key of the activity.
    pub activity_key: String,
}

/// The named events; each of their activities has a fixed key.
pub(super) fn named_events() -> Vec<NamedEvent> {
    [
        ("Markam's first chromoendoscopy", "芒康县首例染色内镜检查", FIRST_CHROMOENDOSCOPY),
        ("Markam's first pathology examination", "芒康县首例病理学检查", FIRST_PATHOLOGY),
        ("Markam's first diagnosis of early gastric cancer", "芒康县首例早期胃癌诊断", FIRST_GASTRIC_CANCER),
        ("Markam's first laparoscopic cholecystectomy", "芒康县首例腹腔镜胆囊切除术", FIRST_CHOLECYSTECTOMY),
        ("Riwoqe's first head-and-neck angiography", "类乌齐县首例头颈部血管造影", FIRST_ANGIOGRAPHY),
        (
            "Rescue of a woman with post-partum haemorrhage in Riwoqe",
            "类乌齐县成功救治产后出血产妇",
            RESCUE_POST_PARTUM,
        ),
    ]
    .map(|(title_en, title_zh, key)| NamedEvent { title_en, title_zh, activity_key: key.to_owned() })
    .to_vec()
}
