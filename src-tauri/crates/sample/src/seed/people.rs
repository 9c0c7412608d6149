//! The people of Ostwind Pay & Freight: a payments and logistics company with its head office in Hamburg and hubs in
//! Rotterdam, Gdańsk and Porto.
use chrono::{DateTime, Duration, Utc};

use crate::world::{Project, Reach, User, World};

/// Number, login, given name, family name.
pub(crate) const PEOPLE: [(u32, &str, &str, &str); 30] = [
    (10, "isolheim", "Ingrid", "Solheim"),
    (11, "tfigueira", "Tomás", "Figueira"),
    (12, "rhaddad", "Rana", "Haddad"),
    (13, "pwojcik", "Piotr", "Wójcik"),
    (14, "mclaussen", "Maren", "Claussen"),
    (15, "dadeyemi", "Dele", "Adeyemi"),
    (20, "atanabe", "Aiko", "Tanabe"),
    (21, "lbrandt", "Lukas", "Brandt"),
    (22, "npetrova", "Nadia", "Petrova"),
    (23, "skjaer", "Søren", "Kjær"),
    (24, "frahimi", "Farid", "Rahimi"),
    (25, "gmwangi", "Grace", "Mwangi"),
    (26, "jdewit", "Jan", "de Wit"),
    (27, "mzielinska", "Magda", "Zielińska"),
    (28, "bramos", "Beatriz", "Ramos"),
    (29, "hosei", "Henrik", "Osei"),
    (30, "cconti", "Chiara", "Conti"),
    (31, "ydemir", "Yusuf", "Demir"),
    (32, "ethornton", "Emily", "Thornton"),
    (33, "wzhang", "Wei", "Zhang"),
    (34, "vhorvath", "Viktor", "Horváth"),
    (35, "sbakker", "Sanne", "Bakker"),
    (36, "alorenz", "Annika", "Lorenz"),
    (37, "omarchenko", "Oleg", "Marchenko"),
    (38, "pnovak", "Petra", "Nováková"),
    (39, "kobrien", "Killian", "O'Brien"),
    (40, "lsilva", "Leonor", "Silva"),
    (41, "rmeyer", "Ruth", "Meyer"),
    (42, "dfaye", "Diarra", "Faye"),
    (43, "tjung", "Theo", "Jung"),
];

/// The account of the application.
pub(crate) const SERVICE_ACCOUNT: u32 = 5;

fn mail(first: &str, last: &str) -> String {
    let plain = |name: &str| -> String {
        name.to_lowercase()
            .chars()
            .filter_map(|c| match c {
                'á' => Some('a'),
                'ó' => Some('o'),
                'ø' => Some('o'),
                'æ' => Some('a'),
                'ń' => Some('n'),
                ' ' | '\'' => None,
                c => Some(c),
            })
            .collect()
    };
    format!("{}.{}@ostwind.example", plain(first), plain(last))
}

/// The number of a login.
pub(crate) fn id(login: &str) -> Option<u32> {
    PEOPLE.iter().find(|(_, known, _, _)| *known == login).map(|(id, _, _, _)| *id)
}

/// The name behind a login, or the login itself.
pub(crate) fn name(login: &str) -> String {
    PEOPLE
        .iter()
        .find(|(_, known, _, _)| *known == login)
        .map_or_else(|| login.to_owned(), |(_, _, first, last)| format!("{first} {last}"))
}

pub(super) fn set_up(world: &mut World, now: DateTime<Utc>) {
    let mut add = |id, login: &str, first: &str, last: &str, reach, key: Option<&str>| {
        let user = User {
            id,
            login: login.to_owned(),
            first: first.to_owned(),
            last: last.to_owned(),
            mail: mail(first, last),
            reach,
            created_on: now - Duration::days(800),
            api_key: key.map(str::to_owned),
        };
        world.users.insert(id, user);
    };
    add(1, "admin", "Redmine", "Administrator", Reach::Admin, Some(crate::ADMIN_KEY));
    add(SERVICE_ACCOUNT, "svc-cabinet", "Cabinet", "Service", Reach::Writer, Some(crate::SERVICE_KEY));
    add(6, "auditor", "Ulrike", "Aalto", Reach::Reader, Some(crate::READER_KEY));
    for (id, login, first, last) in PEOPLE {
        add(id, login, first, last, Reach::Writer, None);
    }
    let all: Vec<u32> = PEOPLE.iter().map(|(id, _, _, _)| *id).collect();
    let seen: Vec<u32> = [SERVICE_ACCOUNT, 6].into_iter().chain(all.iter().copied()).collect();
    let projects = [
        (
            "change-mgmt",
            "Change management",
            "Every change to production, from request to review.",
            vec![4],
            seen.clone(),
        ),
        ("change-archive", "Change archive", "Changes of closed business units.", vec![4], all.clone()),
        ("delivery", "Product delivery", "Features, bugs and incidents of all teams.", vec![1, 2, 3], seen.clone()),
        ("change-empty", "Change management Porto", "The new hub; nothing here yet.", vec![4], seen),
        ("vault", "Vault team", "Restricted.", vec![1, 2], vec![13]),
    ];
    for (id, (identifier, name, description, trackers, members)) in (1u32..).zip(projects) {
        let project = Project {
            id,
            identifier: identifier.to_owned(),
            name: name.to_owned(),
            description: description.to_owned(),
            trackers,
            members,
            created_on: now - Duration::days(900),
        };
        world.projects.insert(id, project);
    }
}
