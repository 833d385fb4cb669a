//! The templates of one name space.

use crate::exec::{self, ExecError, Scratch};
use crate::function::FunctionTable;
use crate::parse::{self, ParseError};
use crate::program::Program;
use crate::value::{Str, Value};
use bytes::Bytes;
use foldhash::HashMap;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

/// What a field stands for that a map does not have: Go's option `missingkey`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum MissingKey {
    /// No value, of which every field is missing too.
    #[default]
    Invalid,
    /// The zero value of the map's elements: for `interface {}` a nil, of which it is an error to ask a field.
    Zero,
    /// An error.
    Error,
}

/// Why a text of its own was not executed to its end.
#[derive(Clone, Debug)]
pub enum TextError {
    /// It does not parse.
    Parse(ParseError),
    /// It failed.
    Exec(ExecError),
}

/// What an execution may use up, with all the executions that its functions begin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Iterations of `range`, invocations of templates, and what calls of functions take: see [`FunctionTable::set_price`].
    pub steps: u64,
    /// How many bytes of memory an execution may take, as far as [`Set::with_gauge`] can tell.
    pub memory: usize,
    /// The length of each text that is written, in bytes.
    pub output: usize,
    /// The stack of the thread, in bytes. Only functions that execute templates themselves, such as `include`, use it up: about
    /// 1.5 KB for each level, twice as much when not optimized, and whatever those functions need. It must be well below what
    /// the thread has; a thread with a large stack can allow more.
    pub stack: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 1 << 30, memory: usize::MAX, output: 1 << 30, stack: 1 << 20 }
    }
}

/// The parsed templates of one name space, and the functions that they call. A clone costs next to nothing; what is parsed
/// into it afterwards is not seen in the original.
#[derive(Clone, Debug, Default)]
pub struct Set {
    functions: Rc<FunctionTable>,
    layer: Rc<Layer>,
    name: Rc<str>,
    pub(crate) missing_key: MissingKey,
    pub(crate) limits: Limits,
    pub(crate) resources: Rc<Resources>,
}

/// Templates, in front of those that are shared with other sets.
#[derive(Debug, Default)]
struct Layer {
    programs: HashMap<Str, Rc<Program>>,
    behind: Option<Rc<Layer>>,
}

/// What the executions of a set and its clones have in common while they are nested.
#[derive(Debug, Default)]
pub(crate) struct Resources {
    depth: Cell<usize>,
    stack: Cell<usize>,
    steps: Cell<u64>,
    /// The steps left when the gauge was last read.
    measured: Cell<u64>,
    gauge: Option<Gauge>,
    pub(crate) scratch: RefCell<Vec<Scratch>>,
    buffers: RefCell<Vec<Vec<u8>>>,
}

impl Set {
    /// A set without templates.
    #[must_use]
    pub fn new(functions: Rc<FunctionTable>) -> Self {
        Self { functions, ..Self::default() }
    }

