use super::{Database, PostgresError};

/// Somebody with a service's credentials and a connection of their own: no statement of theirs is looked at before it
/// reaches the server.
///
/// What they try is tried on every table that the catalog has, so a table that was forgotten is found.
#[derive(Debug, Clone, Copy)]
pub struct Intruder<'a> {
    /// Where they are. Each table has rows of both tenants.
    pub database: &'a Database<'a>,
    /// The tenant that they were let in as, as UUID.
    pub own: &'a str,
    /// The tenant whose rows they want.
    pub other: &'a str,
    /// The tables that belong to no tenant. They have a column `tenant_id` all the same.
    pub platform: &'a [&'a str],
}

/// What somebody who was told no tenant, or another one than there is, might begin with: nothing, what another
/// transaction was told, nonsense, and whatever could lift the rules.
const BEGINNINGS: [&[&str]; 8] = [
    &[],
    &["BEGIN", "SET LOCAL app.tenant_id = '$other'", "COMMIT"],
    &["SET app.tenant_id = '$other'", "RESET app.tenant_id"],
    &["SET app.tenant_id = '$other'", "RESET ALL"],
    &["SET app.tenant_id = '$other'", "DISCARD ALL"],
    &["SET app.tenant_id = '00000000-0000-0000-0000-000000000000'"],
    &["SET app.tenant_id = ''"],
    &["SET app.tenant = '$other'", "SET \"tenant_id\".\"app\" = '$other'"],
];

/// What is read and written without the tenant. Each tells how many rows were found; none is, and none is changed.
const WITHOUT_A_TENANT: [&str; 9] = [
    "SELECT count(*) FROM $table",
    "SELECT count(*) FROM ONLY $table WHERE true OR tenant_id IS NOT NULL",
    "SELECT count(*) FROM (TABLE $table FOR UPDATE) AS rows",
    "SELECT count(*) FROM spies.view_of_$table",
    "SELECT spies.count_of_$table()",
    "WITH changed AS (UPDATE $table SET tenant_id = tenant_id RETURNING 1) SELECT count(*) FROM changed",
    "WITH gone AS (DELETE FROM $table RETURNING 1) SELECT count(*) FROM gone",
    "SELECT count(*) FROM pg_stats WHERE tablename = '$table'",
    "SELECT count(*) FROM pg_stats_ext WHERE tablename = '$table'",
];

/// What finds nothing and says nothing. An error would tell a value.
const SILENT: [&str; 3] = [
    "COPY $table TO STDOUT",
    "SELECT 1 FROM $table WHERE tenant_id::text::integer = 0",
    "SELECT 1 FROM $table ORDER BY 1 / (length(tenant_id::text) - length(tenant_id::text))",
];

/// What a service may not do, whoever it claims to be.
const REFUSED: [&[&str]; 24] = [
    &["TRUNCATE $table"],
    &["COPY $table FROM STDIN"],
    &["COPY $table TO PROGRAM 'cat'"],
    &["SET row_security = off", "SELECT count(*) FROM $table"],
    &["SET row_security = off", "COPY $table TO STDOUT"],
    &["SET row_security = off", "DELETE FROM $table"],
    &["SET ROLE $owner"],
    &["SET ROLE postgres"],
    &["SET SESSION AUTHORIZATION $owner"],
    &["SET session_replication_role = replica"],
    &["ALTER ROLE $service BYPASSRLS"],
    &["ALTER ROLE $service SUPERUSER"],
    &["GRANT $owner TO $service"],
    &["ALTER TABLE $table DISABLE ROW LEVEL SECURITY"],
    &["ALTER TABLE $table NO FORCE ROW LEVEL SECURITY"],
    &["ALTER TABLE $table OWNER TO $service"],
    &["CREATE POLICY all_rows ON $table USING (true)"],
    &["DROP POLICY $policy ON $table"],
    &["ALTER POLICY $policy ON $table USING (true)"],
    &["DROP TABLE $table"],
    &["CREATE TABLE stolen AS TABLE $table"],
    // One that would be found before the real one.
    &["CREATE TEMPORARY TABLE $table (tenant_id uuid)"],
    &["CREATE FUNCTION leak() RETURNS int LANGUAGE sql AS 'SELECT 1'"],
    &["SELECT * FROM pg_statistic"],
];

/// What one tenant may not do to the rows of another, nor with its own rows. Each is refused or finds nothing.
const ACROSS: [&str; 9] = [
    "SELECT tenant_id FROM $table WHERE tenant_id = '$other'",
    "SELECT 1 FROM $table WHERE tenant_id <> '$own' AND tenant_id::text::integer = 0",
    "UPDATE $table SET tenant_id = tenant_id WHERE tenant_id = '$other' RETURNING 1",
    "DELETE FROM $table WHERE tenant_id = '$other' RETURNING 1",
    "MERGE INTO $table AS t USING (SELECT 1) AS s ON t.tenant_id = '$other' WHEN MATCHED THEN DELETE",
    "UPDATE $table SET tenant_id = '$other' RETURNING 1",
    "INSERT INTO $table SELECT (jsonb_populate_record(t, '{\"tenant_id\": \"$other\"}')).* FROM $table AS t RETURNING 1",
    "INSERT INTO $table SELECT (jsonb_populate_record(t, '{\"tenant_id\": \"$other\"}')).* FROM $table AS t
     ON CONFLICT DO NOTHING RETURNING 1",
    "MERGE INTO $table AS t USING (SELECT (jsonb_populate_record(u, '{\"tenant_id\": \"$other\"}')).* FROM $table AS u) AS s
     ON false WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN DO NOTHING",
];

