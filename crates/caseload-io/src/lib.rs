#![doc = include_str!("../README.md")]

pub mod batch;
pub mod hmis;

pub use caseload::{Flow, Progress, Stage};
