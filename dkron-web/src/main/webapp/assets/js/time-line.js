// What was and what will be on one line: results left of now, firings right of it. Dragging over it picks a range.

import { bar, markHeight } from './marks.js';
import { bucketed, clusters, linear, pitch, timeTicks } from './scale.js';
import { Drawing, svg, tip } from './svg.js';
import { axisTime, until } from './time.js';
import { number, say } from './words.js';

const HEIGHT = 84;
const BASE = 56;
const FULL = 36; // pixels of a full mark
const FUTURE = 0.25; // of the width
const TICK_WIDTH = 90;
const MIN_DRAG = 6;
const NAMES_APART = 96;
const LEAST_MARK = 2; // pixels of its width
const MOST_MARK = 5;
const ONE = 4; // radius of a firing
const MANY = 8; // and of several in one

/**
 * A time line. It is shown with {from, to: end of what was, null for now; marks: [{at, status, words, group}],
 * firings: [{at, name, words}], label}; bars: [{at, step, success, failed, words}] may stand in for the marks.
 */
export class TimeLine {
    #data = null;
    #open;
    #select;
    #drawing;
    #scale = null;
    #drawnAt = 0;

    /** @param open called with the group of a mark; select called with (from, to); both may be left out */
    constructor({ open = null, select = null } = {}) {
        this.#open = open;
        this.#select = select;
        this.#drawing = new Drawing(select ? 'time-line selects' : 'time-line', HEIGHT, (width) => this.#draw(width));
        this.node = this.#drawing.node;
        if (select) {
            this.#drawing.drawing.addEventListener('pointerdown', (event) => this.#drag(event));
        }
    }

    show(data) {
        this.#data = data;
        this.#drawing.tells(data.label);
        this.#drawing.redraw();
    }

    /** Lets the time go on; draws only when something would move by a pixel. */
    tick(now) {
        if (this.#scale && now - this.#drawnAt >= this.#scale.perPixel) {
            this.#drawing.redraw();
        }
    }

    #draw(width) {
        if (this.#data === null) {
            return [];
        }
        const now = Date.now();
        this.#drawnAt = now;
        const { from } = this.#data;
        const closed = this.#data.to !== null && this.#data.to !== undefined && this.#data.to < now;
        const edge = closed ? this.#data.to : now;
        const nowAt = closed ? width : Math.round(width * (1 - FUTURE));
        const span = Math.max(1000, edge - from);
        const end = closed ? edge : edge + (span * FUTURE) / (1 - FUTURE);
        const x = linear(from, end, 0, width);
        this.#scale = { back: linear(0, width, from, end), perPixel: Math.max(1000, (end - from) / width), end };
        const ticks = timeTicks(from, end, Math.max(2, Math.floor(width / TICK_WIDTH)));
        const labels = ticks.at.filter((at) => x(at) > 24 && x(at) < width - 24);
        return [
            svg('line', { class: 'axis', x1: 0, x2: width, y1: BASE, y2: BASE }),
            ...labels.map((at) => [
                svg('line', { class: 'axis', x1: x(at), x2: x(at), y1: BASE, y2: BASE + 5 }),
                svg('text', { class: 'tick', x: x(at), y: BASE + 18, 'text-anchor': 'middle' }, axisTime(at, ticks.step)),
            ]).flat(),
            ...(this.#data.bars ? this.#bars(x, nowAt) : this.#marks(x, from, end)),
            ...(closed ? [] : [
                svg('line', { class: 'now', x1: nowAt, x2: nowAt, y1: 2, y2: BASE + 5 }),
                svg('text', { class: 'tick now-word', x: nowAt + 5, y: 11 }, say('time.now')),
                ...this.#firings(x, now, nowAt, width),
            ]),
        ];
    }

