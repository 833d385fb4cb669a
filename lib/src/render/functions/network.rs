//! `getHostByName`.

use crate::render::Environment;
use crate::render::functions::random::Random;
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::Str;

/// Adds the functions of this module to `table`.
pub(super) fn add(table: &mut FunctionTable, environment: &Environment) {
    let (resolve, random) = (environment.resolve.clone(), Random::new(environment));
    table.add("getHostByName", move |name: Str| match resolve(&name.to_str_lossy()) {
        None => Ok::<_, FunctionError>(String::new()),
        // Helm picks any address, and trips over a host that has none.
        Some(addresses) => {
            let index = random.below(addresses.len() as i64)?;
            Ok(addresses[index as usize].clone())
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::functions::testing::{call, environment};
    use gotemplate::value::Value;
    use std::sync::Arc;

    fn look_up(answer: Option<&[&str]>) -> Result<String, String> {
        let answer = answer.map(|all| all.iter().map(ToString::to_string).collect::<Vec<String>>());
        let mut environment = environment();
        environment.resolve = Arc::new(move |_| answer.clone());
        let mut table = FunctionTable::new();
        add(&mut table, &environment);
        call(&table, "getHostByName", &[Value::string("localhost")])
    }

    #[test]
    fn hosts_have_an_address_only_when_dns_is_enabled() {
        assert_eq!(look_up(None), Ok(String::new()));
        assert_eq!(look_up(Some(&["127.0.0.1"])), Ok("127.0.0.1".into()));
        assert_eq!(look_up(Some(&[])), Err("invalid argument to Intn".into()));
    }
}
