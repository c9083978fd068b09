//! Several members brought through a round together, and what the group looks like from outside meanwhile.

use bytes::Bytes;
use kohort_protocol::api::describe_groups::{DescribeGroupsRequest, DescribedGroup};
use kohort_protocol::api::join_group::JoinGroupResponse;
use kohort_protocol::{ErrorCode, Generation, GroupId};
use tokio::time::{Instant, sleep};

use crate::bench::ASK_AGAIN;
use crate::member::SHOWS_WITHIN;
use crate::{Failed, Member, RawConnection, expect};

impl Member {
    /// What DescribeGroups v5 says of the group.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn describe(&mut self) -> Result<DescribedGroup, Failed> {
        describe(&mut self.control, 5, &self.group).await
    }

    /// Waits until the group has so many members, parked ones included.
    ///
    /// # Errors
    /// It has not within 10 s.
    pub async fn wait_for_members(&mut self, count: usize) -> Result<(), Failed> {
        let began = Instant::now();
        loop {
            let seen = self.describe().await?;
            if seen.members.len() == count {
                return Ok(());
            }
            if began.elapsed() > SHOWS_WITHIN {
                return Err(Failed::new(
                    "DescribeGroups for 10 s",
                    format!("{count} members"),
                    format!("{seen:?}"),
                ));
            }
            sleep(ASK_AGAIN).await;
        }
    }

    /// Brings `members` (new in a new group) into one generation, the first as its leader; nobody has synced yet.
    ///
    /// # Errors
    /// Somebody is refused.
    pub async fn gather(members: &mut [Self]) -> Result<Vec<JoinGroupResponse>, Failed> {
        let count = members.len();
        let Some((first, others)) = members.split_first_mut() else {
            return Ok(Vec::new());
        };
        let alone = first.join().await?;
        if others.is_empty() {
            return Ok(vec![alone]);
        }
        // Older releases describe no group that was never stable.
        first.sync(Vec::new()).await?;
        Self::park(others).await?;
        first.wait_for_members(count).await?;
        let mut answers = vec![first.join().await?];
        for other in others {
            answers.push(other.joined().await?);
        }
        let generations: Vec<(ErrorCode, Generation)> = answers
            .iter()
            .map(|answer| (answer.error_code, answer.generation_id))
            .collect();
        let expected = answers.iter().map(|_| (ErrorCode::NONE, Generation(2))).collect();
        expect("JoinGroup of all members", generations, expected)?;
        Ok(answers)
    }

    /// Sends a JoinGroup for each, which stays parked.
    async fn park(members: &mut [Self]) -> Result<(), Failed> {
        for member in members.iter_mut() {
            member.get_id().await?;
        }
        for member in members {
            member.send_join().await?;
        }
        Ok(())
    }

    /// Syncs all, the first as the leader with the assignment `assigned-<i>` for member `i`.
    ///
    /// # Errors
    /// Somebody does not get what the leader sent.
    pub async fn share_out(members: &mut [Self]) -> Result<(), Failed> {
        let assignments = members.iter().enumerate();
        let assignments = assignments
            .map(|(i, member)| member.gets(&format!("assigned-{i}")))
            .collect();
        if let Some(leader) = members.first_mut() {
            leader.send_sync_with(assignments, |_| ()).await?;
        }
        for follower in members.iter_mut().skip(1) {
            follower.send_sync().await?;
        }
        for (i, member) in members.iter_mut().enumerate() {
            let seen = member.synced().await?;
            let expected = (ErrorCode::NONE, Bytes::from(format!("assigned-{i}")));
            expect("SyncGroup", (seen.error_code, seen.assignment), expected)?;
        }
        Ok(())
    }
}

/// What DescribeGroups says of one group.
pub(crate) async fn describe(
    connection: &mut RawConnection,
    version: i16,
    group: &GroupId,
) -> Result<DescribedGroup, Failed> {
    let request = DescribeGroupsRequest {
        groups: vec![group.clone()],
        include_authorized_operations: false,
    };
    let mut response = connection.call(version, &request).await?;
    let described = response.groups.pop();
    described.ok_or_else(|| Failed::new("DescribeGroups of one group", "one group", "none"))
}
