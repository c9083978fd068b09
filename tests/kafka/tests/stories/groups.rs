//! A group as Kafka's own `kafka-consumer-groups` shows it.

use anyhow::{Context, Result, ensure};
use kohort_testkafka::Cluster;
use std::collections::{BTreeMap, BTreeSet};

/// `--describe --state`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupState {
    pub(crate) coordinator: i32,
    /// `-` if there is none.
    pub(crate) assignor: String,
    pub(crate) state: String,
    pub(crate) members: usize,
}

/// A line of `--describe`: a partition with something committed, or owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) committed: Option<i64>,
    pub(crate) end: Option<i64>,
    /// The member id of its owner.
    pub(crate) owner: Option<String>,
}

/// `--describe`: by partition; the group reads one topic.
pub(crate) fn lines(kafka: &Cluster, group: &str) -> Result<BTreeMap<i32, Line>> {
    let line = |fields: Vec<String>| -> Result<_> {
        let [_group, _topic, partition, committed, end, _lag, owner, ..] = &*fields else {
            anyhow::bail!("not a line of offsets: {fields:?}")
        };
        let number = |text: &str| text.parse::<i64>().ok();
        let owner = Some(owner.clone()).filter(|owner| owner != "-");
        Ok((
            partition.parse()?,
            Line {
                committed: number(committed),
                end: number(end),
                owner,
            },
        ))
    };
    describe(kafka, group, &[])?.into_iter().map(line).collect()
}

/// `--describe --members --verbose`: what each member id is assigned of the topic.
pub(crate) fn members(kafka: &Cluster, group: &str, topic: &str) -> Result<BTreeMap<String, BTreeSet<i32>>> {
    let line = |fields: Vec<String>| -> Result<_> {
        let [_group, id, _host, _client, _count, _epoch, assignment, ..] = &*fields else {
            anyhow::bail!("not a line of members: {fields:?}")
        };
        let partitions = match assignment.strip_prefix(&format!("{topic}:")) {
            Some(list) => list.split(',').map(str::parse).collect::<Result<_, _>>()?,
            None => BTreeSet::new(),
        };
        Ok((id.clone(), partitions))
    };
    describe(kafka, group, &["--members", "--verbose"])?
        .into_iter()
        .map(line)
        .collect()
}

/// `--describe --state`.
pub(crate) fn state(kafka: &Cluster, group: &str) -> Result<GroupState> {
    let lines = describe(kafka, group, &["--state"])?;
    let fields = lines
        .first()
        .with_context(|| format!("kafka-consumer-groups says nothing of group {group}"))?;
    let [_group, _address, node, assignor, state, members] = &**fields else {
        anyhow::bail!("not a line of state: {fields:?}")
    };
    Ok(GroupState {
        coordinator: node.trim_matches(['(', ')']).parse()?,
        assignor: assignor.clone(),
        state: state.clone(),
        members: members.parse()?,
    })
}

/// The lines of the table that are about the group, cut into fields.
fn describe(kafka: &Cluster, group: &str, flags: &[&str]) -> Result<Vec<Vec<String>>> {
    ensure!(!group.contains(char::is_whitespace), "the table cannot be cut");
    let bootstrap = kafka.bootstrap();
    let mut arguments = vec!["--bootstrap-server", &bootstrap, "--describe", "--group", group];
    arguments.extend(flags);
    let output = kafka
        .tool(
            "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
            &arguments,
        )?
        .success()?;
    let cut = |line: &String| line.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
    Ok(output
        .stdout
        .iter()
        .map(cut)
        .filter(|fields| fields.first().is_some_and(|first| first == group))
        .collect())
}
