// Text that others wrote: jobs' names, owners, output. Shown as text, with nothing hidden in it.

// C0 and C1 controls, the marks and overrides of writing direction, invisible separators, byte order mark.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** How a hidden character is shown: controls as on a terminal (^G), others by their number; every font has these. */
export function picture(char) {
    const code = char.codePointAt(0);
    if (code < 0x20 || code === 0x7f) {
        return `^${String.fromCharCode(code ^ 0x40)}`;
    }
    return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** Splits text into runs: {text, hidden}; a hidden run holds pictures. Keep: characters to leave as they are. */
export function runs(text, keep = '') {
    const found = [];
    let from = 0;
    for (const match of text.matchAll(HIDDEN)) {
        if (keep.includes(match[0])) {
            continue;
        }
        if (match.index > from) {
            found.push({ text: text.slice(from, match.index), hidden: false });
        }
        const last = found[found.length - 1];
        if (last?.hidden && from === match.index) {
            last.text += picture(match[0]);
        } else {
            found.push({ text: picture(match[0]), hidden: true });
        }
        from = match.index + 1;
    }
    if (from < text.length) {
        found.push({ text: text.slice(from), hidden: false });
    }
    return found;
}

/** The same text in one string, for titles and labels. */
export function plain(text) {
    return String(text).replace(HIDDEN, picture);
}

/** The last line that holds something, without colours; of a failed run's output this is mostly the reason. */
export function lastLine(text) {
    const lines = String(text ?? '').replace(/\u001b\[[0-9;:]*m/g, '').split(/\r?\n/).filter((line) => line.trim() !== '');
    return lines.length ? lines[lines.length - 1].trim() : '';
}

/** At most limit UTF-16 units, never half of a pair. */
export function cut(text, limit) {
    if (text.length <= limit) {
        return text;
    }
    const code = text.charCodeAt(limit - 1);
    return text.slice(0, code >= 0xd800 && code < 0xdc00 ? limit - 1 : limit);
}
