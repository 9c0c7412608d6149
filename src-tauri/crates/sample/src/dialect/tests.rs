use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::{Ask, Reply, answer, stamp};
use crate::seed;
use crate::world::{Issue, World};
use crate::{ADMIN_KEY, READER_KEY, SERVICE_KEY};

fn now() -> DateTime<Utc> {
    "2026-11-21T20:00:00Z".parse().unwrap()
}

fn world() -> World {
    seed::world(now(), 130).unwrap()
}

fn ask(method: &str, target: &str, key: &str) -> Ask {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ask {
        method: method.to_owned(),
        path: path.to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        api_key: (!key.is_empty()).then(|| key.to_owned()),
        content_type: "application/json".to_owned(),
        body: Vec::new(),
        origin: "http://127.0.0.1:1".to_owned(),
        now: now(),
        zone: chrono_tz::Europe::Berlin,
    }
}

fn value(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

fn get(world: &mut World, target: &str) -> Value {
    let reply = answer(world, &ask("GET", target, SERVICE_KEY));
    assert_eq!(reply.status, 200, "{target}");
    value(&reply)
}

fn put(world: &mut World, id: u32, key: &str, issue: Value) -> Reply {
    let mut ask = ask("PUT", &format!("/issues/{id}.json"), key);
    ask.body = json!({ "issue": issue }).to_string().into_bytes();
    ask.now = now() + Duration::minutes(5);
    answer(world, &ask)
}

fn upload(world: &mut World, content: &[u8]) -> String {
    let mut ask = ask("POST", "/uploads.json?filename=extract.pdf", SERVICE_KEY);
    ask.content_type = "application/octet-stream".to_owned();
    ask.body = content.to_vec();
    let reply = answer(world, &ask);
    assert_eq!(reply.status, 201);
    value(&reply)["upload"]["token"].as_str().unwrap().to_owned()
}

fn in_status(world: &World, status: &str) -> u32 {
    let status = world.status(status).unwrap().id;
    world.issues.values().find(|i| i.tracker == 4 && i.project == 1 && i.status == status).unwrap().id
}

fn status_id(world: &World, name: &str) -> u32 {
    world.status(name).unwrap().id
}

fn issue(world: &World, id: u32) -> Issue {
    world.issues[&id].clone()
}

fn ids(list: &Value) -> Vec<u64> {
    list["issues"].as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

#[test]
fn the_list_shows_open_issues_only_unless_asked_for_all() {
    let mut world = world();
    let open = get(&mut world, "/issues.json?project_id=change-mgmt")["total_count"].as_u64().unwrap();
    let all = get(&mut world, "/issues.json?project_id=change-mgmt&status_id=*")["total_count"].as_u64().unwrap();
    let closed =
        get(&mut world, "/issues.json?project_id=change-mgmt&status_id=closed")["total_count"].as_u64().unwrap();
    let held = world.issues.values().filter(|i| i.project == 1).count();
    assert_eq!(usize::try_from(all).unwrap(), held);
    assert!(closed > 0, "the sample has finished changes");
    assert_eq!(open + closed, all);
}

#[test]
fn pages_default_to_25_and_are_clamped_to_100() {
    let mut world = world();
    let mut page = |query: &str| {
        let list = get(&mut world, &format!("/issues.json?project_id=change-mgmt&status_id=*{query}"));
        (list["issues"].as_array().unwrap().len(), list["limit"].as_u64().unwrap(), list["offset"].as_u64().unwrap())
    };
    assert_eq!(page(""), (25, 25, 0));
    assert_eq!(page("&limit=500"), (100, 100, 0));
    assert_eq!(page("&limit=0"), (25, 25, 0));
    assert_eq!(page("&limit=-5"), (25, 25, 0));
    assert_eq!(page("&limit=10&offset=20"), (10, 10, 20));
    assert_eq!(page("&limit=10&page=3"), (10, 10, 20));
    assert_eq!(page("&limit=10&offset=100000"), (0, 10, 100_000));
}

#[test]
fn pages_in_ascending_order_of_time_and_number_cover_everything_once() {
    let mut world = world();
    let mut seen = Vec::new();
    let mut last = String::new();
    for offset in (0..).step_by(40) {
        let list = get(
            &mut world,
            &format!("/issues.json?project_id=1&status_id=*&sort=updated_on,id&limit=40&offset={offset}"),
        );
        for row in list["issues"].as_array().unwrap() {
            let updated = row["updated_on"].as_str().unwrap().to_owned();
            assert!(updated >= last, "ascending");
            last = updated;
        }
        let page = ids(&list);
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    let held = world.issues.values().filter(|i| i.project == 1).count();
    assert_eq!(seen.len(), held);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), held, "no row twice");
    let newest = ids(&get(&mut world, "/issues.json?project_id=1&status_id=*"));
    assert!(newest.windows(2).all(|pair| pair[0] > pair[1]), "without an order the newest number comes first");
    let latest = get(&mut world, "/issues.json?project_id=1&status_id=*&sort=updated_on:desc,id");
    assert!(latest["issues"][0]["updated_on"].as_str() >= latest["issues"][1]["updated_on"].as_str());
}

#[test]
fn an_unknown_filter_is_ignored_and_lets_everything_through() {
    let mut world = world();
    let all = get(&mut world, "/issues.json?project_id=1&status_id=*")["total_count"].clone();
    let misspelt =
        get(&mut world, "/issues.json?project_id=1&status_id=*&update_on=%3E%3D2036-01-01&cf_9999=x&trackerid=7");
    assert_eq!(misspelt["total_count"], all);
}

#[test]
fn the_filter_on_the_time_of_update_has_redmines_edges() {
    let mut world = world();
    let id = in_status(&world, "Authorize");
    let at: DateTime<Utc> = "2026-11-21T12:00:00.400Z".parse().unwrap();
    world.issues.get_mut(&id).unwrap().updated_on = at;
    let mut has = |filter: &str| {
        let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        let reply =
            answer(&mut world, &ask("GET", &format!("/issues.json?issue_id={id}&updated_on={filter}"), SERVICE_KEY));
        (reply.status, reply.status == 200 && value(&reply)["total_count"] == 1)
    };
    assert_eq!(has(">=2026-11-21T12:00:00Z"), (200, true));
    assert_eq!(has(">=2026-11-21T12:00:01Z"), (200, true), "Redmine asks for later than the second before");
    assert_eq!(has(">=2026-11-21T12:00:02Z"), (200, false));
    assert_eq!(has("><2026-11-21T12:00:00Z|2026-11-21T12:00:00Z"), (200, false), "an upper bound misses the fraction");
    assert_eq!(has("><2026-11-21T12:00:00Z|2026-11-21T12:00:01Z"), (200, true));
    assert_eq!(has("<=2026-11-21T12:00:00Z"), (200, false));
    assert_eq!(has(">=2026-11-21"), (200, true));
    assert_eq!(has(">=2026-11-22"), (200, false));
    assert_eq!(has(">=2026-11-21T13:00:00"), (200, true), "without Z it is read in the account's zone");
    assert_eq!(has(">=2026-11-21T14:00:00"), (200, false));
    assert_eq!(has(">=2026-11-21T12:00:00.500Z"), (422, false));
    assert_eq!(has(">=yesterday"), (422, false));
    assert_eq!(has(">="), (422, false));
}

#[test]
fn filters_by_tracker_number_status_and_field_hold() {
    let mut world = world();
    let bugs = get(&mut world, "/issues.json?tracker_id=1&status_id=*&limit=100");
    assert!(bugs["total_count"].as_u64().unwrap() > 5);
    assert!(bugs["issues"].as_array().unwrap().iter().all(|row| row["tracker"]["name"] == "Bug"));
    assert_eq!(ids(&get(&mut world, "/issues.json?issue_id=101,103&status_id=*&sort=id")), [101, 103]);
    assert_eq!(
        ids(&get(&mut world, "/issues.json?issue_id=%3E%3D103&project_id=1&status_id=*&sort=id&limit=1")),
        [103]
    );
    let field = world.field("Change kind").unwrap().id;
    let emergencies = get(&mut world, &format!("/issues.json?cf_{field}=Emergency&status_id=*&limit=100"));
    assert!(emergencies["total_count"].as_u64().unwrap() > 0);
    let named = get(&mut world, "/issues.json?project_id=1&status_id=*&subject=~kafka%20for");
    assert!(named["total_count"].as_u64().unwrap() > 0);
    assert_eq!(get(&mut world, "/issues.json?status_id=*&subject=kafka")["total_count"], 0, "without ~ the whole line");
    let long = get(&mut world, "/issues.json?project_id=1&f[]=tracker_id&op[tracker_id]==&v[tracker_id][]=4");
    let all = get(&mut world, "/issues.json?project_id=1&status_id=*");
    assert_eq!(long["total_count"], all["total_count"], "the long form knows no default of open issues");
    for wrong in ["issue_id=abc", "status_id="] {
        let reply = answer(&mut world, &ask("GET", &format!("/issues.json?{wrong}"), SERVICE_KEY));
        assert_eq!(reply.status, 422, "{wrong}");
    }
    let status = status_id(&world, "Authorize");
    let waiting = get(&mut world, &format!("/issues.json?project_id=1&status_id={status}&limit=100"));
    assert!(waiting["issues"].as_array().unwrap().iter().all(|row| row["status"]["name"] == "Authorize"));
}

#[test]
fn times_are_printed_in_whole_seconds_and_descriptions_with_cr_lf() {
    let mut world = world();
    let shown = get(&mut world, "/issues/101.json")["issue"].clone();
    let held = issue(&world, 101);
    assert_ne!(held.updated_on.timestamp_subsec_millis(), 0, "stored with a fraction");
    assert_eq!(shown["updated_on"], stamp(held.updated_on));
    assert!(!shown["updated_on"].as_str().unwrap().contains('.'));
    let description = shown["description"].as_str().unwrap();
    assert!(description.contains("\r\n") && !description.replace("\r\n", "").contains('\n'));
}

#[test]
fn journals_relations_and_files_come_when_included() {
    let mut world = world();
    let bare = get(&mut world, "/issues/101.json")["issue"].clone();
    assert!(bare.get("journals").is_none() && bare.get("attachments").is_none() && bare.get("relations").is_none());
    let full = get(&mut world, "/issues/101.json?include=journals,attachments,relations,children,allowed_statuses");
    let full = &full["issue"];
    assert!(
        full["journals"].as_array().unwrap().iter().any(|j| j["notes"].as_str().unwrap().contains("token mapping"))
    );
    assert!(full["journals"].as_array().unwrap().iter().any(|j| j["details"][0]["name"] == "status_id"));
    assert_eq!(full["attachments"].as_array().unwrap().len(), 3);
    let other = full["relations"][0]["issue_to_id"].as_u64().unwrap();
    assert_eq!(get(&mut world, &format!("/issues/{other}.json"))["issue"]["tracker"]["name"], "Feature");
    let allowed: Vec<&str> =
        full["allowed_statuses"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(allowed, ["Assess", "Authorize", "Approved", "Rejected"]);
    let list = get(&mut world, "/issues.json?issue_id=101&include=attachments,relations");
    assert_eq!(list["issues"][0]["attachments"].as_array().unwrap().len(), 3);
    assert!(list["issues"][0].get("journals").is_none(), "the list never carries journals");
}

#[test]
fn a_file_downloads_byte_for_byte_and_without_a_key_sends_to_the_login_page() {
    let mut world = world();
    let file = issue(&world, 101).attachments[2].clone();
    let url = get(&mut world, &format!("/attachments/{}.json", file.id))["attachment"]["content_url"].clone();
    let path = url.as_str().unwrap().strip_prefix("http://127.0.0.1:1").unwrap().to_owned();
    let reply = answer(&mut world, &ask("GET", &path, SERVICE_KEY));
    assert_eq!((reply.status, reply.body.as_slice()), (200, &*file.content));
    assert!(reply.body.starts_with(b"%PDF-1.4"));
    let text = issue(&world, 101).attachments[0].id;
    let plain = answer(&mut world, &ask("GET", &format!("/attachments/download/{text}/step-plan.txt"), ""));
    assert_eq!(plain.status, 401, "by the end of the name");
    let stranger = answer(&mut world, &ask("GET", &path, ""));
    assert_eq!(stranger.status, 302);
    assert!(stranger.headers.iter().any(|(name, value)| *name == "location" && value.contains("/login")));
    assert_eq!(answer(&mut world, &ask("GET", "/attachments/download/99999/x", SERVICE_KEY)).status, 404);
}

#[test]
fn a_step_of_the_workflow_moves_the_status_and_writes_a_journal() {
    let mut world = world();
    let id = in_status(&world, "Authorize");
    let (from, to) = (status_id(&world, "Authorize"), status_id(&world, "Approved"));
    let reply = put(&mut world, id, SERVICE_KEY, json!({ "status_id": to, "notes": "Approved by the board." }));
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    let after = issue(&world, id);
    assert_eq!(after.status, to);
    assert_eq!(after.updated_on, now() + Duration::minutes(5));
    let last = after.journals.last().unwrap();
    assert_eq!(last.notes, "Approved by the board.");
    assert_eq!(
        (last.details[0].old.clone(), last.details[0].new.clone()),
        (Some(from.to_string()), Some(to.to_string()))
    );
}

#[test]
fn an_illegal_step_answers_204_and_leaves_the_status() {
    let mut world = world();
    let id = in_status(&world, "New");
    let before = issue(&world, id);
    let to = status_id(&world, "Closed");
    assert_eq!(put(&mut world, id, SERVICE_KEY, json!({ "status_id": to })).status, 204);
    let after = issue(&world, id);
    assert_eq!((after.status, after.journals.len()), (before.status, before.journals.len()));
    assert!(after.updated_on > before.updated_on, "even so the time stamp moves");
}

#[test]
fn an_unknown_field_is_ignored_and_a_wrong_value_refused_as_a_whole() {
    let mut world = world();
    let before = issue(&world, 101);
    let unknown = json!({ "colour": "red", "custom_fields": [{ "id": 9999, "value": "x" }] });
    assert_eq!(put(&mut world, 101, SERVICE_KEY, unknown).status, 204);
    assert_eq!(issue(&world, 101).custom, before.custom);
    let kind = world.field("Change kind").unwrap().id;
    let wrong = json!({ "notes": "must not stay", "custom_fields": [{ "id": kind, "value": "Sudden" }] });
    let reply = put(&mut world, 101, SERVICE_KEY, wrong);
    assert_eq!(reply.status, 422);
    assert_eq!(value(&reply)["errors"][0], "Change kind is not included in the list");
    assert_eq!(issue(&world, 101).journals.len(), before.journals.len());
    let field = world.field("Version").unwrap().id;
    assert_eq!(
        put(&mut world, 101, SERVICE_KEY, json!({ "custom_fields": [{ "id": field, "value": "9" }] })).status,
        204
    );
    assert_eq!(issue(&world, 101).custom[&field], "9");
}

#[test]
fn a_put_that_changes_nothing_still_moves_the_time_stamp() {
    let mut world = world();
    let before = issue(&world, 101);
    assert_eq!(put(&mut world, 101, SERVICE_KEY, json!({ "subject": before.subject.clone() })).status, 204);
    let after = issue(&world, 101);
    assert!(after.updated_on > before.updated_on);
    assert_eq!(after.journals.len(), before.journals.len());
}

#[test]
fn an_upload_token_works_once_so_a_repeated_put_changes_nothing() {
    let mut world = world();
    let token = upload(&mut world, b"%PDF-1.7 extract");
    let files = issue(&world, 101).attachments.len();
    let body = json!({
        "notes": "Decision CAB-1a2b3c4d",
        "uploads": [{ "token": token, "filename": "extract.pdf", "content_type": "application/pdf" }],
    });
    assert_eq!(put(&mut world, 101, SERVICE_KEY, body.clone()).status, 204);
    let once = issue(&world, 101);
    assert_eq!(once.attachments.len(), files + 1);
    assert_eq!(&*once.attachments.last().unwrap().content, b"%PDF-1.7 extract");
    let again = put(&mut world, 101, SERVICE_KEY, body);
    assert_eq!(again.status, 422);
    assert_eq!(value(&again)["errors"][0], "1 file(s) could not be saved.");
    assert_eq!(issue(&world, 101), once, "one note and one file");
    let notes = once.journals.iter().filter(|j| j.notes.contains("CAB-1a2b3c4d")).count();
    assert_eq!(notes, 1);
}

#[test]
fn a_repeated_put_without_a_token_repeats_the_note() {
    let mut world = world();
    for _ in 0..2 {
        assert_eq!(put(&mut world, 101, SERVICE_KEY, json!({ "notes": "twice" })).status, 204);
    }
    assert_eq!(issue(&world, 101).journals.iter().filter(|j| j.notes == "twice").count(), 2);
}

#[test]
fn an_upload_needs_its_content_type_and_a_size_the_server_accepts() {
    let mut world = world();
    let mut wrong = ask("POST", "/uploads.json?filename=a.txt", SERVICE_KEY);
    wrong.body = b"x".to_vec();
    assert_eq!(answer(&mut world, &wrong).status, 406);
    wrong.content_type = "application/octet-stream".to_owned();
    wrong.body = vec![0; super::files::MAX_UPLOAD + 1];
    assert_eq!(answer(&mut world, &wrong).status, 422);
    wrong.body = b"x".to_vec();
    wrong.query = vec![("filename".to_owned(), "../../etc/passwd".to_owned())];
    assert_eq!(answer(&mut world, &wrong).status, 201);
    assert_eq!(world.uploads.values().next().unwrap().filename, "passwd");
}

#[test]
fn a_stale_lock_version_is_refused_without_a_reason() {
    let mut world = world();
    let reply = put(&mut world, 101, SERVICE_KEY, json!({ "notes": "late", "lock_version": 0 }));
    assert_eq!((reply.status, value(&reply)), (422, json!({ "errors": [] })));
}

#[test]
fn keys_decide_401_403_and_404() {
    let mut world = world();
    let mut status = |method: &str, target: &str, key: &str| answer(&mut world, &ask(method, target, key)).status;
    assert_eq!(status("GET", "/issues.json", ""), 401);
    assert_eq!(status("GET", "/issues.json", "wrong"), 401);
    assert_eq!(status("GET", "/users/current.json", SERVICE_KEY), 200);
    assert_eq!(status("GET", "/custom_fields.json", SERVICE_KEY), 403);
    assert_eq!(status("GET", "/custom_fields.json", ADMIN_KEY), 200);
    assert_eq!(status("GET", "/issues/99999.json", SERVICE_KEY), 404);
    assert_eq!(status("GET", "/issues.json?project_id=nowhere", SERVICE_KEY), 404);
    assert_eq!(status("GET", "/issues.json?project_id=change-archive", SERVICE_KEY), 403);
    assert_eq!(status("GET", "/nothing.json", SERVICE_KEY), 404);
    assert_eq!(put(&mut world, 101, READER_KEY, json!({ "notes": "x" })).status, 403);
    let mut broken = ask("PUT", "/issues/101.json", SERVICE_KEY);
    broken.body = b"{\"issue\":".to_vec();
    assert_eq!(answer(&mut world, &broken).status, 400);
}

#[test]
fn an_issue_moved_out_of_sight_is_403_and_a_deleted_one_404() {
    let mut world = world();
    world.issues.get_mut(&101).unwrap().project = 2;
    assert_eq!(answer(&mut world, &ask("GET", "/issues/101.json", SERVICE_KEY)).status, 403);
    assert!(ids(&get(&mut world, "/issues.json?issue_id=101&status_id=*")).is_empty());
    world.issues.remove(&102);
    assert_eq!(answer(&mut world, &ask("GET", "/issues/102.json", SERVICE_KEY)).status, 404);
}

#[test]
fn private_notes_are_for_those_who_may_write() {
    let mut world = world();
    assert_eq!(put(&mut world, 101, SERVICE_KEY, json!({ "notes": "between us", "private_notes": true })).status, 204);
    let sees = |world: &mut World, key: &str| {
        let reply = answer(world, &ask("GET", "/issues/101.json?include=journals", key));
        value(&reply)["issue"]["journals"]
            .as_array()
            .unwrap()
            .iter()
            .any(|j| j["notes"] == "between us" && j["private_notes"] == true)
    };
    assert!(sees(&mut world, SERVICE_KEY));
    assert!(!sees(&mut world, READER_KEY));
}

#[test]
fn the_small_lists_name_what_a_mapping_needs() {
    let mut world = world();
    let current = get(&mut world, "/users/current.json")["user"].clone();
    assert_eq!((current["login"].clone(), current["admin"].clone()), (json!("svc-cabinet"), json!(false)));
    let projects = get(&mut world, "/projects.json");
    let named: Vec<&str> =
        projects["projects"].as_array().unwrap().iter().map(|p| p["identifier"].as_str().unwrap()).collect();
    assert_eq!(named, ["change-mgmt", "delivery", "change-empty"], "what the account may not see is not listed");
    assert_eq!(get(&mut world, "/projects/change-mgmt.json")["project"]["id"], 1);
    let used = get(&mut world, "/projects/1.json?include=trackers")["project"]["trackers"].clone();
    assert_eq!(used, json!([{ "id": 4, "name": "Change request" }]));
    let trackers = get(&mut world, "/trackers.json");
    assert!(
        trackers["trackers"]
            .as_array()
            .unwrap()
            .iter()
            .any(|t| t["name"] == "Change request" && t["default_status"]["name"] == "New")
    );
    let statuses = get(&mut world, "/issue_statuses.json");
    assert!(
        statuses["issue_statuses"].as_array().unwrap().iter().any(|s| s["name"] == "Closed" && s["is_closed"] == true)
    );
    let priorities = get(&mut world, "/enumerations/issue_priorities.json");
    assert!(priorities["issue_priorities"].as_array().unwrap().iter().any(|p| p["is_default"] == true));
    let people = get(&mut world, "/projects/1/memberships.json?limit=100");
    assert!(people["memberships"].as_array().unwrap().iter().any(|m| m["user"]["name"] == "Rana Haddad"));
    assert_eq!(get(&mut world, "/users/12.json")["user"]["lastname"], "Haddad");
    let fields = value(&answer(&mut world, &ask("GET", "/custom_fields.json", ADMIN_KEY)));
    let kind = fields["custom_fields"].as_array().unwrap().iter().find(|f| f["name"] == "Change kind").unwrap().clone();
    assert_eq!(kind["possible_values"][0]["value"], "Standard");
    assert_eq!(kind["trackers"][0]["name"], "Change request");
}
