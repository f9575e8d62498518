#![doc = include_str!("../README.md")]

pub mod hmis;
mod progress;

pub use progress::{Flow, Progress, Stage};
