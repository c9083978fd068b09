//! What can go wrong with the bytes of an answer on its way to a consumer (W02, W03, W08-W12 of the simulator's fault table): it
//! goes on, nothing is lost, nothing is read twice. Every byte and every call of the client has its turn in the client's own tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kohort_protocol::ApiKey;

use crate::faults::{APIS, told};
use crate::rig::*;
use crate::tap::Spoilt;

/// One kind of damage after the other.
const KINDS: [fn(Vec<u8>) -> Spoilt; 8] = [
    |bytes| Spoilt::ThenEnd(bytes[..bytes.len() / 2].to_vec()),
    |mut bytes| {
        bytes[7] ^= 1; // the correlation id
        Spoilt::Bytes(bytes)
    },
    |bytes| Spoilt::ThenSilence(bytes[..bytes.len() - 1].to_vec()),
    |_| Spoilt::Bytes((-1_i32).to_be_bytes().to_vec()),
    |mut bytes| {
        let length = u32::try_from(bytes.len() - 3).unwrap(); // one more than it is
        bytes[..4].copy_from_slice(&length.to_be_bytes());
        bytes.push(7);
        Spoilt::Bytes(bytes)
    },
    |bytes| Spoilt::Bytes([&bytes[..], &bytes[..]].concat()),
    |bytes| Spoilt::Bytes(vec![0xff; bytes.len()]),
    |_| Spoilt::Bytes(i32::MAX.to_be_bytes().to_vec()),
];

/// Damages the answers of this API until each kind had its turn: every other one of those that come all the time, else one after the
/// other, so that each is asked for again. How many were hit.
fn damage(rig: &Rig, api: ApiKey) -> Arc<AtomicUsize> {
    let (mut count, hits) = (0, Arc::new(AtomicUsize::new(0)));
    let comes_often = matches!(api, ApiKey::Heartbeat | ApiKey::Fetch | ApiKey::OffsetCommit);
    let step = if comes_often { 2 } else { 1 };
    let hit = Arc::clone(&hits);
    rig.tap.spoil(move |of, bytes| {
        let turn = count;
        count += usize::from(of == api);
        match KINDS.get(turn / step) {
            Some(damage) if of == api && turn % step == 0 => {
                hit.fetch_add(1, Ordering::Relaxed);
                damage(bytes)
            }
            _ => Spoilt::Bytes(bytes),
        }
    });
    hits
}

#[tokio::test(start_paused = true)]
async fn answers_that_arrive_damaged() {
    for api in APIS {
        let rig = Rig::new(1, 2).await;
        let hits = damage(&rig, api);
        told(&rig, &format!("damaged {api:?}")).await.assert_once(2, 100);
        let hits = hits.load(Ordering::Relaxed);
        // A goodbye is tried no longer than the session lasts.
        let least = if api == ApiKey::LeaveGroup { 3 } else { 6 };
        assert!(hits >= least, "{api:?}: {hits} damaged");
    }
}
