// JSON whose long integers stay exact: group numbers are nanoseconds, beyond what a JavaScript number holds.

const STRING_OR_LONG = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Parses JSON; integers of 16 digits and more come out as strings of those digits. */
export function parseJson(text) {
    return JSON.parse(text.replace(STRING_OR_LONG, (token) => (token[0] === '"' ? token : `"${token}"`)));
}

/** Orders two decimal strings (or numbers) as the integers they spell: negative, zero or positive. */
export function compareLong(a, b) {
    const x = BigInt(a);
    const y = BigInt(b);
    return x < y ? -1 : x > y ? 1 : 0;
}
