// What the page has to say: short notes in a corner, and one polite line for screen readers.

import { el } from './dom.js';
import { icon } from './icons.js';
import { say } from './words.js';

const ANNOUNCE_EVERY = 5000;
let announcedAt = 0;
let waiting = null;

/** Says something to a screen reader, at most every five seconds; the newest wins. */
export function announce(text) {
    const line = document.getElementById('news');
    const write = () => {
        waiting = null;
        announcedAt = Date.now();
        line.textContent = text;
    };
    clearTimeout(waiting);
    waiting = setTimeout(write, Math.max(0, announcedAt + ANNOUNCE_EVERY - Date.now()));
}

/** Shows a note; a failure stays until it is closed, anything else goes after some seconds. */
export function note(kind, ...content) {
    const close = el('button', { type: 'button', class: 'icon-button', 'aria-label': say('action.close'), on: { click: () => box.remove() } }, icon('close'));
    const box = el('div', { class: `note is-${kind}`, role: kind === 'failed' ? 'alert' : 'status' }, el('div', {}, content), close);
    document.getElementById('notes').append(box);
    if (kind !== 'failed') {
        setTimeout(() => box.remove(), 6000);
    }
}
