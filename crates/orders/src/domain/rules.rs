//! What is so whoever asks, as pure functions.

use chrono::{DateTime, TimeDelta, Utc};
use subgraph_kit::fault::Fault;
use subgraph_kit::money::{Currency, MinorUnits, Money};
use subgraph_kit::record::moment;

use super::error::Error;
use super::model::{OrderStatus, Product};
use super::service::PlaceLine;

/// The most lines of an order.
pub(crate) const MOST_LINES: usize = 100;

/// The largest quantity of a line.
pub(super) const MOST_OF_A_PRODUCT: i32 = 10_000;

/// The longest reason for a cancellation, in characters.
pub(super) const LONGEST_REASON: usize = 500;

/// The statuses from which an order can still be cancelled.
pub(super) const CANCELLABLE: [OrderStatus; 2] = [OrderStatus::Placed, OrderStatus::Confirmed];

/// Whether the reason can be kept: it may have several lines, but nothing that no one can read.
pub(super) fn check_reason(reason: Option<&str>) -> Result<(), Error> {
    let unreadable = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    match reason {
        Some(reason) if reason.chars().count() > LONGEST_REASON || reason.contains(unreadable) => {
            Err(Error::Reason)
        }
        _ => Ok(()),
    }
}

/// Whether these lines make an order, before any product is looked up.
pub(super) fn check_lines(lines: &[PlaceLine]) -> Result<(), Error> {
    if lines.is_empty() || lines.len() > MOST_LINES {
        return Err(Error::Lines);
    }
    match lines.iter().position(|line| !(1..=MOST_OF_A_PRODUCT).contains(&line.quantity)) {
        Some(line) => Err(Error::Quantity { line }),
        None => Ok(()),
    }
}

/// The one currency of these products.
pub(super) fn one_currency<'a>(products: impl IntoIterator<Item = &'a Product>) -> Result<Currency, Error> {
    let mut currencies = products.into_iter().map(|product| product.currency);
    let first = currencies.next().ok_or(Error::Lines)?;
    if currencies.all(|currency| currency == first) { Ok(first) } else { Err(Error::Currencies) }
}

/// When an order is placed that comes behind one of that moment: now, but always later than that one, however the
/// clocks of several machines differ. So orders stand in their list as they are numbered, and whoever has read the
/// list up to an order finds every later one before it.
pub(super) fn placed_at(now: DateTime<Utc>, newest: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let now = moment(now);
    let next = newest.and_then(|newest| newest.checked_add_signed(TimeDelta::microseconds(1)));
    next.map_or(now, |next| next.max(now))
}

/// What so many of a product come to, in minor units.
pub(crate) fn line_total(unit_price: i64, quantity: i32) -> Result<i64, Error> {
    unit_price
        .checked_mul(quantity.into())
        .filter(|total| MinorUnits::new(*total).is_some())
        .ok_or(Error::OutOfRange)
}

/// What lines come to together, in minor units.
pub(super) fn sum(totals: impl IntoIterator<Item = Result<i64, Error>>) -> Result<i64, Error> {
    let sum =
        totals.into_iter().try_fold(0_i64, |sum, total| sum.checked_add(total?).ok_or(Error::OutOfRange))?;
    if MinorUnits::new(sum).is_some() { Ok(sum) } else { Err(Error::OutOfRange) }
}

/// An amount that was stored, as clients read it. What is too much for that was never stored, so it is no fault of
/// whoever reads it.
pub(crate) fn money(amount: i64, currency: Currency) -> Result<Money, Error> {
    let amount = MinorUnits::new(amount).ok_or_else(|| Fault::new("an amount is out of range"))?;
    Ok(Money { amount, currency })
}
