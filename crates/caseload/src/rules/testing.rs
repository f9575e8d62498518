//! To be written with the agency.
