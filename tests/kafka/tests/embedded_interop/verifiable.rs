//! Kafka's VerifiableProducer and VerifiableConsumer, which say as JSON what happens to them: one of a group of two dies, another
//! comes.

use crate::stage::{LIMIT, PARTITIONS, Stage, wait_for};
use anyhow::{Context, Result, ensure};
use kohort_testkafka::Tool;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const EACH: usize = 300;

#[test]
fn when_one_dies_the_other_reads_on_and_a_third_may_come() -> Result<()> {
    let stage = Stage::enter(3, "verifiable")?;
    let (mut one, mut two) = (Consumer::start(&stage)?, Consumer::start(&stage)?);
    share(&mut [&mut one, &mut two])?;
    let mut acknowledged = produce(&stage, 0)?;
    read(&acknowledged, &mut [&mut one, &mut two])?;
    stage.all_committed()?;

    one.tool.kill()?;
    share(&mut [&mut two])?;
    acknowledged.extend(produce(&stage, 1)?);
    read(&acknowledged, &mut [&mut one, &mut two])?;

    let mut three = Consumer::start(&stage)?;
    share(&mut [&mut two, &mut three])?;
    acknowledged.extend(produce(&stage, 2)?);
    read(&acknowledged, &mut [&mut one, &mut two, &mut three])?;
    stage.all_committed()?;
    let all = one.values.len() + two.values.len() + three.values.len();
    assert_eq!(
        all,
        acknowledged.len(),
        "all was committed before each change: nothing is read twice"
    );
    for mut consumer in [two, three] {
        consumer.tool.terminate()?;
        consumer.follow()?;
        ensure!(consumer.refused.is_empty(), "{:?}", consumer.refused);
        consumer.tool.wait(LIMIT)?;
    }
    wait_for("the group is empty", || {
        let group = stage.group()?.context("there is no group")?;
        Ok(match group.members.is_empty() {
            true => Ok(()),
            false => Err(anyhow::anyhow!("{group:?}")),
        })
    })
}

/// Where a value lies.
type Places = BTreeMap<(i32, i64), String>;

fn produce(stage: &Stage, prefix: usize) -> Result<Places> {
    let (most, prefix) = (EACH.to_string(), prefix.to_string());
    let arguments = [
        ["--bootstrap-server", stage.tools.bootstrap()],
        ["--topic", stage.name],
        ["--max-messages", &most],
        ["--value-prefix", &prefix],
        ["--repeating-keys", "100"],
    ];
    let producer = "org.apache.kafka.tools.VerifiableProducer";
    let lines = stage
        .tools
        .run(producer, arguments.as_flattened())?
        .success()?
        .stdout;
    let mut acknowledged = Places::new();
    for line in lines {
        let event: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
        match event["name"].as_str() {
            Some("producer_send_success") => {
                let (place, value) = place(&event)?;
                acknowledged.insert(place, value);
            }
            Some("producer_send_error") => anyhow::bail!("{line}"),
            _ => {}
        }
    }
    assert_eq!(acknowledged.len(), EACH);
    Ok(acknowledged)
}

fn place(event: &Value) -> Result<((i32, i64), String)> {
    let partition = event["partition"].as_i64().context("no partition")?;
    let offset = event["offset"].as_i64().context("no offset")?;
    let value = event["value"].as_str().context("no value")?;
    Ok(((partition.try_into()?, offset), value.to_owned()))
}

struct Consumer {
    tool: Tool,
    owned: BTreeSet<i64>,
    values: Vec<((i32, i64), String)>,
    /// Commits that failed.
    refused: Vec<String>,
}

impl Consumer {
    fn start(stage: &Stage) -> Result<Self> {
        let mut arguments = [
            ["--bootstrap-server", stage.tools.bootstrap()],
            ["--topic", stage.name],
            ["--group-id", stage.name],
            ["--session-timeout", "6000"],
        ]
        .as_flattened()
        .to_vec();
        arguments.push("--verbose");
        let tool = stage
            .tools
            .start("org.apache.kafka.tools.VerifiableConsumer", &arguments)?;
        Ok(Self {
            tool,
            owned: BTreeSet::new(),
            values: Vec::new(),
            refused: Vec::new(),
        })
    }

    fn follow(&mut self) -> Result<()> {
        for line in self.tool.new_lines() {
            let event: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
            let partitions = event["partitions"].as_array().into_iter().flatten();
            let partitions = partitions.filter_map(|partition| partition["partition"].as_i64());
            match event["name"].as_str() {
                Some("partitions_assigned") => self.owned.extend(partitions),
                Some("partitions_revoked") => {
                    self.owned = self.owned.difference(&partitions.collect()).copied().collect();
                }
                Some("record_data") => self.values.push(place(&event)?),
                Some("offsets_committed") if event["success"] != true => self.refused.push(line),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Waits until each of these owns its part of all partitions, as they say themselves.
fn share(consumers: &mut [&mut Consumer]) -> Result<()> {
    let part = usize::try_from(PARTITIONS)? / consumers.len();
    wait_for("the consumers share the partitions", || {
        for consumer in consumers.iter_mut() {
            consumer.follow()?;
        }
        let owned: Vec<_> = consumers.iter().map(|consumer| &consumer.owned).collect();
        let union: BTreeSet<_> = owned.iter().flat_map(|owned| owned.iter()).collect();
        let shared = owned.iter().all(|owned| owned.len() == part) && union.len() == part * owned.len();
        Ok(match shared {
            true => Ok(()),
            false => Err(anyhow::anyhow!("they own {owned:?}")),
        })
    })
}

/// Waits until they have read all of this, and nothing else.
fn read(written: &Places, consumers: &mut [&mut Consumer]) -> Result<()> {
    wait_for("all is read", || {
        for consumer in consumers.iter_mut() {
            consumer.follow()?;
        }
        let all: Places = consumers
            .iter()
            .flat_map(|consumer| consumer.values.clone())
            .collect();
        let strange = all
            .iter()
            .find(|(place, value)| written.get(place) != Some(value));
        ensure!(strange.is_none(), "nobody wrote {strange:?}");
        Ok(match all.len() == written.len() {
            true => Ok(()),
            false => Err(anyhow::anyhow!("{} of {} are read", all.len(), written.len())),
        })
    })
}
