//! Numbers that look random and are the same in every run.

pub(crate) struct Lottery(pub(crate) u64);

impl Lottery {
    pub(crate) fn draw(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % below
    }
}