    #marks(x, from, end) {
        const shown = this.#data.marks.filter((mark) => mark.at >= from && mark.at <= end);
        const fat = Math.max(LEAST_MARK, Math.min(MOST_MARK, pitch(shown.map((mark) => x(mark.at))) - 2));
        return bucketed(shown, x).map((mark) => {
            const words = mark.count > 1 ? `${mark.words} (+${mark.count - 1})` : mark.words;
            return bar(mark.status, x(mark.at) - fat / 2, BASE, fat, FULL * markHeight(mark.status), {
                class: this.#open && mark.group ? 'opens' : '',
                on: this.#open && mark.group ? { click: () => this.#open(mark.group) } : {},
            }, tip(words));
        });
    }

    #bars(x, edge) {
        const most = Math.max(1, ...this.#data.bars.map((entry) => entry.success + entry.failed));
        return this.#data.bars.filter((entry) => entry.success + entry.failed > 0).map((entry) => {
            const left = x(entry.at);
            const width = Math.max(2, Math.min(edge, x(entry.at + entry.step)) - left - 1);
            const unit = (FULL + 8) / most;
            const good = entry.success > 0 ? Math.max(2, entry.success * unit) : 0;
            const bad = entry.failed > 0 ? Math.max(5, entry.failed * unit) : 0;
            return svg('g', {}, tip(entry.words),
                good ? bar('success', left, BASE, width, good) : null,
                bad ? bar('failed', left, BASE - good - (good ? 1 : 0), width, bad) : null);
        });
    }

    #firings(x, now, nowAt, width) {
        const coming = this.#data.firings.filter((firing) => firing.at > now);
        const shown = coming.filter((firing) => x(firing.at) < width - 4);
        if (shown.length === 0 && coming.length > 0) {
            return [svg('text', { class: 'tick', x: width - 4, y: BASE - 8, 'text-anchor': 'end' }, `${say('timeLine.next', until(coming[0].at, now))} \u2192`)];
        }
        let named = -Infinity;
        return clusters(shown.map((firing) => ({ ...firing, x: x(firing.at) })), ONE, MANY, nowAt + MANY + 2).map(({ x: at, places }) => {
            const many = places.length > 1;
            const name = !many && places[0].name && at - named >= NAMES_APART && at > nowAt + NAMES_APART / 2 && at < width - NAMES_APART / 2;
            named = name ? at : named;
            return svg('g', { class: 'firing' }, tip(places.map((firing) => firing.words).join('\n')),
                svg('line', { x1: at, x2: at, y1: BASE - 14, y2: BASE }),
                svg('circle', { cx: at, cy: BASE - 14 - (many ? MANY : ONE), r: many ? MANY : ONE }),
                many ? svg('text', { class: 'firing-count', x: at, y: BASE - 10 - MANY, 'text-anchor': 'middle' }, number(places.length)) : null,
                name ? svg('text', { class: 'tick', x: at, y: BASE - 28, 'text-anchor': 'middle' }, places[0].name) : null);
        });
    }

    #drag(event) {
        const box = this.#drawing.drawing.getBoundingClientRect();
        const start = event.clientX - box.left;
        const veil = svg('rect', { class: 'veil', y: 0, height: BASE });
        const stop = new AbortController();
        const place = (at) => {
            veil.setAttribute('x', Math.min(start, at));
            veil.setAttribute('width', Math.abs(at - start));
        };
        const listen = (type, listener) => window.addEventListener(type, listener, { signal: stop.signal });
        listen('pointermove', (moved) => {
            const at = Math.max(0, Math.min(box.width, moved.clientX - box.left));
            if (Math.abs(at - start) >= MIN_DRAG && !veil.isConnected) {
                this.#drawing.drawing.append(veil);
            }
            place(at);
        });
        listen('pointercancel', () => { stop.abort(); veil.remove(); });
        listen('pointerup', (released) => {
            stop.abort();
            const at = Math.max(0, Math.min(box.width, released.clientX - box.left));
            const picked = veil.isConnected;
            veil.remove();
            if (picked && Math.abs(at - start) >= MIN_DRAG) {
                const [from, to] = [start, at].sort((a, b) => a - b).map((pixel) => Math.round(this.#scale.back(pixel)));
                this.#select(from, Math.min(to, Date.now()));
            }
        });
    }
}
