use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::json::{Tree, strategies::values};

proptest! {
    /// Reading by hand gives what serde gives, and refuses what it refuses.
    #[test]
    fn permissions_are_read_as_serde_reads_them(
        flags in proptest::collection::btree_map(prop::sample::select(&Permissions::FLAGS[..]), any::<Option<bool>>(), 0..6),
        other in proptest::collection::btree_map("[a-z]{0,3}", values(), 0..4),
        wrong in any::<prop::sample::Index>(),
        value in values(),
    ) {
        let mut members = json!(flags);
        for (name, value) in other {
            members[name] = value;
        }
        let read = permissions(Some(&members), Origin::Token).unwrap();
        prop_assert_eq!(&read, &serde_json::from_value(members.clone()).unwrap());

        members[*wrong.get(&Permissions::FLAGS)] = value;
        let read = permissions(Some(&members), Origin::Token);
        let by_serde: Result<Permissions, _> = serde_json::from_value(members.clone());
        prop_assert_eq!(read.as_ref().ok(), by_serde.as_ref().ok());
        if let Some(tree) = Tree::read(members.to_string().as_bytes(), 32) {
            prop_assert_eq!(permissions(Some(tree.root()), Origin::Token), read);
        }
    }
}
