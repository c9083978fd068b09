//! A panic of the code under test is a finding like any other: what it said, and where.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is ours to hear.
    static LISTENS: Cell<bool> = const { Cell::new(false) };
    static HEARD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Does this, and says with what it panicked. Nothing is printed then: shrinking would print it a hundred times.
pub(crate) fn caught(act: impl FnOnce()) -> Result<(), String> {
    listen();
    LISTENS.set(true);
    let done = catch_unwind(AssertUnwindSafe(act));
    LISTENS.set(false);
    done.map_err(|payload| HEARD.take().unwrap_or_else(|| said(payload.as_ref())))
}

/// Only the hook of the process is told where a panic was. Those of other threads are passed on to whoever had it before.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if LISTENS.get() {
                let place = panic.location().map(ToString::to_string).unwrap_or_default();
                HEARD.set(Some(format!("{place}: {}", said(panic.payload()))));
            } else {
                before(panic);
            }
        }));
    });
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("something that is no text").to_owned()
}

#[cfg(test)]
mod tests {
    use super::caught;

    #[test]
    #[allow(clippy::panic)]
    fn a_panic_is_told_with_its_place() {
        let told = caught(|| panic!("seven is {}", 8)).unwrap_err();
        assert!(
            told.contains("caught.rs:") && told.ends_with(": seven is 8"),
            "{told}"
        );
        assert_eq!(caught(|| ()), Ok(()));
        // One that no hook hears of.
        let told = caught(|| std::panic::resume_unwind(Box::new("quiet")));
        assert_eq!(told, Err("quiet".to_owned()));
    }
}
