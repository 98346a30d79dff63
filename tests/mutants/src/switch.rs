//! A file with all its mutants in it, each behind its number. What is changed is said once beside what stands there:
//! `(match crate::__switch::on(7) { 7 => (a) != (b), 8 => …, _ => (a) == (b) })`. One is on at a time, so a mutant within another one is
//! written only where that one is off.

use std::collections::HashMap;
use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::Result;
use crate::list::{Mutant, Place};

/// The module that each crate is given.
pub const SWITCH: &str = include_str!("switched.rs");

/// What a mutant's number stands behind in the text that is compiled, on a line of its own.
fn mark(number: usize) -> String {
    format!("\n/*{number}*/ ")
}

/// The number of the mutant that a line of the compiled text belongs to, if it belongs to one.
pub fn marked(line: &str) -> Option<usize> {
    line.trim_start().strip_prefix("/*")?.split_once("*/")?.0.parse().ok()
}

/// What can be changed there, and the numbers of the mutants that do.
enum What {
    /// The operator between two expressions.
    Binary { left: Range<usize>, operator: Range<usize>, right: Range<usize>, with: Vec<(usize, String)> },
    /// The operator before an expression is gone.
    Unary { operand: Range<usize>, without: Vec<usize> },
    /// A function returns at once.
    Body { returning: Vec<(usize, String)> },
    /// An arm is gone, or what guards it says always the same.
    Arm {
        pattern: Range<usize>,
        guard: Option<Range<usize>>,
        body: Range<usize>,
        gone: Vec<usize>,
        guarded: Vec<(usize, String)>,
    },
    /// A field is taken from what another value says.
    Fields { without: Vec<(usize, Range<usize>)> },
}

struct Site {
    range: Range<usize>,
    what: What,
}

impl Site {
    fn numbers(&self) -> Vec<usize> {
        let firsts = |pairs: &[(usize, String)]| pairs.iter().map(|(number, _)| *number).collect();
        match &self.what {
            What::Binary { with, .. } => firsts(with),
            What::Unary { without, .. } => without.clone(),
            What::Body { returning } => firsts(returning),
            What::Arm { gone, guarded, .. } => [gone.clone(), firsts(guarded)].concat(),
            What::Fields { without } => without.iter().map(|(number, _)| *number).collect(),
        }
    }
}

/// A file in which everything is switched that can be.
pub struct Switched {
    /// What is compiled.
    pub text: String,
    /// The mutants in it: each one's number, and the first one's at its place, by which the tests tell that they came by.
    pub within: Vec<(usize, usize)>,
}

/// Puts mutants of one file, with their numbers, behind their switch.
///
/// # Errors
/// Where the text is not Rust.
pub fn switch(text: &str, mutants: &[(usize, &Mutant)]) -> Result<Switched> {
    let parsed = syn::parse_file(text)?;
    let lines: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let byte = |place: Place| {
        let line = lines[place.line - 1];
        let characters = text[line..].char_indices().nth(place.column - 1);
        characters.map_or(text.len(), |(at, _)| line + at)
    };
    let mut finder = Finder { wanted: HashMap::new(), sites: Vec::new(), constant: 0 };
    for (number, mutant) in mutants {
        let range = byte(mutant.span.start)..byte(mutant.span.end);
        finder.wanted.entry(range).or_default().push((*number, mutant.replacement.clone()));
    }
    finder.visit_file(&parsed);
    let mut sites = finder.sites;
    sites.sort_by_key(|site| (site.range.start, std::cmp::Reverse(site.range.end)));
    let within = sites
        .iter()
        .flat_map(|site| {
            let numbers = site.numbers();
            let first = numbers[0];
            numbers.into_iter().map(move |number| (number, first))
        })
        .collect();
    Ok(Switched { text: render(text, 0..text.len(), &sites), within })
}

