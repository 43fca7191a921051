//! From the command line to the exit code.

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

use actix_web::rt::System;
use futures_util::future::LocalBoxFuture;

use crate::{
    api::Api,
    app::App,
    cli::{AppCommand, Cli, Command, ConfigCommand},
    commands,
    error::{BoxError, error_chain},
    healthcheck,
    listen::Listen,
    logging::{self, LogError, LogGuard},
    program::Program,
    serve::{self, Mode},
    settings::{Settings, SettingsError},
    shutdown::End,
    startup_checks,
};

/// The exit code for errors in what the program was given: command line, settings, composition.
const INVALID: u8 = 2;

/// Runs the program and returns its exit code: 0 if the command succeeded, 1 if the server could not start or run, 2 if the
/// command line, a setting or the composition of the application is invalid.
///
/// `compose` fills the [`App`]; it runs in the async runtime of the server. Errors in the settings do not keep it from being
/// called: it gets defaults in their place, and all errors are reported together before anything starts. An error that it
/// returns is printed on one line, and the exit code is 1.
pub fn run<F>(program: Program, compose: F) -> ExitCode
where
    F: AsyncFnOnce(&mut App) -> Result<(), BoxError>,
{
    let cli = match Cli::parse(&program) {
        Ok(cli) => cli,
        Err(error) => {
            // There is nothing to do about help that cannot be printed.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    let settings = Settings::new(&cli.sources(program.names()));
    match cli.command() {
        Command::Healthcheck { url } => healthcheck::run(&settings, url.as_deref()),
        // They depend on the program alone, whatever is set.
        Command::App(AppCommand::Config {
            what: Some(ConfigCommand::Names),
        }) => print(&program, &program.names().to_json()),
        Command::App(command) => {
            // Kept to the end, where it writes what is queued.
            let (log, log_error) = match logging::start(settings.log()) {
                Ok(log) => (log, None),
                Err(error) => (LogGuard::default(), Some(log_error(&error))),
            };
            let process = Process {
                program: &program,
                log: &log,
                log_error,
            };
            System::new().block_on(process.run(settings, command, compose))
        }
    }
}

/// The program while it runs.
struct Process<'p> {
    program: &'p Program,
    log: &'p LogGuard,
    log_error: Option<SettingsError>,
}

impl Process<'_> {
    async fn run<F>(self, settings: Settings, command: AppCommand, compose: F) -> ExitCode
    where
        F: AsyncFnOnce(&mut App) -> Result<(), BoxError>,
    {
        let mut app = App::new(settings);
        if let Err(error) = compose(&mut app).await {
            return self.cannot_compose(&app.settings, &*error);
        }
        self.run_composed(app, command).await
    }

    /// Runs the command on the composed application.
    ///
    /// Boxed here, where nothing is generic: the server is compiled in this crate, with its optimization level, and not in
    /// every program.
    fn run_composed<'p>(self, app: App, command: AppCommand) -> LocalBoxFuture<'p, ExitCode>
    where
        Self: 'p,
    {
        Box::pin(self.run_command(app, command))
    }

    async fn run_command(self, mut app: App, command: AppCommand) -> ExitCode {
        let (apis, app_errors) = app.build(command == AppCommand::Mock);
        // These commands print what can be set, whatever is set.
        if let AppCommand::Config { what: Some(what) } = &command
            && let Some(text) = self.documented(&app.settings, *what)
            && app_errors.is_empty()
        {
            return self.print(&text);
        }
        let mut settings_errors = app.settings.errors();
        settings_errors.extend(startup_checks::errors(&app));
        settings_errors.extend(self.log_error.clone());
        match command {
            AppCommand::Serve | AppCommand::Mock => {
                let listen = if settings_errors.is_empty() {
                    Listen::prepare(&app.settings)
                } else {
                    Err(settings_errors)
                };
                match listen {
                    Ok(listen) if app_errors.is_empty() => {
                        let mode = match command {
                            AppCommand::Mock => Mode::Mock,
                            _ => Mode::Serve,
                        };
                        self.serve(app, apis, listen, mode).await
                    }
                    Ok(_) => self.invalid(&[], &app_errors),
                    Err(settings_errors) => self.invalid(&settings_errors, &app_errors),
                }
            }
            _ if !settings_errors.is_empty() || !app_errors.is_empty() => {
                self.invalid(&settings_errors, &app_errors)
            }
            AppCommand::Config {
                what: Some(ConfigCommand::Limits),
            } => self.print(&startup_checks::limits(&app, &apis)),
            AppCommand::Config { .. } => self.print(&app.settings.effective()),
            AppCommand::Routes => self.print(&commands::routes(&apis)),
            AppCommand::Openapi(options) if options.list => self.print(&commands::list(&apis)),
            AppCommand::Openapi(options) => match commands::openapi(&apis, &options) {
                Ok(document) => self.print(&document),
                Err(message) => {
                    self.report("no document", &[message]);
                    ExitCode::from(INVALID)
                }
            },
        }
    }

    /// Prints what can be set; nothing for what depends on the effective settings.
    fn documented(&self, settings: &Settings, what: ConfigCommand) -> Option<String> {
        let name = self.program.name;
        match what {
            ConfigCommand::Effective | ConfigCommand::Limits | ConfigCommand::Names => None,
            ConfigCommand::Example => Some(settings.example(name)),
            ConfigCommand::Table => Some(settings.table()),
            ConfigCommand::Schema => Some(format!("{:#}\n", settings.schema(name))),
        }
    }

    async fn serve(self, app: App, apis: Vec<Api>, listen: Listen, mode: Mode) -> ExitCode {
        match serve::serve(self.program, app, apis.into(), listen, self.log, mode).await {
            Ok(End::Drained) => ExitCode::SUCCESS,
            Ok(End::Forced) => ExitCode::FAILURE,
            Err(message) => self.fail(&message),
        }
    }

    /// Reports an error of the closure that composes the application, with those of the settings that may have led to it.
    fn cannot_compose(
        &self,
        settings: &Settings,
        error: &(dyn std::error::Error + 'static),
    ) -> ExitCode {
        let message = format!("cannot compose the application: {}", error_chain(error));
        let settings_errors = settings.read_errors();
        if settings_errors.is_empty() {
            return self.fail(&message);
        }
        self.invalid(settings_errors, &[message])
    }

    /// Reports everything that keeps the program from starting.
    fn invalid(&self, settings_errors: &[SettingsError], app_errors: &[String]) -> ExitCode {
        self.report("invalid settings", settings_errors);
        self.report("invalid application", app_errors);
        ExitCode::from(INVALID)
    }

    fn report(&self, heading: &str, errors: &[impl Display]) {
        if errors.is_empty() {
            return;
        }
        // If standard error is closed, the exit code is all there is.
        let mut out = io::stderr().lock();
        let _ = writeln!(out, "{}: {heading}:", self.program.name);
        for error in errors {
            let error = error.to_string();
            let _ = writeln!(out, "  {}", error.replace('\n', "\n    "));
        }
    }

    fn fail(&self, message: &str) -> ExitCode {
        fail(self.program, message)
    }

    fn print(&self, text: &str) -> ExitCode {
        print(self.program, text)
    }
}

fn fail(program: &Program, message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "{}: {message}", program.name);
    ExitCode::FAILURE
}

fn print(program: &Program, text: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has closed the pipe, as in `routes | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => fail(
            program,
            &format!("cannot write to standard output: {error}"),
        ),
    }
}

fn log_error(error: &LogError) -> SettingsError {
    match error {
        LogError::Filter { variable, message } => SettingsError::in_variable(variable, message),
        LogError::Thread(_) => SettingsError::of_process(error.to_string()),
    }
}
