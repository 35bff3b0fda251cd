/// Up to here a list is padded to the next power of two, beyond to the next multiple of [`STEP`]: the values of one
/// statement are limited.
const DOUBLED_UP_TO: usize = 4_096;

/// See [`DOUBLED_UP_TO`].
const STEP: usize = 1_024;

/// The keys for an `IN (…)`, padded by repeating the last one, which changes nothing in what is found.
///
/// Each length of a list makes another text of SQL, which the tenancy guard has to read and the database to prepare
/// anew. Padded, there are a dozen texts where there would be thousands.
///
/// ```
/// # use subgraph_kit::tenancy::in_list;
/// assert_eq!(in_list([1, 2, 3, 4, 5]), [1, 2, 3, 4, 5, 5, 5, 5]);
/// ```
pub fn in_list<K: Clone>(keys: impl IntoIterator<Item = K>) -> Vec<K> {
    let mut keys: Vec<K> = keys.into_iter().collect();
    if let Some(last) = keys.last().cloned() {
        let padded = if keys.len() <= DOUBLED_UP_TO {
            keys.len().next_power_of_two()
        } else {
            keys.len().next_multiple_of(STEP)
        };
        keys.resize(padded, last);
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::in_list;

    #[test]
    fn pads_without_another_key_and_without_leaving_the_limits() {
        for (length, padded) in
            [(0, 0), (1, 1), (3, 4), (8, 8), (4_095, 4_096), (4_097, 5_120), (10_000, 10_240)]
        {
            let list = in_list(0..length);
            assert_eq!(list.len(), padded);
            assert!(list.iter().all(|key| *key < length));
            assert!((0..length).all(|key| list.get(key) == Some(&key)));
        }
    }
}
