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
        name: "connections",
        what: "connections in all, WebSockets included",
        value: at!((64, 1_000_000), http.connections),
        test: "l5_beyond_all_places_nobody_is_let_in_until_one_is_free",
        seen: "the connection ends",
    },
    Limit {
        name: "client_connections",
        what: "connections of one client, by address (IPv6: by /64); behind a trusted proxy, its requests at once",
        value: at!((8, 1_000_000), http.client_connections),
        test: "l5_a_thousand_idle_sockets_of_one_client_take_nobody_elses_place",
        seen: "the connection ends; status 429 behind a proxy",
    },
    Limit {
        name: "header_seconds",
        what: "the head of a request, from the connection or the answer before",
        value: at!((1, 600), http.header_time),
        test: "l5_who_sends_a_request_slowly_or_reads_no_answer_is_let_go",
        seen: "the connection ends",
    },
    Limit {
        name: "body_seconds",
        what: "the body of a request",
        value: at!((1, 3600), http.body_time),
        test: "l5_who_sends_a_request_slowly_or_reads_no_answer_is_let_go",
        seen: "the connection ends",
    },
    Limit {
        name: "write_seconds",
        what: "how long a client may leave unread what it is sent",
        value: at!((1, 3600), http.write_time),
        test: "l5_who_sends_a_request_slowly_or_reads_no_answer_is_let_go",
        seen: "the connection ends",
    },
    Limit {
        name: "message_bytes",
        what: "one message of a browser: a pasted picture in base64",
        value: Value::Fixed(16 << 20),
        test: "w7_a_frame_above_the_limit_ends_only_its_own_connection",
        seen: "the connection ends",
    },
    Limit {
        name: "viewer_message_bytes",
        what: "one message of a browser that may not change the document, and a little more",
        value: Value::Fixed(256 << 10),
        test: "l3_who_may_not_change_a_document_sends_no_large_messages",
        seen: "the connection ends",
    },
    Limit {
        name: "large_message_bytes",
        what: "larger messages of all browsers, while they are read and until the engine has carried them out; the others are read later",
        value: at!((16 << 20, 1 << 40), large_message_bytes),
        test: "l3_a_large_message_waits_until_there_is_room_for_all_of_it",
        seen: "later answers",
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
        what: "messages of one connection with a value that is out of bounds; one more ends it; one is forgiven each minute",
        value: at!((0, 10_000), session.limits.refused_messages),
        test: "l1_a_browser_that_goes_on_with_impossible_measures_is_dropped",
        seen: "live.misbehaved",
    },
    Limit {
        name: "first_message_bytes",
        what: "what is read from a WebSocket before its user is known: a config and its token",
        value: at!((64 << 10, 16 << 20), first_message_bytes),
        test: "l5_a_thousand_sockets_that_send_megabytes_before_any_token_are_refused",
        seen: "live.first_message",
    },
    Limit {
        name: "unauthenticated_sockets",
        what: "WebSockets whose user is not known yet, in all; each has 10 s",
        value: at!((1, 100_000), unauthenticated_sockets),
        test: "l5_sockets_of_nobody_are_limited_in_all",
        seen: "503 with Retry-After",
    },
    Limit {
        name: "messages_per_second",
        what: "messages of one connection, on average; the others are read later",
        value: at!((10, 100_000), session.limits.messages_per_second),
        test: "w7_a_flood_of_messages_stops_nobody_else",
        seen: "later answers",
    },
    Limit {
        name: "inputs_under_way",
        what: "inputs of one participant that the engine has not carried out; the others are read later",
        value: at!((1, 10_000), session.limits.inputs_under_way),
        test: "l3_ten_thousand_costly_inputs_of_one_hold_up_nobody_else",
        seen: "later answers",
    },
    Limit {
        name: "bytes_under_way",
        what: "their bytes; the others are read later",
        value: at!((1 << 20, 1 << 30), session.limits.bytes_under_way),
        test: "l3_large_pastes_of_one_take_no_more_memory_than_their_credit",
        seen: "later answers",
    },
    Limit {
        name: "questions",
        what: "copies, queries, downloads and insertions of one participant that are not answered",
        value: at!((1, 1000), session.limits.questions),
        test: "w7_questions_beyond_the_limit_are_answered_at_once",
        seen: "session.busy",
    },
    Limit {
        name: "participants",
        what: "participants of one document, with those whose connection is lost",
        value: at!((1, 10_000), session.limits.participants),
        test: "l6_a_document_a_token_and_a_tenant_are_full_at_their_limits",
        seen: "session.full",
    },
    Limit {
        name: "kept_for_editors",
        what: "of these, the places that only those get who may change the document; at most half",
        value: at!((0, 10_000), session.limits.kept_for_editors),
        test: "l6_viewers_leave_room_for_editors",
        seen: "session.full",
    },
    Limit {
        name: "views_of_token",
        what: "views that were opened with one signed config, or with the session of one of them",
        value: at!((1, 10_000), session.limits.views_of_token),
        test: "l6_a_document_a_token_and_a_tenant_are_full_at_their_limits",
        seen: "session.token_views",
    },
    Limit {
        name: "exports",
        what: "copies of one document that are made at the same time, to be downloaded or printed; the next one begins after a pause as long as the one before took",
        value: Value::Fixed(1),
        test: "w7_questions_beyond_the_limit_are_answered_at_once",
        seen: "later answers",
    },
    Limit {
        name: "scan_parts",
        what: "parts of a package in which what a save would lose is looked for",
        value: Value::Fixed(recto_losses::Limits::DEFAULT.entries as u64),
        test: "too_many_entries_are_refused_before_they_are_read",
        seen: "the list of losses is not complete",
    },
    Limit {
        name: "scan_bytes",
        what: "what is unpacked of it, which is read piece by piece",
        value: Value::Fixed(recto_losses::Limits::DEFAULT.unpacked_bytes),
        test: "no_more_is_unpacked_than_the_limit",
        seen: "the list of losses is not complete",
    },
    Limit {
        name: "scan_places",
        what: "places of one kind of loss that are named",
        value: Value::Fixed(recto_losses::Limits::DEFAULT.places as u64),
        test: "places_are_bounded_and_the_count_is_not",
        seen: "the count alone",
    },
    Limit {
        name: "password_tries",
        what: "passwords that are tried for one document in a minute, by all users together",
        value: at!((1, 1000), session.limits.password_tries),
        test: "a_password_is_not_tried_more_often_than_the_limit",
        seen: "`wait` in `password`",
    },
    Limit {
        name: "password_seconds",
        what: "waiting for the password of a document; then it is given up",
        value: at!((5, 86_400), session.limits.password_seconds),
        test: "a_document_does_not_wait_for_its_password_for_ever",
        seen: "open.no_password",
    },
    Limit {
        name: "export_seconds",
        what: "making such a copy in another format than that of saving",
        value: at!((5, 3600), session.limits.export_seconds),
        test: "ch6_keys_do_not_wait_for_a_long_export",
        seen: "convert.timed_out",
    },
    Limit {
        name: "results_bytes",
        what: "results of one tenant on the disk, beyond which participants get no further copies; saving and converting go on",
        value: at!((0, 1 << 50), session.limits.results_bytes),
        test: "l3_copies_beyond_a_tenants_room_are_refused",
        seen: "tenant.results_full",
    },
    Limit {
        name: "documents_of_tenant",
        what: "open documents of one tenant",
        value: at!((1, 100_000), session.limits.documents_of_tenant),
        test: "l6_a_document_a_token_and_a_tenant_are_full_at_their_limits",
        seen: "tenant.full",
    },
    Limit {
        name: "documents",
        what: "open documents of the server",
        value: at!((1, 100_000), documents),
        test: "l6_a_server_is_full_at_its_limit_and_goes_on_with_what_is_open",
        seen: "server.full",
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
        name: "kit_memory_bytes",
        what: "memory of one engine process and its temporary files, where it has a control group of its own",
        value: at!((256 << 20, 1 << 40), engine.limits.memory),
        test: "l8_a_kit_that_hoards_memory_is_ended_by_its_control_group",
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
    Limit {
        name: "kit_save_seconds",
        what: "silence of an engine process that saves",
        value: at!((30, 3600), engine.save_limit),
        test: "ch6_a_save_may_take_longer_than_other_work",
        seen: "the document's engine is started again",
    },
    Limit {
        name: "kit_requests",
        what: "inputs and questions of one participant under way to the engine process",
        value: at!((1, 1 << 16), engine.requests_under_way),
        test: "l3_what_is_under_way_to_a_kit_has_an_end",
        seen: "nothing: one more waits",
    },
    Limit {
        name: "kit_request_bytes",
        what: "bytes of the large ones of all participants of a document",
        value: at!((32 << 20, 4 << 30), engine.request_bytes_under_way),
        test: "l3_what_is_under_way_to_a_kit_has_an_end",
        seen: "nothing: one more waits",
    },
    Limit {
        name: "kit_reports_per_second",
        what: "what one engine process reports in a second, on the average of a few; beyond it, it is taken for an attacker's and killed",
        value: at!((1000, 10_000_000), engine.reports_per_second),
        test: "l4_a_hostile_kit_ends_its_own_document_and_nothing_else",
        seen: "the document's engine is started again",
    },
    Limit {
        name: "kit_report_bytes",
        what: "bytes of its reports in a second, likewise",
        value: at!((1 << 20, 1 << 30), engine.report_bytes_per_second),
        test: "l4_a_hostile_kit_ends_its_own_document_and_nothing_else",
        seen: "the document's engine is started again",
    },
    Limit {
        name: "answer_seconds",
        what: "how long the data folder or the task of a document may owe an answer",
        value: at!((1, 600), answer_within),
        test: "ch1_a_store_that_does_not_answer_is_told_and_a_stop_does_not_wait_for_it",
        seen: "`/healthcheck` is `false`, and the log says what hangs",
    },
    Limit {
        name: "delivery_seconds",
        what: "how long an opening waits for a callback that the application does not answer",
        value: at!((0, 600), session.delivery_wait),
        test: "ch8_a_callback_that_hangs_does_not_keep_its_document_closed",
        seen: "the document opens, and is given to the application once more",
    },
    Limit {
        name: "reserve_bytes",
        what: "what stays free where the data folder lies, so that what is open can be stored",
        value: at!((0, 1 << 40), session.reserve_bytes),
        test: "ch5_a_full_disk_costs_nobody_a_word",
        seen: "store.disk_full",
    },
    Limit {
        name: "full_disk_seconds",
        what: "how long a final save is tried while the disk is full, before the last snapshot has to do",
        value: at!((0, 30 * 86_400), session.full_disk_wait),
        test: "ch5_a_full_disk_costs_nobody_a_word",
        seen: "the log says what is lost, and the application gets the last snapshot",
    },
    Limit {
        name: "stop_seconds",
        what: "how long a stop may take",
        value: at!((1, 86_400), stop_within),
        test: "ch1_a_store_that_does_not_answer_is_told_and_a_stop_does_not_wait_for_it",
        seen: "the server ends, and the log says what was not stored",
    },
    Limit {
        name: "loss_scan_seconds",
        what: "looking for what a save would lose of a document, while the engine opens it",
        value: Value::Fixed(2),
        test: "the_strict_rule_holds_what_is_worth_a_line_and_what_nobody_looked_at",
        seen: "the list is incomplete, and says so; under the strict rule the document is for reading",
    },
    Limit {
        name: "death_reports",
        what: "reports of engine processes that died over a document",
        value: Value::Fixed(200),
        test: "reports_are_kept_up_to_a_number_and_a_size",
        seen: "the oldest goes",
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
