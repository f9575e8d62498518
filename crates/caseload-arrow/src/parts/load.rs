//! A load: how much a caseload is.

use caseload::report::Load;

use crate::layout::Layout;

impl<'a, R> Layout<'a, R> {
    pub(crate) fn load(self, get: impl Fn(&R) -> Load + Copy + Send + 'a) -> Layout<'a, R> {
        let [two, one, primary] = [
            "A participant in two programs is two",
            "A participant in two programs is one",
            "Those with an assignment in the role `primary`",
        ];
        self.count("cases", "assignments", two, move |row| Some(get(row).cases))
            .count("participants", "participants", one, move |row| Some(get(row).participants))
            .count("primaries", "participants", primary, move |row| Some(get(row).primaries))
    }
}
