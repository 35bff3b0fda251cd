use std::collections::HashMap;
use std::hash::Hash;

/// Makes a type for each way that rows are looked up, to be the key of a [`Loader`](crate::loader::Loader).
///
/// ```
/// subgraph_kit::loader_keys! {
///     /// A product by its id.
///     ProductById(uuid::Uuid);
///     /// A product by its SKU.
///     ProductBySku(String);
/// }
/// # assert_eq!(ProductBySku("a".to_owned()).0, "a");
/// ```
#[macro_export]
macro_rules! loader_keys {
    ($($(#[$doc:meta])* $name:ident($key:ty);)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Hash)]
            pub(crate) struct $name(pub(crate) $key);
        )*
    };
}

/// Values by their key, as a loader answers.
///
/// ```
/// # use subgraph_kit::loader::by_key;
/// assert_eq!(by_key(["one", "three"], |text| text.len())[&5], "three");
/// ```
pub fn by_key<K: Eq + Hash, V>(values: impl IntoIterator<Item = V>, key: impl Fn(&V) -> K) -> HashMap<K, V> {
    values.into_iter().map(|value| (key(&value), value)).collect()
}
