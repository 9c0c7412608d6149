//! What would satisfy a gate, as what is read before a meeting tells it. Commands stay as they are typed.
use super::Row;

/// What is asked for.
pub(super) const ASKED: &[Row] = &[
    ("sync the change's details", "die Einzelheiten des Changes abgleichen"),
    (
        "restore the ticket or our access to it, then sync",
        "das Ticket oder unseren Zugang wiederherstellen, dann abgleichen",
    ),
    ("enter the change in the ticketing system, then sync", "den Change ins Ticketsystem eintragen, dann abgleichen"),
    (
        "close the defects, or unlink what is none of this change's",
        "die Fehler schließen oder lösen, was nicht zu diesem Change gehört",
    ),
    (
        "give Cabinet's account the right to read them and state each defect's severity, then sync",
        "dem Konto von Cabinet Leserecht geben und bei jedem Fehler die Schwere angeben, dann abgleichen",
    ),
    ("fill in on the ticket: {}", "am Ticket ausfüllen: {0,}"),
    ("write “none” where there is none", "wo es nichts gibt, „none“ schreiben"),
    ("resolve the findings and scan again", "die Befunde beheben und erneut prüfen"),
    ("name the production environment on the ticket", "die Produktionsumgebung am Ticket nennen"),
    ("name an environment that matches “{}”", "eine Umgebung nennen, die „{0}“ entspricht"),
    ("merge to “{}” and promote from “{}”", "nach „{0}“ übernehmen und von „{1}“ ausliefern"),
    (
        "test the rollback in staging, and link the evidence on the ticket with its result, for example “Rolled back \
         in staging on 3 May, succeeded in 6 minutes”",
        "die Rücknahme in der Staging-Umgebung testen und den Nachweis mit seinem Ergebnis am Ticket verknüpfen, zum \
         Beispiel „Rolled back in staging on 3 May, succeeded in 6 minutes“",
    ),
    ("write the section “{}” of the plan", "den Abschnitt „{0!}“ des Plans schreiben"),
    ("attach them again, then sync", "sie erneut anhängen, dann abgleichen"),
    ("download them while online", "sie bei bestehender Verbindung herunterladen"),
    ("move the window, or the other one", "dieses Zeitfenster verschieben oder das andere"),
    ("the same hours are free next {}", "dieselbe Dauer ist wieder frei {0!}"),
    (
        "move the window into hours of support, or have the policy name who is on call then",
        "das Zeitfenster in Supportzeiten verschieben oder in der Richtlinie nennen, wer dann Bereitschaft hat",
    ),
    ("move the window out of the freeze", "das Zeitfenster aus der Sperrzeit verschieben"),
    (
        "record why: Move the window, on its schedule, to where it is now",
        "den Grund festhalten: das Zeitfenster in seinem Kalender dorthin verschieben, wo es jetzt liegt",
    ),
    (
        "that names the sign-offs that are stale, what is in the way, and the notice to send",
        "das nennt die veralteten Freigaben, was im Weg steht und die fällige Mitteilung",
    ),
    ("move the window to {} or later", "das Zeitfenster auf {0} oder später verschieben"),
    ("move the window", "das Zeitfenster verschieben"),
    ("name on the ticket which service the change is about", "am Ticket nennen, um welchen Dienst es geht"),
    (
        "whoever speaks for {} signs what the change says now",
        "wer für {0} spricht, gibt frei, was der Change jetzt sagt",
    ),
    ("it is signed again for {}", "es wird erneut freigegeben für {0}"),
    (
        "a member who speaks for each signs the change off: {}",
        "je ein Mitglied, das dafür spricht, gibt den Change frei: {0}",
    ),
    (
        "name the incident of the declaration on the ticket, or declare it again for the ticket's",
        "am Ticket die Störung der Erklärung nennen oder den Notfall für die des Tickets erneut erklären",
    ),
    (
        "the Service Manager declares it: `cab emergency declare`",
        "das Service-Management erklärt ihn: `cab emergency declare`",
    ),
    (
        "open the ticket again, or do it and say so: `cab emergency review`, `cab obligation met`",
        "das Ticket wieder öffnen oder es tun und melden: `cab emergency review`, `cab obligation met`",
    ),
    (
        "do it and say so: `cab emergency review`, `cab obligation met`",
        "es tun und melden: `cab emergency review`, `cab obligation met`",
    ),
    ("the next agenda begins with it", "die nächste Tagesordnung beginnt damit"),
    (
        "find the root cause, show that it works, and say so: `cab emergency revalidate`",
        "die Ursache finden, zeigen, dass es läuft, und es melden: `cab emergency revalidate`",
    ),
    (
        "then find the root cause, show that it works, and say so: `cab emergency revalidate`",
        "dann die Ursache finden, zeigen, dass es läuft, und es melden: `cab emergency revalidate`",
    ),
    ("name the incident: `cab emergency rolled-back`", "die Störung nennen: `cab emergency rolled-back`"),
    (
        "put the plan into the evidence folder or on the ticket, or attest it with the diff as evidence",
        "den Plan in den Nachweisordner oder ans Ticket legen oder es mit dem Diff als Nachweis bezeugen",
    ),
    (
        "give Cabinet's account the right to read the linked issues, then sync",
        "dem Konto von Cabinet Leserecht auf die verknüpften Issues geben, dann abgleichen",
    ),
    (
        "link the issue that the change is for, then sync",
        "das Issue verknüpfen, für das der Change ist, dann abgleichen",
    ),
    (
        "name branches after the number and title of their issue, as “100-instant-payments”",
        "Zweige nach Nummer und Titel ihres Issues benennen, wie „100-instant-payments“",
    ),
    ("decide it in a meeting", "in einer Sitzung darüber entscheiden"),
    ("decide it again in a meeting", "in einer Sitzung erneut darüber entscheiden"),
    (
        "the Technical Development Lead or the CTO signs it off (R31)",
        "die Technische Entwicklungsleitung oder der CTO gibt ihn frei (R31)",
    ),
    (
        "the Technical Development Lead or the CTO signs it off (R31) again",
        "die Technische Entwicklungsleitung oder der CTO gibt ihn erneut frei (R31)",
    ),
    (
        "the authority whom the chain names signs it off (R61), or the board decides it in a meeting",
        "die Stelle, die die Kette nennt, gibt ihn frei (R61), oder das Gremium entscheidet in einer Sitzung",
    ),
    (
        "if it is, list it in the policy's shared accounts",
        "wenn ja, in der Richtlinie unter den gemeinsamen Konten aufführen",
    ),
    ("if not, nothing is to be done", "wenn nicht, ist nichts zu tun"),
    (
        "if a member is behind one, have the roster say so (`cab member change NAME --git …`)",
        "steht ein Mitglied dahinter, es im Verzeichnis vermerken (`cab member change NAME --git …`)",
    ),
    ("another authority signs it off as well", "eine weitere entscheidende Stelle gibt ihn frei"),
    ("admit the person to the board's roster", "die Person ins Verzeichnis des Gremiums aufnehmen"),
    ("enter the member's account in the roster", "das Konto des Mitglieds ins Verzeichnis eintragen"),
    (
        "sync the change again, or have its author named in the ticket",
        "den Change erneut abgleichen oder am Ticket nennen lassen, wer ihn schrieb",
    ),
    (
        "have the ticket written by an identified person's own account",
        "das Ticket vom eigenen Konto einer bestimmten Person schreiben lassen",
    ),
    ("another member decides or signs", "ein anderes Mitglied entscheidet oder gibt frei"),
    ("another member records, decides or votes", "ein anderes Mitglied hält fest, entscheidet oder stimmt ab"),
    ("another authority approves as well", "eine weitere entscheidende Stelle genehmigt"),
    (
        "have the roster name an account that is the member's alone",
        "im Verzeichnis ein Konto nennen lassen, das dem Mitglied allein gehört",
    ),
    ("name the Release Manager on the ticket", "das Release-Management am Ticket nennen"),
    (
        "write the sections “Prerequisites”, “Method of deployment” and “Timing and timescales” of the plan",
        "die Abschnitte „Voraussetzungen“, „Art der Bereitstellung“ und „Zeitplan“ des Plans schreiben",
    ),
    (
        "say where one stops and who lets it go on, as a “hold point”",
        "sagen, wo man anhält und wer es weitergehen lässt, als Haltepunkt („hold point“)",
    ),
    (
        "name the step that is the “point of no return”, or say that there is no point of no return",
        "den Schritt nennen, der der Punkt ohne Umkehr ist („point of no return“), oder sagen, dass es keinen gibt",
    ),
    (
        "say what is checked before the first step, for example “check that the replica is healthy”",
        "sagen, was vor dem ersten Schritt geprüft wird, zum Beispiel „check that the replica is healthy“",
    ),
    (
        "name the services it depends on, or write “no dependencies”",
        "die Dienste nennen, von denen es abhängt, oder „no dependencies“ schreiben",
    ),
    ("number the steps", "die Schritte nummerieren"),
    ("write the steps as a numbered list", "die Schritte als nummerierte Liste schreiben"),
    (
        "list the known issues, each with its mitigation, or write “no known issues”",
        "die bekannten Fehler auflisten, jeden mit seiner Gegenmaßnahme, oder „no known issues“ schreiben",
    ),
    ("say what is done about each, as “mitigation: …”", "sagen, was gegen jeden getan wird: „mitigation: …“"),
    ("add a step that checks its result", "einen Schritt ergänzen, der sein Ergebnis prüft"),
    ("put the steps in the order of their times", "die Schritte nach ihren Zeiten ordnen"),
    (
        "say in the backout plan how long it takes, for example “takes 20 minutes”",
        "im Rücknahmeplan sagen, wie lange es dauert, zum Beispiel „takes 20 minutes“",
    ),
    (
        "shorten the rollback, or have the board agree to another objective in its policy",
        "die Rücknahme verkürzen oder das Gremium ein anderes Ziel in seine Richtlinie aufnehmen lassen",
    ),
    (
        "name health checks, thresholds or the signal that trigger it, and who decides",
        "Zustandsprüfungen, Schwellen oder das Signal nennen, die sie auslösen, und wer entscheidet",
    ),
    (
        "write the steps in their order, each more than the one before",
        "die Schritte in ihrer Reihenfolge schreiben, jeden größer als den davor",
    ),
    (
        "say in the plan the flag, the steps in per cent, how long each is held, when to go on or stop, and the owner",
        "im Plan den Schalter, die Schritte in Prozent, ihre Haltezeit, wann es weitergeht oder endet, und die \
         Verantwortung nennen",
    ),
    ("roll out to a canary first, and {}", "zuerst an einen Canary ausbringen und {0!}"),
    (
        "say in the plan the metrics, the baseline, the threshold, and when the canary is promoted or rejected",
        "im Plan die Messwerte, die Vergleichswerte, die Schwelle und wann der Canary weitergeführt oder verworfen \
         wird nennen",
    ),
    (
        "write the sections “Documentation” and “Communication” of the plan",
        "die Abschnitte „Dokumentation“ und „Kommunikation“ des Plans schreiben",
    ),
    (
        "say in the plan where the release notes are, and list the known issues or write “no known issues”",
        "im Plan sagen, wo die Versionshinweise stehen, und die bekannten Fehler auflisten oder „no known issues“ \
         schreiben",
    ),
    (
        "attach the playbook, with “escalation” or “playbook” in its name",
        "den Eskalationsplan anhängen, mit „escalation“ oder „playbook“ im Namen",
    ),
    (
        "name the file in the plan, and download it while online",
        "die Datei im Plan nennen und sie bei bestehender Verbindung herunterladen",
    ),
    (
        "name the pipeline or job that deploys it on the ticket, for example “pipeline payments-deploy”",
        "am Ticket die Pipeline oder den Job nennen, der es bereitstellt, zum Beispiel „pipeline payments-deploy“",
    ),
    (
        "name in the plan what monitors and what alerts during the window, for example “Monitoring: the dashboard of \
         payments” and “Alerting: the pager of its team”",
        "im Plan nennen, was während des Zeitfensters überwacht und was alarmiert, zum Beispiel „Monitoring: the \
         dashboard of payments“ und „Alerting: the pager of its team“",
    ),
    ("have the plan approved by: {}", "den Plan genehmigen lassen durch: {0,}"),
    (
        "name the version that runs now, and the job that restores it",
        "die Version nennen, die jetzt läuft, und den Job, der sie wiederherstellt",
    ),
    (
        "attest it again with the log of a restore as evidence: `--evidence FILE`",
        "es erneut bezeugen, mit dem Protokoll einer Wiederherstellung als Nachweis: `--evidence FILE`",
    ),
    (
        "put them into the evidence folder or on the ticket as JUnit XML, as “{}”",
        "sie als JUnit-XML in den Nachweisordner oder ans Ticket legen, als „{0}“",
    ),
    (
        "bring results that say {}, in their properties or in a list of runs beside them",
        "Ergebnisse bringen, die dies sagen, in ihren Eigenschaften oder in einer Liste von Läufen daneben: {0&}",
    ),
    ("commit {}", "Commit {0}"),
    ("environment “{}”", "Umgebung „{0}“"),
    ("run {} and bring the results", "dies laufen lassen und die Ergebnisse bringen: {0!}"),
    (
        "mend what fails, and bring the results of a run that passes",
        "beheben, was scheitert, und die Ergebnisse eines Laufs bringen, der besteht",
    ),
    ("name the commit on the ticket", "den Commit am Ticket nennen"),
    ("name the artifact's digest on the ticket", "die Prüfsumme des Artefakts am Ticket nennen"),
    (
        "name the artifact that was built, or bring the statement of the build that made it",
        "das Artefakt nennen, das gebaut wurde, oder den Nachweis des Builds bringen, der es erzeugte",
    ),
    (
        "mend what fails in pre-production, and run it again",
        "beheben, was in der Vorproduktion scheitert, und es erneut laufen lassen",
    ),
    (
        "run the artifact that will be promoted, and quote its digest",
        "das Artefakt laufen lassen, das ausgeliefert wird, und seine Prüfsumme nennen",
    ),
    (
        "attest it again with the branch's rules as evidence: `--evidence FILE`",
        "es erneut bezeugen, mit den Regeln des Zweigs als Nachweis: `--evidence FILE`",
    ),
    (
        "protect the branch: no direct pushes, reviews and builds required",
        "den Zweig schützen: keine direkten Pushes, Prüfungen und Builds verlangt",
    ),
    ("name repository and commit on the ticket", "Repository und Commit am Ticket nennen"),
    ("name the commit on the ticket beside repository {}", "am Ticket neben Repository {0} den Commit nennen"),
    (
        "bring what its host tells of the merge request of repository {} and commit {}, or mend what the ticket names",
        "bringen, was sein Server vom Merge-Request von Repository {0} und Commit {1} sagt, oder berichtigen, was das \
         Ticket nennt",
    ),
    (
        "bring what its host tells of the merge request of commit {}, or mend what the ticket names",
        "bringen, was sein Server vom Merge-Request von Commit {0} sagt, oder berichtigen, was das Ticket nennt",
    ),
    (
        "have them approved and their builds mended, then attest it again",
        "sie genehmigen und ihre Builds beheben lassen, dann es erneut bezeugen",
    ),
    (
        "have them approved and their builds mended, then bring what their host tells of them again",
        "sie genehmigen und ihre Builds beheben lassen, dann erneut bringen, was ihr Server von ihnen sagt",
    ),
    (
        "bring what the host tells of it again, with its pipelines or check runs",
        "erneut bringen, was der Server davon sagt, mit seinen Pipelines oder Prüfläufen",
    ),
    (
        "have the code reviewed, then bring what its host tells of it again",
        "den Code prüfen lassen, dann erneut bringen, was sein Server davon sagt",
    ),
    ("let whoever reviewed it attest it", "es bezeugen lassen, wer geprüft hat"),
    (
        "have the code reviewed by somebody other than its author",
        "den Code von jemandem prüfen lassen, der ihn nicht schrieb",
    ),
    (
        "put it into the evidence folder or on the ticket, as Cobertura XML or LCOV",
        "sie in den Nachweisordner oder ans Ticket legen, als Cobertura-XML oder LCOV",
    ),
    ("test what is not covered, up to {} % of the lines", "testen, was nicht abgedeckt ist, bis {0} % der Zeilen"),
    ("measure the coverage of the code that is changed", "die Abdeckung des geänderten Codes messen"),
    (
        "name path and commit of the procedure in the backout plan, and the result of its test in staging in the \
         ticket's rollback evidence",
        "Pfad und Commit des Verfahrens im Rücknahmeplan nennen, und das Ergebnis seines Tests in der \
         Staging-Umgebung im Rücknahmenachweis des Tickets",
    ),
    ("have the procedure approved, then attest it again", "das Verfahren genehmigen lassen, dann es erneut bezeugen"),
    (
        "say in the plan that the schema's rollback is versioned, and that the schema is backward compatible",
        "im Plan sagen, dass die Rücknahme des Schemas versioniert und das Schema abwärtskompatibel ist",
    ),
    (
        "attest it again with the log of the test as evidence: `--evidence FILE`",
        "es erneut bezeugen, mit dem Protokoll des Tests als Nachweis: `--evidence FILE`",
    ),
    ("test the schema's rollback, then attest it again", "die Rücknahme des Schemas testen, dann es erneut bezeugen"),
    (
        "correct the status on the ticket, or resolve the findings and scan again",
        "den Status am Ticket berichtigen oder die Befunde beheben und erneut prüfen",
    ),
    (
        "put them into the evidence folder or on the ticket, as SARIF",
        "sie in den Nachweisordner oder ans Ticket legen, als SARIF",
    ),
    (
        "resolve the findings, or suppress each with its reason, and scan again",
        "die Befunde beheben oder jeden begründet unterdrücken und erneut prüfen",
    ),
    (
        "scan again, and bring the results of a run that succeeds",
        "erneut prüfen und die Ergebnisse eines gelungenen Laufs bringen",
    ),
    (
        "bring CycloneDX or SPDX of this version and of the one before (“base” in its name), or {}",
        "CycloneDX oder SPDX dieser Version und der davor bringen („base“ im Namen), oder {0!}",
    ),
    ("take another component, or leave it out", "eine andere Komponente nehmen oder sie weglassen"),
    ("or attest it: `cab change attest KEY {} VALUE`", "oder es bezeugen: `cab change attest KEY {0} VALUE`"),
    ("attest it: `cab change attest KEY {} VALUE`", "es bezeugen: `cab change attest KEY {0} VALUE`"),
    // What is asked of whoever attests.
    (
        "Does it change infrastructure? With “yes”, the output of plan or diff is the evidence",
        "Ändert er Infrastruktur? Bei „yes“ ist die Ausgabe von Plan oder Diff der Nachweis",
    ),
    ("On which branch was the work done?", "Auf welchem Zweig wurde gearbeitet?"),
    (
        "With which data set were performance and security tested?",
        "Mit welchem Datensatz wurden Leistung und Sicherheit getestet?",
    ),
    (
        "Which run in pre-production was of the same artifact? Quote the artifact's digest",
        "Welcher Lauf in der Vorproduktion war von demselben Artefakt? Seine Prüfsumme nennen",
    ),
    (
        "Which version was the last known good one, and which job restores it? The evidence shows that it works",
        "Welche Version war die letzte bekannte gute, und welcher Job stellt sie wieder her? Der Nachweis zeigt, dass \
         er funktioniert",
    ),
    (
        "Which open-source components are new? Their names with commas between, or “none”",
        "Welche Open-Source-Komponenten sind neu? Ihre Namen, mit Kommas getrennt, oder „none“",
    ),
    (
        "What measurable benefit does each new component bring? Name each, with a number in figures beside it",
        "Welchen messbaren Nutzen bringt jede neue Komponente? Jede nennen, mit einer Zahl in Ziffern daneben",
    ),
    (
        "Which new components may be shared commercially and otherwise, by whose word?",
        "Welche neuen Komponenten dürfen kommerziell und sonst weitergegeben werden, auf wessen Wort?",
    ),
    (
        "Which new components have no equivalent already in use? Name each",
        "Zu welchen neuen Komponenten gibt es nichts Gleichwertiges im Einsatz? Jede nennen",
    ),
    (
        "Is the main branch protected? The evidence is the branch's rules",
        "Ist der Hauptzweig geschützt? Der Nachweis sind die Regeln des Zweigs",
    ),
    (
        "Are all merge requests approved, and all their builds green?",
        "Sind alle Merge-Requests genehmigt und alle ihre Builds grün?",
    ),
    (
        "Was every change of code reviewed by somebody other than its author?",
        "Wurde jede Änderung am Code von jemandem geprüft, der sie nicht schrieb?",
    ),
    ("Does it touch a component with high traffic?", "Berührt er eine Komponente mit hoher Last?"),
    (
        "Was the rollback procedure approved beforehand, and by whom?",
        "Wurde das Rücknahmeverfahren vorher genehmigt, und von wem?",
    ),
    (
        "Was the schema's rollback tested, and does it succeed? The evidence is the log of the test",
        "Wurde die Rücknahme des Schemas getestet, und gelingt sie? Der Nachweis ist das Protokoll des Tests",
    ),
    (
        "How bad is it for the business if the whole release fails?",
        "Wie schlimm ist es für das Geschäft, wenn das ganze Release scheitert?",
    ),
    ("How do the changes of the release hang together?", "Wie hängen die Changes des Release zusammen?"),
    ("Can the release be taken back?", "Lässt sich das Release zurücknehmen?"),
    (
        "Is the error budget of the service spent, and is this no fix of what spent it?",
        "Ist das Fehlerbudget des Dienstes verbraucht, und ist dies keine Behebung dessen, was es verbrauchte?",
    ),
];
