//! The flags that choose objects.

use clap::Args;
use rhelm_lib::postrender::select::{KindPattern, NamePattern, Selection};
use rhelm_lib::selector::Selector;

/// Which objects of the stream a filter works on: all of them, unless a flag says otherwise.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Choosing objects")]
pub struct SelectionArgs {
    /// Only objects of this kind, in any case, with or without its group: `Deployment`, `rollout.argoproj.io`; `!Secret` leaves
    /// a kind out (repeatable)
    #[arg(long, value_name = "KIND")]
    kind: Vec<KindPattern>,
    /// Only objects with this name, in which `*`, `?` and `[a-z]` match; `!NAME` leaves some out (repeatable)
    #[arg(long, value_name = "NAME")]
    name: Vec<NamePattern>,
    /// Only objects that say they belong to this namespace, as with --name; an empty one matches objects that do not say it
    /// (repeatable)
    #[arg(long, value_name = "NAMESPACE")]
    namespace: Vec<NamePattern>,
    /// Only objects with these labels, as kubectl reads them: `app=web,tier!=db,env in (test, prod),!legacy` (repeatable: all
    /// have to match)
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    selector: Vec<Selector>,
}

impl From<SelectionArgs> for Selection {
    fn from(args: SelectionArgs) -> Self {
        Self { kinds: args.kind, names: args.name, namespaces: args.namespace, labels: args.selector }
    }
}
