//! Arithmetic: on integers that wrap around, on floats, and on floats taken for exact decimals.

use super::convert::{float, integer};
use super::decimal::Decimal;
use super::limits;
use super::lists::steps;
use gotemplate::function::{FunctionError, FunctionTable, Int64, Rest};
use gotemplate::value::Value;

pub(super) fn add(table: &mut FunctionTable) {
    add_integers(table);
    add_decimals(table);
    table.add("maxf", |first: Value, rest: Rest<Value>| fold(float(&first), &rest, float, larger));
    table.add("minf", |first: Value, rest: Rest<Value>| fold(float(&first), &rest, float, |a, b| -larger(-a, -b)));
    table.add("floor", |value: Value| float(&value).floor());
    table.add("ceil", |value: Value| float(&value).ceil());
    table.add("round", |value: Value, places: i64, Rest(from): Rest<f64>| {
        round(float(&value), places, from.first().copied().unwrap_or(0.5))
    });
    table.add("seq", seq);
}

fn add_integers(table: &mut FunctionTable) {
    table.add("add", |all: Rest<Value>| Int64(fold(0, &all, integer, i64::wrapping_add)));
    table.add("add1", |value: Value| Int64(integer(&value).wrapping_add(1)));
    table.add("sub", |a: Value, b: Value| Int64(integer(&a).wrapping_sub(integer(&b))));
    table.add("mul", |first: Value, rest: Rest<Value>| Int64(fold(integer(&first), &rest, integer, i64::wrapping_mul)));
    table.add("div", |a: Value, b: Value| divided(&a, &b, i64::wrapping_div));
    table.add("mod", |a: Value, b: Value| divided(&a, &b, i64::wrapping_rem));
    for name in ["max", "biggest"] {
        table.add(name, |first: Value, rest: Rest<Value>| Int64(fold(integer(&first), &rest, integer, i64::max)));
    }
    table.add("min", |first: Value, rest: Rest<Value>| Int64(fold(integer(&first), &rest, integer, i64::min)));
}

fn add_decimals(table: &mut FunctionTable) {
    table.add("addf", |all: Rest<Value>| decimal(&Value::Float(0.0), &all, |a, b| Ok(a.add(b))));
    table.add("add1f", |value: Value| decimal(&value, &Rest(vec![Value::Int(1)]), |a, b| Ok(a.add(b))));
    table.add("subf", |first: Value, rest: Rest<Value>| decimal(&first, &rest, |a, b| Ok(a.subtract(b))));
    table.add("mulf", |first: Value, rest: Rest<Value>| decimal(&first, &rest, |a, b| Ok(a.multiply(b))));
    table.add("divf", |first: Value, rest: Rest<Value>| {
        decimal(&first, &rest, |a, b| a.divide(b).ok_or("decimal division by 0".into()))
    });
}

fn fold<T>(first: T, Rest(rest): &Rest<Value>, convert: fn(&Value) -> T, operation: fn(T, T) -> T) -> T {
    rest.iter().map(convert).fold(first, operation)
}

fn divided(a: &Value, b: &Value, operation: fn(i64, i64) -> i64) -> Result<Int64, FunctionError> {
    match integer(b) {
        0 => Err("runtime error: integer divide by zero".into()),
        divisor => Ok(Int64(operation(integer(a), divisor))),
    }
}

fn decimal(
    first: &Value,
    Rest(rest): &Rest<Value>,
    operation: fn(&Decimal, &Decimal) -> Result<Decimal, FunctionError>,
) -> Result<f64, FunctionError> {
    let mut result = Decimal::from_float(float(first))?;
    for value in rest {
        result = operation(&result, &Decimal::from_float(float(value))?)?;
    }
    Ok(result.to_float())
}

/// Go's `math.Max`: infinity before not-a-number, and 0 before -0.
fn larger(a: f64, b: f64) -> f64 {
    match (a, b) {
        _ if a == f64::INFINITY || b == f64::INFINITY => f64::INFINITY,
        _ if a.is_nan() || b.is_nan() => f64::NAN,
        _ if a == 0.0 && b == 0.0 => {
            if a.is_sign_negative() {
                b
            } else {
                a
            }
        }
        _ if a > b => a,
        _ => b,
    }
}

/// Rounds up from the fraction `from` on. The fraction of a negative number is negative, so that it is rounded down.
fn round(value: f64, places: i64, from: f64) -> f64 {
    let power = power_of_ten(places as f64);
    let scaled = power * value;
    let fraction = if scaled.is_infinite() { f64::NAN } else { scaled - scaled.trunc() };
    let rounded = if fraction >= from { scaled.ceil() } else { scaled.floor() };
    rounded / power
}

/// Go's `math.Pow(10, exponent)`, which differs from the exact power in the last bit here and there.
fn power_of_ten(exponent: f64) -> f64 {
    let mut power = 1.0;
    let mut power_exponent = 0_i64;
    // 10 = 0.625 * 2^4
    let (mut factor, mut factor_exponent) = (0.625_f64, 4_i64);
    let mut bits = exponent.abs() as u64;
    while bits != 0 {
        if factor_exponent > 1 << 12 {
            power_exponent += factor_exponent;
            break;
        }
        if bits & 1 == 1 {
            power *= factor;
            power_exponent += factor_exponent;
        }
        factor *= factor;
        factor_exponent *= 2;
        if factor < 0.5 {
            factor += factor;
            factor_exponent -= 1;
        }
        bits >>= 1;
    }
    match exponent < 0.0 {
        true => scale(1.0 / power, -power_exponent),
        false => scale(power, power_exponent),
    }
}

