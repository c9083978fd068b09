//! A plan as text, and back: a line for the run, one for each member, one for each fault; words in pairs of a name and a value.
//!
//! ```text
//! run seed 0x5ee1 profile eager chaos 120.000 calm 60.000 bytes no partitions 6 produce 0.050
//! member start 0.000 session 6.000 heartbeat 0.500 poll 20.000 request 3.000 age 30.000 buffer 1048576 commits auto work 0.002 hold 0.000 static no
//! 12.345 stop node 2 span 3.000
//! ```
//! Empty lines and those that begin with `#` say nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use kohort_protocol::{ApiKey, ErrorCode, NodeId, Timestamp};

use super::{Act, Commits, Fault, MemberPlan, Mishap, Plan, Profile};

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

/// Seconds with three digits.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0.as_secs(), self.0.subsec_millis())
    }
}

fn yes(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

const COMMITS: [(&str, Commits); 4] = [
    ("auto", Commits::Auto),
    ("sync", Commits::Sync),
    ("async", Commits::Async),
    ("processed", Commits::Processed),
];

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "run seed {:#x} profile {} chaos {} calm {} bytes {} partitions {} produce {}",
            self.seed,
            self.profile.name(),
            Seconds(self.chaos),
            Seconds(self.calm),
            yes(self.bytes),
            self.partitions,
            Seconds(self.produce),
        )?;
        self.members
            .iter()
            .try_for_each(|member| writeln!(f, "{member}"))?;
        self.faults.iter().try_for_each(|fault| writeln!(f, "{fault}"))
    }
}

impl fmt::Display for MemberPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let commits = COMMITS.iter().find(|(_, commits)| *commits == self.commits);
        write!(
            f,
            "member start {} session {} heartbeat {} poll {} request {} age {} buffer {} commits {} work {} hold {} static {}",
            Seconds(self.start),
            Seconds(self.session),
            Seconds(self.heartbeat),
            Seconds(self.max_poll),
            Seconds(self.request),
            Seconds(self.metadata_age),
            self.buffer,
            commits.map_or("?", |(name, _)| name),
            Seconds(self.work),
            Seconds(self.hold),
            yes(self.is_static),
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Seconds(self.at.since(Timestamp::ZERO)), self.act)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut { member, node } => write!(f, "cut member {member} node {}", node.0),
            Self::Silence { member, node, span } => {
                write!(
                    f,
                    "silence member {member} node {} span {}",
                    node.0,
                    Seconds(*span)
                )
            }
            Self::Lag { member, by, span } => {
                write!(
                    f,
                    "lag member {member} by {} span {}",
                    Seconds(*by),
                    Seconds(*span)
                )
            }
            Self::LateCommit { member, hold } => {
                write!(f, "late-commit member {member} hold {}", Seconds(*hold))
            }
            Self::Inject { api, mishap, times } => {
                write!(f, "inject api {} mishap {mishap} times {times}", api.number())
            }
            Self::Refuse { api, code, span } => write!(
                f,
                "refuse api {} code {} span {}",
                api.number(),
                code.0,
                Seconds(*span)
            ),
            Self::Stop { node, span } => write!(f, "stop node {} span {}", node.0, Seconds(*span)),
            Self::Pause { node, span } => write!(f, "pause node {} span {}", node.0, Seconds(*span)),
            Self::MoveCoordinator { to } => write!(f, "move-coordinator to {}", to.0),
            Self::MoveLeader { partition, to } => {
                write!(f, "move-leader partition {partition} to {}", to.0)
            }
            Self::AddPartition => f.write_str("add-partition"),
            Self::Freeze { member, span } => write!(f, "freeze member {member} span {}", Seconds(*span)),
            Self::Stall { member, span } => write!(f, "stall member {member} span {}", Seconds(*span)),
            Self::Slow { member, work, span } => write!(
                f,
                "slow member {member} work {} span {}",
                Seconds(*work),
                Seconds(*span)
            ),
            Self::Close { member, within, span } => write!(
                f,
                "close member {member} within {} span {}",
                Seconds(*within),
                Seconds(*span)
            ),
            Self::Crash { member, span } => write!(f, "crash member {member} span {}", Seconds(*span)),
            Self::Twin { member } => write!(f, "twin member {member}"),
        }
    }
}

/// The words of a line behind the first, in pairs.
struct Words<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Words<'a> {
    fn new(mut words: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut pairs = BTreeMap::new();
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("{name} has no value"))?;
            pairs.insert(name, value);
        }
        Ok(Self(pairs))
    }

    fn text(&self, name: &str) -> Result<&'a str, String> {
        self.0
            .get(name)
            .copied()
            .ok_or_else(|| format!("{name} is missing"))
    }

    fn value<T: FromStr>(&self, name: &str) -> Result<T, String> {
        let text = self.text(name)?;
        text.parse().map_err(|_| format!("{name} cannot be {text:?}"))
    }

    fn span(&self, name: &str) -> Result<Duration, String> {
        let text = self.text(name)?;
        seconds(text).ok_or_else(|| format!("{name} {text:?} is no time in seconds with three digits"))
    }

    fn is(&self, name: &str) -> Result<bool, String> {
        Ok(self.text(name)? == "yes")
    }

    fn node(&self, name: &str) -> Result<NodeId, String> {
        self.value(name).map(NodeId)
    }

    fn api(&self) -> Result<ApiKey, String> {
        ApiKey::from_number(self.value("api")?).ok_or_else(|| "an unknown api".to_owned())
    }
}

