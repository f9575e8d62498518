//! Columns that several tables have, as methods of a layout.

mod case;
mod entered;
mod line;
mod load;
mod timeline;
mod whom;

pub(crate) use entered::NO_REASON;
pub(crate) use line::{ENDING, ENDINGS, STATUS, STATUSES};
pub(crate) use timeline::Timeline;
pub(crate) use whom::{Lists, Whom, cube_rows};
