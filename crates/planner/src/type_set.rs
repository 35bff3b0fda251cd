//! Sets of object types, small and sorted.

use std::sync::Arc;

use crate::model::TypeId;

/// A sorted set of object types, cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TypeSet(Arc<[TypeId]>);

impl TypeSet {
    pub(crate) fn new(mut types: Vec<TypeId>) -> Self {
        types.sort_unstable();
        types.dedup();
        Self(types.into())
    }

    pub(crate) fn one(t: TypeId) -> Self {
        Self(Arc::new([t]))
    }

    pub(crate) fn empty() -> Self {
        Self(Arc::new([]))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = TypeId> + '_ {
        self.0.iter().copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, t: TypeId) -> bool {
        self.0.binary_search(&t).is_ok()
    }

    /// The only member, where there is exactly one.
    pub(crate) fn single(&self) -> Option<TypeId> {
        match *self.0 {
            [only] => Some(only),
            _ => None,
        }
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        Self(self.iter().filter(|t| other.contains(*t)).collect())
    }

    pub(crate) fn or(&self, other: &Self) -> Self {
        if other.is_subset(self) {
            return self.clone();
        }
        Self::new(self.iter().chain(other.iter()).collect())
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        Self(self.iter().filter(|t| !other.contains(*t)).collect())
    }

    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        self.iter().all(|t| other.contains(t))
    }

    pub(crate) fn intersects(&self, other: &Self) -> bool {
        self.iter().any(|t| other.contains(t))
    }
}

impl FromIterator<TypeId> for TypeSet {
    fn from_iter<I: IntoIterator<Item = TypeId>>(types: I) -> Self {
        Self::new(types.into_iter().collect())
    }
}
