//! What the agronomists did: yaks bred, products certified, projects built.

use super::{
    super::{
        calendar::{Day, Season},
        expected::{
            GREEN_ORGANIC_GI, POLLUTION_FREE, PROJECTS_DRINKING_WATER, PROJECTS_ONGOING, PROJECTS_ROAD,
            PROJECTS_TRAINING_CENTRE, YAKS_BRED,
        },
        random::Random,
        split::split,
        units::{COUNTIES, station, townships, unit_of},
    },
    Draft, choice, integer, text,
};

/// Yaks are in heat in summer.
const BREEDING: Season = Season([0, 0, 2, 8, 14, 14, 9, 2, 0, 0, 0, 0]);
/// After the harvest, when samples have come back.
const CERTIFICATION: Season = Season([2, 4, 6, 6, 5, 6, 9, 12, 14, 10, 4, 1]);
/// Nothing is built on frozen ground.
const BUILDING: Season = Season([2, 4, 7, 9, 9, 9, 10, 8, 3, 1, 0, 0]);

const PRODUCTS: [(&str, &[&str]); 3] = [
    ("chagyab", &["青稞", "荞麦", "油菜籽", "马铃薯", "蔓菁", "大白菜", "胡萝卜", "藏鸡蛋", "酥油", "香菇"]),
    ("markam", &["青稞", "葡萄", "辣椒", "核桃", "苹果", "石榴", "大白菜", "西红柿", "黄瓜", "藏香猪肉", "黑木耳"]),
    ("riwoqe", &["牦牛肉", "牦牛奶", "青稞", "马铃薯", "蔓菁", "油菜籽", "大白菜", "萝卜", "羊肚菌", "酥油"]),
];

/// Kinds of project and the works that they are.
const WORKS: [(&str, &[&str]); 4] = [
    ("drinking_water", &["人畜饮水巩固提升工程", "集中供水管网工程"]),
    ("road", &["通村道路硬化工程", "牧道桥涵修复工程"]),
    ("training_centre", &["实用人才培训中心"]),
    (
        "other",
        &[
            "牦牛标准化养殖基地",
            "高效日光温室",
            "太阳能路灯安装",
            "农产品冷链库",
            "青稞良种繁育田",
            "草场围栏与人工种草",
        ],
    ),
];

/// The community records of `seed`.
pub(super) fn drafts(seed: u64) -> Vec<Draft> {
    let mut drafts = livestock(&mut Random::of_part(seed, "livestock"));
    drafts.extend(certifications(&mut Random::of_part(seed, "certification")));
    drafts.extend(projects(&mut Random::of_part(seed, "project")));
    drafts
}

/// A county by weight (Chagyab, Markam, Riwoqe).
fn county(random: &mut Random, weights: [u64; 3]) -> &'static str {
    COUNTIES[random.weighted(&weights)]
}

fn livestock(random: &mut Random) -> Vec<Draft> {
    let weights: Vec<u64> = (0..random.between(44, 54)).map(|_| random.between(20, 100)).collect();
    let draft = |head| {
        let unit = station(county(random, [30, 25, 45]));
        let day = BREEDING.day(random, Day::YEAR_BEGINS, true);
        Draft::new("community.livestock", unit, day, vec![integer("head", head)])
    };
    split(YAKS_BRED, &weights, 30).into_iter().map(draft).collect()
}

/// Each product of each township at most once.
fn certifications(random: &mut Random) -> Vec<Draft> {
    let mut products: Vec<(&'static str, String)> = Vec::new();
    for (county, kinds) in PRODUCTS {
        for town in townships(county) {
            products.extend(kinds.iter().map(|kind| (county, format!("{town}{kind}"))));
        }
    }
    random.shuffle(&mut products);
    let draft = |(i, (county, product)): (u64, (&str, String))| {
        let class = if i < POLLUTION_FREE { "pollution_free" } else { "green_organic_gi" };
        let fields = vec![text("product", product), choice("class", class)];
        let day = CERTIFICATION.day(random, Day::YEAR_BEGINS, false);
        Draft::new("community.certification", station(county), day, fields)
    };
    (0..POLLUTION_FREE + GREEN_ORGANIC_GI).zip(products).map(draft).collect()
}

fn projects(random: &mut Random) -> Vec<Draft> {
    let done = [PROJECTS_DRINKING_WATER, PROJECTS_ROAD, PROJECTS_TRAINING_CENTRE, 0];
    let mut planned: Vec<(usize, &'static str)> = Vec::new();
    for (kind, count) in done.into_iter().enumerate() {
        planned.extend((0..count).map(|_| (kind, "done")));
    }
    planned.extend((0..PROJECTS_ONGOING).map(|_| (random.weighted(&[2, 2, 0, 5]), "ongoing")));
    let mut names: Vec<String> = Vec::new();
    let mut drafts = Vec::new();
    for (kind, status) in planned {
        let (kind, works) = WORKS[kind];
        let (county, name) = loop {
            let county = county(random, [30, 36, 34]);
            let place = if kind == "training_centre" {
                unit_of(county).map_or(county, |unit| unit.name)
            } else {
                random.pick(townships(county))
            };
            let name = format!("{place}{}", random.pick(works));
            if !names.contains(&name) {
                break (county, name);
            }
        };
        names.push(name.clone());
        let fields = vec![text("name", name), choice("kind", kind), choice("status", status)];
        drafts.push(Draft::new("community.project", county, BUILDING.day(random, Day::YEAR_BEGINS, false), fields));
    }
    drafts
}
