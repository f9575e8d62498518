//! The table of ratios.

use std::fmt::Write as _;

use crate::{
    Result,
    measure::{Sample, Spread},
    options::Options,
};

/// What a ratio should be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// At least this, and never less than the second.
    AtLeast(f64, f64),
    /// At most this.
    AtMost(f64),
    /// Only told.
    Told,
}

#[derive(Debug)]
struct Row {
    what: String,
    ours: String,
    other: String,
    ratio: String,
    goal: String,
    verdict: &'static str,
}

#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Ours beside the peer, by the clock and by processor time: the ratio says how many times faster
    /// ours is. The goal is held against the clock.
    pub(crate) fn beside(
        &mut self,
        what: &str,
        units: usize,
        ours: &[Sample],
        peer: &[Sample],
        goal: Goal,
    ) {
        let ratio = Spread::wall(peer, units).median / Spread::wall(ours, units).median;
        let cpu = Spread::cpu(peer, units).median / Spread::cpu(ours, units).median;
        self.push(Row {
            what: what.to_owned(),
            ours: both(ours, units),
            other: both(peer, units),
            ratio: format!("{}x (cpu {}x)", times(ratio), times(cpu)),
            goal: goal.told(),
            verdict: goal.verdict(ratio),
        });
    }

    /// Ours beside a peer that did not take turns with it: the goal is held against processor time, which
    /// what else the machine does moves less than the clock.
    pub(crate) fn apart(&mut self, what: &str, ours: &[Sample], peer: &[Sample], goal: Goal) {
        let ratio = Spread::cpu(peer, 1).median / Spread::cpu(ours, 1).median;
        let wall = Spread::wall(peer, 1).median / Spread::wall(ours, 1).median;
        self.push(Row {
            what: what.to_owned(),
            ours: told(Spread::cpu(ours, 1)),
            other: told(Spread::cpu(peer, 1)),
            ratio: format!("{}x (wall {}x)", times(ratio), times(wall)),
            goal: goal.told(),
            verdict: goal.verdict(ratio),
        });
    }

    /// A peer that could not be had.
    pub(crate) fn not_run(&mut self, peer: &str, reason: &str) {
        self.push(Row {
            what: format!("not run: {peer} ({reason})"),
            ours: String::new(),
            other: String::new(),
            ratio: String::new(),
            goal: String::new(),
            verdict: "NO",
        });
    }

    /// The same work at a large and at a small size, by processor time: the ratio says how many times
    /// dearer it is when large.
    pub(crate) fn growth(
        &mut self,
        what: &str,
        units: usize,
        large: &[Sample],
        small: &[Sample],
        goal: Goal,
    ) {
        let (large, small) = (Spread::cpu(large, units), Spread::cpu(small, units));
        let ratio = large.median / small.median;
        self.push(Row {
            what: what.to_owned(),
            ours: told(large),
            other: told(small),
            ratio: format!("{}x", times(ratio)),
            goal: goal.told(),
            verdict: goal.verdict(ratio),
        });
    }

    /// One figure that stands alone.
    pub(crate) fn figure(&mut self, what: &str, figure: String, value: f64, goal: Goal) {
        self.push(Row {
            what: what.to_owned(),
            ours: figure,
            other: String::new(),
            ratio: String::new(),
            goal: goal.told(),
            verdict: goal.verdict(value),
        });
    }

    fn push(&mut self, row: Row) {
        crate::progress(&format!("{}: {} | {} | {}", row.what, row.ours, row.other, row.ratio));
        self.rows.push(row);
    }

    pub(crate) fn table(&self) -> String {
        let head = Row {
            what: "what".to_owned(),
            ours: "ours (or: large)".to_owned(),
            other: "peer (or: small)".to_owned(),
            ratio: "ratio".to_owned(),
            goal: "goal".to_owned(),
            verdict: "held",
        };
        let rows: Vec<[&str; 6]> =
            std::iter::once(&head).chain(&self.rows).map(Row::cells).collect();
        let mut widths = [0usize; 6];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = String::new();
        for (number, row) in rows.iter().enumerate() {
            for (width, cell) in widths.iter().zip(row) {
                let _ = write!(text, "| {cell:<width$} ");
            }
            text.push_str("|\n");
            if number == 0 {
                for width in widths {
                    let _ = write!(text, "| {} ", "-".repeat(width));
                }
                text.push_str("|\n");
            }
        }
        text
    }

    /// Puts the table between the marks of a page.
    pub(crate) fn write_into(&self, path: &str, options: &Options) -> Result<()> {
        const BEGIN: &str = "<!-- table -->\n";
        const END: &str = "<!-- end of table -->";
        let page = std::fs::read_to_string(path)?;
        let (before, rest) = page.split_once(BEGIN).ok_or("the page has no place for a table")?;
        let (_, after) = rest.split_once(END).ok_or("the place for the table does not end")?;
        let table = self.table();
        let note = format!("{} lines, {} runs each.\n\n", options.lines, options.runs);
        std::fs::write(path, format!("{before}{BEGIN}\n{note}{table}\n{END}{after}"))?;
        Ok(())
    }
}

impl Row {
    fn cells(&self) -> [&str; 6] {
        [&self.what, &self.ours, &self.other, &self.ratio, &self.goal, self.verdict]
    }
}

impl Goal {
    fn told(self) -> String {
        match self {
            Goal::AtLeast(goal, floor) if goal > floor => {
                format!(">= {}, floor {}", times(goal), times(floor))
            }
            Goal::AtLeast(goal, _) => format!(">= {}", times(goal)),
            Goal::AtMost(most) => format!("<= {}", times(most)),
            Goal::Told => String::new(),
        }
    }

    fn verdict(self, ratio: f64) -> &'static str {
        match self {
            Goal::AtLeast(goal, _) if ratio >= goal => "yes",
            Goal::AtLeast(_, floor) if ratio >= floor => "floor",
            Goal::AtMost(most) if ratio <= most => "yes",
            Goal::Told => "",
            Goal::AtLeast(..) | Goal::AtMost(_) => "NO",
        }
    }
}

/// A ratio with as many digits as it deserves.
fn times(ratio: f64) -> String {
    if ratio >= 10.0 {
        format!("{ratio:.0}")
    } else if ratio.fract() == 0.0 {
        format!("{ratio}")
    } else if ratio < 0.1 {
        format!("{ratio:.4}")
    } else {
        format!("{ratio:.2}")
    }
}

fn both(samples: &[Sample], units: usize) -> String {
    let cpu = Spread::cpu(samples, units).median;
    format!("{}, cpu {}", told(Spread::wall(samples, units)), seconds(cpu))
}

fn told(spread: Spread) -> String {
    format!("{} ({} - {})", seconds(spread.median), seconds(spread.min), seconds(spread.max))
}

/// Seconds in the unit that reads best.
pub(crate) fn seconds(seconds: f64) -> String {
    let scaled = |value: f64, unit: &str| {
        if value >= 100.0 { format!("{value:.0} {unit}") } else { format!("{value:.3} {unit}") }
    };
    if seconds >= 1.0 {
        scaled(seconds, "s")
    } else if seconds >= 1e-3 {
        scaled(seconds * 1e3, "ms")
    } else {
        scaled(seconds * 1e6, "us")
    }
}
