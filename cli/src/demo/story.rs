//! The acts of the demo, and what they prove.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::ledger::Ledger;
use super::member::Member;
use super::producer::Producer;
use super::stage::Stage;
use super::table::Screen;
use crate::args;

/// Nothing in the story takes so long, unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(50);

/// What the last line says.
#[derive(Debug)]
pub(crate) struct Outcome {
    records: u64,
    delivered: u64,
    distinct: u64,
    rebalances: u64,
    committed: i64,
}

impl Outcome {
    fn lost(&self) -> u64 {
        self.records - self.distinct
    }

    /// Every record was delivered, and the group's offsets say so.
    pub(crate) fn is_proven(&self) -> bool {
        self.lost() == 0 && u64::try_from(self.committed) == Ok(self.records)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            records,
            delivered,
            distinct,
            rebalances,
            committed,
        } = self;
        let (lost, duplicates) = (self.lost(), delivered - distinct);
        write!(
            f,
            "demo: records={records} delivered={delivered} distinct={distinct} lost={lost} duplicates={duplicates} \
             rebalances={rebalances} committed={committed}"
        )
    }
}

pub(crate) fn tell(arguments: &args::Demo) -> Result<Outcome> {
    let stage = Stage::set(arguments)?;
    let ledger = Arc::new(Ledger::new(arguments.records));
    let mut story = Story {
        screen: Screen::new(Arc::clone(&ledger), arguments.records),
        producer: Producer::new(stage.bootstrap(), stage.topic(), arguments.partitions)?,
        acts: u64::from(arguments.members) + 3,
        arguments: arguments.clone(),
        members: Vec::new(),
        act: 0,
        stage,
        ledger,
    };
    let outcome = story.play();
    story.clear();
    outcome
}

struct Story {
    arguments: args::Demo,
    stage: Stage,
    ledger: Arc<Ledger>,
    screen: Screen,
    producer: Producer,
    members: Vec<Member>,
    /// How many times records are produced, and how many of them are over.
    acts: u64,
    act: u64,
}

impl Story {
    fn play(&mut self) -> Result<Outcome> {
        self.screen.say(&format!(
            "{}; topic {} with {} partitions, group {}",
            self.stage.introduction(),
            self.stage.topic(),
            self.arguments.partitions,
            self.stage.group()
        ));
        for number in 1..=self.arguments.members {
            self.join(number)?;
        }
        self.move_coordinator()?;
        self.leave()?;
        self.kill()?;
        self.finish()
    }

    fn join(&mut self, number: u16) -> Result<()> {
        let name = format!("member-{number}");
        self.screen.say(&format!(
            "{name} joins; {} records are produced meanwhile",
            self.share()
        ));
        let member = Member::start(
            &name,
            self.stage.bootstrap(),
            self.stage.group(),
            self.stage.topic(),
            &self.ledger,
        )?;
        self.members.push(member);
        self.produce()?;
        self.until_all_is_read("the new member takes its part")?;
        self.pause()
    }

    fn move_coordinator(&mut self) -> Result<()> {
        match self.stage.move_coordinator()? {
            Some(sentence) => self.screen.say(&sentence),
            None => self
                .screen
                .say("on a real cluster the coordinator is left where it is"),
        }
        self.produce()?;
        self.until_all_is_read("the group goes on with the same members and generation")?;
        self.pause()
    }

    fn leave(&mut self) -> Result<()> {
        let mut leaver = self.members.remove(0);
        self.screen.say(&format!(
            "{} leaves: it commits, says goodbye, and the others take over at once",
            leaver.name
        ));
        leaver.leave()?;
        self.produce()?;
        self.until_all_is_read("nobody waits for a session to end")?;
        self.pause()
    }

    fn kill(&mut self) -> Result<()> {
        let mut victim = self.members.remove(0);
        self.screen.say(&format!(
            "{} is killed without goodbye; the coordinator misses it after the session timeout of {} s",
            victim.name,
            super::SESSION_TIMEOUT.as_secs()
        ));
        self.produce_rest()?;
        victim.kill()?;
        self.until_all_is_read("but not all of it was committed")?;
        self.pause()?;
        self.until_all_is_committed()
    }

