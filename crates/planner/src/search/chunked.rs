//! A list that is cheap to copy: the search copies partial plans all the time and then changes a little.

use std::ops::Index;
use std::rc::Rc;

/// How many items are copied when one of them is changed.
const CHUNK: usize = 32;

/// Items in chunks, which copies share until one of them changes something.
#[derive(Debug, Clone)]
pub(crate) struct Chunked<T> {
    /// All full, but the last one; none is empty.
    chunks: Vec<Rc<Vec<T>>>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T: Clone> Chunked<T> {
    pub(crate) fn len(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * CHUNK + last.len())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    pub(crate) fn push(&mut self, item: T) {
        match self.chunks.last_mut().filter(|last| last.len() < CHUNK) {
            Some(last) => Rc::make_mut(last).push(item),
            None => self.chunks.push(Rc::new(vec![item])),
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let last = self.chunks.last_mut()?;
        let item = Rc::make_mut(last).pop();
        if last.is_empty() {
            self.chunks.pop();
        }
        item
    }

    /// The item in that place, which is there.
    pub(crate) fn at_mut(&mut self, place: usize) -> &mut T {
        &mut Rc::make_mut(&mut self.chunks[place / CHUNK])[place % CHUNK]
    }
}

impl<T> Index<usize> for Chunked<T> {
    type Output = T;

    fn index(&self, place: usize) -> &T {
        &self.chunks[place / CHUNK][place % CHUNK]
    }
}

impl<T: Clone> FromIterator<T> for Chunked<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut all = Self::default();
        items.into_iter().for_each(|item| all.push(item));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::Chunked;

    #[test]
    fn a_copy_keeps_what_it_had() {
        let mut list: Chunked<usize> = (0..100).collect();
        let copy = list.clone();
        *list.at_mut(40) = 0;
        list.push(100);
        assert_eq!((list[40], list[100], list.len()), (0, 100, 101));
        assert_eq!((copy[40], copy.len()), (40, 100));
        assert!(copy.iter().copied().eq(0..100));
    }

    #[test]
    fn the_last_goes_first() {
        let mut list: Chunked<usize> = (0..65).collect();
        let popped: Vec<usize> = std::iter::from_fn(|| list.pop()).collect();
        assert!(popped.into_iter().eq((0..65).rev()));
        assert_eq!((list.len(), list.pop()), (0, None));
    }
}
