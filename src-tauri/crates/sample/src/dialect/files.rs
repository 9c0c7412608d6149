//! Uploads and downloads.
use serde_json::json;

use super::{Ask, Reply, show};
use crate::world::{Attachment, Reach, User, World};

/// Redmine's `attachment_max_size`, in bytes.
pub(super) const MAX_UPLOAD: usize = 21_504 * 1024;

/// 64 bits that depend on every byte. No cryptography: tokens and made-up digests of a sample need none.
pub(crate) fn mix(bytes: &[u8]) -> u64 {
    let fnv = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let folded = (fnv ^ (fnv >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    folded ^ (folded >> 29)
}

/// A name as Redmine stores it: the last part of a path, and `_` for what file systems or browsers might misread.
pub(crate) fn clean_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let odd = |c: char| matches!(c, '?' | '%' | '*' | ':' | '|' | '"' | '\'' | '<' | '>' | '\n' | '\r');
    let mut out = String::with_capacity(last.len());
    for c in last.chars() {
        let c = if odd(c) { '_' } else { c };
        // A run of odd characters becomes one.
        if !(c == '_' && out.ends_with('_')) {
            out.push(c);
        }
    }
    out
}

/// What Redmine guesses from a name.
pub(crate) fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).as_deref() {
        Some("pdf") => "application/pdf",
        Some("csv") => "text/csv",
        Some("txt" | "log" | "textile") => "text/plain",
        Some("json") => "application/json",
        Some("md") => "text/markdown",
        Some("png") => "image/png",
        Some(_) | None => "application/octet-stream",
    }
}

/// `POST /uploads.json?filename=…`
pub(super) fn upload(world: &mut World, ask: &Ask, user: &User) -> Reply {
    if user.reach == Reach::Reader {
        return Reply::new(403);
    }
    if ask.content_type.split(';').next().map(str::trim) != Some("application/octet-stream") {
        return Reply::new(406);
    }
    if ask.body.len() > MAX_UPLOAD {
        return Reply::errors(&[
            "This file cannot be uploaded because it exceeds the maximum allowed file size (21 MB)".to_owned(),
        ]);
    }
    world.last_attachment += 1;
    let id = world.last_attachment;
    let filename = clean_name(ask.param("filename").unwrap_or_default());
    let filename = if filename.is_empty() { format!("{:016x}", mix(&ask.body)) } else { filename };
    let digest = [mix(&ask.body), mix(format!("{id} {filename}").as_bytes()), mix(filename.as_bytes()), u64::from(id)];
    let token = format!("{id}.{}", digest.iter().map(|part| format!("{part:016x}")).collect::<String>());
    let stated = ask.param("content_type").filter(|stated| !stated.is_empty());
    let file = Attachment {
        id,
        content_type: stated.map_or_else(|| content_type(&filename).to_owned(), str::to_owned),
        filename,
        description: String::new(),
        author: user.id,
        created_on: ask.now,
        content: ask.body.clone().into(),
    };
    world.uploads.insert(token.clone(), file);
    Reply::json(201, &json!({ "upload": { "id": id, "token": token } }))
}

fn find<'w>(world: &'w World, user: &User, id: &str) -> Result<&'w Attachment, Reply> {
    let wanted: u32 = id.parse().map_err(|_| Reply::new(404))?;
    let holds = |issue: &'w crate::world::Issue| {
        issue.attachments.iter().find(|file| file.id == wanted).map(|file| (issue, file))
    };
    let (issue, file) = world.issues.values().find_map(holds).ok_or_else(|| Reply::new(404))?;
    if world.sees(user, issue.project) { Ok(file) } else { Err(Reply::new(403)) }
}

/// `GET /attachments/:id.json`
pub(super) fn metadata(world: &World, ask: &Ask, user: &User, id: &str) -> Reply {
    match find(world, user, id) {
        Ok(file) => Reply::json(200, &json!({ "attachment": show::attachment(world, ask, file) })),
        Err(reply) => reply,
    }
}

/// `GET /attachments/download/:id/:name`; the name is for people, the number decides. `Range` is ignored.
pub(super) fn download(world: &World, _ask: &Ask, user: &User, path: &str) -> Reply {
    let id = path.split('/').nth(2).unwrap_or_default();
    match find(world, user, id) {
        Ok(file) => {
            let plain: String = file
                .filename
                .chars()
                .map(|c| if c.is_ascii_graphic() && c != '"' && c != '\\' { c } else { '_' })
                .collect();
            let coded: String =
                url::form_urlencoded::byte_serialize(file.filename.as_bytes()).collect::<String>().replace('+', "%20");
            let mut reply = Reply::new(200)
                .with("content-type", file.content_type.clone())
                .with("content-disposition", format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{coded}"));
            reply.body = file.content.to_vec();
            reply
        }
        Err(reply) => reply,
    }
}
