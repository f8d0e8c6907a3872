// Terminal colours in output: turned into classes. Cursor movements and other sequences are dropped, the rest is shown.

import { runs } from './text.js';

// CSI … final byte; OSC … terminated by BEL or ST; other two-byte escapes.
const ESCAPE = /\u001b(?:\[([0-9;:?<=>]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-Z\\^-~])/g;

const PLAIN = Object.freeze({ colour: null, back: null, bold: false, dim: false, italic: false, underline: false, inverse: false });

/** The look of text before any sequence. */
export const NO_STYLE = PLAIN;

/**
 * One line of output, without its line end.
 *
 * @param style as the previous line left it
 * @return pieces ({text, classes}) and the style for the next line
 */
export function ansiLine(line, style) {
    const pieces = [];
    let now = style;
    let from = 0;
    for (const match of line.matchAll(ESCAPE)) {
        add(pieces, line.slice(from, match.index), now);
        from = match.index + match[0].length;
        if (match[2] === 'm') {
            now = select(now, match[1]);
        }
    }
    add(pieces, line.slice(from), now);
    return { pieces, style: now };
}

function add(pieces, text, style) {
    for (const run of runs(text, '\t')) { // a tab is a tab in output
        const classes = classesOf(style);
        if (run.hidden) {
            classes.push('ctl');
        }
        pieces.push({ text: run.text, classes });
    }
}

function classesOf(style) {
    const classes = [];
    if (style.colour !== null) {
        classes.push(`fg-${style.colour}`);
    }
    if (style.back !== null) {
        classes.push(`bg-${style.back}`);
    }
    for (const name of ['bold', 'dim', 'italic', 'underline', 'inverse']) {
        if (style[name]) {
            classes.push(name);
        }
    }
    return classes;
}

function select(style, parameters) {
    const codes = parameters.split(/[;:]/).map((text) => (text === '' ? 0 : Number(text)));
    let next = style;
    for (let i = 0; i < codes.length; i++) {
        const code = codes[i];
        if (code === 38 || code === 48) {
            const [value, used] = extended(codes, i + 1);
            next = { ...next, [code === 38 ? 'colour' : 'back']: value };
            i += used;
        } else {
            next = one(next, code);
        }
    }
    return next;
}

function one(style, code) {
    if (code === 0) {
        return PLAIN;
    }
    if (code >= 30 && code <= 37) {
        return { ...style, colour: code - 30 };
    }
    if (code >= 90 && code <= 97) {
        return { ...style, colour: code - 82 };
    }
    if (code >= 40 && code <= 47) {
        return { ...style, back: code - 40 };
    }
    if (code >= 100 && code <= 107) {
        return { ...style, back: code - 92 };
    }
    const changes = {
        1: { bold: true }, 2: { dim: true }, 3: { italic: true }, 4: { underline: true }, 7: { inverse: true },
        22: { bold: false, dim: false }, 23: { italic: false }, 24: { underline: false }, 27: { inverse: false },
        39: { colour: null }, 49: { back: null },
    };
    return { ...style, ...changes[code] };
}

/** The sixteen named colours of the 256 are kept; finer ones are left to the text's own colour. */
function extended(codes, at) {
    if (codes[at] === 5) {
        const index = codes[at + 1];
        return [index >= 0 && index < 16 ? index : null, 2];
    }
    return [null, codes[at] === 2 ? 4 : 0];
}
