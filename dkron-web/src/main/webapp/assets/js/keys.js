// The keyboard. Off inside fields, and can be switched off for good (single letters get in the way of speech input).

import { el } from './dom.js';
import { openDialog } from './dialog.js';
import { say } from './words.js';

const SWITCH = 'dkron.keys';
const SEQUENCE_WITHIN = 1200;
const bindings = [];
let first = null;

/** Binds a key, or two pressed one after the other ("g o"), to an action; the words are for the help. */
export function bind(keys, words, action) {
    bindings.push({ keys, words, action });
}

/** Whether single keys act. */
export function keysOn() {
    return localStorage.getItem(SWITCH) !== 'off';
}

/** Starts to listen. */
export function startKeys() {
    document.addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) {
            return;
        }
        if (!keysOn() || document.querySelector('dialog[open]')) {
            return;
        }
        const pair = first && Date.now() - first.at < SEQUENCE_WITHIN ? `${first.key} ${event.key}` : null;
        first = { key: event.key, at: Date.now() };
        const hit = bindings.find((binding) => binding.keys === pair)
            ?? bindings.find((binding) => binding.keys === event.key);
        if (hit && hit.action(event) !== false) {
            event.preventDefault();
            first = hit.keys === pair ? null : first;
        }
    });
}

function typing(target) {
    return target instanceof HTMLElement
        && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Shows what the keys do, and the switch that turns them off. */
export function showHelp() {
    const rows = bindings.map(({ keys, words }) =>
        el('div', {}, el('dt', {}, keys.split(' ').map((key) => el('kbd', {}, key))), el('dd', {}, say(words))));
    const toggle = el('input', { type: 'checkbox', prop: { checked: keysOn() }, on: {
        change: () => localStorage.setItem(SWITCH, toggle.checked ? 'on' : 'off'),
    } });
    openDialog(say('help.title'), [
        el('dl', { class: 'keys' }, rows),
        el('label', { class: 'check' }, toggle, say('help.switch')),
    ]);
}
