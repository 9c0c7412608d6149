//! The sample board: its ticketing server runs inside this process.
use std::sync::Arc;

use board::{Answer, BoardError, Cabinet, SampleBoard, SampleMember};
use tokio::sync::Mutex;

/// The running sample server, if the sample board is open.
#[derive(Clone, Default)]
pub struct Sample {
    running: Arc<Mutex<Option<sample::Running>>>,
}

impl Sample {
    /// Starts the server, makes the board in the (empty) data folder, connects, and reads.
    ///
    /// # Errors
    /// What the board or the server says.
    pub async fn open(&self, cabinet: &Cabinet) -> Answer<()> {
        let mut running = self.running.lock().await;
        let server = match running.as_ref() {
            Some(server) => server,
            None => {
                let started = sample::serve(sample::Options::at(cabinet.clock())).await;
                running.insert(started.map_err(|e| BoardError::internal(&e))?)
            }
        };
        cabinet.open_sample(board_of(server)).await
    }
}

/// The sample organisation's board on a server.
pub(crate) fn board_of(server: &sample::Running) -> SampleBoard {
    SampleBoard {
        name: sample::board::NAME.to_owned(),
        members: sample::board::MEMBERS
            .iter()
            .map(|m| SampleMember {
                name: m.name.to_owned(),
                role: m.role.to_owned(),
                account: m.account.to_owned(),
                pin: m.pin.to_owned(),
            })
            .collect(),
        url: server.url().to_string(),
        api_key: server.api_key().to_string(),
        project: sample::board::PROJECT.to_owned(),
        prefix: sample::board::PREFIX.to_owned(),
    }
}
