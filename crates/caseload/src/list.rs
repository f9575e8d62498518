//! The items of a list, taken one by one: all of them, or one page.

use std::cmp::Ordering;

use crate::log::More;

/// Part of a list, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// At most so many as were asked for.
    pub items: Vec<T>,
    /// Whether there are more after the last of them.
    pub more: More,
}

/// The most items of one page of a list.
pub const MAX_PAGE: usize = 1_000;

/// Takes what it is offered in any order, and keeps what was asked for.
pub(crate) struct List<'a, T> {
    order: fn(&T, &T) -> Ordering,
    page: Option<Page<'a, T>>,
    kept: Vec<T>,
    more: More,
}

/// Which part of a list.
struct Page<'a, T> {
    /// Whether an item comes after the last one of the page before.
    follows: Box<dyn Fn(&T) -> bool + 'a>,
    limit: usize,
}

impl<'a, T> List<'a, T> {
    /// The whole list.
    pub(crate) const fn whole(order: fn(&T, &T) -> Ordering) -> List<'a, T> {
        List { order, page: None, kept: Vec::new(), more: More::No }
    }

    /// The first of those that follow, at least one and at most [`MAX_PAGE`].
    pub(crate) fn page(
        order: fn(&T, &T) -> Ordering,
        follows: impl Fn(&T) -> bool + 'a,
        limit: usize,
    ) -> List<'a, T> {
        let page = Page { follows: Box::new(follows), limit: limit.clamp(1, MAX_PAGE) };
        List { page: Some(page), ..List::whole(order) }
    }

    pub(crate) fn offer(&mut self, item: T) {
        let Some(page) = &self.page else { return self.kept.push(item) };
        if (page.follows)(&item) {
            self.kept.push(item);
            // Only now and then, so that an item costs no more than a few comparisons.
            if self.kept.len() > page.limit * 2 {
                self.cut();
            }
        }
    }

    /// Lets go of all but the first.
    fn cut(&mut self) {
        if let Some(page) = &self.page
            && self.kept.len() > page.limit
        {
            self.kept.select_nth_unstable_by(page.limit, self.order);
            self.kept.truncate(page.limit);
            self.more = More::Yes;
        }
    }

    pub(crate) fn done(mut self) -> Paged<T> {
        self.cut();
        self.kept.sort_unstable_by(self.order);
        Paged { items: self.kept, more: self.more }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(mut list: List<'_, u32>) -> Paged<u32> {
        [5, 3, 9, 1, 7, 2, 8].into_iter().for_each(|item| list.offer(item));
        list.done()
    }

    #[test]
    fn pages_give_everything_once_in_order() {
        let whole = offered(List::whole(u32::cmp));
        assert_eq!((whole.items, whole.more), (vec![1, 2, 3, 5, 7, 8, 9], More::No));
        for limit in 0..=8 {
            let (mut seen, mut after) = (Vec::new(), 0);
            loop {
                let page = offered(List::page(u32::cmp, |item| *item > after, limit));
                assert!((1..=limit.max(1)).contains(&page.items.len()), "{limit}");
                after = *page.items.last().unwrap();
                seen.extend(page.items);
                if page.more == More::No {
                    break;
                }
            }
            assert_eq!(seen, [1, 2, 3, 5, 7, 8, 9], "{limit}");
        }
    }

    #[test]
    fn no_page_is_longer_than_the_most() {
        let mut list = List::page(u32::cmp, |_| true, usize::MAX);
        (0..5_000).rev().for_each(|item| list.offer(item));
        let page = list.done();
        assert_eq!((page.items.len(), page.more), (MAX_PAGE, More::Yes));
        assert_eq!(page.items.last(), Some(&999));
    }
}
