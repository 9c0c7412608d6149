//! Sentences on what happened since the last meeting.
use domain::ids::ChangeKey;
use domain::standing::{ObligationBody, StandingBody};

use super::{Language, Words};
use crate::conditions::one_line;

impl Words {
    /// An emergency that stands with its item.
    pub(in crate::minutes) fn emergency_at(self, change: &ChangeKey, number: u32) -> String {
        match self.language {
            Language::English => format!("{change}: Declared an emergency; see item {number}."),
            Language::German => format!("{change}: Zum Notfall erklärt; siehe TOP {number}."),
        }
    }

    /// A deployment that was taken back, of a change on the agenda.
    pub(in crate::minutes) fn taken_back_at(self, change: &ChangeKey, number: u32) -> String {
        match self.language {
            Language::English => format!("{change}: Taken back after its deployment; see item {number}."),
            Language::German => format!("{change}: Nach der Bereitstellung zurückgenommen; siehe TOP {number}."),
        }
    }

    /// What no entry tells of an emergency on which the board has not decided.
    pub(in crate::minutes) fn ticket_tells(self, change: &ChangeKey) -> String {
        match self.language {
            Language::English => {
                format!("{change}: Not decided on by the board; of what may wait, its ticket tells what is open.")
            }
            Language::German => format!(
                "{change}: Das Gremium hat darüber nicht entschieden; was warten darf und noch offen ist, steht im Ticket."
            ),
        }
    }

    /// A deployment under a standing approval that failed, and suspended it.
    pub(in crate::minutes) fn failed_use(self, body: &StandingBody, at: &str) -> String {
        let StandingBody { change, service, pipeline, environment, .. } = body;
        let (service, pipeline, environment) = (one_line(service), one_line(pipeline), one_line(environment));
        match self.language {
            Language::English => format!(
                "{change}: Under its standing approval a deployment of {service} to {environment} by {pipeline} failed, or was \
                 backed out, on {at}. It is suspended since."
            ),
            Language::German => format!(
                "{change}: Unter der Dauergenehmigung scheiterte die Bereitstellung von {service} in {environment} durch \
                 {pipeline} am {at} oder wurde zurückgenommen. Die Dauergenehmigung ist seither ausgesetzt."
            ),
        }
    }

    /// Why an agenda begins with a change: what is overdue of an emergency, in the program's words, and of a broken glass,
    /// in those of whoever broke it; and whether its ticket was closed all the same.
    pub(crate) fn overdue_since(self, emergency: &[String], glass: &[String], closed: bool) -> String {
        let emergency: Vec<String> = emergency.iter().map(|what| self.recorded(what)).collect();
        let both = [
            (self.either("Overdue since the emergency", "Überfällig seit dem Notfall"), emergency.as_slice()),
            (self.either("Overdue since the glass was broken", "Überfällig seit der Umgehung des Gates"), glass),
        ];
        let said = both.into_iter().filter(|(_, what)| !what.is_empty());
        let said: Vec<String> = said.map(|(since, what)| format!("{since}: {}", what.join(", "))).collect();
        let breach = if closed {
            self.either("Closed while it was owed. ", "Geschlossen, obwohl es noch geschuldet war. ")
        } else {
            ""
        };
        format!("{breach}{}", said.join(". "))
    }

    /// A deployment that the gate had refused, and why it was let through.
    pub(in crate::minutes) fn let_through(self, body: &ObligationBody, at: &str) -> String {
        let (change, reason) = (&body.change, one_line(&body.reason));
        match self.language {
            Language::English => format!("{change}: Deployed on {at} although the gate refused it: {reason}"),
            Language::German => format!("{change}: Bereitgestellt am {at}, obwohl die Sperre dagegen stand: {reason}"),
        }
    }
}
