//! Embeds the migrations again when one is added: the compiler sees only Rust files change.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
