//! What is compressed: made from a seed, the same in every run.

use fastrand::Rng;

const WORDS: &str = include_str!("../../../LICENSE-APACHE");

/// Small JSON documents as services log them, one a line.
pub(crate) fn json(size: usize) -> Vec<u8> {
    let mut rng = Rng::with_seed(7);
    let mut out = String::new();
    let mut time = 1_700_000_000_000_u64;
    while out.len() < size {
        time += rng.u64(1..500);
        let user = rng.u32(1..20_000);
        let event = rng
            .choice(["view", "click", "add_to_cart", "purchase", "search"])
            .unwrap_or("view");
        let (price, session) = (f64::from(rng.u32(100..100_000)) / 100.0, rng.u64(..));
        out += &format!(
            "{{\"timestamp\":{time},\"user_id\":\"user-{user:06}\",\"event\":\"{event}\",\"session\":\"{session:016x}\",\
             \"price\":{price},\"currency\":\"EUR\",\"country\":\"{}\",\"tags\":[\"web\",\"{}\"],\"ok\":{}}}\n",
            rng.choice(["DE", "FR", "GB", "US", "JP"]).unwrap_or("DE"),
            rng.choice(["mobile", "desktop", "tablet"]).unwrap_or("mobile"),
            rng.u8(..10) > 0,
        );
    }
    out.truncate(size);
    out.into_bytes()
}

/// Words of a licence in random order, the frequent ones often.
pub(crate) fn text(size: usize) -> Vec<u8> {
    let mut rng = Rng::with_seed(8);
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut out = String::new();
    while out.len() < size {
        out += rng.choice(&words).copied().unwrap_or_default();
        out.push(if rng.u8(..12) == 0 { '\n' } else { ' ' });
    }
    out.truncate(size);
    out.into_bytes()
}
