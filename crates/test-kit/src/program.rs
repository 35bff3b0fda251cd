//! A subgraph as a program: what all of them must do alike.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use crate::Watched;

/// The program of a subgraph of the platform. Each method checks one thing.
#[derive(Debug, Clone, Copy)]
pub struct SubgraphProgram {
    /// The subgraph's name.
    pub name: &'static str,
    /// Where the program is: `env!("CARGO_BIN_EXE_…")`.
    pub path: &'static str,
}

impl SubgraphProgram {
    /// `schema` prints this.
    ///
    /// # Errors
    /// The program does not start.
    ///
    /// # Panics
    /// It is not so.
    pub fn prints_the_schema(self, sdl: &str) -> io::Result<()> {
        let output = self.run(&["schema"])?;
        assert!(output.status.success(), "{output:?}");
        assert_eq!(text(&output.stdout), sdl);
        Ok(())
    }

    /// `migrate` applies these migrations, once.
    ///
    /// # Errors
    /// The program does not start.
    ///
    /// # Panics
    /// It is not so.
    pub fn migrates(self, names: &[&str]) -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("rows.db").display());
        let expected = names.iter().fold(String::new(), |text, name| text + "applied " + name + "\n");
        let first = self.run(&["migrate", "--database-url", &url])?;
        assert_eq!(text(&first.stdout), expected, "{first:?}");
        let second = self.run(&["migrate", "--database-url", &url])?;
        assert_eq!(text(&second.stdout), "nothing to apply\n", "{second:?}");
        Ok(())
    }

    /// Where nothing is said it serves from a file of its own, which it makes and brings up to date.
    ///
    /// # Errors
    /// The program does not start.
    ///
    /// # Panics
    /// It is not so.
    pub fn serves_from_a_file_of_its_own(self) -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("keys.json"), "{\"keys\":[]}")?;
        let mut command = Command::new(self.path);
        command
            .args(["--listen", "127.0.0.1:0", "--jwks", "keys.json"])
            .current_dir(folder.path())
            .stderr(Stdio::piped());
        let mut process = Watched::spawn(command)?;
        let log = process.stderr().map(|log| BufReader::new(log).lines());
        let listening =
            log.into_iter().flatten().map_while(Result::ok).any(|line| line.contains("listening"));
        drop(process);
        assert!(listening, "it ended without listening");
        let file = folder.path().join("data").join(format!("{}.db", self.name));
        let migrated = self.run(&["migrate", "--database-url", &format!("sqlite://{}", file.display())])?;
        assert_eq!(text(&migrated.stdout), "nothing to apply\n", "{migrated:?}");
        Ok(())
    }

    /// `config` prints the defaults and the schema of what can be configured.
    ///
    /// # Errors
    /// The program does not start.
    ///
    /// # Panics
    /// It is not so.
    pub fn shows_what_can_be_configured(self) -> io::Result<()> {
        let shown = text(&self.run(&["config", "default"])?.stdout);
        assert!(shown.contains(&format!("sqlite://data/{}.db", self.name)), "{shown}");
        let schema = text(&self.run(&["config", "schema"])?.stdout);
        assert!(schema.contains("answer_fields"), "{schema}");
        Ok(())
    }

    /// A mistake is one line on standard error and exit code 2.
    ///
    /// # Errors
    /// The program does not start.
    ///
    /// # Panics
    /// It is not so.
    pub fn tells_mistakes_in_one_line(self) -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (url, config, taken) =
            (format!("sqlite://{}", path("rows.db")), path("rows.toml"), path("taken"));
        fs::write(&config, "[subgraph.database]\nurll = \"x\"\n")?;
        fs::write(&taken, "")?;
        let cases: [(&[&str], &str); 6] = [
            (&["migrate", "--data", &taken], "cannot write to the folder"),
            (
                &["migrate", "--database-url", "sqlite:///nowhere/at/all.db"],
                "cannot open the sqlite database",
            ),
            (
                &["migrate", "--database-url", "postgres://u:hun/ter2@h/rows"],
                "the database URL cannot be read",
            ),
            (
                &["--database-url", &url, "--jwks", "/nowhere/keys.json"],
                "cannot read the keys in /nowhere/keys.json",
            ),
            (
                &["--data", &path("data"), "--jwks", "/nowhere/keys.json"],
                "cannot read the keys in /nowhere/keys.json",
            ),
            (&["--config", &config], "rows.toml:2:1: unknown key `urll`; did you mean `url`?"),
        ];
        for (arguments, message) in cases {
            let output = self.run(arguments)?;
            let error = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
            assert!(error.contains(message), "{arguments:?}: {error}");
            assert_eq!(error.lines().count(), 1, "{arguments:?}: {error}");
        }
        Ok(())
    }

    fn run(self, arguments: &[&str]) -> io::Result<Output> {
        Command::new(self.path).args(arguments).output()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
