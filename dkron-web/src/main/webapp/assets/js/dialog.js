// Dialogs, on the browser's own dialog element: focus stays inside, Escape closes.

import { bdi, el } from './dom.js';
import { icon } from './icons.js';
import { say, sayCount } from './words.js';

let count = 0;

/** Opens a dialog; body: nodes; returns the element. It is gone from the page once closed. */
export function openDialog(title, body, extraClass = '') {
    const id = `dialog-${++count}`;
    const close = el('button', { type: 'button', class: 'icon-button', 'aria-label': say('action.close'), on: { click: () => dialog.close() } }, icon('close'));
    const dialog = el('dialog', { 'aria-labelledby': id, class: extraClass, on: { close: () => dialog.remove() } },
        el('div', { class: 'dialog-head' }, el('h2', { id }, title), close), body);
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
}

const MOST_NAMES = 12;

/**
 * Asks before a job is deleted; its name has to be typed. Where jobs run after it, their deletion has to be chosen too.
 *
 * @param after the names of those jobs
 * @return a promise of {cascade}, or of null when it shall stay
 */
export function confirmDelete(name, after = []) {
    return new Promise((resolve) => {
        let answer = null;
        const input = el('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'confirm-why' });
        const cascade = el('input', { type: 'checkbox' });
        const remove = el('button', { type: 'submit', class: 'button danger', disabled: true }, icon('trash'), say('confirm.delete.button'));
        const judge = () => {
            remove.disabled = input.value !== name || (after.length > 0 && !cascade.checked);
            remove.title = after.length > 0 && !cascade.checked ? say('confirm.delete.chooseCascade') : '';
        };
        input.addEventListener('input', judge);
        cascade.addEventListener('change', judge);
        const others = after.length === 0 ? null : el('div', { class: 'cascade' },
            el('p', {}, sayCount('confirm.delete.after', after.length)),
            el('ul', { class: 'names' }, after.slice(0, MOST_NAMES).map((other) => el('li', {}, bdi(other, { class: 'mono' }))),
                after.length > MOST_NAMES ? el('li', { class: 'muted' }, sayCount('chain.more', after.length - MOST_NAMES)) : null),
            el('label', { class: 'choice' }, cascade, el('span', {}, sayCount('confirm.delete.cascade', after.length))));
        const form = el('form', { method: 'dialog', on: { submit: () => { answer = input.value === name ? { cascade: cascade.checked } : null; } } },
            el('p', { id: 'confirm-why' }, say('confirm.delete.effect')), others,
            el('label', { class: 'field' }, el('span', {}, say('confirm.delete.type'), ' ', bdi(name, { class: 'mono strong' })), input),
            el('div', { class: 'dialog-actions' },
                el('button', { type: 'button', class: 'button', on: { click: () => dialog.close() } }, say('action.back')), remove));
        const dialog = openDialog(say('confirm.delete.title'), form);
        dialog.addEventListener('close', () => resolve(answer));
        judge();
        input.focus();
    });
}

/** Asks before something that cannot be undone; ask: {title, effect, go: words of the button}. Resolves to the answer. */
export function confirmAction({ title, effect, go }) {
    return new Promise((resolve) => {
        let answer = false;
        const form = el('form', { method: 'dialog', on: { submit: () => { answer = true; } } },
            el('p', {}, effect),
            el('div', { class: 'dialog-actions' },
                el('button', { type: 'button', class: 'button', prop: { autofocus: true }, on: { click: () => dialog.close() } }, say('action.back')),
                el('button', { type: 'submit', class: 'button danger' }, go)));
        const dialog = openDialog(title, form);
        dialog.addEventListener('close', () => resolve(answer));
    });
}
