//! One stream of randomness for each actor.

/// The stream of `actor` under `seed`: streams of other names have nothing to do with it.
pub(crate) fn stream(seed: u64, actor: &str) -> fastrand::Rng {
    // FNV-1a; the generator itself spreads what is alike.
    let name = actor.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    fastrand::Rng::with_seed(name ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

#[cfg(test)]
mod tests {
    use super::stream;

    #[test]
    fn streams_are_of_their_seed_and_their_actor() {
        let first = |seed, actor| stream(seed, actor).u64(..);
        assert_eq!(first(1, "a"), first(1, "a"));
        assert_ne!(first(1, "a"), first(2, "a"));
        assert_ne!(first(1, "a"), first(1, "b"));
    }
}