/// The text of a range with the sites within it, which are those of `sites` that lie in it, in order, the outer before the inner.
fn render(text: &str, range: Range<usize>, sites: &[Site]) -> String {
    let mut out = String::new();
    let mut at = range.start;
    for (index, site) in sites.iter().enumerate() {
        if site.range.start < at || site.range.end > range.end {
            continue;
        }
        out.push_str(&text[at..site.range.start]);
        out.push_str(&site.render(text, &sites[index + 1..]));
        at = site.range.end;
    }
    out.push_str(&text[at..range.end]);
    out
}

impl Site {
    fn render(&self, text: &str, inner: &[Site]) -> String {
        let number = self.numbers()[0];
        let plain = |range: &Range<usize>| &text[range.clone()];
        let deep = |range: &Range<usize>| render(text, range.clone(), inner);
        let choose = |arms: String, otherwise: String| {
            format!("(match crate::__switch::on({number}) {{{arms}\n_ => {otherwise} }})")
        };
        match &self.what {
            What::Binary { left, operator, right, with } => {
                let arms = with.iter().map(|(number, instead)| {
                    format!("{}{number} => ({}) {instead} ({}),", mark(*number), plain(left), plain(right))
                });
                choose(arms.collect(), format!("({}) {} ({})", deep(left), plain(operator), deep(right)))
            }
            What::Unary { operand, without } => {
                let arms = without.iter().map(|number| format!("{}{number} => ({}),", mark(*number), plain(operand)));
                let operator = plain(&(self.range.start..operand.start));
                choose(arms.collect(), format!("{operator}({})", deep(operand)))
            }
            What::Body { returning } => {
                let ways = returning.iter().map(|(number, value)| {
                    let one_line = value.replace('\n', " ");
                    format!("{}if now == {number} {{ return {one_line}; }}", mark(*number))
                });
                let ways: String = ways.collect();
                let rest = deep(&(self.range.start + 1..self.range.end));
                format!("{{ {{ let now = crate::__switch::on({number});{ways}\n }} {rest}")
            }
            What::Arm { pattern, guard, body, gone, guarded } => {
                let told = match guard {
                    Some(guard) if guarded.is_empty() => deep(guard),
                    Some(guard) => {
                        let arms = guarded.iter().map(|(number, said)| format!("{}{number} => {said},", mark(*number)));
                        choose(arms.collect(), deep(guard))
                    }
                    None => "true".to_owned(),
                };
                let here = gone.iter().map(|gone| format!("{}&& crate::__switch::on({number}) != {gone}", mark(*gone)));
                let here: String = here.collect();
                format!("{} if ({told}) {here} => {}", deep(pattern), deep(body))
            }
            What::Fields { without } => {
                let arms = without.iter().map(|(number, field)| {
                    let before = plain(&(self.range.start..field.start));
                    let after = plain(&(field.end..self.range.end)).trim_start().trim_start_matches(',');
                    format!("{}{number} => {},", mark(*number), format!("{before}{after}").replace('\n', " "))
                });
                choose(arms.collect(), deep(&self.range))
            }
        }
    }
}

struct Finder {
    wanted: HashMap<Range<usize>, Vec<(usize, String)>>,
    sites: Vec<Site>,
    /// Within so many things that are worked out when the program is compiled, where nothing can be switched.
    constant: usize,
}

impl Finder {
    fn take(&mut self, range: &Range<usize>) -> Vec<(usize, String)> {
        if self.constant > 0 {
            return Vec::new();
        }
        self.wanted.remove(range).unwrap_or_default()
    }

    fn constant(&mut self, is: bool, visit: impl FnOnce(&mut Self)) {
        self.constant += usize::from(is);
        visit(self);
        self.constant -= usize::from(is);
    }

    fn body(&mut self, block: &syn::Block) {
        let (Some(first), Some(last)) = (block.stmts.first(), block.stmts.last()) else { return };
        let within = first.span().byte_range().start..last.span().byte_range().end;
        let returning = self.take(&within);
        if !returning.is_empty() {
            self.sites.push(Site { range: block.span().byte_range(), what: What::Body { returning } });
        }
    }
}

fn numbers(mutants: Vec<(usize, String)>) -> Vec<usize> {
    mutants.into_iter().map(|(number, _)| number).collect()
}

