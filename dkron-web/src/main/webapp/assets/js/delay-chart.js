// How late runs started after they were due: a dot a run, with the median and the 95th percentile.

import { linear, quantile, timeTicks } from './scale.js';
import { Drawing, svg, tip } from './svg.js';
import { axisTime, instant, span, stamp } from './time.js';
import { say, sayCount } from './words.js';

const HEIGHT = 104;
const TOP = 10;
const BASE = 76;
const LEFT = 52;
const TICK_WIDTH = 80;
const SHORTEST = 60 * 1000; // what the axis spans at least, in ms
const LEAST = 1; // ms, where the axis begins: it is logarithmic

/** What the chart needs of an execution; null for one that no schedule started, or that did not start yet. */
export function delayOf(execution) {
    const due = instant(execution.scheduled_at);
    const started = instant(execution.started_at);
    const told = execution.trigger === 'schedule' && due !== null && started !== null && execution.state !== 'waiting' && execution.state !== 'lost';
    return told ? { id: `${execution.job_name} ${execution.id}`, job: execution.job_name, at: due, ms: Math.max(0, started - due) } : null;
}

/** {median, most, count}: half and 95 of 100 runs started at least so soon; null without any. */
export function delays(points) {
    const ms = points.map((point) => point.ms);
    return { median: quantile(ms, 0.5), most: quantile(ms, 0.95), count: ms.length };
}

/** Draws delays {at, ms, job} over a time. */
export class DelayChart {
    #points = [];
    #from = 0;
    #drawing = new Drawing('delays', HEIGHT, (width) => this.#draw(width));

    get node() {
        return this.#drawing.node;
    }

    show(points, from) {
        this.#points = points;
        this.#from = from;
        const { median, most, count } = delays(points);
        this.#drawing.tells(count ? sayCount('delay.label', count, span(median), span(most)) : say('delay.none'));
        this.#drawing.redraw();
    }

    /** Of the range only the part that has points: a server tells the newest runs only. */
    #begin(now) {
        const oldest = this.#points.reduce((least, point) => Math.min(least, point.at), now);
        return this.#points.length < 2 ? this.#from : Math.max(this.#from, Math.min(oldest, now - SHORTEST));
    }

    #draw(width) {
        const now = Date.now();
        const points = this.#points;
        const from = this.#begin(now);
        const x = linear(from, now, LEFT, width - 6);
        const longest = Math.max(10, ...points.map((point) => point.ms));
        const decades = Math.ceil(Math.log10(longest));
        const height = linear(Math.log10(LEAST), decades, BASE, TOP);
        const y = (ms) => height(Math.log10(Math.max(LEAST, ms)));
        const { median, most } = delays(points);
        const { step, at } = timeTicks(from, now, Math.max(2, Math.floor((width - LEFT) / TICK_WIDTH)));
        const grid = Array.from({ length: decades + 1 }, (none, i) => 10 ** i).filter((ms, i) => decades <= 3 || i % 2 === decades % 2);
        return [
            ...grid.flatMap((ms) => [
                svg('line', { class: 'grid', x1: LEFT, x2: width, y1: y(ms), y2: y(ms) }),
                svg('text', { class: 'tick', x: LEFT - 8, y: y(ms) + 4, 'text-anchor': 'end' }, span(ms)),
            ]),
            ...at.filter((tick) => x(tick) > LEFT + 20 && x(tick) < width - 20).map((tick) =>
                svg('text', { class: 'tick', x: x(tick), y: BASE + 20, 'text-anchor': 'middle' }, axisTime(tick, step))),
            ...points.map((point) => svg('circle', { class: 'dot-of-run', cx: x(point.at), cy: y(point.ms), r: 2.5 },
                tip(`${point.job}, ${stamp(point.at, now)}, +${span(point.ms)}`))),
            ...(median === null ? [] : [median, most].map((ms) => svg('line', { class: 'median', x1: LEFT, x2: width, y1: y(ms), y2: y(ms) }))),
        ];
    }
}
