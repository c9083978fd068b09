//! A plan as text, and back: a line for the run, one for each member, one for each fault; words in pairs of a name and a value.
//!
//! ```text
//! run seed 0x5ee1 profile eager chaos 120.000 calm 60.000 bytes no partitions 6 produce 0.050
//! member start 0.000 session 6.000 heartbeat 0.500 poll 20.000 request 3.000 age 30.000 buffer 1048576 commits auto work 0.002 hold 0.000 static no
//! 12.345 stop node 2 span 3.000
//! ```
//! Empty lines and those that begin with `#` say nothing. `crowd 1000 start ...` stands for a thousand such members.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use kohort_broker::Release;
use kohort_protocol::Timestamp;

use super::words::{Word as _, Words, Written};
use super::{Act, Fault, IDLE, MemberPlan, Plan, Topics};

/// A text that is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanError {
    /// In which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for PlanError {}

/// What a line says of a run or of a member: the word for each field, and for fields that plans of earlier days do not name, what is
/// meant then.
macro_rules! line {
    ($Type:ident begins $first:literal { $($word:literal $field:ident $(= $default:expr)?,)* } rest { $($rest:ident),* }) => {
        impl $Type {
            fn write_line(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($first)?;
                $(write!(f, concat!(" ", $word, " {}"), Written(&self.$field))?;)*
                writeln!(f)
            }

            fn read_line(words: &Words<'_>) -> Result<Self, String> {
                Ok(Self {
                    $($field: line!(@read words $word $($default)?),)*
                    $($rest: Vec::new(),)*
                })
            }
        }
    };
    (@read $words:ident $word:literal) => { $words.value($word)? };
    (@read $words:ident $word:literal $default:expr) => { $words.value_or($word, $default)? };
}

line! {
    Plan begins "run" {
        "seed" seed,
        "profile" profile,
        "chaos" chaos,
        "calm" calm,
        "bytes" bytes,
        "release" release = Release::default(),
        "partitions" partitions,
        "produce" produce,
        "room" room = 0,
        "idle" idle = IDLE,
        "topics" topics = Topics::FIRST,
    } rest { members, faults }
}

line! {
    MemberPlan begins "member" {
        "start" start,
        "session" session,
        "heartbeat" heartbeat,
        "poll" max_poll,
        "request" request,
        "age" metadata_age,
        "buffer" buffer,
        "commits" commits,
        "work" work,
        "hold" hold,
        "static" is_static,
        "topics" topics = Topics::FIRST,
    } rest {}
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_line(f)?;
        self.members.iter().try_for_each(|member| member.write_line(f))?;
        self.faults.iter().try_for_each(|fault| writeln!(f, "{fault}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Written(&self.at.since(Timestamp::ZERO)), self.act)
    }
}

impl FromStr for Plan {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, PlanError> {
        let mut plan = None;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            read_line(&mut plan, line).map_err(|problem| PlanError {
                line: number,
                problem,
            })?;
        }
        plan.ok_or_else(|| PlanError {
            line: 1,
            problem: "there is no line that begins with \"run\"".to_owned(),
        })
    }
}

fn read_line(plan: &mut Option<Plan>, line: &str) -> Result<(), String> {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    if first == "run" {
        let words = Words::new(words)?;
        let read = plan.insert(Plan::read_line(&words)?);
        if words.text("release").is_err() {
            read.release = Plan::release_of(read.seed);
        }
        return Ok(());
    }
    let plan = plan.as_mut().ok_or("the first line must begin with \"run\"")?;
    if first == "member" {
        plan.members.push(MemberPlan::read_line(&Words::new(words)?)?);
        return Ok(());
    }
    if first == "crowd" {
        let count = words.next().and_then(usize::read);
        let count = count.ok_or("how many the crowd are is missing")?;
        let one = MemberPlan::read_line(&Words::new(words)?)?;
        plan.members.extend(std::iter::repeat_n(one, count));
        return Ok(());
    }
    let at = Duration::read(first).ok_or_else(|| format!("{first:?} is neither a time nor \"member\""))?;
    let name = words.next().ok_or("what happens is missing")?;
    plan.faults.push(Fault {
        at: Timestamp::ZERO + at,
        act: Act::read(name, &Words::new(words)?)?,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_survives_its_text() {
        for seed in 0..200 {
            for plan in [Plan::draw(seed, None), Plan::draw_long(seed, None)] {
                assert_eq!(plan.to_string().parse::<Plan>().unwrap(), plan);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let plan = Plan::draw(1, None).to_string();
        let error = format!("# a comment\n{plan}1.000 explode member 1\n")
            .parse::<Plan>()
            .unwrap_err();
        assert_eq!(error.problem, "nothing is called \"explode\"");
        assert_eq!(error.line, plan.lines().count() + 2);
        assert!("".parse::<Plan>().is_err());
    }
}
