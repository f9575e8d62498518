#![doc = include_str!("../README.md")]

/// The pages that come with the crate.
pub mod docs {
    #[doc = include_str!("../docs/schema.md")]
    pub mod schema {}
}

pub mod import;

mod column;
mod dictionary;
mod error;
mod layout;
mod page;
mod parquet_file;
mod parts;
mod table;
mod tables;
mod to_arrow;

pub use error::Error;
pub use layout::ROWS_A_BATCH;
pub use page::schema_page;
pub use parquet_file::write_parquet;
pub use table::Table;
pub use to_arrow::ToArrow;
