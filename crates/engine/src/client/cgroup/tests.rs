use std::io::{Error, ErrorKind, Result};

use super::*;

/// A folder that stands in for the kernel's, and what was done with it.
struct Folder {
    top: tempfile::TempDir,
    done: Mutex<Vec<String>>,
    /// How often groups are still busy.
    busy: Mutex<usize>,
    /// A file that may not be written.
    closed: &'static str,
}

impl Folder {
    fn new(controllers: &str, processes: &str, closed: &'static str) -> Arc<Self> {
        let top = tempfile::tempdir().unwrap();
        std::fs::write(top.path().join("cgroup.controllers"), controllers).unwrap();
        std::fs::write(top.path().join("cgroup.procs"), processes).unwrap();
        Arc::new(Self {
            top,
            done: Mutex::default(),
            busy: Mutex::default(),
            closed,
        })
    }

    fn prepare(self: &Arc<Self>) -> std::result::Result<Arc<Groups>, Missing> {
        let tree: Arc<dyn Tree> = Arc::clone(self) as _;
        Groups::prepare(tree, self.top.path().to_owned(), 7).map(Arc::new)
    }

    fn did(&self, what: &str, path: &Path) {
        let path = path.strip_prefix(self.top.path()).unwrap();
        let path = path.display().to_string();
        // A kit's name is random; its beginning is not.
        let parts = path.split('/').map(|part| match part.strip_prefix(PREFIX) {
            Some(rest) if rest.len() == 32 => "KIT",
            _ => part,
        });
        let path = parts.collect::<Vec<_>>().join("/");
        lock(&self.done).push(format!("{what} {path}"));
    }

    fn done(&self) -> String {
        std::mem::take(&mut *lock(&self.done)).join("\n")
    }

    fn kits(&self) -> usize {
        let all = self.inner(self.top.path()).unwrap();
        all.iter().filter(|path| !path.ends_with(SERVER)).count()
    }
}

impl Tree for Folder {
    fn make(&self, group: &Path) -> Result<()> {
        self.did("make", group);
        if self.closed == "make" {
            return Err(ErrorKind::ReadOnlyFilesystem.into());
        }
        Kernel.make(group)?;
        std::fs::write(group.join("cgroup.procs"), "")
    }

    fn remove(&self, group: &Path) -> Result<()> {
        self.did("remove", group);
        let mut busy = lock(&self.busy);
        if *busy > 0 {
            *busy -= 1;
            return Err(ErrorKind::ResourceBusy.into());
        }
        std::fs::remove_dir_all(group)
    }

    fn read(&self, file: &Path) -> Result<String> {
        Kernel.read(file)
    }

    fn write(&self, file: &Path, value: &str) -> Result<()> {
        self.did(&format!("{value} >"), file);
        if file.ends_with(self.closed) && !self.closed.is_empty() {
            return Err(Error::other("closed"));
        }
        std::fs::write(file, value)
    }

    fn inner(&self, group: &Path) -> Result<Vec<PathBuf>> {
        Kernel.inner(group)
    }
}

const ALL: &str = "cpuset cpu io memory pids\n";