/// `let` in a condition can stand between `&&` only.
fn binds(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(both) => matches!(both.op, syn::BinOp::And(_)) && (binds(&both.left) || binds(&both.right)),
        _ => false,
    }
}

impl<'a> Visit<'a> for Finder {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.constant(item.sig.constness.is_some(), |this| {
            this.body(&item.block);
            visit::visit_item_fn(this, item);
        });
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.constant(item.sig.constness.is_some(), |this| {
            this.body(&item.block);
            visit::visit_impl_item_fn(this, item);
        });
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.body(block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.constant(true, |this| visit::visit_item_const(this, item));
    }

    fn visit_impl_item_const(&mut self, item: &'a syn::ImplItemConst) {
        self.constant(true, |this| visit::visit_impl_item_const(this, item));
    }

    fn visit_item_static(&mut self, item: &'a syn::ItemStatic) {
        self.constant(true, |this| visit::visit_item_static(this, item));
    }

    fn visit_type(&mut self, kind: &'a syn::Type) {
        self.constant(true, |this| visit::visit_type(this, kind));
    }

    fn visit_expr_repeat(&mut self, repeat: &'a syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
        self.constant(true, |this| this.visit_expr(&repeat.len));
    }

    fn visit_expr_binary(&mut self, both: &'a syn::ExprBinary) {
        let operator = both.op.span().byte_range();
        if !binds(&both.left) && !binds(&both.right) {
            let with = self.take(&operator);
            if !with.is_empty() {
                let [left, right] = [&both.left, &both.right].map(|side| side.span().byte_range());
                let range = left.start..right.end;
                self.sites.push(Site { range, what: What::Binary { left, operator, right, with } });
            }
        }
        visit::visit_expr_binary(self, both);
    }

    fn visit_expr_unary(&mut self, unary: &'a syn::ExprUnary) {
        let without = numbers(self.take(&unary.op.span().byte_range()));
        if !without.is_empty() {
            let operand = unary.expr.span().byte_range();
            self.sites.push(Site { range: unary.span().byte_range(), what: What::Unary { operand, without } });
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_match(&mut self, chosen: &'a syn::ExprMatch) {
        // An arm with a condition covers nothing, so it can only be gone where another one takes all that is left.
        let all = |arm: &syn::Arm| matches!(arm.pat, syn::Pat::Wild(_) | syn::Pat::Ident(_));
        if !chosen.arms.iter().any(all) {
            for arm in &chosen.arms {
                self.wanted.remove(&arm.span().byte_range());
            }
        }
        visit::visit_expr_match(self, chosen);
    }

    fn visit_arm(&mut self, arm: &'a syn::Arm) {
        let (pattern, guard) = match &arm.pat {
            syn::Pat::Guard(guarded) => (guarded.pat.as_ref(), Some(guarded.guard.as_ref())),
            pattern => (pattern, None),
        };
        let gone = numbers(self.take(&arm.span().byte_range()));
        let guarded = match guard {
            Some(guard) if !binds(guard) => self.take(&guard.span().byte_range()),
            _ => Vec::new(),
        };
        if !gone.is_empty() || !guarded.is_empty() {
            let start = arm.attrs.first().map_or(pattern.span(), Spanned::span).byte_range().start;
            let pattern = start..pattern.span().byte_range().end;
            let guard = guard.map(|guard| guard.span().byte_range());
            let body = arm.body.span().byte_range();
            let range = start..body.end;
            self.sites.push(Site { range, what: What::Arm { pattern, guard, body, gone, guarded } });
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_struct(&mut self, made: &'a syn::ExprStruct) {
        let mut without = Vec::new();
        for field in &made.fields {
            let range = field.span().byte_range();
            without.extend(self.take(&range).into_iter().map(|(number, _)| (number, range.clone())));
        }
        if !without.is_empty() {
            self.sites.push(Site { range: made.span().byte_range(), what: What::Fields { without } });
        }
        visit::visit_expr_struct(self, made);
    }
}
