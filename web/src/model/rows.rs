//! Which rows of a long table are on screen.

use std::ops::Range;

/// Browsers stop laying out elements taller than about 17 million pixels; this stays clear of that.
const TALLEST: f64 = 10_000_000.0;
/// Rows drawn beyond each edge, so that a quick scroll shows no gap.
const SPARE: usize = 6;

/// A table whose rows are all of one height, scrolled to some place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowWindow {
    /// How many rows.
    pub count: usize,
    /// The height of one, in CSS pixels.
    pub row_height: f64,
    /// The height of what is visible, in CSS pixels.
    pub view_height: f64,
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "row numbers are far below 2^53, and none is negative"
)]
impl RowWindow {
    /// The height of the whole table: of all rows, or of as much as browsers lay out.
    #[must_use]
    pub fn total_height(&self) -> f64 {
        (self.count as f64 * self.row_height).min(TALLEST.max(self.view_height))
    }

    /// How many rows one pixel of scrolling stands for, times the height of a row: 1 where nothing is squeezed.
    fn squeeze(&self) -> f64 {
        let travel = self.total_height() - self.view_height;
        let rows_travel = self.count as f64 * self.row_height - self.view_height;
        if travel > 0.0 { rows_travel / travel } else { 1.0 }
    }

    /// The rows to draw.
    #[must_use]
    pub fn visible(&self, scroll_top: f64) -> Range<usize> {
        let first = (scroll_top.max(0.0) * self.squeeze() / self.row_height) as usize;
        let fit = (self.view_height / self.row_height).ceil() as usize + 1;
        first.saturating_sub(SPARE).min(self.count)..(first + fit + SPARE).min(self.count)
    }

    /// How many rows a page key moves by: one fewer than are in view, so that one is seen again.
    #[must_use]
    pub fn page(&self) -> usize {
        ((self.view_height / self.row_height).ceil() as usize).saturating_sub(1).max(1)
    }

    /// Where the first of the drawn rows stands, from the table's top.
    #[must_use]
    pub fn offset(&self, first: usize, scroll_top: f64) -> f64 {
        first as f64 * self.row_height - scroll_top.max(0.0) * (self.squeeze() - 1.0)
    }

    /// The row that a key leads to from another.
    #[must_use]
    pub fn row_by_key(&self, key: &str, here: usize) -> Option<usize> {
        let (last, page) = (self.count.saturating_sub(1), self.page());
        Some(match key {
            "ArrowDown" => (here + 1).min(last),
            "ArrowUp" => here.saturating_sub(1),
            "PageDown" => (here + page).min(last),
            "PageUp" => here.saturating_sub(page),
            "Home" => 0,
            "End" => last,
            _ => return None,
        })
    }

    /// How far to scroll so that a row is wholly visible; nothing where it is already.
    ///
    /// The next row beyond an edge moves the view by that row; a row further off comes to the middle.
    #[must_use]
    pub fn scroll_to(&self, row: usize, scroll_top: f64) -> Option<f64> {
        let top = row as f64 * self.row_height;
        let above = scroll_top * self.squeeze() - top;
        let below = top + self.row_height - (scroll_top * self.squeeze() + self.view_height);
        let target = if above <= 0.0 && below <= 0.0 {
            return None;
        } else if above > self.row_height || below > self.row_height {
            top - (self.view_height - self.row_height) / 2.0
        } else if above > 0.0 {
            top
        } else {
            top + self.row_height - self.view_height
        };
        let lowest = self.total_height() - self.view_height;
        Some((target / self.squeeze()).min(lowest).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(count: usize) -> RowWindow {
        RowWindow { count, row_height: 28.0, view_height: 280.0 }
    }

    #[test]
    fn the_rows_on_screen_and_a_few_spare_ones_are_drawn() {
        let table = window(100_000);
        assert_eq!(table.visible(0.0), 0..17);
        assert_eq!(table.visible(2_800.0), 94..117);
        assert_eq!(table.visible(table.total_height() - 280.0), 99_984..100_000);
        assert_eq!(table.visible(1e12), 100_000..100_000, "scrolled beyond the end");
        assert_eq!(window(3).visible(0.0), 0..3);
        assert_eq!(window(0).visible(0.0), 0..0);
        assert!((table.offset(94, 2_800.0) - 2_632.0).abs() < 1e-9);
    }

    #[test]
    fn a_page_leaves_one_row_in_view() {
        assert_eq!(window(100).page(), 9);
        assert_eq!(RowWindow { view_height: 0.0, ..window(100) }.page(), 1, "not measured yet");
    }

    #[test]
    fn a_million_rows_are_squeezed_and_all_reachable() {
        let table = window(1_000_000);
        assert!(table.total_height() <= TALLEST);
        let end = table.total_height() - 280.0;
        let visible = table.visible(end);
        assert_eq!(visible.end, 1_000_000);
        let drawn = f64::from(u32::try_from(visible.len()).unwrap());
        let bottom = table.offset(visible.start, end) + 28.0 * drawn;
        assert!(
            (bottom - table.total_height()).abs() < 1.0,
            "the last row ends where the table ends: {bottom}"
        );
    }

    #[test]
    fn scrolling_to_a_row_shows_it() {
        for count in [100_000, 1_000_000] {
            let table = window(count);
            for row in [0, 9, 10, 500, count / 2, count - 1] {
                let scroll = table.scroll_to(row, 0.0).unwrap_or(0.0);
                assert!(table.visible(scroll).contains(&row), "row {row} of {count}");
                let top = table.offset(row, scroll) - scroll;
                assert!(top > -1.0 && top + 28.0 < 281.0, "row {row} of {count} is wholly visible: {top}");
            }
        }
    }
}
