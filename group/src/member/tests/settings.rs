//! Settings that cannot work are refused with words.

use std::time::Duration;

use kohort_protocol::{GroupId, GroupInstanceId, TopicName};

use super::rig::config;
use crate::member::{Member, MemberConfig};

fn refusal(config: MemberConfig) -> String {
    Member::new(config, 0)
        .err()
        .map_or_else(|| "accepted".into(), |error| error.to_string())
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let topic = |name: &str| MemberConfig {
        topics: vec![TopicName::from(name)],
        ..config()
    };
    let cases = [
        (config(), "accepted"),
        (
            MemberConfig {
                group_id: GroupId::from(""),
                ..config()
            },
            "group.id is empty",
        ),
        (
            MemberConfig {
                topics: vec![],
                ..config()
            },
            "no topics",
        ),
        (topic(""), "topic \"\" cannot exist"),
        (topic(".."), "topic \"..\" cannot exist"),
        (topic("a b"), "topic \"a b\" cannot exist"),
        (topic(&"x".repeat(250)), "cannot exist"),
        (topic(&"x".repeat(249)), "accepted"),
        (
            MemberConfig {
                group_instance_id: Some(GroupInstanceId::from("")),
                ..config()
            },
            "group.instance.id \"\" is not usable",
        ),
        (
            MemberConfig {
                session_timeout: Duration::ZERO,
                ..config()
            },
            "session.timeout.ms is zero",
        ),
        (
            MemberConfig {
                heartbeat_interval: Duration::from_secs(10),
                ..config()
            },
            "heartbeat.interval.ms (10000) is not below session.timeout.ms (10000)",
        ),
        (
            MemberConfig {
                max_poll_interval: Duration::ZERO,
                ..config()
            },
            "max.poll.interval.ms is zero",
        ),
        (
            MemberConfig {
                auto_commit_interval: Some(Duration::ZERO),
                ..config()
            },
            "auto.commit.interval.ms is zero",
        ),
        (
            MemberConfig {
                session_timeout: Duration::from_secs(1 << 40),
                ..config()
            },
            "session.timeout.ms is longer than Kafka can say",
        ),
        (
            MemberConfig {
                buffer_bytes: 0,
                ..config()
            },
            "the buffer is 0",
        ),
        (
            MemberConfig {
                fetch_max_bytes: -1,
                ..config()
            },
            "fetch.max.bytes is -1",
        ),
        (
            MemberConfig {
                retry_backoff: Duration::from_secs(2),
                ..config()
            },
            "retry.backoff.ms is above",
        ),
    ];
    for (config, expected) in cases {
        let said = refusal(config);
        assert!(said.contains(expected), "{said:?}, not {expected:?}");
    }
}
