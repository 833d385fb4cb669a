//! How much of a text the searches for all matches read. Each may read to the end of the text to find a match that is short,
//! so that all of them together read a multiple of it that grows with it: `a.*b|a` does in a text of `a`s.

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::Compiler;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Hir;
use std::cell::Cell;

/// How many bytes the searches of a render may read beyond what is cheap.
const BYTES: usize = 64 << 20;

/// What searches may read at least before anybody counts.
const UNCOUNTED: usize = 16 << 10;

/// What is left to be read.
#[derive(Debug)]
pub(crate) struct Budget(Cell<usize>);

/// Nothing is left.
#[derive(Debug, thiserror::Error)]
#[error("regular expressions may read {BYTES} bytes in a render; each match here takes a search to the end of the text")]
pub(crate) struct Spent;

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(BYTES))
    }
}

/// The searches of one pattern in one text.
pub(crate) struct Scan<'s> {
    hir: &'s Hir,
    text: &'s str,
    budget: &'s Budget,
    /// What the searches may have read so far, at most.
    most: usize,
    /// Tells how far a search reads, from when it matters on; nothing where there can be none.
    automaton: Option<Option<(DFA, Cache)>>,
}

impl<'s> Scan<'s> {
    pub(crate) fn new(hir: &'s Hir, text: &'s str, budget: &'s Budget) -> Self {
        Self { hir, text, budget, most: 0, automaton: None }
    }

    /// Called before each search.
    ///
    /// # Errors
    /// When the budget is spent.
    pub(crate) fn search_from(&mut self, at: usize) -> Result<(), Spent> {
        let rest = self.text.len() - at;
        if self.most <= UNCOUNTED.max(4 * self.text.len()) {
            self.most += rest;
            return Ok(());
        }
        let left = self.budget.0.get();
        let automaton = self.automaton.get_or_insert_with(|| build(self.hir));
        let read = automaton.as_mut().map_or(rest, |(dfa, cache)| read(dfa, cache, self.text, at, left));
        self.budget.0.set(left.checked_sub(read).ok_or(Spent)?);
        Ok(())
    }
}

fn build(hir: &Hir) -> Option<(DFA, Cache)> {
    let nfa = Compiler::new().build_from_hir(hir).ok()?;
    let config = DFA::config().match_kind(MatchKind::LeftmostFirst).skip_cache_capacity_check(true);
    let dfa = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
    let cache = dfa.create_cache();
    Some((dfa, cache))
}

/// How many bytes are read until it is clear where the match ends, or more than `most`.
fn read(dfa: &DFA, cache: &mut Cache, text: &str, at: usize, most: usize) -> usize {
    let rest = text.len() - at;
    let Ok(mut state) = dfa.start_state_forward(cache, &Input::new(text).range(at..)) else { return rest };
    for (count, &byte) in text.as_bytes()[at..].iter().enumerate() {
        state = match dfa.next_state(cache, state, byte) {
            Ok(next) if next.is_dead() || count > most => return count + 1,
            Ok(next) if !next.is_quit() => next,
            _ => return rest,
        };
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::super::{Haystack, Regexp};
    use super::*;

    /// How much of the budget finding all matches takes.
    fn spent(pattern: &str, text: &str) -> Option<usize> {
        let budget = Budget::default();
        let found = Regexp::compile(pattern.as_bytes()).expect("a pattern").find_all(
            &Haystack::new(text.as_bytes()),
            1 << 20,
            &budget,
        );
        found.ok().map(|_| BYTES - budget.0.get())
    }

    #[test]
    fn only_what_reads_more_than_the_text_is_counted() {
        assert_eq!(spent("a", &"a".repeat(100)), Some(0));
        assert_eq!(spent("a.*b|a", &"a".repeat(100)), Some(0));
        let length = 1 << 16;
        let linear = spent("a", &"a".repeat(length)).expect("enough");
        assert!(linear <= 4 * length, "{linear}");
        assert_eq!(spent("a.*b|a", &"a".repeat(length)), None);
    }
}