impl Intruder<'_> {
    /// The tables that the database has, without that of the migrations.
    ///
    /// # Errors
    /// What the server says.
    pub fn tables(&self) -> Result<Vec<String>, PostgresError> {
        let tables = self.database.inspect(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relname <> 'seaql_migrations'
             AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) ORDER BY 1",
        )?;
        Ok(tables.lines().map(str::to_owned).collect())
    }

    /// Whatever they send, they find and change nothing that is not theirs.
    ///
    /// # Errors
    /// The server does not do as the owner or the superuser tells it.
    ///
    /// # Panics
    /// They do.
    pub fn finds_and_changes_nothing(&self) -> Result<(), PostgresError> {
        let tables = self.tables()?;
        assert!(!tables.is_empty(), "there is nothing to find");
        self.database.inspect("ANALYZE")?;
        self.database.query("CREATE SCHEMA spies")?;
        self.database.query(&format!("GRANT USAGE ON SCHEMA spies TO {}", self.database.service()))?;
        for table in &tables {
            self.plant_spies(table)?;
            let before = self.contents(table)?;
            self.without_a_tenant(table);
            self.refused(table);
            if !self.is_of_the_platform(table) {
                self.as_one_tenant(table)?;
            }
            assert_eq!(self.contents(table)?, before, "{table} was changed");
        }
        self.database.query("DROP SCHEMA spies CASCADE")?;
        Ok(())
    }

    /// What the owner might leave lying about: a view and a function that read as the owner does.
    fn plant_spies(&self, table: &str) -> Result<(), PostgresError> {
        for statement in [
            "CREATE VIEW spies.view_of_$table AS TABLE public.$table",
            "GRANT SELECT ON spies.view_of_$table TO $service",
            "CREATE FUNCTION spies.count_of_$table() RETURNS bigint SECURITY DEFINER LANGUAGE sql
             AS 'SELECT count(*) FROM public.$table'",
        ] {
            self.database.query(&self.filled(statement, table))?;
        }
        let known = self
            .database
            .inspect(&format!("SELECT count(*) > 0 FROM pg_stats WHERE tablename = '{table}'"))?;
        assert_eq!(known, "t\n", "there are no statistics of {table} to leak");
        Ok(())
    }

    fn without_a_tenant(&self, table: &str) {
        // What opens the other kind of table opens this one no more.
        let other_kind = if self.is_of_the_platform(table) {
            "SET app.tenant_id = '$own'"
        } else {
            "SET app.platform = 'on'"
        };
        for beginning in BEGINNINGS.into_iter().chain([&[other_kind] as &[&str]]) {
            let attempt = [beginning, &WITHOUT_A_TENANT, &SILENT].concat();
            let found = self.send(&attempt, table);
            assert_eq!(found, Ok("0\n".repeat(WITHOUT_A_TENANT.len())), "{table}: {attempt:?}");
            // Not every version has it.
            let merge = "MERGE INTO $table USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE";
            let found = self.send(&[beginning, &[merge]].concat(), table).unwrap_or_default();
            assert_eq!(found, "", "{table}: {beginning:?} {merge}");
        }
    }

    fn refused(&self, table: &str) {
        let tell = ["SET app.tenant_id = '$own'", "SET app.platform = 'on'"];
        for attempt in REFUSED {
            for attempt in [attempt.to_vec(), [&tell, attempt].concat()] {
                assert!(self.send(&attempt, table).is_err(), "{table}: {attempt:?} is not refused");
            }
        }
    }

    fn as_one_tenant(&self, table: &str) -> Result<(), PostgresError> {
        let rows = |tenant: &str| {
            self.database.inspect(&format!("SELECT count(*) FROM {table} WHERE tenant_id = '{tenant}'"))
        };
        let (own, other) = (rows(self.own)?, rows(self.other)?);
        assert!(own != "0\n" && other != "0\n", "{table} has no rows of both tenants, so this shows nothing");
        let ways: [&[&str]; 2] =
            [&["SET app.tenant_id = '$own'"], &["BEGIN", "SET LOCAL app.tenant_id = '$own'"]];
        for way in ways {
            // Without a predicate.
            let found = self.send(&[way, &["SELECT count(*) FROM $table"]].concat(), table);
            assert_eq!(found.as_ref(), Ok(&own), "{table}: {way:?}");
            for statement in ACROSS {
                let found =
                    self.send(&[way, &[statement, "COMMIT"]].concat(), table).unwrap_or_else(|error| {
                        assert!(!error.contains(self.other), "{table}: {statement} tells: {error}");
                        String::new()
                    });
                assert_eq!(found, "", "{table}: {statement}");
            }
        }
        Ok(())
    }

    /// All that a table has, as one value.
    fn contents(&self, table: &str) -> Result<String, PostgresError> {
        self.database.inspect(&format!(
            "SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {table} AS t"
        ))
    }

    /// As the service; the error as text.
    fn send(&self, statements: &[&str], table: &str) -> Result<String, String> {
        let statements: Vec<String> =
            statements.iter().map(|statement| self.filled(statement, table)).collect();
        let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
        self.database.query_as_service(&statements).map_err(|error| error.to_string())
    }

    fn is_of_the_platform(&self, table: &str) -> bool {
        self.platform.contains(&table)
    }

    fn filled(&self, statement: &str, table: &str) -> String {
        let policy =
            if self.is_of_the_platform(table) { "rows_of_the_platform" } else { "rows_of_the_tenant" };
        let places = [
            ("$table", table),
            ("$owner", self.database.owner()),
            ("$own", self.own),
            ("$other", self.other),
            ("$service", self.database.service()),
            ("$policy", policy),
        ];
        places.into_iter().fold(statement.to_owned(), |text, (place, value)| text.replace(place, value))
    }
}
