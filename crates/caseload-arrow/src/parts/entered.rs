//! The entry of the log behind something: where it is, when it was recorded, and by whom.

use caseload::report::{Changed, Entered};

use crate::layout::Layout;

pub(crate) const NO_REASON: &str = "none was given or it is forgotten";

impl<'a, R> Layout<'a, R> {
    /// `<did>_position`, `<did>_at` and `<did>_by`.
    pub(crate) fn entered(
        self,
        did: &str,
        get: impl Fn(&R) -> Option<&Entered> + Copy + Send + 'a,
    ) -> Layout<'a, R> {
        let at = "When it was recorded: only a label, the position is the order";
        let by = "Who gave the command: a staff id, or `root`, the host application";
        self.count(
            format!("{did}_position"),
            "position",
            "The position of the entry in the log",
            move |row| get(row).map(|entered| entered.position),
        )
        .instant(format!("{did}_at"), at, move |row| get(row).map(|entered| entered.recorded))
        .id(format!("{did}_by"), by, move |row| get(row).map(|entered| entered.actor.as_str()))
    }

    /// Those of [`Layout::entered`] and `<did>_reason`, all null where nothing was done.
    pub(crate) fn changed(
        self,
        did: &str,
        not_done: &'static str,
        get: impl Fn(&R) -> Option<&Changed> + Copy + Send + 'a,
    ) -> Layout<'a, R> {
        let reason = format!("{did}_reason");
        self.all_or_null(not_done, |layout| {
            layout
                .entered(did, move |row| get(row).map(|changed| &changed.by))
                .text(reason, "The reason given", move |row| {
                    let reason = get(row).and_then(|changed| changed.reason.as_ref());
                    reason.map(|reason| reason.as_str())
                })
                .or_null(NO_REASON)
        })
    }
}
