//! Reports over whole caseloads: what they are asked with, their rows, and the reports themselves.

pub mod asked;
pub mod distribution;
pub mod length_of_stay;
pub mod reports;
pub mod rows;