fn seconds(text: &str) -> Option<Duration> {
    let (whole, digits) = text.split_once('.')?;
    let millis = digits.parse::<u64>().ok().filter(|_| digits.len() == 3)?;
    Some(Duration::from_secs(whole.parse().ok()?) + Duration::from_millis(millis))
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
        *plan = Some(read_run(&Words::new(words)?)?);
        return Ok(());
    }
    let plan = plan.as_mut().ok_or("the first line must begin with \"run\"")?;
    if first == "member" {
        plan.members.push(read_member(&Words::new(words)?)?);
        return Ok(());
    }
    let at = seconds(first).ok_or_else(|| format!("{first:?} is neither a time nor \"member\""))?;
    let name = words.next().ok_or("what happens is missing")?;
    plan.faults.push(Fault {
        at: Timestamp::ZERO + at,
        act: read_act(name, &Words::new(words)?)?,
    });
    Ok(())
}

fn read_run(words: &Words<'_>) -> Result<Plan, String> {
    let seed = words.text("seed")?;
    Ok(Plan {
        seed: read_seed(seed).ok_or_else(|| format!("seed {seed:?} is no number"))?,
        profile: Profile::named(words.text("profile")?).ok_or("an unknown profile")?,
        chaos: words.span("chaos")?,
        calm: words.span("calm")?,
        bytes: words.is("bytes")?,
        partitions: words.value("partitions")?,
        produce: words.span("produce")?,
        members: Vec::new(),
        faults: Vec::new(),
    })
}

/// `0x` and hexadecimal digits, or a decimal number.
pub(crate) fn read_seed(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn read_member(words: &Words<'_>) -> Result<MemberPlan, String> {
    let commits = words.text("commits")?;
    let commits = COMMITS.iter().find(|(name, _)| *name == commits);
    Ok(MemberPlan {
        start: words.span("start")?,
        session: words.span("session")?,
        heartbeat: words.span("heartbeat")?,
        max_poll: words.span("poll")?,
        request: words.span("request")?,
        metadata_age: words.span("age")?,
        buffer: words.value("buffer")?,
        commits: commits.ok_or("an unknown way to commit")?.1,
        work: words.span("work")?,
        hold: words.span("hold")?,
        is_static: words.is("static")?,
    })
}

fn read_act(name: &str, words: &Words<'_>) -> Result<Act, String> {
    let member = || words.value("member");
    let span = || words.span("span");
    Ok(match name {
        "cut" => Act::Cut {
            member: member()?,
            node: words.node("node")?,
        },
        "silence" => Act::Silence {
            member: member()?,
            node: words.node("node")?,
            span: span()?,
        },
        "lag" => Act::Lag {
            member: member()?,
            by: words.span("by")?,
            span: span()?,
        },
        "late-commit" => Act::LateCommit {
            member: member()?,
            hold: words.span("hold")?,
        },
        "inject" => Act::Inject {
            api: words.api()?,
            mishap: words.value::<Mishap>("mishap")?,
            times: words.value("times")?,
        },
        "refuse" => Act::Refuse {
            api: words.api()?,
            code: ErrorCode(words.value("code")?),
            span: span()?,
        },
        "stop" => Act::Stop {
            node: words.node("node")?,
            span: span()?,
        },
        "pause" => Act::Pause {
            node: words.node("node")?,
            span: span()?,
        },
        "move-coordinator" => Act::MoveCoordinator {
            to: words.node("to")?,
        },
        "move-leader" => Act::MoveLeader {
            partition: words.value("partition")?,
            to: words.node("to")?,
        },
        "add-partition" => Act::AddPartition,
        "freeze" => Act::Freeze {
            member: member()?,
            span: span()?,
        },
        "stall" => Act::Stall {
            member: member()?,
            span: span()?,
        },
        "slow" => Act::Slow {
            member: member()?,
            work: words.span("work")?,
            span: span()?,
        },
        "close" => Act::Close {
            member: member()?,
            within: words.span("within")?,
            span: span()?,
        },
        "crash" => Act::Crash {
            member: member()?,
            span: span()?,
        },
        "twin" => Act::Twin { member: member()? },
        other => return Err(format!("nothing is called {other:?}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_survives_its_text() {
        for seed in 0..200 {
            let plan = Plan::draw(seed, None);
            assert_eq!(plan.to_string().parse::<Plan>().unwrap(), plan);
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
