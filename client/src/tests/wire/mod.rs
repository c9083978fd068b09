//! What can go wrong with the bytes of an answer (W01-W04, W08-W14 of the simulator's fault table), for every future of the client:
//! a clear error to whoever waits or another attempt, in time; and whatever it was, the next call works.

mod content;
mod pieces;

use kohort_protocol::ErrorCode;

use super::every::{EVERY, Named, answer};
use super::*;
use crate::{CallFailure, ClientError};

/// No flow takes longer: `default.api.timeout.ms`.
const LIMIT: Duration = Duration::from_secs(60);

/// The good answer to any request.
fn good(request: &Incoming) -> Vec<u8> {
    match request.api {
        ApiKey::ApiVersions => encoded(request, &all_versions().into()),
        _ => encoded(request, &answer(&request.request, ErrorCode::NONE)),
    }
}

/// Errors that say what was wrong with the connection or the answer, as opposed to panics, or an "ended by the runtime".
fn is_clear(error: &ClientError) -> bool {
    let text = error.to_string();
    let known = matches!(
        error,
        ClientError::Broker { .. }
            | ClientError::Missing { .. }
            | ClientError::Call {
                failure: CallFailure::Disconnected { .. }
                    | CallFailure::TimedOut { .. }
                    | CallFailure::Malformed { .. }
                    | CallFailure::Unreachable { .. },
                ..
            }
    );
    known && text.contains("b1:9092") && !text.contains("ended by the runtime")
}

/// The first answer of an API on the wire is what `wrong` makes of the good one, later ones are good. Returns the outcome and how
/// long it took, after the same call has worked once more.
async fn after_one(
    named: Named,
    api: ApiKey,
    wrong: impl Fn(Vec<u8>) -> Then + Send + 'static,
) -> (Result<(), ClientError>, Duration) {
    after_one_and(0, named, api, wrong).await
}

/// As `after_one`, but so many calls in between may fail too: they find what is left on the connection.
async fn after_one_and(
    more: usize,
    (name, call): Named,
    api: ApiKey,
    wrong: impl Fn(Vec<u8>) -> Then + Send + 'static,
) -> (Result<(), ClientError>, Duration) {
    let net = Net::default();
    let mut hit = false;
    net.broker_from_the_start("b1:9092", move |_, request| {
        let bytes = good(request);
        match request.api == api && !core::mem::replace(&mut hit, true) {
            true => wrong(bytes),
            false => Then::Raw(bytes),
        }
    });
    let client = net.client("b1:9092");
    let mut outcomes = Vec::new();
    for _ in 0..=more {
        let begin = Instant::now();
        let outcome = call(client.clone()).await;
        let took = begin.elapsed();
        assert!(took <= LIMIT, "{name}, {api:?}: {took:?}");
        let is_clear = outcome.as_ref().err().is_none_or(is_clear);
        assert!(is_clear, "{name}, {api:?}: {outcome:?}");
        outcomes.push((outcome, took));
    }
    let again = tokio::time::timeout(LIMIT, call(client.clone())).await;
    let again = again.unwrap_or_else(|_| panic!("{name}, {api:?}: the next call hangs"));
    assert_eq!(
        again,
        Ok(()),
        "{name}, {api:?}: the next call, after {outcomes:?}"
    );
    drop(client);
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!(net.open(), 0, "{name}, {api:?}: a connection stays behind");
    outcomes.swap_remove(0)
}

/// Each future with each API that it uses, and the length of that answer. The handshake is the same for all.
async fn each_answer() -> Vec<(Named, ApiKey, usize)> {
    let mut all = Vec::new();
    for named in EVERY {
        let net = Net::default();
        let sizes = Arc::new(Mutex::new(BTreeMap::new()));
        let list = Arc::clone(&sizes);
        net.broker_from_the_start("b1:9092", move |_, request| {
            let bytes = good(request);
            list.lock().unwrap().insert(request.api, bytes.len());
            Then::Raw(bytes)
        });
        named.1(net.client("b1:9092")).await.unwrap();
        all.extend(
            sizes
                .lock()
                .unwrap()
                .iter()
                .filter(|(api, _)| **api != ApiKey::ApiVersions || ["call", "metadata"].contains(&named.0))
                .map(|(api, size)| (named, *api, *size)),
        );
    }
    assert!(all.len() > EVERY.len() + 5);
    all
}
