// What each status looks like: word, icon and colour together, never colour alone.

import { el, setChildren } from './dom.js';
import { icon } from './icons.js';
import { say } from './words.js';

const LOOKS = {
    success: { look: 'success', icon: 'success' },
    failed: { look: 'failed', icon: 'failed' },
    lost: { look: 'failed', icon: 'failed' },
    partially_failed: { look: 'partial', icon: 'partial' },
    running: { look: 'running', icon: 'running' },
    waiting: { look: 'waiting', icon: 'waiting' },
    missed: { look: 'missed', icon: 'missed' },
    cancelled: { look: 'cancelled', icon: 'cancelled' },
    alive: { look: 'success', icon: 'success' },
    leaving: { look: 'waiting', icon: 'waiting' },
    left: { look: 'never', icon: 'never' },
    delivered: { look: 'success', icon: 'success' },
    leader: { look: 'success', icon: 'leader' },
    follower: { look: 'success', icon: 'success' },
    disabled: { look: 'never', icon: 'disabled' },
    untriggered: { look: 'never', icon: 'never' },
    '': { look: 'never', icon: 'never' },
};

/** The class that carries a status' colour and shape; a status that a newer server invents looks like "never ran". */
export function lookOf(status) {
    return (LOOKS[status] ?? LOOKS['']).look;
}

/** The word for a status. */
export function statusWord(status) {
    return status in LOOKS ? say(`status.${status || 'untriggered'}`) : status;
}

/** Icon alone, for places where the word stands elsewhere. */
export function statusIcon(status) {
    return icon((LOOKS[status] ?? LOOKS['']).icon);
}

/** A chip: icon and word on the state's tint. */
export function chip(status) {
    const node = el('span', { class: 'chip' });
    setChip(node, status);
    return node;
}

/** Changes a chip in place. */
export function setChip(node, status) {
    setChildren(node, `chip ${status}`, () => [statusIcon(status), el('span', {}, statusWord(status))]);
    node.className = `chip is-${lookOf(status)}`;
}
