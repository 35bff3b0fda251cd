//! Descriptions: the one that most subgraphs have; the first of them in a tie.

use super::Merger;
use crate::hint::HintCode;

impl Merger<'_> {
    pub(super) fn description<'d>(
        &mut self,
        coordinate: &str,
        candidates: impl Iterator<Item = &'d Option<String>>,
    ) -> Option<String> {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for text in candidates.flatten().map(String::as_str).filter(|text| !text.trim().is_empty()) {
            match counts.iter_mut().find(|(known, _)| *known == text) {
                Some((_, count)) => *count += 1,
                None => counts.push((text, 1)),
            }
        }
        if counts.len() > 1 {
            self.hint(
                HintCode::InconsistentDescription,
                coordinate,
                "Descriptions differ between subgraphs.",
            );
        }
        let most = counts.iter().map(|(_, count)| *count).max()?;
        counts.iter().find(|(_, count)| *count == most).map(|(text, _)| (*text).to_owned())
    }
}
