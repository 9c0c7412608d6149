//! The screen locks, the machine is suspended, another user takes the seat: whoever sits down next is perhaps not who
//! typed the PIN, so every unlocked session ends.
//!
//! The desktop's buses say so, each on a thread of its own and outside the async runtime. Without a bus nothing is
//! heard; sessions then end by themselves, after ten minutes without input.

/// Calls `ended` at each of them, for the life of the process.
#[cfg(target_os = "linux")]
pub fn watch(ended: impl Fn() + Send + Sync + 'static) {
    use std::sync::Arc;
    use zbus::blocking::Connection;

    type Open = fn() -> zbus::Result<Connection>;
    let ended = Arc::new(ended);
    let buses: [(&'static str, Open, &'static [&'static str]); 2] =
        [("system", Connection::system, &linux::SYSTEM), ("session", Connection::session, &linux::SESSION)];
    for (bus, open, rules) in buses {
        let ended = ended.clone();
        let listening = move || match open().and_then(|connection| linux::Listening::begin(&connection, rules)) {
            Ok(listening) => {
                listening.run(&*ended);
                tracing::warn!(bus, "the bus is gone: a locked screen is no longer noticed through it");
            }
            Err(error) => tracing::info!(bus, %error, "no such bus here: a locked screen is not noticed through it"),
        };
        if let Err(error) = std::thread::Builder::new().name(format!("{bus}-bus")).spawn(listening) {
            tracing::warn!(bus, %error, "nobody listens to the bus");
        }
    }
}

/// Elsewhere nothing is listened to; sessions end by themselves.
#[cfg(not(target_os = "linux"))]
pub fn watch(_: impl Fn() + Send + Sync + 'static) {}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;

    use zbus::blocking::{Connection, MessageIterator, fdo::DBusProxy};
    use zbus::zvariant::Value;
    use zbus::{MatchRule, Message, message};

    /// What logind says to everybody. Of *any* session of the machine: one PIN too many is better than one too few.
    pub const SYSTEM: [&str; 3] = [
        "type='signal',sender='org.freedesktop.login1',interface='org.freedesktop.login1.Manager',member='PrepareForSleep'",
        "type='signal',sender='org.freedesktop.login1',interface='org.freedesktop.login1.Session',member='Lock'",
        "type='signal',sender='org.freedesktop.login1',interface='org.freedesktop.DBus.Properties',\
         member='PropertiesChanged',arg0='org.freedesktop.login1.Session'",
    ];
    /// What the desktop's screen saver says; GNOME, MATE and Cinnamon each under a name of their own.
    pub const SESSION: [&str; 1] = ["type='signal',member='ActiveChanged'"];

    /// Messages of one bus, asked for.
    pub struct Listening(MessageIterator);

    impl Listening {
        /// Asks for what the rules name; what is sent after this has returned is heard.
        ///
        /// # Errors
        /// What the bus says.
        pub fn begin(connection: &Connection, rules: &[&'static str]) -> zbus::Result<Self> {
            let messages = MessageIterator::from(connection);
            let bus = DBusProxy::new(connection)?;
            for rule in rules {
                bus.add_match_rule(MatchRule::try_from(*rule)?)?;
            }
            Ok(Self(messages))
        }

        /// Calls `ended` whenever nobody can be sure any more who sits there, until the bus is gone.
        pub fn run(self, ended: &dyn Fn()) {
            for message in self.0 {
                match message {
                    Ok(message) if ends_sessions(&message) => ended(),
                    Ok(_) => {}
                    Err(error) => {
                        tracing::debug!(%error, "a message of the bus could not be read");
                        return;
                    }
                }
            }
        }
    }

    /// Whether a message says that the screen is locked, the machine goes to sleep, or the seat changes hands.
    pub fn ends_sessions(message: &Message) -> bool {
        let header = message.header();
        if header.message_type() != message::Type::Signal {
            return false;
        }
        let (Some(interface), Some(member)) = (header.interface(), header.member()) else { return false };
        let body = message.body();
        let says_true = || body.deserialize::<bool>().unwrap_or(false);
        match (interface.as_str(), member.as_str()) {
            ("org.freedesktop.login1.Manager", "PrepareForSleep") => says_true(),
            ("org.freedesktop.login1.Session", "Lock") => true,
            ("org.freedesktop.DBus.Properties", "PropertiesChanged") => {
                body.deserialize::<(&str, HashMap<&str, Value<'_>>, Vec<&str>)>().is_ok_and(|(of, changed, _)| {
                    of == "org.freedesktop.login1.Session"
                        && (changed.get("LockedHint") == Some(&Value::Bool(true))
                            || changed.get("Active") == Some(&Value::Bool(false)))
                })
            }
            (interface, "ActiveChanged") => interface.ends_with(".ScreenSaver") && says_true(),
            _ => false,
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::collections::HashMap;
    use std::io::{BufRead as _, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::sync::mpsc;
    use std::time::Duration;

    use zbus::Message;
    use zbus::blocking::{Connection, connection::Builder};
    use zbus::zvariant::Value;

    use super::linux::{Listening, SESSION, ends_sessions};

    /// A bus of the test's own.
    struct Bus {
        daemon: Child,
        address: String,
    }

    impl Bus {
        fn start(folder: &std::path::Path) -> Self {
            let mut daemon = Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--nopidfile", "--print-address"])
                .arg(format!("--address=unix:dir={}", folder.display()))
                .stdout(Stdio::piped())
                .spawn()
                .expect("dbus-daemon starts");
            let mut address = String::new();
            BufReader::new(daemon.stdout.take().expect("piped")).read_line(&mut address).expect("its address");
            Self { daemon, address: address.trim().to_owned() }
        }

        fn connect(&self) -> Connection {
            Builder::address(self.address.as_str()).and_then(Builder::build).expect("the bus answers")
        }

        fn stop(&mut self) {
            self.daemon.kill().and_then(|()| self.daemon.wait()).expect("the daemon ends");
        }
    }

    #[test]
    fn a_locked_screen_is_heard_on_a_real_bus_and_an_unlocked_one_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut bus = Bus::start(folder.path());
        let listening = Listening::begin(&bus.connect(), &SESSION).expect("the bus takes the rules");
        let (tell, told) = mpsc::channel();
        let listener = std::thread::spawn(move || {
            listening.run(&|| {
                tell.send(()).expect("the test listens");
            });
        });
        let desktop = bus.connect();
        for (interface, active) in [
            ("org.freedesktop.ScreenSaver", false),
            ("org.example.Lamp", true),
            ("org.freedesktop.ScreenSaver", true),
            ("org.gnome.ScreenSaver", true),
        ] {
            let path = format!("/{}", interface.replace('.', "/"));
            desktop.emit_signal(None::<&str>, path.as_str(), interface, "ActiveChanged", &active).expect("sent");
        }
        for which in ["the first lock", "the second lock"] {
            told.recv_timeout(Duration::from_secs(20)).expect(which);
        }
        bus.stop();
        listener.join().expect("it ends with the bus");
        assert!(told.try_recv().is_err(), "unlocking and other people's signals end nothing");
    }

    #[test]
    fn sleep_lock_and_a_change_of_seat_end_sessions_and_waking_does_not() {
        const SESSION_PATH: &str = "/org/freedesktop/login1/session/_31";
        let signal = |interface: &'static str, member: &'static str| {
            Message::signal(SESSION_PATH, interface, member).expect("a signal")
        };
        let changed = |name: &'static str, value: bool| {
            let changed = HashMap::from([(name, Value::Bool(value))]);
            signal("org.freedesktop.DBus.Properties", "PropertiesChanged")
                .build(&("org.freedesktop.login1.Session", changed, Vec::<&str>::new()))
                .expect("a message")
        };
        let sleep =
            |value: bool| signal("org.freedesktop.login1.Manager", "PrepareForSleep").build(&value).expect("a message");
        let lock = |member| signal("org.freedesktop.login1.Session", member).build(&()).expect("a message");
        for (what, message, ends) in [
            ("going to sleep", sleep(true), true),
            ("waking up", sleep(false), false),
            ("lock", lock("Lock"), true),
            ("unlock", lock("Unlock"), false),
            ("the seat goes to another user", changed("Active", false), true),
            ("the seat comes back", changed("Active", true), false),
            ("the screen is locked", changed("LockedHint", true), true),
            ("the screen is unlocked", changed("LockedHint", false), false),
            ("another property", changed("IdleHint", true), false),
        ] {
            assert_eq!(ends_sessions(&message), ends, "{what}");
        }
    }
}
