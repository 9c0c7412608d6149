//! A timestamping service that the settings name: what is sealed is stamped, and without an answer nothing is sealed
//! unless somebody says so.
use std::path::Path;
use std::process::Command;

use board::requests::OfMeeting;
use board::views::{DecisionKind, GateResult, MinutesStateState, StampCompared, VerifyDocumentRequest, VotePosition};
use board::{Answer, BoardError, Cabinet, Options};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::journey::{Journey, options};

const SETTINGS: &str = "[req]
distinguished_name = name
prompt = no
[name]
CN = Stamps
[stamps]
basicConstraints = critical, CA:TRUE
extendedKeyUsage = critical, timeStamping
[service]
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
";

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().expect("openssl runs");
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A service with a key of its own, whose certificate signs itself.
fn service(folder: &Path) {
    std::fs::write(folder.join("tsa.cnf"), format!("{SETTINGS}serial = {}\n", folder.join("serial").display()))
        .expect("written");
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key";
    openssl(folder, &format!("req -x509 -config tsa.cnf -extensions stamps -days 3650 {key} -out tsa.pem"));
}

/// Answers one request as `openssl ts` does; false where the other side went away.
async fn answer(folder: &Path, stream: &mut TcpStream) -> bool {
    let (mut seen, mut piece) = (Vec::new(), [0; 4096]);
    let query = loop {
        let read = stream.read(&mut piece).await.expect("readable");
        if read == 0 {
            return false;
        }
        seen.extend_from_slice(&piece[..read]);
        let Some(head) = seen.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let words = String::from_utf8_lossy(&seen[..head]).to_ascii_lowercase();
        let length = words.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let length: usize = length.and_then(|length| length.parse().ok()).expect("a length");
        if seen.len() >= head + 4 + length {
            break seen[head + 4..].to_vec();
        }
    };
    std::fs::write(folder.join("query.tsq"), query).expect("written");
    openssl(
        folder,
        "ts -reply -config tsa.cnf -section service -queryfile query.tsq -signer tsa.pem -inkey tsa.key -out reply.tsr",
    );
    let reply = std::fs::read(folder.join("reply.tsr")).expect("a reply");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        reply.len()
    );
    stream.write_all(&[head.as_bytes(), &reply].concat()).await.expect("written");
    stream.shutdown().await.expect("closed");
    true
}

/// The same desk with a service at this port, which has to come from this root.
async fn reopened(journey: &Journey, port: u16, root: &Path) -> Cabinet {
    let mut options: Options = options(&journey.data_dir());
    options.network.timestamp_url = Some(format!("http://127.0.0.1:{port}/"));
    options.network.timestamp_root = Some(root.to_owned());
    Cabinet::open(options).await.expect("the desk opens again")
}

fn refused(answer: Answer<()>) -> String {
    let Err(BoardError::Refused(refusal)) = answer else { panic!("not refused: {answer:?}") };
    format!("{}: {}", refusal.code, refusal.remedy)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_is_stamped_and_without_an_answer_nothing_is_sealed_unless_somebody_says_so() {
    let mut journey = Journey::begin().await;
    let key = journey.approvable().await.first().expect("a change").clone();
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Reject).await;
    journey.decide(&meeting, "1", DecisionKind::Rejected, "Not rehearsed.").await.expect("decided");
    journey.close(&meeting).await;

    let folder = tempfile::tempdir().expect("a folder");
    service(folder.path());
    let root = folder.path().join("tsa.pem");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    // A port that was free a moment ago.
    let absent = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    journey.cabinet = reopened(&journey, absent, &root).await;
    let told = refused(journey.seal(&meeting).await);
    assert!(told.starts_with("no_timestamp: ") && told.contains("--without-timestamp"), "{told}");
    let of = || OfMeeting { meeting: meeting.clone() };
    let waits = journey.cabinet.wrap_up(of()).await.expect("a wrap-up").minutes.state;
    assert_ne!(waits, MinutesStateState::Sealed);

    let place = folder.path().to_owned();
    let served = tokio::spawn(async move {
        // One for the extract, one for the minutes.
        let mut answered = 0;
        while answered < 2 {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            answered += u32::from(answer(&place, &mut stream).await);
        }
    });
    journey.cabinet = reopened(&journey, port, &root).await;
    journey.seal(&meeting).await.expect("sealed and stamped");
    served.await.expect("each was asked for");
    let pdf = std::fs::read(journey.cabinet.minutes_path(of()).await.expect("sealed minutes")).expect("readable");
    let stamped = |pdf: &[u8], roots| {
        let checked = board::verify_minutes_with_stamps(pdf, None, roots).expect("it holds");
        checked.pdf.signatures[0].stamped.clone().map(|stamped| (stamped.authority, stamped.compared))
    };
    let roots = board::timestamp_roots(&root).expect("readable");
    assert_eq!(stamped(&pdf, Some(&roots)), Some(("Stamps".to_owned(), true)));
    assert_eq!(stamped(&pdf, None), Some(("Stamps".to_owned(), false)));
    // The window compares with the root that the settings name, and refuses no document for another service's.
    let checks = journey.cabinet.verify_minutes(of()).await.expect("judged").verification.expect("told").checks;
    let said = checks.iter().find(|check| check.label.starts_with("Timestamp on")).expect("a check of the timestamp");
    assert!(said.result == GateResult::Passed && said.detail.contains("comes from the root"), "{said:?}");
    for (named, compared) in [(Some(&root), StampCompared::Same), (None, StampCompared::Nothing)] {
        let mut options: Options = options(&journey.data_dir());
        options.network.timestamp_root = named.cloned();
        journey.cabinet = Cabinet::open(options).await.expect("the desk opens again");
        let request = VerifyDocumentRequest {
            path: journey.cabinet.minutes_path(of()).await.expect("sealed minutes").display().to_string(),
            name: String::new(),
            content: String::new(),
            root: String::new(),
        };
        let held = journey.cabinet.verify_document(request).await.expect("judged").held.expect("it holds");
        assert_eq!(held.signatures.first().map(|seal| seal.stamp_root), Some(compared));
    }
}