#[test]
fn l8_the_server_moves_down_before_its_group_is_divided() {
    let folder = Folder::new(ALL, "7\n", "");
    folder.prepare().unwrap();
    insta::assert_snapshot!(folder.done(), @r"
    make recto-server
    7 > recto-server/cgroup.procs
    +memory +pids > cgroup.subtree_control
    +cpu > cgroup.subtree_control
    1000 > recto-server/cpu.weight
    ");
}

#[test]
fn l8_a_kit_gets_a_group_with_its_limits_and_leaves_none() {
    let folder = Folder::new(ALL, "7\n", "");
    let groups = folder.prepare().unwrap();
    folder.done();
    let limits = Limits {
        memory: 1 << 30,
        threads: 100,
        ..Limits::default()
    };
    let group = groups.create(&limits).unwrap();
    insta::assert_snapshot!(folder.done(), @r"
    make KIT
    1073741824 > KIT/memory.max
    1 > KIT/memory.oom.group
    102 > KIT/pids.max
    100 > KIT/cpu.weight
    ");
    let other = groups.create(&limits).unwrap();
    assert_ne!(group.path(), other.path());
    drop((group, other));
    assert_eq!(folder.kits(), 0);
}

#[test]
fn l8_without_a_share_of_processors_the_other_limits_hold() {
    let folder = Folder::new("memory pids", "7\n", "");
    let groups = folder.prepare().unwrap();
    groups.create(&Limits::default()).unwrap();
    assert!(!folder.done().contains("cpu"));
}

#[test]
fn l8_a_group_whose_limits_cannot_be_set_is_not_used() {
    let folder = Folder::new(ALL, "7\n", "memory.max");
    let groups = folder.prepare().unwrap();
    assert!(groups.create(&Limits::default()).is_err());
    assert_eq!(folder.kits(), 0);
}

#[tokio::test]
async fn l8_a_busy_group_is_removed_when_it_can_be() {
    let folder = Folder::new(ALL, "7\n", "");
    let groups = folder.prepare().unwrap();
    let group = groups.create(&Limits::default()).unwrap();
    *lock(&folder.busy) = 2;
    group.remove().await;
    assert_eq!(folder.kits(), 0);

    // Nobody waits for this one: then it goes with the next.
    let group = groups.create(&Limits::default()).unwrap();
    *lock(&folder.busy) = 1;
    drop(group);
    assert_eq!(folder.kits(), 1);
    drop(groups.create(&Limits::default()).unwrap());
    assert_eq!(folder.kits(), 0);
}

#[test]
fn l8_what_an_earlier_run_left_is_removed_and_nothing_else() {
    let folder = Folder::new(ALL, "7\n", "");
    for name in [SERVER, "recto-kit-1", "others"] {
        folder.make(&folder.top.path().join(name)).unwrap();
    }
    folder.prepare().unwrap();
    let left = folder.inner(folder.top.path()).unwrap();
    let mut left: Vec<_> = left
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap())
        .collect();
    left.sort_unstable();
    assert_eq!(left, ["others", SERVER]);
}

#[test]
fn l8_where_nothing_is_delegated_nothing_is_changed() {
    let refused = |folder: &Arc<Folder>| folder.prepare().err().unwrap().to_string();

    let folder = Folder::new("cpu memory", "7\n", "");
    insta::assert_snapshot!(refused(&folder), @"the server's control group has no controller `pids`");
    assert_eq!(folder.done(), "");

    let folder = Folder::new(ALL, "1\n7\n", "");
    insta::assert_snapshot!(refused(&folder), @"the server shares its control group with other processes");
    assert_eq!(folder.done(), "");

    let folder = Folder::new(ALL, "7\n", "make");
    insta::assert_snapshot!(refused(&folder), @"the server may not divide its control group (read-only filesystem or storage medium)");
    assert_eq!(folder.kits(), 0);

    let folder = Folder::new(ALL, "7\n", "cgroup.subtree_control");
    assert!(matches!(folder.prepare(), Err(Missing::Refused(_))));
    insta::assert_snapshot!(folder.done(), @r"
    make recto-server
    7 > recto-server/cgroup.procs
    +memory +pids > cgroup.subtree_control
    7 > cgroup.procs
    remove recto-server
    ");

    // Another server is there.
    let folder = Folder::new(ALL, "7\n", "");
    let server = folder.top.path().join(SERVER);
    folder.make(&server).unwrap();
    std::fs::write(server.join("cgroup.procs"), "8\n").unwrap();
    folder.done();
    assert!(matches!(folder.prepare(), Err(Missing::Shared)));
    assert_eq!(lock(&folder.done).len(), 1, "only tried to make it");
}

#[test]
fn l8_a_kit_that_the_kernel_killed_for_memory_is_known() {
    let folder = Folder::new(ALL, "7\n", "");
    let group = folder
        .prepare()
        .unwrap()
        .create(&Limits::default())
        .unwrap();
    assert!(!group.out_of_memory());
    let events = group.path().join("memory.events");
    std::fs::write(
        &events,
        "low 0\nmax 12\noom 0\noom_kill 0\noom_group_kill 0\n",
    )
    .unwrap();
    assert!(!group.out_of_memory());
    std::fs::write(
        &events,
        "low 0\nmax 12\noom 1\noom_kill 3\noom_group_kill 1\n",
    )
    .unwrap();
    assert!(group.out_of_memory());
}

#[test]
fn the_servers_group_is_found_in_each_kind_of_system() {
    const UNIFIED: &str = "25 1 0:22 / /proc rw - proc proc rw\n\
        34 25 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
    let find = |groups: &str, mounts: &str| {
        tree::find(groups, mounts).map(|path| path.display().to_string())
    };
    let service = "0::/system.slice/recto.service\n";
    assert_eq!(
        find(service, UNIFIED).as_deref(),
        Some("/sys/fs/cgroup/system.slice/recto.service")
    );
    // In a container.
    assert_eq!(find("0::/\n", UNIFIED).as_deref(), Some("/sys/fs/cgroup/"));
    // Together with version 1.
    let hybrid = "33 31 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
        41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
    assert_eq!(
        find("4:memory:/a\n0::/b\n", hybrid).as_deref(),
        Some("/sys/fs/cgroup/unified/b")
    );
    // A part of the tree alone.
    let part = "34 25 0:30 /a /groups rw - cgroup2 cgroup2 rw\n";
    assert_eq!(find("0::/a/b\n", part).as_deref(), Some("/groups/b"));
    for none in ["0::/c\n", "0::/a/../../c\n", "4:memory:/a\n", ""] {
        assert_eq!(find(none, part), None, "{none}");
    }
    assert_eq!(find(service, "25 1 0:22 / /proc rw - proc proc rw\n"), None);
}
