//! Generates the permissions from the one list of commands, so that each window may call what its
//! capability names and nothing else.

macro_rules! commands {
    ($($window:ident { $($module:ident : $($command:ident),* ;)* })*) => {
        const COMMANDS: &[&str] = &[$($($(stringify!($command)),*),*),*];
    };
}

include!("src/ipc/list.rs");

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/src/ipc/list.rs");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes).expect("tauri's build step");
}
