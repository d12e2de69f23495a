//! Building the page, and serving it on this machine.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::chromium::{self, Chromium};
use crate::failure::{Failure, Outcome};
use crate::setup;
use crate::step::Step;
use crate::workspace;

const PORT: u16 = 8080;

pub(crate) fn build() -> Outcome {
    setup::page()?;
    trunk("Building the page into dist/ (about a minute the first time)").arguments("build --release").run()
}

pub(crate) fn serve(arguments: &[String]) -> Outcome {
    let wish = Wish::read(arguments)?;
    setup::page()?;
    let port = wish.port()?;
    // What an earlier build left would be served if this one failed.
    let _ = fs::remove_file(workspace::root().join("dist/index.html"));
    thread::spawn(move || announce(port));
    let step = trunk("Building the page, then serving it until Ctrl-C");
    let step = step.arguments("serve --open=false --address=127.0.0.1").argument(format!("--port={port}"));
    if wish.dev { step.run() } else { step.arguments("--release --no-autoreload=true").run() }
}

fn trunk(what: &str) -> Step {
    // It joins the flags of .cargo/config.toml.
    Step::new(what, "trunk").variable("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", workspace::nameless())
}

/// What the page shows before it runs, written from what it shows once it does.
pub(crate) fn write_first_view() -> Outcome {
    setup::npm("tests")?;
    let chromium = chromium::find_or_install()?;
    build()?;
    let step =
        Step::new("Writing the first view into www/index.html", "node").argument("tests/first-view.mjs");
    match chromium {
        Chromium::At(path) => step.variable(chromium::VARIABLE, path),
        Chromium::OfPlaywright => step,
    }
    .run()
}

/// The parts of the page that come from npm, each a file that the page loads when it is first needed; and its styles.
pub(crate) fn bundle() -> Outcome {
    setup::npm("www/modules")?;
    Step::new("Bundling the page's modules and styles", "node")
        .argument("build.js")
        .in_folder("www/modules")
        .run()
}

/// What was asked of `serve`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wish {
    port: Option<u16>,
    dev: bool,
}

impl Wish {
    fn read(arguments: &[String]) -> Outcome<Self> {
        let mut wish = Self::default();
        // `--port=90` and `--port 90` are the same.
        let mut words = arguments.iter().flat_map(|argument| argument.split('='));
        while let Some(word) = words.next() {
            match word {
                "--dev" => wish.dev = true,
                "--port" => wish.port = Some(number(words.next().unwrap_or_default())?),
                other => {
                    let told = format!("`serve` does not know `{other}`: it takes `--port N` and `--dev`");
                    return Err(Failure::usage(told));
                }
            }
        }
        Ok(wish)
    }

    /// The port asked for, which must be free, or the first free one from 8080 on.
    fn port(&self) -> Outcome<u16> {
        let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
        match self.port {
            Some(port) if is_free(&port) => Ok(port),
            Some(port) => Err(Failure::new(format!("port {port} is taken: choose another with `--port N`"))),
            None => (PORT..=PORT + 99)
                .find(is_free)
                .ok_or_else(|| Failure::new("ports 8080 to 8179 are taken: choose another with `--port N`")),
        }
    }
}

fn number(text: &str) -> Outcome<u16> {
    let port = text.parse().ok().filter(|port| *port > 0);
    port.ok_or_else(|| Failure::usage(format!("`--port {text}` is no port: give a number from 1 to 65535")))
}

/// Trunk listens once the first build is over, for better or worse: then tells which.
fn announce(port: u16) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut connection = loop {
        match TcpStream::connect(address) {
            Ok(connection) => break connection,
            Err(_) => thread::sleep(Duration::from_millis(200)),
        }
    };
    let request = format!("GET / HTTP/1.0\r\nHost: {address}\r\n\r\n");
    let mut head = [0; 12];
    let answer = connection.write_all(request.as_bytes()).and_then(|()| connection.read_exact(&mut head));
    if answer.is_ok() && head.ends_with(b" 200") {
        println!("\nGatewright is at http://{address}/\n");
    } else {
        println!(
            "\nthe page did not build; mend it and save: Trunk builds again and serves at http://{address}/\n"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_read_or_refused() {
        #[rustfmt::skip]
        let cases: [(&[&str], Option<Wish>, &str); 7] = [
            // arguments               wish                                            why
            (&[],                      Some(Wish { port: None,       dev: false }), "nothing need be said"),
            (&["--dev"],               Some(Wish { port: None,       dev: true }),  "a quick build"),
            (&["--port", "90"],        Some(Wish { port: Some(90),   dev: false }), "two words"),
            (&["--port=90", "--dev"],  Some(Wish { port: Some(90),   dev: true }),  "one word"),
            (&["--port"],              None,                                        "no number"),
            (&["--port", "70000"],     None,                                        "beyond the last port"),
            (&["--open"],              None,                                        "nothing is opened"),
        ];
        for (arguments, wish, why) in cases {
            let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
            assert_eq!(Wish::read(&arguments).ok(), wish, "{why}");
        }
    }

    #[test]
    fn a_taken_port_is_not_served_on() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let told = Wish { port: Some(port), dev: false }.port().unwrap_err().to_string();
        assert_eq!(told, format!("port {port} is taken: choose another with `--port N`"));
    }
}
