//! A compiled pattern, and searching with it as Go's `Regexp` does.

use super::error::{Cause, Error};
use super::parse::{Pattern, parse};
use super::scan::{Budget, Scan, Spent};
use super::text::Haystack;
use regex_automata::meta;
use regex_automata::util::captures::Captures;
use regex_automata::{Input, PatternID, Span};
use regex_syntax::hir::Hir;
use std::sync::OnceLock;

/// The most bytes of a compiled pattern.
const MAX_COMPILED: usize = 64 << 20;

/// The most slots for positions of groups that a search may have to keep: one for each group and instruction.
const MAX_SLOTS: u64 = 1 << 22;

/// From this length on a text repays an automaton that is made while it is searched.
const LONG: usize = 4096;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Regexp {
    hir: Hir,
    /// For short texts, and most texts of charts are: compiled in half the time.
    short: meta::Regex,
    /// For long ones: a hundred times as fast. Nothing when that takes too much memory.
    long: OnceLock<Option<meta::Regex>>,
    groups: Vec<Option<String>>,
}

/// Where a match and its groups are in the searched text; the match itself is group 0.
pub(crate) type Groups = Vec<Option<Span>>;

impl Regexp {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Go's, when it is none, or when it asks for more memory than there should be.
    pub(crate) fn compile(pattern: &[u8]) -> Result<Self, Error> {
        let Pattern { hir, size, groups } = parse(pattern)?;
        let too_large = || Error::new(Cause::TooLarge, pattern);
        if size.saturating_mul(groups.len() as u64 + 1) > MAX_SLOTS {
            return Err(too_large());
        }
        let short = build(&hir, false).ok_or_else(too_large)?;
        Ok(Self { hir, short, long: OnceLock::new(), groups })
    }

    /// What searches a text of that length best.
    fn matcher(&self, len: usize) -> &meta::Regex {
        let long = if len < LONG { None } else { self.long.get_or_init(|| build(&self.hir, true)).as_ref() };
        long.unwrap_or(&self.short)
    }

    /// The names of the groups from 1 on.
    pub(crate) fn groups(&self) -> &[Option<String>] {
        &self.groups
    }

    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        self.matcher(text.len()).is_match(Haystack::new(text).text.as_bytes())
    }

    /// The first match.
    pub(crate) fn find<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let haystack = Haystack::new(text);
        let found = self.matcher(text.len()).find(haystack.text.as_bytes())?;
        Some(&text[haystack.original(found.start())..haystack.original(found.end())])
    }

    /// The places of all matches, no more than `limit`. An empty match just behind another does not count.
    ///
    /// # Errors
    /// When the searches read more than the budget has left.
    pub(crate) fn find_all(&self, haystack: &Haystack<'_>, limit: usize, budget: &Budget) -> Result<Vec<Span>, Spent> {
        let text = haystack.text.as_ref();
        let matcher = self.matcher(text.len());
        let mut scan = Scan::new(&self.hir, text, budget);
        let (mut found, mut at, mut last_end) = (Vec::new(), 0, None);
        while found.len() < limit && at <= text.len() {
            scan.search_from(at)?;
            let Some(span) = matcher.search(&Input::new(text).range(at..)).map(|found| found.span()) else { break };
            let is_empty_behind = span.end == at && last_end == Some(span.start);
            at = if span.end == at { at + width(text, at).max(1) } else { span.end };
            last_end = Some(span.end);
            if !is_empty_behind {
                found.push(span);
            }
        }
        Ok(found)
    }

    /// The text with every match replaced by what `write` appends for it. It ends early once it is longer than `limit`.
    ///
    /// # Errors
    /// When the searches read more than the budget has left.
    pub(crate) fn replace_all(
        &self,
        text: &[u8],
        limit: usize,
        budget: &Budget,
        mut write: impl FnMut(&Groups, &Haystack<'_>, &mut Vec<u8>),
    ) -> Result<Vec<u8>, Spent> {
        let haystack = Haystack::new(text);
        let searched = haystack.text.as_ref();
        let matcher = self.matcher(text.len());
        let mut scan = Scan::new(&self.hir, searched, budget);
        let mut captures = matcher.create_captures();
        let (mut replaced, mut last_end, mut at) = (Vec::with_capacity(text.len()), 0, 0);
        while at <= searched.len() && replaced.len() <= limit {
            scan.search_from(at)?;
            matcher.search_captures(&Input::new(searched).range(at..), &mut captures);
            let Some(span) = captures.get_match().map(|found| found.span()) else { break };
            replaced.extend_from_slice(&text[haystack.original(last_end)..haystack.original(span.start)]);
            // Not for an empty match just behind another.
            if span.end > last_end || span.start == 0 {
                write(&self.positions(&captures), &haystack, &mut replaced);
            }
            last_end = span.end;
            at = span.end.max(at + width(searched, at).max(1));
        }
        replaced.extend_from_slice(&text[haystack.original(last_end)..]);
        Ok(replaced)
    }

    fn positions(&self, captures: &Captures) -> Groups {
        let known = self.short.group_info().group_len(PatternID::ZERO);
        (0..=self.groups.len()).map(|group| if group < known { captures.get_group(group) } else { None }).collect()
    }
}

fn build(hir: &Hir, lazy_automaton: bool) -> Option<meta::Regex> {
    let config = meta::Config::new().nfa_size_limit(Some(MAX_COMPILED)).hybrid(lazy_automaton);
    meta::Builder::new().configure(config).build_from_hir(hir).ok()
}

/// The length of the character at a place; 0 at the end.
fn width(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}