    /// What a killed member had read but not committed is read again by whoever got its partitions.
    fn until_all_is_committed(&mut self) -> Result<()> {
        let began = Instant::now();
        while u64::try_from(self.stage.committed()?) != Ok(self.producer.produced())
            && began.elapsed() < PATIENCE
        {
            std::thread::sleep(GLANCE);
            self.glance()?;
        }
        self.screen
            .say("  what it had not committed has been read again by the others, and is committed now");
        Ok(())
    }

    fn finish(&mut self) -> Result<Outcome> {
        self.screen.say("the rest commit and leave");
        for member in &mut self.members {
            member.leave()?;
        }
        self.members.clear();
        let committed = self.stage.committed()?;
        self.screen.table();
        let tally = self.ledger.tally();
        Ok(Outcome {
            records: self.arguments.records,
            delivered: tally.delivered,
            distinct: tally.distinct,
            rebalances: tally.generations,
            committed,
        })
    }

    /// How many records each act produces; the last takes what is left.
    fn share(&self) -> u64 {
        self.arguments.records / self.acts
    }

    fn produce(&mut self) -> Result<()> {
        self.act += 1;
        self.produce_up_to(self.share() * self.act)
    }

    fn produce_rest(&mut self) -> Result<()> {
        self.produce_up_to(self.arguments.records)
    }

    fn produce_up_to(&mut self, number: u64) -> Result<()> {
        while self.producer.produced() < number {
            self.producer.produce_some(number)?;
            self.glance()?;
        }
        Ok(())
    }

    fn until_all_is_read(&mut self, meaning: &str) -> Result<()> {
        let began = Instant::now();
        while self.ledger.tally().distinct < self.producer.produced() {
            ensure!(
                began.elapsed() < PATIENCE,
                "after {} s {} of {} records have not arrived",
                PATIENCE.as_secs(),
                self.producer.produced() - self.ledger.tally().distinct,
                self.producer.produced()
            );
            std::thread::sleep(GLANCE);
            self.glance()?;
        }
        self.screen.say(&format!(
            "  all {} records produced so far have been read: {meaning}",
            self.producer.produced()
        ));
        Ok(())
    }

    /// Lets the group settle, so that each event of the story is seen by itself.
    fn pause(&mut self) -> Result<()> {
        let began = Instant::now();
        while !self.is_settled() && began.elapsed() < PATIENCE {
            std::thread::sleep(GLANCE);
            self.glance()?;
        }
        Ok(())
    }

    /// Whether the living members hold all partitions between them, each of them in the newest generation.
    fn is_settled(&self) -> bool {
        let lines = self.ledger.tally().members;
        let reading: Vec<_> = lines
            .iter()
            .filter(|line| !matches!(line.state, "left" | "killed"))
            .collect();
        let newest = reading.iter().map(|line| line.generation).max();
        let held: usize = reading.iter().map(|line| line.partitions.len()).sum();
        reading
            .iter()
            .all(|line| line.state == "reading" && Some(line.generation) == newest)
            && usize::try_from(self.arguments.partitions) == Ok(held)
    }

    fn glance(&mut self) -> Result<()> {
        self.screen.refresh();
        if let Some(failed) = self.members.iter().position(Member::has_failed) {
            return self.members.remove(failed).leave();
        }
        Ok(())
    }

    /// Leaves nothing behind, whatever happened.
    fn clear(&mut self) {
        for member in &mut self.members {
            // The story has its outcome already; a member that fails on the way out cannot change it.
            let _ = member.kill();
        }
        if let Err(error) = self.stage.clear() {
            eprintln!(
                "kohort: the demo's topic {} could not be deleted: {error:#}",
                self.stage.topic()
            );
        }
    }
}
