// The words of the page. They stand in the server's properties bundle; the page's own language is loaded at its start.

let bundle = {};
let language = 'en';
let plurals = new Intl.PluralRules('en');

/** Takes the words of one language; called once before anything is shown. */
export function setWords(words, lang) {
    bundle = words;
    language = lang;
    plurals = new Intl.PluralRules(lang);
}

/** The language of the page, for Intl. */
export function lang() {
    return language;
}

/** The words of a key with {0}, {1} … replaced. A key without words shows itself, so that it is noticed. */
export function say(key, ...values) {
    const text = bundle[key] ?? key;
    return text.replace(/\{(\d)\}/g, (whole, index) => (index < values.length ? String(values[index]) : whole));
}

/** The words for a count: looks for key.one, key.other …; {0} is the count in the language's digits. */
export function sayCount(key, count, ...values) {
    const form = `${key}.${plurals.select(count)}`;
    return say(form in bundle ? form : `${key}.other`, number(count), ...values);
}

/** A whole number with the language's group separators. */
export function number(value) {
    return new Intl.NumberFormat(language).format(value);
}

/** A part of a whole in percent, in the language's digits; what is not all never rounds up to all. */
export function part(value) {
    const shown = value < 1 ? Math.min(value, 0.9999) : value;
    return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: shown > 0.99 ? 2 : 1 }).format(shown);
}
