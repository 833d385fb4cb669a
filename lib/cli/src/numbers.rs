//! Numbers of flags, as Go's flags read them: `0x10`, `1_000`, and Go's words for what is none.

use rhelm_lib::gonumber::{self, NotInteger};

/// Go's `int`.
///
/// # Errors
/// Go's words.
pub fn parse_int(text: &str) -> Result<i64, String> {
    gonumber::parse_int(text.as_bytes(), 0).map_err(|error| refused("ParseInt", text, error))
}

/// Go's `uint`. Beyond `i64` no number makes a difference.
///
/// # Errors
/// Go's words.
pub fn parse_uint(text: &str) -> Result<usize, String> {
    let number = match text.starts_with(['-', '+']) {
        true => Err(NotInteger::Syntax),
        false => gonumber::parse_int(text.as_bytes(), 0),
    };
    let number = number.map_err(|error| refused("ParseUint", text, error))?;
    Ok(usize::try_from(number).unwrap_or(usize::MAX))
}

/// Go's `float32`.
///
/// # Errors
/// Go's words.
pub fn parse_float(text: &str) -> Result<f64, String> {
    gonumber::parse_float(text.as_bytes()).ok_or_else(|| refused("ParseFloat", text, NotInteger::Syntax))
}

/// A revision that is given as an operand.
///
/// # Errors
/// Go's words.
pub fn parse_revision(text: &str) -> Result<i64, String> {
    let number = gonumber::parse_int(text.as_bytes(), 10).map_err(|error| refused("Atoi", text, error));
    number.map_err(|error| format!("could not convert revision to a number: {error}"))
}

fn refused(function: &str, text: &str, error: NotInteger) -> String {
    let cause = match error {
        NotInteger::Syntax => "invalid syntax",
        NotInteger::Range(_) => "value out of range",
    };
    format!("strconv.{function}: parsing {text:?}: {cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected texts are those of Helm 4.3.1.
    #[test]
    fn numbers_are_gos() {
        assert_eq!([parse_int("0x10"), parse_int("1_0"), parse_int("-1")], [Ok(16), Ok(10), Ok(-1)]);
        assert_eq!(parse_int("x"), Err("strconv.ParseInt: parsing \"x\": invalid syntax".into()));
        let long = "99999999999999999999";
        assert_eq!(parse_int(long), Err(format!("strconv.ParseInt: parsing \"{long}\": value out of range")));
        assert_eq!(parse_uint("0x10"), Ok(16));
        assert_eq!(parse_uint("+3"), Err("strconv.ParseUint: parsing \"+3\": invalid syntax".into()));
        assert_eq!(
            [parse_float("1_0"), parse_float("x")],
            [Ok(10.0), Err("strconv.ParseFloat: parsing \"x\": invalid syntax".into())]
        );
        let words = format!("could not convert revision to a number: strconv.Atoi: parsing \"{long}\": value out of range");
        assert_eq!([parse_revision(long), parse_revision("3")], [Err(words), Ok(3)]);
    }
}
