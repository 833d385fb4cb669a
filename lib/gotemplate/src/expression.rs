//! Printing an expression from its text the way Go prints the nodes of its tree: one blank where there is any.

use crate::lex::{Kind, Lexer};

/// The expression that begins at `start` and ends with the text.
pub(crate) fn write_expression(text: &[u8], start: usize) -> String {
    let mut lexer = Lexer::inside(text, start);
    let mut out: Vec<u8> = Vec::new();
    let mut blank = false;
    loop {
        let token = lexer.next_token();
        match token.kind {
            Kind::End | Kind::Error => break,
            Kind::Space => blank = true,
            Kind::Pipe => infix(&mut out, &mut blank, b" | "),
            Kind::Assign => infix(&mut out, &mut blank, b" = "),
            Kind::Declare => infix(&mut out, &mut blank, b" := "),
            Kind::Char => infix(&mut out, &mut blank, b", "),
            _ => {
                let opened = matches!(out.last(), None | Some(b'(' | b' '));
                if blank && !opened && token.kind != Kind::RightParen {
                    out.push(b' ');
                }
                blank = false;
                out.extend_from_slice(token.text(text));
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The first argument of the call that begins at `start` and ends with the text.
pub(crate) fn write_first_argument(text: &[u8], start: usize) -> String {
    let mut lexer = Lexer::inside(text, start);
    let (mut from, mut to, mut depth) = (None, text.len(), 0);
    loop {
        let token = lexer.next_token();
        match token.kind {
            Kind::LeftParen => depth += 1,
            Kind::RightParen => depth -= 1,
            _ => {}
        }
        match (token.kind, from) {
            (Kind::End | Kind::Error, _) => break,
            (Kind::Space, None) => from = Some(token.end as usize),
            (Kind::Space, Some(from)) if depth == 0 && from < token.start as usize => {
                to = token.start as usize;
                break;
            }
            _ => {}
        }
    }
    let argument = &text[..to];
    let from = from.unwrap_or(to);
    // Go prints a parenthesized pipeline without its parentheses.
    match argument[from..] {
        [b'(', .., b')'] => write_expression(&argument[..to - 1], from + 1),
        _ => write_expression(argument, from),
    }
}

fn infix(out: &mut Vec<u8>, blank: &mut bool, operator: &[u8]) {
    *blank = false;
    out.extend_from_slice(operator);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_blank_where_there_is_any() {
        let print = |text: &str| write_expression(text.as_bytes(), 0);
        assert_eq!(print("f  .a.b\n\t`r  w` | g"), "f .a.b `r  w` | g");
        assert_eq!(print("( f ( 1 )  .x ).y"), "(f (1) .x).y");
        assert_eq!(print("$i,$x:= .l|f"), "$i, $x := .l | f");
        assert_eq!(print("$x  =nil"), "$x = nil");
        assert_eq!(print("f \"x \" (1) 'a'"), "f \"x \" (1) 'a'");
    }
}
