// Dialogs, on the browser's own dialog element: focus stays inside, Escape closes.

import { bdi, el } from './dom.js';
import { icon } from './icons.js';
import { say } from './words.js';

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

/** Asks before a job is deleted; the job's name has to be typed. Resolves to true when that was done. */
export function confirmDelete(name) {
    return new Promise((resolve) => {
        let answer = false;
        const input = el('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'confirm-why' });
        const remove = el('button', { type: 'submit', class: 'button danger', disabled: true }, icon('trash'), say('confirm.delete.button'));
        input.addEventListener('input', () => {
            remove.disabled = input.value !== name;
        });
        const form = el('form', { method: 'dialog', on: { submit: () => { answer = input.value === name; } } },
            el('p', { id: 'confirm-why' }, say('confirm.delete.effect')),
            el('label', { class: 'field' }, el('span', {}, say('confirm.delete.type'), ' ', bdi(name, { class: 'mono strong' })), input),
            el('div', { class: 'dialog-actions' },
                el('button', { type: 'button', class: 'button', on: { click: () => dialog.close() } }, say('action.cancel')), remove));
        const dialog = openDialog(say('confirm.delete.title'), form);
        dialog.addEventListener('close', () => resolve(answer));
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
                el('button', { type: 'button', class: 'button', prop: { autofocus: true }, on: { click: () => dialog.close() } }, say('action.cancel')),
                el('button', { type: 'submit', class: 'button danger' }, go)));
        const dialog = openDialog(title, form);
        dialog.addEventListener('close', () => resolve(answer));
    });
}
