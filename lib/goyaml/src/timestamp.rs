//! Recognizing timestamps as go-yaml does, with Go's `time.Parse` and four layouts.

/// Whether a scalar with this text is a timestamp: `2001-1-2`, `2001-1-2 3:4:5.6` or `2001-1-2T3:4:5.6+07:00`.
pub(crate) fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let year = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    year == 4 && bytes.get(4) == Some(&b'-') && parse(bytes).is_some()
}

fn parse(bytes: &[u8]) -> Option<()> {
    let mut rest = Rest(&bytes[5..]);
    let month = rest.number(1..=12)?;
    rest.literal(b'-')?;
    let day = rest.number(1..=31)?;
    if day > days_in(month, bytes[..4].iter().fold(0, |year, digit| year * 10 + u32::from(digit - b'0'))) {
        return None;
    }
    match rest.0 {
        [] => Some(()),
        [b'T' | b't', time @ ..] => {
            let mut rest = Rest(time);
            rest.clock()?;
            rest.zone()
        }
        // A blank of the layout matches any number of them.
        [b' ', ..] => {
            let blanks = rest.0.iter().take_while(|&&byte| byte == b' ').count();
            let mut rest = Rest(&rest.0[blanks..]);
            rest.clock()?;
            rest.0.is_empty().then_some(())
        }
        _ => None,
    }
}

fn days_in(month: u32, year: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// One or two digits.
    fn number(&mut self, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let digits = self.0.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        let value = self.0[..digits].iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
        self.0 = &self.0[digits..];
        range.contains(&value).then_some(value)
    }

    fn literal(&mut self, wanted: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[wanted])?;
        Some(())
    }

    /// `h:m:s` and a fraction, after a point or a comma.
    fn clock(&mut self) -> Option<()> {
        self.number(0..=23)?;
        self.literal(b':')?;
        self.number(0..=59)?;
        self.literal(b':')?;
        self.number(0..=59)?;
        if let [b'.' | b',', b'0'..=b'9', ..] = self.0 {
            let digits = self.0[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            self.0 = &self.0[1 + digits..];
        }
        Some(())
    }

    /// `Z` or `±hh:mm`, and then the end. Go lets an offset have 24 hours and 60 minutes.
    fn zone(&mut self) -> Option<()> {
        match self.0 {
            [b'Z'] => Some(()),
            [b'+' | b'-', hour @ .., b':', _, _] if hour.len() == 2 => {
                let minute = &self.0[4..];
                let in_range =
                    |digits: &[u8], most| Rest(digits).number(0..=most).is_some() && digits.iter().all(u8::is_ascii_digit);
                (in_range(hour, 24) && in_range(minute, 60)).then_some(())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_timestamp;

    #[test]
    fn what_go_parses_is_one() {
        for text in ["2001-01-01", "2001-1-2", "2000-02-29", "2001-1-2T3:4:5Z", "2001-01-02t03:04:05.123456789012+24:60"] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in ["2001-01-02 3:4:5", "2001-01-02   03:04:05,5"] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in ["2001-02-29", "1900-02-29", "2001-13-01", "2001-01", "02001-01-01", "2001-01-01x", "2001-1-2 3:4:5Z"] {
            assert!(!is_timestamp(text), "{text}");
        }
        for text in ["2001-1-2T3:4:5", "2001-1-2T3:4:5+7:00", "2001-1-2T24:00:00Z", "2001-001-01", "2001-1-2T3:4:5.Z"] {
            assert!(!is_timestamp(text), "{text}");
        }
    }
}
