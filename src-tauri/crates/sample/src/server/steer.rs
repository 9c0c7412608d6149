//! What tests do behind the API's back: people who edit tickets, administrators who delete them.
use chrono::{DateTime, Duration, Utc};

use super::{Running, lock};
use crate::dialect::write::{crlf, settle};
use crate::error::SampleError;
use crate::world::{Attachment, Detail, Issue, Journal, Relation, World};

impl Running {
    /// The server's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        lock(&self.shared.clock).now()
    }

    /// Sets the server's clock ahead.
    pub fn advance(&self, by: Duration) {
        let mut clock = lock(&self.shared.clock);
        clock.ahead += by;
    }

    /// The server's truth of one issue; `None` when it is not there.
    #[must_use]
    pub fn issue(&self, id: u32) -> Option<Issue> {
        lock(&self.shared.world).issues.get(&id).cloned()
    }

    /// The server's whole truth.
    #[must_use]
    pub fn world(&self) -> World {
        lock(&self.shared.world).clone()
    }

    fn with<T>(
        &self,
        id: u32,
        act: impl FnOnce(&mut World, &mut Issue, DateTime<Utc>) -> Result<T, SampleError>,
    ) -> Result<T, SampleError> {
        let mut world = lock(&self.shared.world);
        let now = lock(&self.shared.clock).now();
        let mut issue = world.issues.get(&id).cloned().ok_or(SampleError::NoIssue(id))?;
        let out = act(&mut world, &mut issue, now)?;
        world.issues.insert(id, issue);
        Ok(out)
    }

    /// Somebody edits the issue: `act` changes it, the time stamp moves and a journal says so.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`].
    pub fn edit(&self, id: u32, act: impl FnOnce(&mut Issue)) -> Result<(), SampleError> {
        self.with(id, |world, issue, now| {
            let before = issue.clone();
            act(issue);
            issue.description = crlf(&issue.description);
            let mut details = Vec::new();
            let mut note = |property, name: &str, old: Option<String>, new: Option<String>| {
                if old != new {
                    details.push(Detail { property, name: name.to_owned(), old, new });
                }
            };
            note("attr", "subject", Some(before.subject.clone()), Some(issue.subject.clone()));
            note("attr", "description", Some(before.description.clone()), Some(issue.description.clone()));
            note("attr", "status_id", Some(before.status.to_string()), Some(issue.status.to_string()));
            let version = |id: Option<u32>| id.map(|id| id.to_string());
            note("attr", "fixed_version_id", version(before.version), version(issue.version));
            for (field, value) in &issue.custom {
                note("cf", &field.to_string(), before.custom.get(field).cloned(), Some(value.clone()));
            }
            if !details.is_empty() {
                world.last_journal += 1;
                let user = issue.author;
                issue.journals.push(Journal {
                    id: world.last_journal,
                    user,
                    notes: String::new(),
                    private: false,
                    created_on: now,
                    details,
                });
            }
            settle(world, issue, now);
            Ok(())
        })
    }

    /// Somebody sets a custom field by its name.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`], [`SampleError::Unknown`].
    pub fn set_field(&self, id: u32, field: &str, value: &str) -> Result<(), SampleError> {
        let known = lock(&self.shared.world).field(field).map(|field| field.id);
        let number = known.ok_or_else(|| SampleError::Unknown { what: "custom field", name: field.to_owned() })?;
        self.edit(id, |issue| {
            issue.custom.insert(number, value.to_owned());
        })
    }

    /// Somebody puts the issue under a version by its name, which is made if it is new.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`].
    pub fn set_version(&self, id: u32, version: &str) -> Result<(), SampleError> {
        let number = lock(&self.shared.world).version(version);
        self.edit(id, |issue| issue.version = Some(number))
    }

    /// Somebody moves the issue to a status by its name, whatever the workflow says.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`], [`SampleError::Unknown`].
    pub fn set_status(&self, id: u32, status: &str) -> Result<(), SampleError> {
        let known = lock(&self.shared.world).status(status).map(|status| status.id);
        let number = known.ok_or_else(|| SampleError::Unknown { what: "status", name: status.to_owned() })?;
        self.edit(id, |issue| issue.status = number)
    }

    /// The account `user` comments. Returns the journal's number.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`].
    pub fn comment(&self, id: u32, user: u32, notes: &str) -> Result<u32, SampleError> {
        self.with(id, |world, issue, now| {
            world.last_journal += 1;
            let journal = world.last_journal;
            issue.journals.push(Journal {
                id: journal,
                user,
                notes: notes.to_owned(),
                private: false,
                created_on: now,
                details: Vec::new(),
            });
            settle(world, issue, now);
            Ok(journal)
        })
    }

    /// Somebody rewrites a note: Redmine does not move the issue's time stamp.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`], [`SampleError::Unknown`].
    pub fn rewrite_note(&self, id: u32, journal: u32, notes: &str) -> Result<(), SampleError> {
        self.with(id, |_, issue, _| {
            let found = issue.journals.iter_mut().find(|j| j.id == journal);
            let found = found.ok_or_else(|| SampleError::Unknown { what: "journal", name: journal.to_string() })?;
            notes.clone_into(&mut found.notes);
            Ok(())
        })
    }

    /// Somebody attaches a file without a comment of theirs: this moves the time stamp. Returns the file's number.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`].
    pub fn attach(&self, id: u32, filename: &str, content: &[u8]) -> Result<u32, SampleError> {
        self.with(id, |world, issue, now| {
            world.last_attachment += 1;
            let file = Attachment {
                id: world.last_attachment,
                filename: filename.to_owned(),
                content_type: crate::dialect::content_type(filename).to_owned(),
                description: String::new(),
                author: issue.author,
                created_on: now,
                content: content.into(),
            };
            world.last_journal += 1;
            let detail =
                Detail { property: "attachment", name: file.id.to_string(), old: None, new: Some(filename.to_owned()) };
            issue.journals.push(Journal {
                id: world.last_journal,
                user: issue.author,
                notes: String::new(),
                private: false,
                created_on: now,
                details: vec![detail],
            });
            issue.attachments.push(file);
            settle(world, issue, now);
            Ok(world.last_attachment)
        })
    }

    /// Somebody deletes a file: Redmine does not move the issue's time stamp.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`], [`SampleError::Unknown`].
    pub fn detach(&self, id: u32, attachment: u32) -> Result<(), SampleError> {
        self.with(id, |_, issue, _| {
            let before = issue.attachments.len();
            issue.attachments.retain(|file| file.id != attachment);
            if issue.attachments.len() == before {
                return Err(SampleError::Unknown { what: "attachment", name: attachment.to_string() });
            }
            Ok(())
        })
    }

    /// Somebody links two issues: Redmine moves neither time stamp. Returns the relation's number.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`].
    pub fn relate(&self, from: u32, to: u32, kind: &str) -> Result<u32, SampleError> {
        self.with(from, |world, _, _| {
            if !world.issues.contains_key(&to) {
                return Err(SampleError::NoIssue(to));
            }
            world.last_relation += 1;
            world.relations.push(Relation { id: world.last_relation, from, to, kind: kind.to_owned() });
            Ok(world.last_relation)
        })
    }

    /// Somebody removes a link: no time stamp moves.
    pub fn unrelate(&self, relation: u32) {
        lock(&self.shared.world).relations.retain(|r| r.id != relation);
    }

    /// Somebody moves the issue to another project, by its identifier. Out of an account's sight it answers 403.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`], [`SampleError::Unknown`].
    pub fn move_to(&self, id: u32, project: &str) -> Result<(), SampleError> {
        self.with(id, |world, issue, now| {
            let found = world.projects.values().find(|p| p.identifier == project);
            issue.project = found.ok_or_else(|| SampleError::Unknown { what: "project", name: project.to_owned() })?.id;
            settle(world, issue, now);
            Ok(())
        })
    }

    /// Somebody deletes the issue: it leaves no trace.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`].
    pub fn delete(&self, id: u32) -> Result<(), SampleError> {
        let mut world = lock(&self.shared.world);
        world.relations.retain(|r| r.from != id && r.to != id);
        world.issues.remove(&id).map(|_| ()).ok_or(SampleError::NoIssue(id))
    }

    /// An administrator takes the service account out of a project, or lets it in again.
    ///
    /// # Errors
    /// [`SampleError::Unknown`].
    pub fn set_access(&self, project: &str, user: u32, member: bool) -> Result<(), SampleError> {
        let mut world = lock(&self.shared.world);
        let found = world.projects.values_mut().find(|p| p.identifier == project);
        let found = found.ok_or_else(|| SampleError::Unknown { what: "project", name: project.to_owned() })?;
        found.members.retain(|id| *id != user);
        if member {
            found.members.push(user);
        }
        Ok(())
    }

    /// A copy of the issue arrives as a new one. Returns its number.
    ///
    /// # Errors
    /// [`SampleError::NoIssue`].
    pub fn copy(&self, id: u32) -> Result<u32, SampleError> {
        self.with(id, |world, issue, now| {
            let new = world.issues.last_key_value().map_or(1, |(last, _)| last + 1);
            let mut copy = issue.clone();
            copy.id = new;
            copy.journals.clear();
            copy.attachments.clear();
            copy.created_on = now;
            settle(world, &mut copy, now);
            world.issues.insert(new, copy);
            Ok(new)
        })
    }
}
