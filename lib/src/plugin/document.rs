//! A plugin as Helm writes it into what is signed: its fields under the names that Go has for them.

use super::command::PlatformCommand;
use super::file::{Config, PluginFile, Subprocess};
use goyaml::{Map, Value};

impl PluginFile {
    /// The document.
    #[must_use]
    pub fn document(&self) -> Map {
        map(vec![
            ("APIVersion", self.format.as_str().into()),
            ("Config", self.config.document()),
            ("Name", self.name.as_str().into()),
            ("Runtime", self.runtime.as_str().into()),
            ("RuntimeConfig", self.subprocess.document()),
            ("SourceURL", self.source_url.as_str().into()),
            ("Type", self.kind.as_str().into()),
            ("Version", self.version.as_str().into()),
        ])
    }
}

impl Config {
    fn document(&self) -> Value {
        Value::Map(match self {
            Self::Cli { usage, short_help, long_help, ignore_flags } => map(vec![
                ("IgnoreFlags", Value::Bool(*ignore_flags)),
                ("LongHelp", long_help.as_str().into()),
                ("ShortHelp", short_help.as_str().into()),
                ("Usage", usage.as_str().into()),
            ]),
            Self::Getter { protocols } => map(vec![("Protocols", texts(protocols))]),
            Self::None => Map::new(),
        })
    }
}

impl Subprocess {
    fn document(&self) -> Value {
        let hooks = self.hooks.iter().map(|(event, list)| (event.clone(), commands(list)));
        let hooks = if self.hooks.is_empty() { Value::Null } else { Value::Map(hooks.collect()) };
        let protocols = self.protocols.iter().map(|one| {
            let fields = vec![("PlatformCommand", commands(&one.commands)), ("Protocols", texts(&one.protocols))];
            Value::Map(map(fields))
        });
        Value::Map(map(vec![
            ("PlatformCommand", commands(&self.commands)),
            ("PlatformHooks", hooks),
            ("ProtocolCommands", list(protocols.collect())),
        ]))
    }
}

fn commands(commands: &[PlatformCommand]) -> Value {
    let command = |command: &PlatformCommand| {
        Value::Map(map(vec![
            ("Architecture", command.arch.as_str().into()),
            ("Args", texts(&command.args)),
            ("Command", command.command.as_str().into()),
            ("OperatingSystem", command.os.as_str().into()),
        ]))
    };
    list(commands.iter().map(command).collect())
}

fn texts(texts: &[String]) -> Value {
    list(texts.iter().map(|text| text.as_str().into()).collect())
}

/// A list that was never given is null in Go.
fn list(list: Vec<Value>) -> Value {
    if list.is_empty() { Value::Null } else { Value::List(list) }
}

fn map(fields: Vec<(&str, Value)>) -> Map {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
