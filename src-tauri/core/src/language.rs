//! In which language a person is told, and by which clock.
//!
//! Each sentence stands in every language side by side, where it is made. What programs read, and what the window says in
//! the person's language by itself, stays English.

/// A language that we speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, for whoever speaks none of the others.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::En, Language::De];

    /// The word under which it is kept.
    pub fn as_str(self) -> &'static str {
        self.of("en", "de")
    }

    /// The language of a word made by [`Language::as_str`].
    pub fn from_word(word: &str) -> Option<Language> {
        let mut all = Language::ALL.into_iter();
        all.find(|language| language.as_str() == word)
    }

    /// What is said in this language.
    pub fn of<T>(self, english: T, german: T) -> T {
        match self {
            Language::En => english,
            Language::De => german,
        }
    }

    /// The first of a system's locales that we speak, such as that of `de_AT.UTF-8`.
    pub fn of_locales<S: AsRef<str>>(locales: &[S]) -> Language {
        let mut spoken = locales
            .iter()
            .filter_map(|locale| Language::from_word(parts(locale.as_ref()).0));
        spoken.next().unwrap_or_default()
    }
}

/// How a time of day is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// `2:00 PM`.
    H12,
    /// `14:00`.
    #[default]
    H24,
}

/// Where a clock of 12 hours is preferred: the territories with `h` first in `timeData` of the Unicode CLDR, 48.
const TERRITORIES_OF_12_HOURS: &str = "\
    AE AG AL AR AS AU BB BD BH BM BN BO BS BT CA CL CO CR CU CY DJ DM DO DZ EC EG EH ER ET FJ FM GD GH GM GR GT GU GY HK \
    HN IN IQ JM JO KH KI KM KN KP KR KW KY LB LC LR LS LY MH MO MP MR MW MX MY NA NH NI NZ OM PA PE PG PH PK PR PS PW PY \
    QA SA SB SD SG SL SO SS SV SY SZ TC TD TN TO TT TW UM US UY VC VE VG VI VU WS YE ZM";

impl Clock {
    /// The word under which it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Clock::H12 => "h12",
            Clock::H24 => "h24",
        }
    }

    /// The clock of a word made by [`Clock::as_str`].
    pub fn from_word(word: &str) -> Option<Clock> {
        let mut all = [Clock::H12, Clock::H24].into_iter();
        all.find(|clock| clock.as_str() == word)
    }

    /// The clock of whoever has a system with these locales, by the first of them as in the window.
    pub fn of_locales<S: AsRef<str>>(locales: &[S]) -> Clock {
        let first = locales.first().map(|locale| parts(locale.as_ref()));
        let is_12 = match first {
            // German and the French of Canada are written with 24 hours everywhere.
            None | Some(("de", _)) | Some(("fr", Some("CA"))) => false,
            // English without a place is that of the United States.
            Some((language, None)) => language == "en",
            Some((_, Some(territory))) => {
                let mut territories = TERRITORIES_OF_12_HOURS.split_whitespace();
                territories.any(|one| one == territory)
            }
        };
        match is_12 {
            true => Clock::H12,
            false => Clock::H24,
        }
    }
}

/// The language and the territory of `de_AT.UTF-8@euro`, `de-AT` or `zh-Hant-TW`.
fn parts(locale: &str) -> (&str, Option<&str>) {
    let name = locale.split(['.', '@']).next().unwrap_or_default();
    let mut subtags = name.split(['_', '-']);
    let language = subtags.next().unwrap_or_default();
    let is_territory =
        |subtag: &&str| subtag.len() == 2 && subtag.bytes().all(|byte| byte.is_ascii_uppercase());
    (language, subtags.find(is_territory))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_language_and_clock_by_its_locales() {
        let of = |locales: &[&str]| (Language::of_locales(locales), Clock::of_locales(locales));
        for locales in [&["de_DE.UTF-8"][..], &["de"], &["de-AT", "en"], &["de_US"]] {
            assert_eq!(of(locales), (Language::De, Clock::H24), "{locales:?}");
        }
        for locales in [&["en_US.UTF-8"][..], &["en"], &["en-AU"], &["ko_KR"]] {
            assert_eq!(of(locales), (Language::En, Clock::H12), "{locales:?}");
        }
        for locales in [
            &[][..],
            &["C"],
            &["POSIX"],
            &["C.UTF-8"],
            &["en_GB"],
            &["en_DE.UTF-8"],
            &["fr_FR@euro"],
            &["fr_CA"],
        ] {
            assert_eq!(of(locales), (Language::En, Clock::H24), "{locales:?}");
        }
        // Who speaks neither is told in the second language, and by the clock of the first.
        assert_eq!(of(&["fr_FR", "de_DE"]), (Language::De, Clock::H24));
        assert_eq!(of(&["zh-Hant-TW", "en"]), (Language::En, Clock::H12));
    }

    #[test]
    fn what_is_kept_is_known_again() {
        for language in Language::ALL {
            assert_eq!(Language::from_word(language.as_str()), Some(language));
        }
        for clock in [Clock::H12, Clock::H24] {
            assert_eq!(Clock::from_word(clock.as_str()), Some(clock));
        }
        assert_eq!(Language::from_word("system"), None);
        assert_eq!(Clock::from_word("system"), None);
    }
}
