//! What hostile bytes may cost in memory: the most bytes that live at once while they are read, beyond their own.

use allocation_counter::measure;

const KIB: u64 = 1024;

/// What reading a frame did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The bytes read.
    pub frame: usize,
    /// Whether they were refused.
    pub refused: bool,
    /// The most bytes that were allocated at once.
    pub allocated: u64,
}

/// `each` bytes for each byte read, and `free` besides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    free: u64,
    each: u64,
}

/// A message: 64 KiB and 24 times the frame for the lists of `kafka-protocol`, the same for ours which they are turned into,
/// 64 KiB for unknown tagged fields, and 64 KiB for an error with its backtrace.
pub(crate) const MESSAGE: Limit = Limit {
    free: 256 * KIB,
    each: 48,
};
/// The layout check: an error with its path.
pub(crate) const CHECK: Limit = Limit {
    free: 2 * KIB,
    each: 0,
};
/// A subscription or an assignment: topic and partition for each four bytes, in a list that grows by doubling.
pub(crate) const BLOB: Limit = Limit { free: KIB, each: 40 };

impl Limit {
    pub(crate) const fn of(free: u64, each: u64) -> Self {
        Self { free, each }
    }

    pub(crate) const fn records(output: usize, own: usize) -> Self {
        // A growing buffer holds old and new at once.
        Self {
            free: own as u64 + 3 * output as u64,
            each: 8,
        }
    }

    /// Runs `read` over a frame of so many bytes; says whether that went well and what it took.
    pub(crate) fn judge<T>(self, frame: usize, read: impl FnOnce() -> Option<T>) -> (Option<T>, Judged) {
        let mut result = None;
        let cost = measure(|| result = read());
        let allocated = cost.bytes_max;
        let most = self.free + self.each * frame as u64;
        assert!(
            allocated <= most,
            "{allocated} bytes allocated for a frame of {frame}: at most {most} are allowed"
        );
        let refused = result.is_none();
        (
            result,
            Judged {
                frame,
                refused,
                allocated,
            },
        )
    }
}

/// What a codec holds besides its output.
pub(crate) const CODEC: usize = 13 << 20;
