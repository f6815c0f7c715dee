//! A kit on its own, for the engine's tests. In the product it is `recto kit`.

fn main() {
    let mut args = std::env::args_os();
    args.next();
    recto_engine::kit_main(args)
}
