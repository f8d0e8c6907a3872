// The last results of a job as a row of small cells, newest right; height and shape speak beside the colour.

import { el } from './dom.js';
import { lookOf, statusWord } from './status.js';
import { instant, span, stamp } from './time.js';
import { say, sayCount } from './words.js';

const CELLS = 20;

/** What one result is called: "failed, 03:00:41, 2.1 s". */
export function cellLabel(entry, now) {
    const at = instant(entry.at);
    const took = entry.status === 'running' ? [] : [span(Number(entry.ms))];
    return [statusWord(entry.status), at === null ? '' : stamp(at, now), ...took].filter(Boolean).join(', ');
}

/** One key for all that the cells show, to know whether to draw again. */
export function cellsKey(recent) {
    return recent.map((entry) => `${entry.group}${entry.status}${entry.ms}`).join(' ');
}

/**
 * One tab stop; arrows move from result to result, Enter or a click opens one.
 */
export class Cells {
    #recent = [];
    #at = -1;
    #open;

    /** @param open called with the group of a result */
    constructor(label, open) {
        this.#open = open;
        this.node = el('div', {
            class: 'cells', role: 'slider', tabindex: '0', 'aria-label': label, 'aria-orientation': 'horizontal', 'aria-readonly': 'true',
            on: {
                keydown: (event) => this.#key(event),
                click: (event) => this.#click(event),
                mouseover: (event) => this.#hover(event),
                focus: () => this.#point(this.#recent.length - 1),
                blur: () => this.#point(-1),
            },
        });
        this.show([]);
    }

    /** Draws these results. */
    show(recent) {
        const key = cellsKey(recent);
        if (this.node.dataset.key === key) {
            return;
        }
        this.node.dataset.key = key;
        this.#recent = recent.slice(-CELLS);
        const empty = Math.max(0, CELLS - this.#recent.length);
        const cells = this.node.childNodes;
        for (let i = 0; i < CELLS; i++) {
            const look = i < empty ? 'cell is-none' : `cell is-${lookOf(this.#recent[i - empty].status)}`;
            if (!cells[i]) {
                this.node.append(el('span', { class: look }));
            } else if (cells[i].className !== look) {
                cells[i].className = look;
            }
        }
        this.#point(this.#at < 0 ? -1 : Math.min(this.#at, this.#recent.length - 1));
    }

    #index(event) {
        const i = [...this.node.childNodes].indexOf(event.target) - (CELLS - this.#recent.length);
        return i >= 0 && i < this.#recent.length ? i : -1;
    }

    #hover(event) {
        const i = this.#index(event);
        this.node.title = i < 0 ? '' : cellLabel(this.#recent[i], Date.now());
    }

    #click(event) {
        const i = this.#index(event);
        if (i >= 0) {
            this.#open(this.#recent[i].group);
        }
    }

    #key(event) {
        const last = this.#recent.length - 1;
        const moves = { ArrowLeft: this.#at - 1, ArrowRight: this.#at + 1, Home: 0, End: last };
        if (event.key === 'Enter' && this.#at >= 0) {
            event.preventDefault();
            event.stopPropagation();
            this.#open(this.#recent[this.#at].group);
        } else if (event.key in moves && last >= 0) {
            event.preventDefault();
            this.#point(Math.max(0, Math.min(last, moves[event.key])));
        }
    }

    #point(index) {
        this.#at = index;
        const shown = index < 0 ? this.#recent.length - 1 : index;
        const entry = this.#recent[shown];
        const text = entry ? cellLabel(entry, Date.now()) : say('cells.none');
        this.node.setAttribute('aria-valuemin', '0');
        this.node.setAttribute('aria-valuemax', String(Math.max(0, this.#recent.length - 1)));
        this.node.setAttribute('aria-valuenow', String(Math.max(0, shown)));
        this.node.setAttribute('aria-valuetext', entry ? `${sayCount('cells.of', this.#recent.length)}: ${text}` : text);
        const offset = CELLS - this.#recent.length;
        [...this.node.childNodes].forEach((cell, i) => cell.classList.toggle('at', index >= 0 && i === index + offset));
    }
}
