// A job's chain: a drawing to see it, and beside it the same as a list.

import { jobPage } from './address.js';
import { layOut, neighbour } from './chain-model.js';
import { bdi, el } from './dom.js';
import { chip, lookOf, statusWord } from './status.js';
import { svg, tip } from './svg.js';
import { cut, plain } from './text.js';
import { say, sayCount } from './words.js';

const COLUMN = 232;
const ROW = 56;
const BOX = { width: 150, height: 40 };
const EDGE = 10; // room around, for the ring of the focus
const LETTERS = 17;
const MOST_LABELS = 12;

/** The drawing of a chain; its jobs are links, arrows walk between them. */
export function chainGraph(chain) {
    const { nodes, columns, rows, more } = layOut(chain);
    const states = new Map((chain.jobs ?? []).map((job) => [job.name, job]));
    const x = (node) => EDGE + node.column * COLUMN;
    const y = (node) => EDGE + node.row * ROW;
    const width = (columns - 1) * COLUMN + BOX.width + 2 * EDGE;
    const height = (rows - 1) * ROW + BOX.height + 2 * EDGE;
    const labels = nodes.length <= MOST_LABELS;
    const edges = nodes.filter((node) => node.from >= 0).map((node) => {
        const from = nodes[node.from];
        const [x1, y1, x2, y2] = [x(from) + BOX.width, y(from) + BOX.height / 2, x(node), y(node) + BOX.height / 2];
        const bend = (x1 + x2) / 2;
        return [
            svg('path', { class: 'edge', d: `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2 - 5} ${y2}` }),
            svg('path', { class: 'edge-head', d: `M${x2} ${y2}l-7 -4v8z` }),
            labels ? svg('text', { class: 'edge-label', x: x2 - 10, y: y2 - 6, 'text-anchor': 'end' }, say('chain.edge')) : null,
        ];
    });
    const links = nodes.map((node, i) => box(node, states.get(node.name), x(node), y(node), (event) => {
        if (event.key.startsWith('Arrow')) {
            event.preventDefault();
            links[neighbour(nodes, i, event.key)].focus();
        }
    }));
    const drawing = svg('svg', { class: 'chain-graph', width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': say('chain.graph', plain(chain.job)) }, edges, links);
    const scroller = el('div', { class: 'chain-scroll' }, drawing);
    const self = nodes.find((node) => node.self);
    requestAnimationFrame(() => { scroller.scrollLeft = x(self) - (scroller.clientWidth - BOX.width) / 2; });
    return el('div', {}, scroller,
        el('p', { class: 'muted small-print' }, say('chain.legend'), more > 0 ? ` ${sayCount('chain.more', more)}` : null));
}

function box(node, state, left, top, keydown) {
    const status = state?.disabled ? 'disabled' : state?.status ?? '';
    const name = plain(node.name);
    const shown = name.length > LETTERS ? `${cut(name, LETTERS - 1)}\u2026` : name;
    return svg('a', {
        href: jobPage(node.name), class: `chain-node is-${lookOf(status)} ${node.self ? 'self' : ''}`, 'aria-current': node.self ? 'true' : null,
        'aria-label': `${name}, ${statusWord(status)}`, on: { keydown },
    },
    tip(`${name}, ${statusWord(status)}`),
    svg('rect', { x: left, y: top, width: BOX.width, height: BOX.height, rx: 6 }),
    svg('rect', { class: 'state', x: left, y: top, width: 5, height: BOX.height, rx: 2.5 }),
    svg('text', { class: 'chain-name', x: left + 14, y: top + 17 }, shown),
    svg('text', { class: 'chain-status', x: left + 14, y: top + 32 }, statusWord(status)));
}

/** The same as a list: parents around, the job, dependents within. */
export function chainList(chain) {
    const states = new Map((chain.jobs ?? []).map((job) => [job.name, job]));
    const entry = (name, inner) => {
        const state = states.get(name);
        const label = name === chain.job ? bdi(name, { class: 'strong' }) : el('a', { href: jobPage(name) }, bdi(name));
        return el('li', { 'aria-current': name === chain.job ? 'true' : null }, label, ' ', chip(state?.disabled ? 'disabled' : state?.status ?? ''), inner);
    };
    const below = (entries) => (entries?.length ? el('ul', {}, entries.map((each) => entry(each.name, below(each.dependents)))) : null);
    const self = entry(chain.job, below(chain.dependents));
    const whole = [...chain.parents].reverse().reduce((inner, name) => entry(name, el('ul', {}, inner)), self);
    return el('ul', { class: 'chain-list', 'aria-label': say('chain.list') }, whole);
}
