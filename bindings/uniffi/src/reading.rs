//! Reading what a host gave: every unreadable value of a call is told at once, with its field.

use std::borrow::Cow;

use caseload::{InputError, Name, Problem, Reason, Role, Violation};

use crate::failure::CaseloadError;

/// Something as a host gives it, which may be no such thing.
pub(crate) trait Reads<To> {
    /// What the rules work with.
    fn reads(self) -> Result<To, InputError>;
}

macro_rules! texts {
    ($($name:ident)*) => {$(
        impl Reads<$name> for String {
            fn reads(self) -> Result<$name, InputError> {
                $name::new(self)
            }
        }
    )*};
}

texts! { Name Reason Role }

impl<To, T: Reads<To>> Reads<Vec<To>> for Vec<T> {
    /// Each one that cannot be read is told, not the first alone.
    fn reads(self) -> Result<Vec<To>, InputError> {
        let mut violations = Vec::new();
        let mut read = Vec::with_capacity(self.len());
        for given in self {
            match given.reads() {
                Ok(value) => read.push(value),
                Err(error) => violations.extend(error.violations),
            }
        }
        if violations.is_empty() { Ok(read) } else { Err(InputError { violations }) }
    }
}

/// What was wrong so far.
#[derive(Default)]
pub(crate) struct Reading(Vec<Violation>);

impl Reading {
    /// A value that must be there.
    pub(crate) fn need<To>(&mut self, field: &'static str, given: impl Reads<To>) -> Option<To> {
        self.noted(field, given.reads())
    }

    /// A value that may be left out.
    pub(crate) fn may<To>(
        &mut self,
        field: &'static str,
        given: Option<impl Reads<To>>,
    ) -> Option<To> {
        self.noted(field, given?.reads())
    }

    /// A value with fields of its own, under whose names it is told what is wrong with them.
    pub(crate) fn part<To>(&mut self, given: Option<impl Reads<To>>) -> Option<To> {
        match given?.reads() {
            Ok(value) => Some(value),
            Err(error) => {
                self.0.extend(error.violations);
                None
            }
        }
    }

    /// What was read, or nothing where it could not be.
    pub(crate) fn noted<T>(
        &mut self,
        field: &'static str,
        read: Result<T, InputError>,
    ) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                let wrong = error.violations.into_iter();
                self.0.extend(wrong.map(|wrong| Violation::new(wrong.problem, &[field])));
                None
            }
        }
    }

    /// Takes what was wrong with the fields of a row.
    pub(crate) fn absorb_row(&mut self, row: u32, wrong: Vec<Violation>) {
        self.0.extend(wrong.into_iter().map(|mut violation| {
            violation.row = Some(row);
            violation
        }));
    }

    /// What was read, if nothing was wrong.
    pub(crate) fn all<T>(self, read: Option<T>) -> Result<T, CaseloadError> {
        self.row(read).map_err(|violations| InputError { violations }.into())
    }

    /// As `all`, for a row of many.
    pub(crate) fn row<T>(self, read: Option<T>) -> Result<T, Vec<Violation>> {
        match read {
            Some(read) if self.0.is_empty() => Ok(read),
            _ if self.0.is_empty() => Err(input_command("is unreadable").violations),
            _ => Err(self.0),
        }
    }
}

/// One unreadable value, whose field is added where it is known.
pub(crate) fn input(problem: Problem) -> InputError {
    InputError { violations: vec![Violation::new(problem, &[])] }
}

/// `input-command`, with what is wrong.
pub(crate) fn input_command(what: impl Into<Cow<'static, str>>) -> InputError {
    input(Problem::InputCommand { what: what.into() })
}

/// `input-command` about one argument.
pub(crate) fn wrong_argument(
    field: &'static str,
    what: impl Into<Cow<'static, str>>,
) -> CaseloadError {
    let problem = Problem::InputCommand { what: what.into() };
    InputError { violations: vec![Violation::new(problem, &[field])] }.into()
}

/// A whole number from 0, or from 1: of positions, counts and limits.
pub(crate) struct Whole(pub(crate) i64);

const NO_SIZE: &str = "is not a whole number of the allowed size";

impl<To: TryFrom<i64>> Reads<To> for Whole {
    fn reads(self) -> Result<To, InputError> {
        To::try_from(self.0).map_err(|_| input_command(NO_SIZE))
    }
}

/// A number as hosts count.
pub(crate) fn counted(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unreadable_value_of_a_list_is_told() {
        let given = vec!["a".repeat(65), "primary".to_owned(), "b".repeat(65)];
        let mut fields = Reading::default();
        let roles: Option<Vec<Role>> = fields.need("roles", given);
        let wrong = fields.row(roles).err().unwrap_or_default();
        assert_eq!(wrong.len(), 2);
        assert!(wrong.iter().all(|wrong| wrong.fields == ["roles"]));
    }
}
