//! Text, and the actions that are more than an expression.

use super::draft::{Body, Control, ControlKind, Draft};
use super::pipeline::{Context, Declarations};
use super::{Parsed, Parser};
use crate::lex::{Kind, Token};
use crate::program::{Instruction, Place, RangeSite, Span};
use crate::rune::runes;
use crate::value::{Str, Value};

const NOWHERE: Place = Place { at: 0, start: 0, end: 0 };

impl Parser<'_> {
    /// Compiles a text or an action. Returns false at the end of the file.
    pub(super) fn statement(&mut self) -> Parsed<bool> {
        if self.drafts.len() == 1 && self.draft().controls.is_empty() {
            // Only here may templates be defined.
            match self.peek().kind {
                Kind::End => return self.end_of_file().map(|()| false),
                Kind::LeftDelimiter => {
                    let delimiter = self.next();
                    if self.next_non_space().kind == Kind::Define {
                        return self.define().map(|()| true);
                    }
                    self.backup_two(delimiter);
                }
                _ => {}
            }
        } else if self.peek_non_space().kind == Kind::End {
            return Err(self.error("unexpected EOF"));
        }
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => self.text(token),
            Kind::LeftDelimiter => {
                self.action = Some(token.start);
                // To Go, an action with a body is over when its body is.
                if !self.action()? {
                    self.action = None;
                }
            }
            _ => return Err(self.unexpected(token, "input")),
        }
        Ok(true)
    }

    fn end_of_file(&mut self) -> Parsed<()> {
        self.draft().emit(Instruction::Return, NOWHERE);
        self.finish_draft()
    }

    fn text(&mut self, token: Token) {
        let text = token.text(self.text);
        let draft = self.draft();
        if draft.program.is_empty {
            draft.program.is_empty = runes(text).all(|(rune, _)| rune.is_some_and(char::is_whitespace));
        }
        draft.emit(Instruction::Text(token.span()), NOWHERE);
    }

    /// Returns whether a body follows.
    fn action(&mut self) -> Parsed<bool> {
        let token = self.next_non_space();
        if !matches!(token.kind, Kind::EndKeyword | Kind::Else) {
            self.draft().program.is_empty = false;
        }
        let control = match token.kind {
            Kind::If => ControlKind::If,
            Kind::With => ControlKind::With,
            Kind::Range => ControlKind::Range,
            _ => return self.simple_action(token).map(|()| false),
        };
        self.control(control, false).map(|()| true)
    }

    fn simple_action(&mut self, token: Token) -> Parsed<()> {
        match token.kind {
            Kind::EndKeyword => self.end(),
            Kind::Else => self.or_else(),
            Kind::Template => self.template(),
            Kind::Block => self.block(),
            Kind::Break => self.break_loop(),
            Kind::Continue => self.continue_loop(),
            Kind::String | Kind::RawString if self.is_literal_text(token) => {
                self.next_non_space();
                let text = Span { start: token.start + 1, end: token.end - 1 };
                self.draft().emit(Instruction::Text(text), NOWHERE);
                Ok(())
            }
            _ => {
                self.backup();
                self.peek();
                self.command_action()
            }
        }
    }

    /// Whether an action is nothing but this literal, as `` {{`{{`}} `` is, and writes it as it stands in the file.
    fn is_literal_text(&self, literal: Token) -> bool {
        let rest = &self.text[literal.end as usize..];
        let is_alone = [&b"}}"[..], b" }}", b" -}}"].iter().any(|end| rest.starts_with(end));
        let text = literal.text(self.text);
        is_alone
            && match literal.kind {
                Kind::RawString => !text.contains(&b'\r'),
                _ => text.is_ascii() && !text.contains(&b'\\'),
            }
    }

    fn command_action(&mut self) -> Parsed<()> {
        let pipeline = self.pipeline(Context::Command, Kind::RightDelimiter)?;
        let prints = matches!(pipeline.declarations, Declarations::None);
        self.draft().emit(if prints { Instruction::Print } else { Instruction::Pop }, pipeline.place);
        Ok(())
    }

    /// `{{define "name"}}`, whose keyword has been read.
    fn define(&mut self) -> Parsed<()> {
        let context = "define clause";
        let token = self.next_non_space();
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return Err(self.unexpected(token, context));
        }
        let name = self.unquoted(token)?;
        self.expect(Kind::RightDelimiter, context)?;
        self.begin_draft(Body::Define, name);
        Ok(())
    }

    fn begin_draft(&mut self, body: Body, name: Str) {
        let opened = self.tokens[0].start;
        let mut draft = self.spare.pop().unwrap_or_else(|| Draft::new(self.source.clone()));
        draft.begin(body, name, opened);
        self.drafts.push(draft);
    }

    fn template_name(&mut self, context: &str) -> Parsed<(Token, Str)> {
        let token = self.next_non_space();
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return Err(self.unexpected(token, context));
        }
        Ok((token, self.unquoted(token)?))
    }

    fn template(&mut self) -> Parsed<()> {
        let (token, name) = self.template_name("template clause")?;
        if self.next_non_space().kind == Kind::RightDelimiter {
            let nil = self.draft().constant(Value::Nil);
            self.draft().emit(Instruction::Constant(nil), NOWHERE);
            self.find(token, name);
        } else {
            self.backup();
            let find = self.find(token, name);
            let pipeline = self.pipeline(Context::Template, Kind::RightDelimiter)?;
            self.draft().program.places[find].end = pipeline.place.end;
        }
        self.draft().emit(Instruction::Invoke, NOWHERE);
        Ok(())
    }

    /// Begins the invocation of a template.
    fn find(&mut self, token: Token, name: Str) -> usize {
        let draft = self.draft();
        let name = draft.constant(Value::String(name));
        draft.emit(Instruction::Find(name), Place { at: token.start, start: token.start, end: token.end })
    }

    /// `{{block "name" pipeline}}`: a definition, invoked where it stands.
    fn block(&mut self) -> Parsed<()> {
        let (token, name) = self.template_name("block clause")?;
        let find = self.find(token, name.clone());
        let pipeline = self.pipeline(Context::Block, Kind::RightDelimiter)?;
        let draft = self.draft();
        draft.program.places[find].end = pipeline.place.end;
        draft.emit(Instruction::Invoke, NOWHERE);
        self.begin_draft(Body::Block, name);
        Ok(())
    }

    fn control(&mut self, kind: ControlKind, chained: bool) -> Parsed<()> {
        let visible_outside = self.draft().visible();
        let context = match kind {
            ControlKind::If => Context::If,
            ControlKind::With => Context::With,
            ControlKind::Range => Context::Range,
        };
        let pipeline = self.pipeline(context, Kind::RightDelimiter)?;
        let draft = self.draft();
        let skip = match kind {
            ControlKind::If => draft.emit(Instruction::Unless(0), pipeline.place),
            ControlKind::With => draft.emit(Instruction::With(0), pipeline.place),
            ControlKind::Range => {
                let (index, element, assigns) = match pipeline.declarations {
                    Declarations::None => (None, None, false),
                    Declarations::One { variable, assigns } => (None, Some(variable), assigns),
                    Declarations::Two { first, second, assigns } => (Some(first), Some(second), assigns),
                };
                let range = draft.range(RangeSite { index, element, assigns, forgets: None });
                let skip = draft.emit(Instruction::Range { range, otherwise: 0 }, pipeline.place);
                draft.emit(Instruction::Next { range, end: 0 }, pipeline.place);
                skip
            }
        };
        let control = Control {
            kind,
            chained,
            in_else: false,
            visible_outside,
            visible_inside: draft.visible(),
            skip,
            exits: Vec::new(),
            first_variable: draft.program.variables.len() as u32,
        };
        draft.controls.push(control);
        Ok(())
    }

    fn end(&mut self) -> Parsed<()> {
        self.expect(Kind::RightDelimiter, "end")?;
        let draft = self.draft();
        if draft.controls.is_empty() {
            if draft.body == Body::File {
                return Err(self.error("unexpected {{end}}"));
            }
            draft.emit(Instruction::Return, NOWHERE);
            return self.finish_draft();
        }
        while let Some(mut control) = draft.controls.pop() {
            if !control.in_else {
                end_body(draft, &mut control, false);
            }
            for exit in control.exits {
                draft.land(exit);
            }
            draft.hide(control.visible_outside);
            if !control.chained {
                break;
            }
        }
        Ok(())
    }

    fn or_else(&mut self) -> Parsed<()> {
        let peeked = self.peek_non_space().kind;
        if !matches!(peeked, Kind::If | Kind::With) {
            self.expect(Kind::RightDelimiter, "else")?;
        }
        let draft = self.draft();
        let Some(mut control) = draft.controls.pop() else {
            let draft_opened = draft.opened;
            return Err(match draft.body {
                Body::File => self.error("unexpected {{else}}"),
                Body::Define => self.error("unexpected {{else}} in define clause"),
                // It is the template around the block that complains, where it has stopped reading.
                Body::Block => self.error_at(draft_opened, "unexpected {{else}} in block clause"),
            });
        };
        if control.in_else {
            return Err(self.error("expected end; found {{else}}"));
        }
        end_body(draft, &mut control, true);
        control.in_else = true;
        let kind = control.kind;
        if draft.visible() > control.visible_inside {
            // Go still knows the names that the body declared.
            draft.forget_variables();
        }
        draft.controls.push(control);
        match (kind, peeked) {
            (ControlKind::If, Kind::If) | (ControlKind::With, Kind::With) => {
                self.next();
                self.action = None;
                self.control(kind, true)
            }
            _ => Ok(()),
        }
    }

    fn break_loop(&mut self) -> Parsed<()> {
        let (scopes, control) = self.enclosing_loop("{{break}}")?;
        let draft = self.draft();
        draft.emit(Instruction::Leave(scopes + 1), NOWHERE);
        let exit = draft.emit(Instruction::Jump(0), NOWHERE);
        draft.controls[control].exits.push(exit);
        Ok(())
    }

    fn continue_loop(&mut self) -> Parsed<()> {
        let (scopes, control) = self.enclosing_loop("{{continue}}")?;
        let draft = self.draft();
        if scopes > 0 {
            draft.emit(Instruction::Leave(scopes), NOWHERE);
        }
        let next = draft.controls[control].skip + 1;
        draft.emit(Instruction::Jump(next as u32), NOWHERE);
        Ok(())
    }

    /// The loop around this place, and how many `with` are open inside it.
    fn enclosing_loop(&mut self, keyword: &str) -> Parsed<(u32, usize)> {
        let token = self.next_non_space();
        if token.kind != Kind::RightDelimiter {
            return Err(self.unexpected(token, keyword));
        }
        let mut scopes = 0;
        for (index, control) in self.draft().controls.iter().enumerate().rev().filter(|(_, control)| !control.in_else) {
            match control.kind {
                ControlKind::Range => return Ok((scopes, index)),
                ControlKind::With => scopes += 1,
                ControlKind::If => {}
            }
        }
        Err(self.error(format!("{keyword} outside {{{{range}}}}")))
    }
}

/// Ends the body that runs when there is something, which an else may follow.
fn end_body(draft: &mut Draft<'_>, control: &mut Control, has_else: bool) {
    if control.kind == ControlKind::With {
        draft.emit(Instruction::EndWith, NOWHERE);
    }
    if control.kind == ControlKind::Range {
        let next = control.skip + 1;
        draft.emit(Instruction::Jump(next as u32), NOWHERE);
        control.exits.push(next);
    } else if has_else {
        let exit = draft.emit(Instruction::Jump(0), NOWHERE);
        control.exits.push(exit);
    }
    draft.land(control.skip);
}
