//! Whatever a broker does and whenever calls are abandoned: every call that was not gets exactly one reply.

use std::collections::BTreeSet;

use kohort_protocol::api::join_group::JoinGroupRequest;
use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use tokio::time::timeout;

use super::*;
use crate::Lane;

fn any_request(rng: &mut fastrand::Rng) -> (Lane, Request) {
    match rng.u8(..4) {
        0 => (Lane::Join, JoinGroupRequest::default().into()),
        1 => (
            Lane::Commit,
            OffsetCommitRequest {
                retention_time_ms: -1,
                ..OffsetCommitRequest::default()
            }
            .into(),
        ),
        _ => (Lane::Control, heartbeat().into()),
    }
}

#[tokio::test(start_paused = true)]
async fn no_call_is_lost_or_answered_twice() {
    for seed in 0..40 {
        let net = Net::default();
        let mut whim = fastrand::Rng::with_seed(seed);
        net.broker("b1:9092", move |_, request| match whim.u8(..20) {
            0 => Then::Close,
            1 => Then::Park,
            2 => Then::Raw(vec![0, 0, 0, 5, 1, 2, 3, 4, 5]),
            3..8 => Then::After(Duration::from_millis(whim.u64(..3000)), empty(&request.request)),
            _ => Then::Answer(empty(&request.request)),
        });
        let client = net.client("b1:9092");
        let mut rng = fastrand::Rng::with_seed(seed + 1000);
        let mut ports: Vec<_> = (0..4).map(|_| (client.port(), BTreeSet::new())).collect();
        for token in 0..200 {
            let (port, open) = &mut ports[rng.usize(..4)];
            let (lane, request) = any_request(&mut rng);
            port.send(
                token,
                NODE,
                lane,
                request.into(),
                Duration::from_millis(rng.u64(1..4000)),
            );
            open.insert(token);
            if rng.u8(..10) == 0 {
                let given_up = rng.u64(..=token);
                port.abandon(given_up);
                open.remove(&given_up);
            }
            if let Ok((answered, _)) = timeout(Duration::from_millis(rng.u64(..50)), port.recv()).await {
                assert!(
                    open.remove(&answered),
                    "seed {seed}: token {answered} twice, or abandoned"
                );
            }
        }
        for (mut port, mut open) in ports {
            while !open.is_empty() {
                let reply = timeout(10 * SECOND, port.recv()).await;
                let (answered, _) = reply.unwrap_or_else(|_| panic!("seed {seed}: lost {open:?}"));
                assert!(
                    open.remove(&answered),
                    "seed {seed}: token {answered} twice, or abandoned"
                );
            }
            assert!(
                timeout(10 * SECOND, port.recv()).await.is_err(),
                "seed {seed}: a reply too many"
            );
        }
        drop(client);
        settle().await;
        assert_eq!(net.open(), 0, "seed {seed}: a connection outlived its client");
    }
}

#[test]
fn calls_are_answered_even_when_the_runtime_of_their_client_ends() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
    };
    let (first, second) = (runtime(), runtime());
    let net = Net::default();
    net.broker("b1:9092", |_, _| Then::Park);
    let client = first.block_on(async { net.client("b1:9092") });
    let mut port = client.port();
    port.send(1, NODE, Lane::Control, heartbeat().into(), 60 * SECOND);
    first.block_on(settle());
    assert_eq!(net.seen().len(), 1);
    drop(first);
    let (token, reply) = second.block_on(port.recv());
    assert!(token == 1 && reply.is_err());
    port.send(2, NODE, Lane::Control, heartbeat().into(), 60 * SECOND);
    let (token, reply) = second.block_on(port.recv());
    assert!(token == 2 && reply.unwrap_err().to_string().contains("ended by the runtime"));
}
