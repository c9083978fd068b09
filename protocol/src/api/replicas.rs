//! The brokers that hold a partition. Metadata has three such lists for each; nearly all are short, so a few ids lie in the list itself
//! and need no memory of their own.

use core::fmt;
use core::ops::Deref;

use crate::NodeId;

/// More replicas than a partition usually has, in as much room as a `Vec` takes.
const FEW: usize = 5;

/// Ids of brokers, in order; to be read as a slice.
#[derive(Clone)]
pub struct Replicas(Ids);

#[derive(Clone)]
enum Ids {
    Few(u8, [NodeId; FEW]),
    Many(Box<[NodeId]>),
}

impl Default for Replicas {
    /// None.
    fn default() -> Self {
        Self(Ids::Few(0, [NodeId::NONE; FEW]))
    }
}

impl Deref for Replicas {
    type Target = [NodeId];

    fn deref(&self) -> &[NodeId] {
        match &self.0 {
            Ids::Few(count, ids) => ids.get(..usize::from(*count)).unwrap_or_default(),
            Ids::Many(ids) => ids,
        }
    }
}

impl FromIterator<NodeId> for Replicas {
    fn from_iter<I: IntoIterator<Item = NodeId>>(ids: I) -> Self {
        let mut ids = ids.into_iter();
        let (mut count, mut few) = (0, [NodeId::NONE; FEW]);
        for place in &mut few {
            let Some(id) = ids.next() else { break };
            *place = id;
            count += 1;
        }
        match ids.next() {
            None => Self(Ids::Few(count, few)),
            Some(next) => Self(Ids::Many(few.into_iter().chain([next]).chain(ids).collect())),
        }
    }
}

impl From<Vec<NodeId>> for Replicas {
    fn from(ids: Vec<NodeId>) -> Self {
        if ids.len() > FEW {
            return Self(Ids::Many(ids.into()));
        }
        ids.into_iter().collect()
    }
}

impl<'a> IntoIterator for &'a Replicas {
    type Item = &'a NodeId;
    type IntoIter = core::slice::Iter<'a, NodeId>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Replicas {
    fn eq(&self, other: &Self) -> bool {
        self[..] == other[..]
    }
}

impl Eq for Replicas {}

impl<const COUNT: usize> PartialEq<[NodeId; COUNT]> for Replicas {
    fn eq(&self, other: &[NodeId; COUNT]) -> bool {
        self[..] == other[..]
    }
}

impl fmt::Debug for Replicas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self[..], f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_read_alike_whatever_they_were_made_from() {
        assert_eq!(size_of::<Replicas>(), size_of::<Vec<NodeId>>());
        for count in 0..20 {
            let ids: Vec<_> = (0..count).map(NodeId).collect();
            let collected: Replicas = ids.iter().copied().collect();
            assert_eq!(
                (&collected[..], &Replicas::from(ids.clone())),
                (&ids[..], &collected)
            );
            assert_eq!(format!("{collected:?}"), format!("{ids:?}"));
        }
        assert_ne!(
            Replicas::from(vec![NodeId(1)]),
            Replicas::from(vec![NodeId(1), NodeId(2)])
        );
    }
}
