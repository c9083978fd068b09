//! Random UUIDs (version 4) from the cluster's seed.

use alloc::string::{String, ToString};

use fastrand::Rng;
use kohort_protocol::TopicId;

pub(crate) fn random_bytes(rng: &mut Rng) -> [u8; 16] {
    let random = rng.u128(..) & !(0xf << 76) & !(0x3 << 62);
    (random | (0x4 << 76) | (0x2 << 62)).to_be_bytes()
}

/// As member ids end: `xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx`.
pub(crate) fn random(rng: &mut Rng) -> String {
    TopicId(random_bytes(rng)).to_string()
}
