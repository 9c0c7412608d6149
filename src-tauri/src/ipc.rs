//! The seam between the window and the desk: registers the one list of commands, exports it to
//! TypeScript, and says which window may call what. No logic lives here.
use board::views::CabinetEvent;
use tauri_specta::{Builder, collect_commands};

use crate::commands;

macro_rules! commands {
    ($($window:ident { $($module:ident : $($command:ident),* ;)* })*) => {
        /// The commands with their windows, in the order of the list.
        pub const WINDOWS: &[(&str, &[&str])] = &[$((stringify!($window), &[$($(stringify!($command)),*),*])),*];

        /// Everything the windows can call.
        #[must_use]
        pub fn builder() -> Builder<tauri::Wry> {
            Builder::<tauri::Wry>::new()
                .commands(collect_commands![$($($(commands::$module::$command),*),*),*])
                .typ::<CabinetEvent>()
        }
    };
}

include!("ipc/list.rs");

/// The capability file of a window, as it must stand in `src-tauri/capabilities/`.
#[must_use]
pub fn capability(window: &str, commands: &[&str]) -> serde_json::Value {
    let mut permissions: Vec<String> = commands.iter().map(|c| format!("allow-{}", c.replace('_', "-"))).collect();
    permissions.push("core:event:allow-listen".to_owned());
    permissions.push("core:event:allow-unlisten".to_owned());
    serde_json::json!({
        "$schema": "../../gen/schemas/desktop-schema.json",
        "identifier": window,
        "description": format!("What the window \"{window}\" may call; made from src/ipc/list.rs"),
        "windows": [window],
        "permissions": permissions
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
    }

    /// With CABINET_WRITE set the file is written; without, it must be what the program says.
    fn must_stand(path: &Path, wanted: &str) {
        if std::env::var_os("CABINET_WRITE").is_some() {
            std::fs::write(path, wanted).expect("writable");
            return;
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(
            found,
            wanted,
            "{} is not what the program says; run CABINET_WRITE=1 cargo nextest run -p cabinet",
            path.display()
        );
    }

    #[test]
    fn the_bindings_say_what_the_program_says() {
        let path = root().join("ui/src/ipc/bindings.ts");
        let fresh = std::env::temp_dir().join(format!("cabinet-bindings-{}.ts", std::process::id()));
        let typescript = specta_typescript::Typescript::default()
            .header("// Generated from the program's commands and views. Never edited: see src-tauri/src/ipc.rs.\n");
        builder().export(typescript, &fresh).expect("exportable");
        let wanted = std::fs::read_to_string(&fresh).expect("written");
        std::fs::remove_file(&fresh).expect("removable");
        must_stand(&path, &wanted);
    }

    #[test]
    fn each_window_may_call_its_own_commands_and_no_others() {
        for (window, commands) in WINDOWS {
            let path = root().join(format!("src-tauri/capabilities/{window}.json"));
            let wanted = serde_json::to_string_pretty(&capability(window, commands)).expect("json") + "\n";
            must_stand(&path, &wanted);
        }
    }

    #[test]
    fn only_the_signing_window_can_sign() {
        let main = WINDOWS.iter().find(|(w, _)| *w == "main").expect("main").1;
        let sign = WINDOWS.iter().find(|(w, _)| *w == "sign").expect("sign").1;
        assert!(!main.contains(&"sign") && !main.contains(&"signing_view"), "the main window renders ticket text");
        assert_eq!(sign, ["signing_view", "sign", "close_signing"], "the signing window does nothing else");
    }
}
