//! How an engine is set up.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// Where Debian, Fedora and the upstream packages put LibreOffice's program folder.
const USUAL_INSTALLS: [&str; 4] = [
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice/program",
    "/opt/collaboraoffice/program",
];

/// The languages whose dictionaries `scripts/setup` installs.
const LANGUAGES: [&str; 10] = [
    "de-DE", "en-GB", "en-US", "es-ES", "fr-FR", "it-IT", "nl-NL", "pl-PL", "pt-BR", "pt-PT",
];

/// Everything that [`crate::Engine::start`] needs to know.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// The program that runs [`crate::kit_main`].
    pub kit_command: PathBuf,
    /// Arguments before the engine's own, such as `kit` when the program is `recto`.
    pub kit_args: Vec<OsString>,
    /// LibreOffice's program folder.
    pub install: PathBuf,
    /// A folder of fonts beside the system's.
    pub fonts: Option<PathBuf>,
    /// Which font, the second, stands in for one that is not there; stronger than the usual ones.
    pub font_substitutes: Vec<(String, String)>,
    /// Language tags, such as `de-DE`, of the dictionaries that are loaded. Kits share what that takes:
    /// 10 to 40 MB for each language.
    pub languages: Vec<String>,
    /// A folder of the engine's own. Kits have their files below it, and what an earlier run left
    /// there is removed at start.
    pub work: PathBuf,
    /// Prepare LibreOffice once and fork kits from there: less memory and quicker starts. Without
    /// it every kit prepares itself.
    pub zygote: bool,
    /// Put kits in namespaces of their own where the system permits it. Landlock and seccomp are
    /// in force either way.
    pub namespaces: bool,
    /// How many kits wait, warmed, for a document. At least one does.
    pub warm: usize,
    /// How many kits are started at once for those who wait for one. Each keeps a processor busy.
    pub starting: usize,
    /// What one kit may use.
    pub limits: Limits,
    /// A kit that owes an answer, and has said nothing, for this long is killed.
    pub hang_limit: Duration,
    /// The same for a kit that saves: LibreOffice is silent while it writes a long document.
    pub save_limit: Duration,
    /// A copy of a kit that saves is given up after ten times what the save before took, and this, but
    /// after `save_limit` at the latest; then the kit saves itself.
    pub copy_slack: Duration,
    /// A kit that has not loaded its document after this long is killed.
    pub load_limit: Duration,
    /// Requests of one view that may be under way to a kit: what a participant does and asks. One more
    /// waits.
    pub requests_under_way: usize,
    /// What the large ones of all views may hold in memory, in bytes. One more waits.
    pub request_bytes_under_way: usize,
    /// A kit that reports more in a second, for some seconds, is killed.
    pub reports_per_second: u32,
    /// The same in bytes.
    pub report_bytes_per_second: u32,
    /// Let LibreOffice's own messages through to our standard error. They may name fonts and
    /// files of a document, so this is for finding faults and not for production.
    pub engine_messages: bool,
}

impl EngineConfig {
    /// The defaults for kits started as `<kit_command> <kit_args…> --zygote` with files in `work`.
    pub fn new(kit_command: PathBuf, work: PathBuf) -> Self {
        Self {
            kit_command,
            kit_args: Vec::new(),
            install: find_install(),
            fonts: None,
            font_substitutes: Vec::new(),
            languages: LANGUAGES.map(str::to_owned).to_vec(),
            work,
            zygote: true,
            namespaces: true,
            warm: 2,
            starting: std::thread::available_parallelism().map_or(1, usize::from),
            limits: Limits::default(),
            hang_limit: Duration::from_secs(30),
            save_limit: Duration::from_secs(180),
            copy_slack: Duration::from_secs(5),
            load_limit: Duration::from_secs(60),
            requests_under_way: 64,
            request_bytes_under_way: 128 << 20,
            reports_per_second: 20_000,
            report_bytes_per_second: 8 << 20,
            engine_messages: false,
        }
    }
}

/// The first usual place that has LibreOffice, or the first of all when none has.
fn find_install() -> PathBuf {
    USUAL_INSTALLS
        .iter()
        .map(PathBuf::from)
        .find(|path| path.join("libmergedlo.so").exists() || path.join("libsofficeapp.so").exists())
        .unwrap_or_else(|| PathBuf::from(USUAL_INSTALLS[0]))
}

/// Resource limits of one kit. The kernel enforces them (`setrlimit`, a file system of a fixed size, a
/// control group) where it can; what it cannot, the server looks at every second, and kills the kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Address space in bytes. LibreOffice maps about 1 GiB before it has a document.
    pub address_space: u64,
    /// Memory of all its processes in bytes, its temporary files included where they are in memory.
    /// The kernel enforces it where kits have control groups of their own.
    pub memory: u64,
    /// Processor time in seconds over the whole life of the kit.
    pub cpu_seconds: u64,
    /// The largest file that it may write, in bytes.
    pub file_size: u64,
    /// File descriptors.
    pub open_files: u64,
    /// Threads. LibreOffice starts some for each processor.
    pub threads: u64,
    /// Temporary files and settings, in bytes. With namespaces they are in memory, and this is the
    /// size of their file system.
    pub temporary: u64,
    /// The folder with the document and what was saved of it, in bytes. Without namespaces,
    /// temporary files may take their share of it on top.
    pub folder: u64,
    /// Files and folders.
    pub files: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            address_space: 3 << 30,
            memory: 3 << 30,
            cpu_seconds: 6 * 3600,
            file_size: 512 << 20,
            open_files: 256,
            threads: 512,
            temporary: 512 << 20,
            folder: 2 << 30,
            files: 10_000,
        }
    }
}
