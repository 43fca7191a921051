//! The memory this process may have: the limits of its control groups, and what the machine has.

use std::{fs, path::Path};

/// A limit of version 1 that is as good as none: the largest number of pages.
const UNLIMITED: u64 = 1 << 60;

/// Returns the bytes this process may have; nothing if the system does not say, as on other systems than Linux.
pub(super) fn memory() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let in_group = group_limit(&groups, Path::new("/sys/fs/cgroup"));
    let in_machine = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| machine_memory(&text));
    in_group.into_iter().chain(in_machine).min()
}

/// Returns the lowest limit of the control groups that `/proc/self/cgroup` lists, and of those above them.
///
/// In a container its own group is the root of the mount, whatever path the file has.
fn group_limit(groups: &str, mount: &Path) -> Option<u64> {
    let limits = groups.lines().filter_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        let (root, file) = match controllers {
            "" => (mount.to_owned(), "memory.max"),
            _ if controllers.split(',').any(|it| it == "memory") => {
                (mount.join("memory"), "memory.limit_in_bytes")
            }
            _ => return None,
        };
        let groups = Path::new(path.trim_start_matches('/')).ancestors();
        let limits = groups.filter_map(|group| {
            let text = fs::read_to_string(root.join(group).join(file)).ok()?;
            let limit: u64 = text.trim().parse().ok()?;
            (limit < UNLIMITED).then_some(limit)
        });
        limits.min()
    });
    limits.min()
}

/// Reads the memory of the machine from `/proc/meminfo`.
fn machine_memory(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|it| it.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes the files of a mount and returns the limit of a process in it.
    fn limit(groups: &str, files: &[(&str, &str)]) -> Option<u64> {
        let mount = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = mount.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        group_limit(groups, mount.path())
    }

    #[test]
    fn the_lowest_limit_from_the_own_group_up_applies() {
        let files = [
            ("a/b/memory.max", "max\n"),
            ("a/memory.max", "268435456\n"),
            ("memory.max", "536870912\n"),
        ];
        assert_eq!(limit("0::/a/b\n", &files), Some(268_435_456));
        // A container whose mount has its own group at the root.
        assert_eq!(limit("0::/\n", &files), Some(536_870_912));
        assert_eq!(limit("0::/docker/1f\n", &files), Some(536_870_912));
        assert_eq!(limit("0::/a/b\n", &files[..1]), None);
    }

    #[test]
    fn version_1_has_a_folder_for_each_controller() {
        let groups = "12:cpu,cpuacct:/x\n9:memory:/a\n0::/\n";
        let files = [
            ("memory/a/memory.limit_in_bytes", "67108864\n"),
            ("memory/memory.limit_in_bytes", "9223372036854771712\n"),
        ];
        assert_eq!(limit(groups, &files), Some(67_108_864));
        assert_eq!(limit(groups, &files[1..]), None);
        assert_eq!(limit("", &files), None);
        assert_eq!(limit("nonsense", &files), None);
    }

    #[test]
    fn the_memory_of_the_machine_is_in_kibibytes() {
        let text = "MemTotal:       24684096 kB\nMemFree:         4792724 kB\n";
        assert_eq!(machine_memory(text), Some(24_684_096 * 1024));
        assert_eq!(machine_memory("MemTotal: many"), None);
    }
}
