// Everything on a page that counts: elements with data-since (up), data-until (down) and data-ago.

import { setText, timeNode } from './dom.js';
import { ago, until, wholeSpan } from './time.js';

/** Brings all that counts below a node to that moment. */
export function countIn(root, now) {
    for (const node of root.querySelectorAll('[data-since]')) {
        setText(node, wholeSpan(Math.max(0, now - Number(node.dataset.since))));
    }
    for (const node of root.querySelectorAll('[data-ago]')) {
        setText(node, ago(Number(node.dataset.ago), now));
    }
    for (const node of root.querySelectorAll('[data-until]')) {
        setText(node, until(Number(node.dataset.until), now));
    }
}

/** How long ago something was, with the instant on hover. */
export function agoNode(at, zone, attributes = {}) {
    const node = timeNode(at, zone, { ...attributes, 'data-ago': at });
    setText(node, ago(at, Date.now()));
    return node;
}
