//! The sample board: who sits on it. Plain data; its PINs are published and protect nothing.

/// The board's name.
pub const NAME: &str = "Ostwind Pay & Freight Change Advisory Board";

/// The organisation's name.
pub const ORGANISATION: &str = "Ostwind Pay & Freight";

/// The prefix under which its changes are known: `CHG-117`.
pub const PREFIX: &str = "CHG";

/// The project that holds the change requests.
pub const PROJECT: &str = "change-mgmt";

/// The tracker of change requests in that project.
pub const TRACKER: &str = "Change request";

/// A member of the sample board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// As the roster prints it.
    pub name: &'static str,
    /// Mail address on the roster.
    pub mail: &'static str,
    /// The role's words: `chair`, `technical development lead`, `CTO`, `security`, `service manager`,
    /// `release manager`.
    pub role: &'static str,
    /// The account's login in the sample ticketing server.
    pub login: &'static str,
    /// The account's number there, as text, because that is how tickets name people.
    pub account: &'static str,
    /// Opens this member's sample key.
    pub pin: &'static str,
}

/// The members, the chair first.
pub const MEMBERS: [Member; 6] = [
    Member {
        name: "Ingrid Solheim",
        mail: "ingrid.solheim@ostwind.example",
        role: "chair",
        login: "isolheim",
        account: "10",
        pin: "sample-chair-1",
    },
    Member {
        name: "Tomás Figueira",
        mail: "tomas.figueira@ostwind.example",
        role: "technical development lead",
        login: "tfigueira",
        account: "11",
        pin: "sample-lead-2",
    },
    Member {
        name: "Rana Haddad",
        mail: "rana.haddad@ostwind.example",
        role: "CTO",
        login: "rhaddad",
        account: "12",
        pin: "sample-cto-3",
    },
    Member {
        name: "Piotr Wójcik",
        mail: "piotr.wojcik@ostwind.example",
        role: "security",
        login: "pwojcik",
        account: "13",
        pin: "sample-security-4",
    },
    Member {
        name: "Maren Claussen",
        mail: "maren.claussen@ostwind.example",
        role: "service manager",
        login: "mclaussen",
        account: "14",
        pin: "sample-service-5",
    },
    Member {
        name: "Dele Adeyemi",
        mail: "dele.adeyemi@ostwind.example",
        role: "release manager",
        login: "dadeyemi",
        account: "15",
        pin: "sample-release-6",
    },
];
