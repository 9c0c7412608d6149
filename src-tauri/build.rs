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
    // The screens are part of the program: without this a new build of them would not reach the window.
    println!("cargo:rerun-if-changed=ui/dist");
    println!("cargo:rerun-if-changed=src-tauri/src/ipc/list.rs");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes).expect("tauri's build step");
}
