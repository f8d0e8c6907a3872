// The lines of an output as it grows. Pure; offsets are bytes of the raw output.

import { NO_STYLE, ansiLine } from './ansi.js';
import { cut } from './text.js';

const LONGEST_LINE = 4000;
const bytes = new TextEncoder();

/** Holds output as lines; append takes pieces in any overlap or order that a resumed stream may bring. */
export class LogModel {
    #open = ''; // the text after the last line end
    #styles = [NO_STYLE]; // style at the start of each line
    #lines = []; // complete lines
    /** Bytes missing at the start. */
    missing = 0;
    /** Offset after the last byte held. */
    end = null;

    /** Takes text that starts at that offset; returns whether anything was new. */
    append(offset, text) {
        if (this.end === null) {
            this.missing = offset;
            this.end = offset;
        }
        if (offset > this.end) {
            this.#take(`\n[\u2026 ${offset - this.end} bytes \u2026]\n`);
            this.end = offset;
        }
        const fresh = this.#after(offset, text);
        if (fresh === '') {
            return false;
        }
        this.#take(fresh);
        return true;
    }

    #after(offset, text) {
        const raw = bytes.encode(text);
        const known = this.end - offset;
        if (known >= raw.length) {
            return '';
        }
        this.end = offset + raw.length;
        return known === 0 ? text : new TextDecoder().decode(raw.subarray(known));
    }

    #take(text) {
        const parts = (this.#open + text).split('\n');
        this.#open = parts.pop();
        for (const part of parts) {
            this.#lines.push(part.endsWith('\r') ? part.slice(0, -1) : part);
        }
    }

    /** Lines to show; an unfinished last line counts once it holds something. */
    get count() {
        return this.#lines.length + (this.#open === '' ? 0 : 1);
    }

    /** Characters of a line that are not shown because it is too long. */
    over(index) {
        return Math.max(0, this.text(index).length - LONGEST_LINE);
    }

    /** The raw text of a line, from 0. */
    text(index) {
        return index < this.#lines.length ? this.#lines[index] : this.#open;
    }

    /** The pieces of a line: {text, classes}. */
    pieces(index) {
        for (let i = this.#styles.length; i <= index; i++) {
            this.#styles.push(ansiLine(this.text(i - 1), this.#styles[i - 1]).style);
        }
        return ansiLine(cut(this.text(index), LONGEST_LINE), this.#styles[index]).pieces;
    }

    /** The next line that holds the words, from that line on, round the end; -1 when none does. */
    find(words, from, step = 1) {
        const wanted = words.toLocaleLowerCase();
        const count = this.count;
        for (let i = 0; i < count && wanted !== ''; i++) {
            const index = (((from + i * step) % count) + count) % count;
            if (this.text(index).toLocaleLowerCase().includes(wanted)) {
                return index;
            }
        }
        return -1;
    }
}
