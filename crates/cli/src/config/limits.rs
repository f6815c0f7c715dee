//! The limits of the server: one table, of which the `[limits]` of `recto.toml`, the metrics and
//! `docs/development/limits.md` are made.

use std::fmt;
use std::time::Duration;

use recto_server::ServerConfig;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

/// One limit.
struct Limit {
    /// Its name in `[limits]` and in the metrics; the unit is its last word, unless it is a count.
    name: &'static str,
    /// What it limits.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for the documentation, which a test compares")
    )]
    what: &'static str,
    /// Whether and how a host sets it.
    value: Value,
    /// The test that goes beyond it.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for the documentation, which a test compares")
    )]
    test: &'static str,
    /// What a client sees beyond it: a stable code, or a word for what happens.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for the documentation, which a test compares")
    )]
    seen: &'static str,
}

/// Where a limit's value is.
enum Value {
    /// In the configuration.
    Set {
        get: fn(&ServerConfig) -> u64,
        set: fn(&mut ServerConfig, u64),
        /// The smallest and the largest that make sense.
        range: (u64, u64),
    },
    /// In the code, since nothing is gained by another.
    Fixed(u64),
}

/// A kind of number that a limit can be.
trait Amount {
    fn from_number(number: u64) -> Self;
    fn number(&self) -> u64;
}

macro_rules! whole_amounts {
    ($($kind:ty)*) => {$(
        impl Amount for $kind {
            fn from_number(number: u64) -> Self {
                Self::try_from(number).unwrap_or(Self::MAX)
            }

            fn number(&self) -> u64 {
                u64::try_from(*self).unwrap_or(u64::MAX)
            }
        }
    )*};
}

whole_amounts!(u32 u64 usize);

/// In seconds.
impl Amount for Duration {
    fn from_number(number: u64) -> Self {
        Self::from_secs(number)
    }

    fn number(&self) -> u64 {
        self.as_secs()
    }
}

/// A limit that is a member of the configuration.
macro_rules! at {
    ($range:expr, $($member:ident).+) => {
        Value::Set {
            get: |config| Amount::number(&config.$($member).+),
            set: |config, number| config.$($member).+ = Amount::from_number(number),
            range: $range,
        }
    };
}

/// All limits, by what they protect.
const TABLE: &[Limit] = &[
    Limit {
        name: "message_bytes",
        what: "one message of a browser: a pasted picture in base64",
        value: Value::Fixed(16 << 20),
        test: "w7_a_frame_above_the_limit_ends_only_its_own_connection",
        seen: "the connection ends",
    },
    Limit {
        name: "message_depth",
        what: "levels of JSON in a config, in arguments of commands and methods",
        value: Value::Fixed(recto_docs_api::bounded::DEPTH as u64),
        test: "every_text_list_and_tree_has_its_end",
        seen: "live.out_of_bounds",
    },
    Limit {
        name: "message_nodes",
        what: "members and elements in the same",
        value: Value::Fixed(recto_docs_api::bounded::NODES as u64),
        test: "every_text_list_and_tree_has_its_end",
        seen: "live.out_of_bounds",
    },
    Limit {
        name: "tiles",
        what: "tiles in one message, and tiles of what a browser shows that are kept up to date",
        value: Value::Fixed(recto_session::wire::MOST_TILES as u64),
        test: "l9_two_million_tiles_in_one_message_are_cut_while_they_are_decoded",
        seen: "live.out_of_bounds",
    },
    Limit {
        name: "refused_messages",
        what: "messages of one connection with a value out of bounds; one more ends it",
        value: at!((0, 10_000), session.limits.refused_messages),
        test: "l1_whoever_goes_on_with_impossible_measures_is_dropped",
        seen: "live.misbehaved",
    },
    Limit {
        name: "kit_address_space_bytes",
        what: "address space of one engine process",
        value: at!(
            ((1 << 30) + (1 << 29), 1 << 40),
            engine.limits.address_space
        ),
        test: "l8_a_greedy_kit_ends_alone",
        seen: "the document's engine is started again",
    },
    Limit {
        name: "kit_cpu_seconds",
        what: "processor time of one engine process in its life",
        value: at!((60, 1_000_000_000), engine.limits.cpu_seconds),
        test: "l8_a_greedy_kit_ends_alone",
        seen: "the document's engine is started again",
    },
    Limit {
        name: "kit_threads",
        what: "threads of one engine process",
        value: at!((64, 100_000), engine.limits.threads),
        test: "l8_bytes_files_folders_and_threads_are_counted",
        seen: "the document's engine is started again",
    },
    Limit {
        name: "kit_temporary_bytes",
        what: "temporary files of one engine process, in memory where namespaces are permitted",
        value: at!((16 << 20, 1 << 40), engine.limits.temporary),
        test: "l8_a_greedy_kit_ends_alone",
        seen: "the document's engine is started again",
    },
    Limit {
        name: "kit_folder_bytes",
        what: "the folder of one engine process: its document and what was saved of it",
        value: at!((16 << 20, 1 << 42), engine.limits.folder),
        test: "l8_a_greedy_kit_ends_alone",
        seen: "the document's engine is started again",
    },
    Limit {
        name: "kit_files",
        what: "files and folders in it",
        value: at!((1000, 10_000_000), engine.limits.files),
        test: "l8_bytes_files_folders_and_threads_are_counted",
        seen: "the document's engine is started again",
    },
];

/// `[limits]` in `recto.toml`: numbers by the names of the table.
#[derive(Debug, Default)]
pub struct Limits(Vec<(usize, u64)>);

impl Limits {
    /// Puts what the file says in the place of the defaults.
    pub fn apply(&self, config: &mut ServerConfig) {
        for (row, number) in &self.0 {
            if let Value::Set { set, .. } = TABLE[*row].value {
                set(config, *number);
            }
        }
        config.limits = TABLE
            .iter()
            .map(|limit| (limit.name, limit.value(config)))
            .collect();
    }
}

impl Limit {
    fn value(&self, config: &ServerConfig) -> u64 {
        match self.value {
            Value::Set { get, .. } => get(config),
            Value::Fixed(number) => number,
        }
    }
}

impl<'de> Deserialize<'de> for Limits {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Table)
    }
}

struct Table;

impl<'de> Visitor<'de> for Table {
    type Value = Limits;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a table of limits")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Limits, A::Error> {
        let mut all = Vec::new();
        while let Some(row) = from.next_key_seed(Name)? {
            all.push((row, from.next_value_seed(Number(row))?));
        }
        Ok(Limits(all))
    }
}

/// The name of a limit that can be set. What is wrong with it is said here, where its line is known.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<usize, D::Error> {
        let name = String::deserialize(from)?;
        let row = TABLE.iter().position(|limit| limit.name == name);
        match row.map(|row| (row, &TABLE[row].value)) {
            Some((row, Value::Set { .. })) => Ok(row),
            Some((_, Value::Fixed(_))) => Err(D::Error::custom("this limit is fixed")),
            None => Err(D::Error::custom("there is no such limit")),
        }
    }
}

/// A number for the limit of a row.
struct Number(usize);

impl<'de> DeserializeSeed<'de> for Number {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<u64, D::Error> {
        let number = u64::deserialize(from)?;
        match TABLE[self.0].value {
            Value::Set {
                range: (least, most),
                ..
            } if !(least..=most).contains(&number) => Err(D::Error::custom(format_args!(
                "it must be from {least} to {most}"
            ))),
            _ => Ok(number),
        }
    }
}

#[cfg(test)]
mod tests;
