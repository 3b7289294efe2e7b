//! Made series for tests.

/// Pseudo-random numbers, the same in every run (xorshift64*).
#[derive(Debug)]
pub(in crate::analysis) struct Random(u64);

impl Random {
    pub(in crate::analysis) fn new() -> Self {
        Random(0x9e37_79b9_7f4a_7c15)
    }

    pub(in crate::analysis) fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal, near enough: the sum of twelve.
    pub(in crate::analysis) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}
