//! Lists that stay here and are handed over a page at a time, so that no host builds 20,000 rows at once.

use crate::{
    failure::{CaseloadError, guarded},
    reading::{counted, wrong_argument},
};

/// The most rows of one page.
const MOST_ROWS: i64 = 1_000;

/// Rows that are made when they are asked for.
pub(crate) struct Rows<T> {
    count: usize,
    row: Box<dyn Fn(usize) -> Option<T> + Send + Sync>,
}

impl<T> Rows<T> {
    /// Rows made from what the core answered.
    pub(crate) fn of<C>(core: Vec<C>) -> Rows<T>
    where
        C: Send + Sync + 'static,
        T: for<'a> From<&'a C>,
    {
        Rows::made(core.len(), move |place| core.get(place).map(T::from))
    }

    /// How many there are.
    pub(crate) fn counted(&self) -> i64 {
        counted(self.count)
    }

    /// So many rows, each made by its place.
    pub(crate) fn made(
        count: usize,
        row: impl Fn(usize) -> Option<T> + Send + Sync + 'static,
    ) -> Rows<T> {
        Rows { count, row: Box::new(row) }
    }

    /// A page of them.
    pub(crate) fn page(&self, from: i64, limit: i64) -> Result<Vec<T>, CaseloadError> {
        let from = usize::try_from(from);
        let from = from.map_err(|_| wrong_argument("from", "is before the first row"))?;
        let limit = Some(limit).filter(|limit| (1..=MOST_ROWS).contains(limit));
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        let limit = limit.ok_or_else(|| wrong_argument("limit", "is not between 1 and 1000"))?;
        let end = from.saturating_add(limit).min(self.count);
        guarded(|| Ok((from..end).filter_map(|place| (self.row)(place)).collect()))
    }
}

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident of $row:ident,)*) => {$(
        $(#[$doc])*
        ///
        /// A list stays on the native side; its rows are handed over a page at a time.
        #[derive(uniffi::Object)]
        pub struct $name($crate::lists::Rows<$row>);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        impl $name {
            /// A list for the host.
            pub(crate) fn of(rows: $crate::lists::Rows<$row>) -> std::sync::Arc<$name> {
                std::sync::Arc::new($name(rows))
            }
        }

        #[uniffi::export]
        #[expect(clippy::len_without_is_empty, reason = "one more call for each list helps nobody")]
        impl $name {
            /// How many rows there are.
            pub fn len(&self) -> i64 {
                self.0.counted()
            }

            /// The rows from a place on, counted from 0: at most `limit`, which is 1 to 1,000.
            ///
            /// # Errors
            /// `Input` for a place or a limit out of range.
            pub fn page(
                &self,
                from: i64,
                limit: i64,
            ) -> Result<Vec<$row>, $crate::failure::CaseloadError> {
                self.0.page(from, limit)
            }
        }
    )*};
}
pub(crate) use lists;
