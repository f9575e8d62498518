#![doc = include_str!("../README.md")]

pub mod hmis;

pub use caseload::{Flow, Progress, Stage};
