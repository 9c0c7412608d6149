//! The windows: what each may show and where it may go.
use std::path::Path;

use board::{Answer, BoardError};
use tauri::webview::{DownloadEvent, NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindowBuilder};

/// The window that renders tickets. It cannot sign.
pub const MAIN: &str = "main";
/// The window that signs. It renders plain statements only.
pub const SIGN: &str = "sign";

/// Pages of the program itself; nothing else is ever loaded. Where the platform has custom schemes, as on Linux and
/// macOS, an address of the web is never ours, whatever a name server says of it.
fn is_own(url: &Url) -> bool {
    let schemes: &[&str] = if cfg!(target_os = "windows") { &["http", "https"] } else { &["tauri"] };
    let host = if cfg!(target_os = "windows") { "tauri.localhost" } else { "localhost" };
    schemes.contains(&url.scheme())
        && url.host_str() == Some(host)
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

fn build(
    app: &AppHandle,
    label: &str,
    page: &str,
    title: &str,
    size: (f64, f64),
    least: (f64, f64),
) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, label, WebviewUrl::App(page.into()))
        .title(title)
        .inner_size(size.0, size.1)
        .min_inner_size(least.0, least.1)
        // Shown once it has something to show: no white flash.
        .visible(false)
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, event| !matches!(event, DownloadEvent::Requested { .. }))
        .on_page_load(|window, payload| {
            if payload.event() == PageLoadEvent::Finished
                && let Err(error) = window.show().and_then(|()| window.set_focus())
            {
                tracing::warn!(%error, "a window could not be shown");
            }
        })
        .build()
        .map(drop)
}

/// Opens the main window.
///
/// # Errors
/// What the windowing system says.
pub fn open_main(app: &AppHandle) -> tauri::Result<()> {
    build(app, MAIN, "index.html", "Cabinet", (1280.0, 840.0), (720.0, 480.0))
}

/// Opens the signing window, or brings it to the front on what was prepared anew.
///
/// # Errors
/// [`BoardError::Internal`] when the windowing system refuses.
pub fn open_signing(app: &AppHandle) -> Answer<()> {
    if let Some(window) = app.get_webview_window(SIGN) {
        // What it showed belongs to an earlier request.
        window.destroy().map_err(|e| BoardError::internal(&e))?;
    }
    build(app, SIGN, "index.html#/sign", "Cabinet · Sign-off", (640.0, 760.0), (480.0, 520.0))
        .map_err(|e| BoardError::internal(&e))
}

/// Closes the signing window.
pub fn close_signing(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(SIGN)
        && let Err(error) = window.destroy()
    {
        tracing::warn!(%error, "the signing window could not be closed");
    }
}

/// Opens a file of the board in the desktop's reader.
///
/// # Errors
/// [`BoardError::Refused`] when there is none.
pub fn open_file(path: &Path) -> Answer<()> {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(target_os = "windows") {
        "explorer"
    } else {
        "xdg-open"
    };
    std::process::Command::new(opener).arg(path).spawn().map(drop).map_err(|_| {
        BoardError::refused(
            "no_reader",
            "This desktop has no program that opens PDF files.",
            None,
            format!("The file lies at {}.", path.display()),
        )
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_the_programs_own_pages_are_loaded() {
        for (address, own) in [
            ("tauri://localhost", true),
            ("tauri://localhost/index.html#/sign", true),
            ("tauri://localhost:8080/", false),
            ("tauri://somebody@localhost/", false),
            ("tauri://elsewhere/", false),
            ("http://tauri.localhost/", false),
            ("https://tauri.localhost/", false),
            ("http://localhost/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
            ("about:blank", false),
        ] {
            assert_eq!(is_own(&Url::parse(address).expect("an address")), own, "{address}");
        }
    }
}
