//! A group as DescribeGroups and ListGroups show it.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};

use kohort_protocol::api::describe_groups::{DescribedGroup, DescribedMember};
use kohort_protocol::api::list_groups::ListedGroup;

use super::{Group, GroupState, Member};

impl Group {
    pub(crate) fn describe(&self) -> DescribedGroup {
        DescribedGroup {
            group_id: self.id.clone(),
            group_state: self.state.name().to_owned(),
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            protocol_data: self.shown_protocol().to_owned(),
            members: self
                .members
                .values()
                .map(|member| self.describe_member(member))
                .collect(),
            ..DescribedGroup::default()
        }
    }

    /// Only a Stable group shows its protocol: before, the members may still change it.
    fn shown_protocol(&self) -> &str {
        match self.state {
            GroupState::Stable => self.protocol_name.as_deref().unwrap_or_default(),
            _ => "",
        }
    }

    /// The assignment shown is that of the last generation, also while the next one is made.
    fn describe_member(&self, member: &Member) -> DescribedMember {
        DescribedMember {
            member_id: member.id.clone(),
            group_instance_id: member.instance.clone(),
            client_id: member.client_id.to_string(),
            client_host: member.client_host.to_string(),
            member_metadata: member.metadata(self.shown_protocol()),
            member_assignment: member.assignment.clone(),
        }
    }

    pub(crate) fn list(&self) -> ListedGroup {
        ListedGroup {
            group_id: self.id.clone(),
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            group_state: self.state.name().to_owned(),
            group_type: String::from("classic"),
        }
    }
}
