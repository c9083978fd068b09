//! The table against kafka-protocol, in both directions: it reads what arbitrary messages of the table say, to the last
//! byte, and what it writes back is the same.

use crate::peers::peers;
use bytes::Bytes;
use kohort_protocol::layout;

const ROUNDS: u64 = 40;

#[test]
fn kafka_protocol_reads_and_writes_what_the_table_says() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for peer in peers() {
        for version in peer.versions() {
            for seed in 0..ROUNDS {
                let mut random = fastrand::Rng::with_seed(seed);
                let made = layout::arbitrary(peer.schema, version, &mut |n| random.u32(..n)).unwrap();
                layout::check(peer.schema, version, &made).unwrap();
                match (peer.again)(Bytes::from(made.clone()), version) {
                    Ok((again, 0)) if again == made => compared += 1,
                    Ok((again, left)) => {
                        wrong.push(format!(
                            "{} v{version}: {made:02x?} came back as {:02x?}, {left} left",
                            peer.schema.name,
                            &again[..]
                        ));
                        break;
                    }
                    Err(error) => {
                        wrong.push(format!("{} v{version}: {error} {made:02x?}", peer.schema.name));
                        break;
                    }
                }
            }
        }
    }
    println!("{compared} messages came back as they were");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
