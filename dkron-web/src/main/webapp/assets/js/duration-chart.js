// How long the runs of a job took: a bar a run, newest right, with the median and the timeout as lines. The table of the
// history has the same numbers.

import { bar } from './marks.js';
import { goSpan, linear, niceSpan, quantile } from './scale.js';
import { statusWord } from './status.js';
import { Drawing, svg, tip } from './svg.js';
import { roundSpan, span, stamp } from './time.js';
import { say, sayCount } from './words.js';

const HEIGHT = 132;
const TOP = 12;
const BASE = HEIGHT - 8;
const LEFT = 56;
const WIDEST = 30;
const FATTEST = 22;
const SHOWS_TIMEOUT_WITHIN = 4; // times the longest run; a timeout of hours would flatten runs of seconds

/** Draws the runs it is shown; open(group) is called when one is clicked. */
export class DurationChart {
    #runs = [];
    #timeout = null;
    #picked = null;
    #open;
    #drawing;

    constructor(open) {
        this.#open = open;
        this.#drawing = new Drawing('durations', HEIGHT, (width) => this.#draw(width));
        this.node = this.#drawing.node;
    }

    /** @param runs {group, at, ms, status}, oldest first, ended ones only; timeout as it stands in the job */
    show(runs, timeout, picked) {
        this.#runs = runs;
        this.#timeout = goSpan(timeout);
        this.#picked = picked;
        const { median, longest } = summary(runs);
        this.#drawing.tells(runs.length ? sayCount('chart.label', runs.length, span(median), span(longest)) : say('chart.none'));
        this.#drawing.redraw();
    }

    #draw(width) {
        const runs = this.#runs.slice(-Math.max(1, Math.floor((width - LEFT) / 4)));
        if (runs.length === 0) {
            return [];
        }
        const { median, longest } = summary(runs);
        const timeout = this.#timeout !== null && this.#timeout <= Math.max(longest, 1) * SHOWS_TIMEOUT_WITHIN ? this.#timeout : null;
        const end = niceSpan(Math.max(longest, timeout ?? 0));
        const y = linear(0, end, BASE, TOP);
        const pitch = Math.min(WIDEST, (width - LEFT) / runs.length);
        const fat = Math.max(2, Math.min(FATTEST, pitch - Math.max(2, pitch / 4)));
        const first = LEFT;
        const bars = runs.map((run, i) => {
            const left = first + i * pitch + (pitch - fat) / 2;
            const words = [statusWord(run.status), stamp(run.at, Date.now()), span(run.ms)].join(', ');
            return svg('g', { class: run.group === this.#picked ? 'run picked' : 'run', on: { click: () => this.#open(run.group) } }, tip(words),
                svg('rect', { class: 'catch', x: first + i * pitch, y: TOP, width: pitch, height: BASE - TOP }),
                bar(run.status, left, BASE, fat, Math.max(2, BASE - y(run.ms))));
        });
        return [
            ...[end, end / 2, 0].map((value) => [
                svg('line', { class: 'grid', x1: LEFT, x2: width, y1: y(value), y2: y(value) }),
                svg('text', { class: 'tick', x: LEFT - 8, y: y(value) + 4, 'text-anchor': 'end' }, value === 0 ? '0' : roundSpan(value)),
            ]).flat(),
            ...bars,
            svg('line', { class: 'median', x1: LEFT, x2: width, y1: y(median), y2: y(median) }),
            ...(timeout === null ? [] : [svg('line', { class: 'timeout', x1: LEFT, x2: width, y1: y(timeout), y2: y(timeout) }, tip(say('chart.timeout', span(timeout))))]),
        ];
    }
}

/** {median, longest} of the runs in milliseconds; null for none. */
export function summary(runs) {
    const took = runs.map((run) => run.ms);
    return { median: quantile(took, 0.5), longest: took.length ? Math.max(...took) : null };
}
