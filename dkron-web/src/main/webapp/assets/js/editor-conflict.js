// Two people changed one job: what differs, and what to do about it.

import { differences } from './definition.js';
import { openDialog } from './dialog.js';
import { bdi, el } from './dom.js';
import { say } from './words.js';

const LONGEST = 400;

function shown(value) {
    if (value === undefined || value === null || value === '') {
        return el('span', { class: 'muted' }, say('editor.conflict.unset'));
    }
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1);
    return bdi(text.length > LONGEST ? `${text.slice(0, LONGEST)} \u2026` : text, { class: 'mono' });
}

/** Shows both versions side by side; resolves to theirs, mine, both (theirs where I changed nothing), or null to think on. */
export function askConflict(before, theirs, mine) {
    return new Promise((resolve) => {
        let answer = null;
        const rows = differences(before, theirs, mine);
        const decide = (choice, words, look) => el('button', { type: 'button', class: `button ${look}`, on: { click: () => {
            answer = choice;
            dialog.close();
        } } }, say(words));
        const table = el('div', { class: 'scrolls', tabindex: '0', role: 'region', 'aria-label': say('editor.conflict.title') },
            el('table', { class: 'versions' },
                el('thead', {}, el('tr', {}, ['field', 'theirs', 'mine'].map((name) => el('th', { scope: 'col' }, say(`editor.conflict.${name}`))))),
                el('tbody', {}, rows.map(({ field, theirs: t, mine: m, by }) => el('tr', {},
                    el('th', { scope: 'row' }, bdi(field), by === 'both' ? el('span', { class: 'chip is-waiting' }, say('editor.conflict.both')) : null),
                    el('td', { class: by === 'mine' ? '' : 'changed' }, shown(t)), el('td', { class: by === 'theirs' ? '' : 'changed' }, shown(m)))))));
        const dialog = openDialog(say('editor.conflict.title'), [
            el('p', { class: 'dialog-text' }, say(rows.length === 0 ? 'editor.conflict.same' : 'editor.conflict.what')), table,
            el('div', { class: 'dialog-actions padded' },
                decide(null, 'editor.conflict.think', ''), decide('theirs', 'editor.conflict.load', ''),
                rows.some(({ by }) => by === 'theirs') ? decide('both', 'editor.conflict.merge', '') : null,
                decide('mine', 'editor.conflict.save', 'primary')),
        ], 'broad');
        dialog.addEventListener('close', () => resolve(answer));
    });
}

/** Asks whether to leave what is not saved; resolves to whether to leave. */
export function askLeave() {
    return new Promise((resolve) => {
        let answer = false;
        const dialog = openDialog(say('editor.leave.title'), [
            el('p', { class: 'dialog-text' }, say('editor.leave.what')),
            el('div', { class: 'dialog-actions padded' },
                el('button', { type: 'button', class: 'button', prop: { autofocus: true }, on: { click: () => dialog.close() } }, say('editor.leave.stay')),
                el('button', { type: 'button', class: 'button danger', on: { click: () => {
                    answer = true;
                    dialog.close();
                } } }, say('editor.leave.go'))),
        ]);
        dialog.addEventListener('close', () => resolve(answer));
    });
}
