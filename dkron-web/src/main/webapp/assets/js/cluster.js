// Whether somebody leads, for the top bar and for the buttons that need a leader.

import { ApiError, request } from './api.js';
import { plain } from './text.js';
import { el, setChildren } from './dom.js';
import { say } from './words.js';

/** Known of the cluster: the node that answers, the leader's name; null while unknown, '' for none. */
export const cluster = { node: null, leader: null };
let reading = null;

/** Reads the leader again and brings the top bar and the buttons in step. */
export function readCluster() {
    reading ??= read().finally(() => {
        reading = null;
    });
    return reading;
}

async function read() {
    try {
        const { data, response } = await request('/v1/leader', { cache: 'no-store' });
        cluster.leader = data?.Name ?? '';
        cluster.node = response.headers.get('X-Whom');
    } catch (failure) {
        if (!(failure instanceof ApiError)) {
            throw failure;
        }
        cluster.leader = failure.status === 503 ? '' : cluster.leader;
    }
    applyLeader(document);
    document.dispatchEvent(new Event('dk-cluster'));
}

/** A button that only makes sense while somebody leads; without a leader it says so and does nothing. */
export function needsLeader(button) {
    button.classList.add('needs-leader');
    button.dataset.title = button.title;
    applyTo(button);
    return button;
}

function applyLeader(root) {
    root.querySelectorAll('.needs-leader').forEach(applyTo);
}

function applyTo(button) {
    const off = cluster.leader === '';
    button.toggleAttribute('disabled', off);
    button.title = off ? say('cluster.noLeader.why') : button.dataset.title;
}

/** The chip in the top bar: how the stream stands, and who leads. */
export function showClusterChip(node, live) {
    const kind = live.kind === 'lost' ? 'lost' : cluster.leader === '' ? 'leaderless' : live.kind;
    setChildren(node, `${kind} ${cluster.leader} ${cluster.node}`, () => [
        el('span', { class: `dot is-${kind}` }),
        el('span', { class: 'cluster-word' }, say(`live.${kind}`)),
        cluster.leader ? el('span', { class: 'muted cluster-leader' }, say('cluster.leads', plain(cluster.leader))) : null,
    ].filter(Boolean));
}
