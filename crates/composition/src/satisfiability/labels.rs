//! The states that the labels of progressive overrides can be in: each request has its own.

use std::fmt;

/// Up to this many labels every state is tried; beyond, those in which all but two labels agree.
const MAX_EXHAUSTIVE: usize = 10;

/// Which labels are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LabelState<'a>(Vec<(&'a str, bool)>);

impl<'a> LabelState<'a> {
    pub(super) fn is_on(&self, label: &str) -> bool {
        self.0.iter().any(|(known, on)| *known == label && *on)
    }

    /// The states of `labels`: all off and all on first, then the more labels agree the earlier.
    pub(super) fn all(labels: &[&'a str]) -> Vec<Self> {
        let mut states: Vec<Self> = if labels.len() <= MAX_EXHAUSTIVE {
            (0_usize..1 << labels.len())
                .map(|mask| Self::new(labels, |index| mask & (1 << index) != 0))
                .collect()
        } else {
            let mut states = vec![Self::new(labels, |_| false), Self::new(labels, |_| true)];
            for one in 0..labels.len() {
                for other in one..labels.len() {
                    let is_chosen = move |index| index == one || index == other;
                    states.push(Self::new(labels, is_chosen));
                    states.push(Self::new(labels, |index| !is_chosen(index)));
                }
            }
            states
        };
        states.sort_by_key(Self::dissent);
        states
    }

    fn new(labels: &[&'a str], is_on: impl Fn(usize) -> bool) -> Self {
        Self(labels.iter().enumerate().map(|(index, label)| (*label, is_on(index))).collect())
    }

    /// How many labels differ from the majority.
    fn dissent(&self) -> usize {
        let on = self.0.iter().filter(|(_, on)| *on).count();
        on.min(self.0.len() - on)
    }
}

impl fmt::Display for LabelState<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (label, on)) in self.0.iter().enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            write!(f, "{separator}\"{label}\" {}", if *on { "on" } else { "off" })?;
        }
        Ok(())
    }
}
