//! go-yaml's guard against documents that expand aliases without end.

/// How many nodes have been decoded, and how many of them inside aliases.
#[derive(Default)]
pub(super) struct Count {
    nodes: usize,
    through_aliases: usize,
}

/// Up to here 99 % of the nodes may come from aliases, and from `MANY` on 10 %.
const FEW: usize = 400_000;
const MANY: usize = 4_000_000;

impl Count {
    /// Counts a node; `false` once too many come from aliases.
    pub(super) fn add(&mut self, through_alias: bool) -> bool {
        self.nodes += 1;
        self.through_aliases += usize::from(through_alias);
        let checked = self.through_aliases > 100 && self.nodes > 1000;
        !checked || !self.is_excessive()
    }

    #[expect(clippy::cast_precision_loss, reason = "the numbers are far below 2^53")]
    fn is_excessive(&self) -> bool {
        let allowed = if self.nodes <= FEW {
            0.99
        } else if self.nodes >= MANY {
            0.10
        } else {
            0.99 - 0.89 * ((self.nodes - FEW) as f64 / (MANY - FEW) as f64)
        };
        self.through_aliases as f64 / self.nodes as f64 > allowed
    }
}
