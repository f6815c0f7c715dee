//! The document engine.

use std::path::Path;

use anyhow::Context;
use recto_engine::EngineConfig;

use super::File;
use crate::args::Serve;

/// An engine whose kits are this program. Takes what is about it.
pub(super) fn config(
    args: &mut Serve,
    file: &mut File,
    data: &Path,
) -> anyhow::Result<EngineConfig> {
    let own = std::env::current_exe()
        .context("The path of this program is not known. Start it by its full path")?;
    let mut engine = EngineConfig::new(own, data.join("engine"));
    engine.kit_args = vec!["kit".into()];
    engine.zygote = !args.no_zygote && file.zygote.unwrap_or(true);
    if let Some(warm) = args.warm_kits.or(file.warm_kits) {
        engine.warm = warm;
    }
    if let Some(office) = args.office.take().or(file.office.take()) {
        engine.install = office;
    }
    engine.fonts = args.fonts.take().or(file.fonts.take());
    engine.font_substitutes = std::mem::take(&mut file.font_substitutes)
        .into_iter()
        .collect();
    let languages = Some(std::mem::take(&mut args.languages)).filter(|given| !given.is_empty());
    if let Some(languages) = languages.or(file.languages.take()) {
        engine.languages = languages.into_iter().map(String::from).collect();
    }
    Ok(engine)
}
