//! What the host chooses of an import.

use caseload::{BatchHistory, EntryOrder, Listing, OnOutside, Policy};

/// The most enrollments of one `mirror_enrollments` command, and rows of one batch.
const CHUNK: usize = 5_000;

/// What the host chooses of an import.
///
/// ```
/// use caseload_io::hmis::Options;
/// // Programs, staff and enrollments, as the export has them; no assignment is made up.
/// let plain = Options::default();
/// // Assignments too, from the users who entered rows: a proxy.
/// let with_proxies = Options::default().assign_by_user();
/// # let _ = (plain, with_proxies);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Whether assignments are made from entry and exit users.
    pub proxies: Proxies,
    /// Whether the export lists every enrollment that counts.
    pub listing: Listing,
    /// What becomes of assignments that stick out of enrollments that changed.
    pub on_outside: OnOutside,
    /// The policy of programs that the import defines; see [`Options::assign_by_user`] for the default.
    pub policy: Option<Policy>,
    pub(super) chunk: usize,
}

/// Whether assignments are made from the users of entry and exit rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proxies {
    /// None is made up.
    None,
    /// They are; see [`Options::assign_by_user`].
    ByUser,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            proxies: Proxies::None,
            listing: Listing::Partial,
            on_outside: OnOutside::Clip,
            policy: None,
            chunk: CHUNK,
        }
    }
}

impl Options {
    /// Makes assignments from users. **A proxy**: HMIS has no file that says who was responsible;
    /// `UserID` only says whose account entered or last changed a row.
    ///
    /// The user of the enrollment row gets the whole enrollment, in the role `hmis-entry-user`. The
    /// user of the exit row, where it is another one, gets its last day, in the role
    /// `hmis-exit-user`: who was responsible in between is not known, so nothing is said of it. Such
    /// an assignment is made once, under an id made from the enrollment's; what people or later
    /// enrollment days make of it then stays.
    ///
    /// This enters history by batch, which the default policy refuses. So programs that the import
    /// defines get a policy with `batch_history: allow` and `entry_order: any`, unless
    /// [`Options::policy`] says otherwise. Programs that exist keep theirs, and it may refuse rows:
    /// the report lists them.
    ///
    /// ```
    /// use caseload_io::hmis::{Options, Proxies};
    /// assert_eq!(Options::default().assign_by_user().proxies, Proxies::ByUser);
    /// ```
    #[must_use]
    pub fn assign_by_user(mut self) -> Options {
        self.proxies = Proxies::ByUser;
        self
    }

    /// The export lists every enrollment that counts: what is stored in one of its programs and not
    /// listed is voided, and assignments on it are ended or voided.
    ///
    /// Not the default, because an export holds only the enrollments that overlap its period: one
    /// for last year would void all that ended before. A refused row counts as listed. Where a row's
    /// `EnrollmentID` cannot be read, nothing at all is voided: what it is about cannot be called missing.
    ///
    /// However large a program is, one command voids what is missing there, and the enrollments then
    /// follow in chunks.
    ///
    /// ```
    /// use caseload::Listing;
    /// use caseload_io::hmis::Options;
    /// assert_eq!(Options::default().complete().listing, Listing::Complete);
    /// ```
    #[must_use]
    pub fn complete(mut self) -> Options {
        self.listing = Listing::Complete;
        self
    }

    /// Leaves assignments that stick out of changed enrollments as they are, to be looked at by hand.
    ///
    /// ```
    /// use caseload::OnOutside;
    /// use caseload_io::hmis::Options;
    /// let options = Options::default().on_outside(OnOutside::Report);
    /// assert_eq!(options.on_outside, OnOutside::Report);
    /// ```
    #[must_use]
    pub fn on_outside(mut self, on_outside: OnOutside) -> Options {
        self.on_outside = on_outside;
        self
    }

    /// The policy of programs that the import defines. Programs that exist keep theirs.
    ///
    /// ```
    /// use caseload::Policy;
    /// use caseload_io::hmis::Options;
    /// assert!(Options::default().policy(Policy::default()).policy.is_some());
    /// ```
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Options {
        self.policy = Some(policy);
        self
    }

    /// What a program that the import defines gets.
    pub(super) fn policy_of_new(&self) -> Option<Policy> {
        let with_history = || Policy {
            batch_history: BatchHistory::Allow,
            entry_order: EntryOrder::Any,
            ..Policy::default()
        };
        match (&self.policy, self.proxies) {
            (Some(policy), _) => Some(policy.clone()),
            (None, Proxies::ByUser) => Some(with_history()),
            (None, Proxies::None) => None,
        }
    }
}