    /// Sets the name that messages give the set as a whole.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        self.name = name.into();
        self
    }

    /// Sets what a missing key stands for.
    #[must_use]
    pub fn with_missing_key(mut self, missing_key: MissingKey) -> Self {
        self.missing_key = missing_key;
        self
    }

    /// Sets how the memory that is in use is measured, in bytes. It is read now and then, when much may have changed.
    #[must_use]
    pub fn with_gauge(mut self, read: impl Fn() -> usize + 'static) -> Self {
        let gauge = Some(Gauge { before: read(), read: Box::new(read) });
        self.resources = Rc::new(Resources { gauge, ..Resources::default() });
        self
    }

    /// Sets what an execution may use up.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Executes a text of its own as the template `name` and appends what it writes to `out`. It sees the templates of the
    /// set; what it defines ends with it. Unlike with [`Set::parse`] an empty text is executed too.
    ///
    /// # Errors
    /// When it does not parse, or fails.
    pub fn execute_text(
        &self,
        name: &str,
        text: impl AsRef<[u8]>,
        data: &Value,
        out: &mut Vec<u8>,
    ) -> Result<(), TextError> {
        let mut own = self.clone();
        let text = Bytes::copy_from_slice(text.as_ref());
        let steps = text.len() as u64 / PARSED_PER_STEP;
        if let Err(message) = self.resources.charge(steps, &self.limits) {
            return Err(TextError::Exec(ExecError::unparsed(name, message)));
        }
        let programs = parse::parse(name, &text, &self.functions).map_err(TextError::Parse)?;
        let main = programs.iter().rfind(|program| program.name.as_bytes() == name.as_bytes()).cloned();
        own.add(programs);
        match main {
            Some(program) => own.run(&program, data, out).map_err(TextError::Exec),
            None => Ok(()),
        }
    }

    /// Adds the template `name` and all that its text defines. A definition replaces one of that name, unless it is empty.
    ///
    /// # Errors
    /// The first fault of the text; the set is unchanged then.
    pub fn parse(&mut self, name: &str, text: impl AsRef<[u8]>) -> Result<(), ParseError> {
        self.parse_shared(name, &Bytes::copy_from_slice(text.as_ref()))
    }

    /// [`Set::parse`] of a text that is not copied.
    ///
    /// # Errors
    /// Those of [`Set::parse`].
    pub fn parse_shared(&mut self, name: &str, text: &Bytes) -> Result<(), ParseError> {
        self.add(parse::parse(name, text, &self.functions)?);
        Ok(())
    }

    fn add(&mut self, programs: Vec<Rc<Program>>) {
        for program in programs {
            if !program.is_empty || self.find(program.name.as_bytes()).is_none() {
                self.own_layer().programs.insert(program.name.clone(), program);
            }
        }
    }

    /// Whether there is a template of that name.
    #[must_use]
    pub fn contains(&self, name: impl AsRef<[u8]>) -> bool {
        self.find(name.as_ref()).is_some()
    }

    /// The names of all templates, in no order.
    pub fn names(&self) -> impl Iterator<Item = &Str> {
        let layers = std::iter::successors(Some(&self.layer), |layer| layer.behind.as_ref());
        layers.flat_map(|layer| layer.programs.keys())
    }

    /// Executes a template and appends what it writes to `out`. Functions may call this again for the set that they are
    /// given: limits hold for all these executions together.
    ///
    /// # Errors
    /// Where and why the execution failed. What had been written by then stays in `out`.
    pub fn execute(&self, name: impl AsRef<[u8]>, data: &Value, out: &mut Vec<u8>) -> Result<(), ExecError> {
        let Some(program) = self.find(name.as_ref()) else {
            return Err(ExecError::no_template(name.as_ref(), &self.name));
        };
        self.run(program, data, out)
    }

    fn run(&self, program: &Rc<Program>, data: &Value, out: &mut Vec<u8>) -> Result<(), ExecError> {
        let _running = self.resources.enter(&self.limits).map_err(|message| ExecError::nowhere(program, message))?;
        exec::execute(self, program, data, out)
    }

    /// Executes a template and returns what it writes, as `include` does.
    ///
    /// # Errors
    /// Where and why the execution failed.
    pub fn output(&self, name: impl AsRef<[u8]>, data: &Value) -> Result<Str, ExecError> {
        // Buffers that have grown already are worth keeping.
        let mut out = self.resources.buffers.borrow_mut().pop().unwrap_or_default();
        let done = self.execute(name, data, &mut out);
        let text = Str::from(out.as_slice());
        out.clear();
        self.resources.buffers.borrow_mut().push(out);
        done.map(|()| text)
    }

    pub(crate) fn functions(&self) -> &FunctionTable {
        &self.functions
    }

    pub(crate) fn find(&self, name: &[u8]) -> Option<&Rc<Program>> {
        let mut layer = &self.layer;
        loop {
            if let Some(program) = layer.programs.get(name) {
                return Some(program);
            }
            layer = layer.behind.as_ref()?;
        }
    }

    fn own_layer(&mut self) -> &mut Layer {
        if Rc::get_mut(&mut self.layer).is_none() {
            let behind = Some(std::mem::take(&mut self.layer));
            self.layer = Rc::new(Layer { programs: HashMap::default(), behind });
        }
        // Nobody else has it now, so that this clones nothing.
        Rc::make_mut(&mut self.layer)
    }
}

impl Clone for Layer {
    fn clone(&self) -> Self {
        Self { programs: self.programs.clone(), behind: self.behind.clone() }
    }
}

impl Resources {
    /// Begins an execution, which ends when the result is dropped.
    fn enter(&self, limits: &Limits) -> Result<Entered<'_>, String> {
        let here = stack_address();
        if self.depth.get() == 0 {
            self.stack.set(here);
            self.steps.set(limits.steps);
            self.measured.set(limits.steps);
        }
        if self.stack.get().abs_diff(here) > limits.stack {
            return Err(format!("executions are nested too deeply: more than {} bytes of stack in use", limits.stack));
        }
        self.depth.set(self.depth.get() + 1);
        Ok(Entered(self))
    }

    /// Takes a step, if there is one left.
    pub(crate) fn step(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }

    /// Takes that many steps.
    ///
    /// # Errors
    /// When there are not as many left, or memory runs out.
    pub(crate) fn charge(&self, steps: u64, limits: &Limits) -> Result<(), String> {
        if self.depth.get() == 0 {
            return Ok(());
        }
        let left = self.steps.get().checked_sub(steps);
        let left = left.ok_or_else(|| format!("execution takes more than {} steps", limits.steps))?;
        self.steps.set(left);
        if self.measured.get().saturating_sub(left) < STEPS_BETWEEN_MEASURES {
            return Ok(());
        }
        self.measured.set(left);
        match &self.gauge {
            Some(gauge) if (gauge.read)().saturating_sub(gauge.before) > limits.memory => {
                Err(format!("execution takes more than {} bytes of memory", limits.memory))
            }
            _ => Ok(()),
        }
    }
}

/// How many bytes of a template are parsed in one step.
const PARSED_PER_STEP: u64 = 4;

/// After how many steps memory may have changed enough to be measured again.
const STEPS_BETWEEN_MEASURES: u64 = 1 << 14;

/// Tells how much memory is in use.
struct Gauge {
    before: usize,
    read: Box<dyn Fn() -> usize>,
}

impl fmt::Debug for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gauge").field("before", &self.before).finish_non_exhaustive()
    }
}

struct Entered<'r>(&'r Resources);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.depth.set(self.0.depth.get() - 1);
    }
}

/// Where the stack ends now, near enough.
#[inline(never)]
fn stack_address() -> usize {
    let here = 0u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}
