//! Generates the permissions from the one list of commands, so that each window may call what its
//! capability names and nothing else.

use std::path::Path;

macro_rules! commands {
    ($($window:ident { $($module:ident : $($command:ident),* ;)* })*) => {
        const COMMANDS: &[&str] = &[$($($(stringify!($command)),*),*),*];
    };
}

include!("src/ipc/list.rs");

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    // The screens are part of the program: without this a new build of them would not reach the window.
    println!("cargo:rerun-if-changed=ui/dist");
    println!("cargo:rerun-if-changed=src-tauri/src/ipc/list.rs");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes).expect("tauri's build step");
    age(Path::new("permissions")).expect("what tauri's build step wrote");
}

/// Cargo looks at what tauri's build step writes, finds it newer than the step, and runs it again: the whole shell would
/// be compiled twice in a fresh clone.
fn age(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            age(&entry?.path())?;
        }
    }
    std::fs::File::open(path)?.set_modified(std::time::UNIX_EPOCH)
}
