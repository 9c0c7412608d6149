//! A member whose name the compiled-in typefaces do not write: minutes that name them hold for whoever has nothing but the file,
//! and say whose letters they are. A typeface with Arabic is installed by `tests/support/pdf/install.sh`.
use board::verify_minutes;
use board::views::{DecisionKind, VotePosition};

use crate::journey::{Journey, board_on, now, own_desk, sample_board};

const NAME: &str = "فاطمة الزهراء";

#[tokio::test(flavor = "multi_thread")]
async fn minutes_that_name_a_member_in_arabic_hold_and_say_with_what_they_are_drawn() {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let cabinet = own_desk(&folder.path().join("data")).await;
    let mut like = sample_board(&server);
    let cto = like.members.iter_mut().find(|member| member.role == "CTO").expect("the sample has a CTO");
    NAME.clone_into(&mut cto.name);
    board_on(&cabinet, like, |role| role == "chair", |_| ()).await;
    let journey = Journey { server, cabinet, folder };

    let change = journey.approvable().await.into_iter().next().expect("a change");
    let meeting = journey.meet(&[&change]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    journey.seal(&meeting).await.expect("the chair seals");

    let file = journey.data_dir().join("minutes").join(format!("minutes-{meeting}.pdf"));
    let pdf = std::fs::read(file).expect("sealed minutes");
    let checked = verify_minutes(&pdf, None).expect("they hold");
    let shapes = minutes::extract_attachment(&pdf, minutes::TYPEFACES);
    let shapes = shapes.expect("no typeface here has Arabic; tests/support/pdf/install.sh installs one");
    let shapes = String::from_utf8(shapes).expect("JSON");
    for word in NAME.split(' ') {
        assert!(shapes.contains(word), "{word} travels with its shape");
    }
    for (family, _) in minutes::typefaces(&pdf).expect("readable").families() {
        let told = format!("drawn with {family}, a typeface of the machine that sealed");
        assert!(checked.verdict.contains(&told), "{}", checked.verdict);
    }
    journey.cabinet.finish_work().await;
}
