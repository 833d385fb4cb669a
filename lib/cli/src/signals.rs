//! Signals that end the program, while it runs others that have to end first.

use rhelm_lib::postrender::Interrupt;

/// Does `work`; a signal that would end the program raises `interrupt` instead, until the work is done.
///
/// # Errors
/// When the system does not let signals be watched.
#[cfg(unix)]
pub fn raising<T>(interrupt: &Interrupt, work: impl FnOnce() -> T) -> std::io::Result<T> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::low_level::{pipe, unregister};
    use std::io::Read;
    use std::os::unix::net::UnixStream;
    use std::sync::atomic::Ordering;

    let idle = idle()?;
    idle.store(false, Ordering::SeqCst);
    let (mut receiver, sender) = UnixStream::pair()?;
    let mut watched = Vec::new();
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        watched.push(pipe::register(signal, sender.try_clone()?)?);
    }
    drop(sender);
    let interrupt = interrupt.clone();
    std::thread::spawn(move || {
        // The end of the pipe is the end of the work.
        if receiver.read(&mut [0]).is_ok_and(|length| length > 0) {
            interrupt.raise();
        }
    });
    let done = work();
    idle.store(true, Ordering::SeqCst);
    for registration in watched {
        unregister(registration);
    }
    Ok(done)
}

/// Whether signals have their usual effect. A handler, once there, stays for the life of the process.
#[cfg(unix)]
fn idle() -> std::io::Result<std::sync::Arc<std::sync::atomic::AtomicBool>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, OnceLock};

    static IDLE: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    if let Some(idle) = IDLE.get() {
        return Ok(Arc::clone(idle));
    }
    let idle = Arc::new(AtomicBool::new(true));
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&idle))?;
    }
    Ok(Arc::clone(IDLE.get_or_init(|| idle)))
}

/// Does `work`.
///
/// # Errors
/// None here.
#[cfg(not(unix))]
pub fn raising<T>(_: &Interrupt, work: impl FnOnce() -> T) -> std::io::Result<T> {
    Ok(work())
}