/// The number times two to that power, rounded once.
fn scale(number: f64, exponent: i64) -> f64 {
    let exponent = exponent.clamp(-2200, 2200) as i32;
    let half = exponent / 2;
    // The first product is exact: the number is near one.
    if exponent > -1000 { number * 2_f64.powi(half) * 2_f64.powi(exponent - half) } else { tiny(number, exponent) }
}

/// Goes as far down as nothing is lost, then one last step.
fn tiny(number: f64, exponent: i32) -> f64 {
    number * 2_f64.powi(-900) * 2_f64.powi((exponent + 900).max(-1074))
}

fn seq(Rest(bounds): Rest<i64>) -> Result<String, FunctionError> {
    let sign = |from: i64, to: i64| if to < from { -1 } else { 1 };
    let (start, step, end) = match bounds.as_slice() {
        [end] => (1, sign(1, *end), *end),
        [start, end] => (*start, sign(*start, *end), *end),
        [start, step, end] if end < start && *step > 0 => return Ok(String::new()),
        [start, step, end] => (*start, *step, *end),
        _ => return Ok(String::new()),
    };
    let numbers = steps(start, end.wrapping_add(sign(start, end)), step)?;
    let text = numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
    limits::text(Some(text.len()))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, arguments: Vec<Value>) -> String {
        let mut table = FunctionTable::new();
        add(&mut table);
        match table.get(name).expect("a function").call(&gotemplate::Set::default(), arguments) {
            Ok(value) => String::from_utf8_lossy(&gotemplate::format::print(&value).expect("a text")).into_owned(),
            Err(error) => error.message,
        }
    }

    fn floats(numbers: &[f64]) -> Vec<Value> {
        numbers.iter().map(|number| Value::Float(*number)).collect()
    }

    // The expected texts are those of Helm.
    #[test]
    fn integers_wrap_around() {
        let pair = |a, b| vec![Value::Int(a), Value::Int(b)];
        assert_eq!(call("add", pair(i64::MAX, 1)), "-9223372036854775808");
        assert_eq!(call("div", pair(i64::MIN, -1)), "-9223372036854775808");
        assert_eq!((call("mod", pair(-7, 3)), call("div", pair(-7, 3))), ("-1".into(), "-2".into()));
        assert_eq!(call("mod", pair(7, 0)), "runtime error: integer divide by zero");
        assert_eq!(call("add", floats(&[1.9, 1.9])), "2");
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!((call("addf", floats(&[0.1, 0.2])), call("mulf", floats(&[1.1, 1.1]))), ("0.3".into(), "1.21".into()));
        assert_eq!(
            (call("divf", floats(&[5.0, -3.0])), call("divf", floats(&[2.0, 3.0]))),
            ("-1.6666666666666667".into(), "0.6666666666666667".into())
        );
        assert_eq!((call("subf", floats(&[1.0, 0.9])), call("add1f", floats(&[-1.0]))), ("0.1".into(), "0".into()));
        assert_eq!(call("divf", floats(&[7.0, 0.0])), "decimal division by 0");
        assert_eq!(call("addf", floats(&[f64::NEG_INFINITY])), "Cannot create a Decimal from -Inf");
        assert_eq!(call("divf", floats(&[1e-300, 1e300])), "0");
        assert_eq!(call("divf", floats(&[1e300, 3e-300])), "+Inf");
    }

    #[test]
    fn halves_are_rounded_up() {
        let cases = [
            (-1.5, 0, "-2"),
            (2.5, 0, "3"),
            (1.005, 2, "1"),
            (-1.5, -1, "-10"),
            (123.555555, 3, "123.556"),
            (1.5, 400, "NaN"),
        ];
        for (number, places, expected) in cases {
            assert_eq!(call("round", vec![Value::Float(number), Value::Int(places)]), expected, "{number} {places}");
        }
        assert_eq!(call("round", vec![Value::Float(2.4), Value::Int(0), Value::Float(0.4)]), "2");
    }

    #[test]
    fn powers_of_ten_are_those_of_go() {
        let powers =
            [(2, 100.0), (0, 1.0), (-1, 0.1), (23, 1e23), (100, 1.0000000000000002e100), (-100, 9.999999999999998e-101)];
        for (exponent, expected) in powers {
            assert_eq!(power_of_ten(f64::from(exponent)), expected, "{exponent}");
        }
        let far = [308.0, 309.0, -308.0, -323.0, -400.0, i64::MIN as f64].map(power_of_ten);
        assert_eq!(far, [1.0000000000000006e308, f64::INFINITY, 9.999999999999994e-309, 1e-323, 0.0, 0.0]);
    }

    #[test]
    fn extremes_know_infinity_and_both_zeros() {
        assert_eq!((call("maxf", floats(&[-0.0, 0.0])), call("minf", floats(&[0.0, -0.0]))), ("0".into(), "-0".into()));
        assert_eq!(
            (call("maxf", floats(&[f64::NAN, 1.0])), call("maxf", floats(&[f64::NAN, f64::INFINITY]))),
            ("NaN".into(), "+Inf".into())
        );
    }

    #[test]
    fn sequences_run_both_ways() {
        let run = |bounds: &[i64]| call("seq", bounds.iter().map(|bound| Value::Int(*bound)).collect());
        assert_eq!((run(&[3]), run(&[0]), run(&[-3])), ("1 2 3".into(), "1 0".into(), "1 0 -1 -2 -3".into()));
        assert_eq!((run(&[2, 5]), run(&[0, 2, 5]), run(&[5, -2, 0])), ("2 3 4 5".into(), "0 2 4".into(), "5 3 1".into()));
        assert_eq!(
            (run(&[5, 2, 0]), run(&[0, -2, 5]), run(&[]), run(&[1, 2, 3, 4])),
            ("".into(), "".into(), "".into(), "".into())
        );
        assert_eq!(run(&[1 << 40]), "a template function may make at most 2097152 list items");
    }
}
