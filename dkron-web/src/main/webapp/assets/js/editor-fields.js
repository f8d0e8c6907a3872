// Controls of the editor: each with its label, its help, and room for what is wrong with it.

import { numberOf, utcField, utcTime } from './definition.js';
import { el, setNodes, setText } from './dom.js';
import { icon } from './icons.js';
import { instant, stamp } from './time.js';
import { say } from './words.js';

let count = 0;

/**
 * Label, control, help and fault as one block. The result: {node, control, label, place, fault(text), refresh()}; place is
 * the server's name of the field, fault shows a text or, empty, takes it away, refresh brings the control in step.
 */
export function field({ place, label, help, control, wide = false, group = false, beside = null, refresh = () => {} }) {
    const id = `f-${++count}`;
    const faultLine = el('p', { class: 'fault', id: `${id}-fault`, hidden: true });
    const helpLine = el('p', { class: 'help', id: `${id}-help`, hidden: !help }, help);
    control.setAttribute(group ? 'data-id' : 'id', id);
    control.setAttribute('aria-describedby', `${id}-fault ${id}-help`);
    const name = group ? el('span', { class: 'label', id: `${id}-label` }, label) : el('label', { class: 'label', for: id }, label);
    if (group) {
        control.setAttribute('role', 'group');
        control.setAttribute('aria-labelledby', `${id}-label`);
        control.setAttribute('tabindex', '-1');
    }
    const node = el('div', { class: `f ${wide ? 'wide' : ''}` }, name, beside ? el('div', { class: 'beside' }, control, beside) : control, faultLine, helpLine);
    const fault = (text) => {
        setText(faultLine, text);
        faultLine.hidden = text === '';
        node.classList.toggle('is-wrong', text !== '');
        if (!group) {
            control.setAttribute('aria-invalid', String(text !== ''));
        }
    };
    return { node, control, label, place, fault, refresh };
}

function write(control, value) {
    if (control.value !== value) {
        control.value = value;
    }
}

/** A field for text in one line; options: number (with initial), list (id of suggestions), mono, secret, readOnly. */
export function textField(draft, path, { label, help, wide, number = false, initial = '', list, mono, secret, placeholder, readOnly }) {
    const read = () => {
        const value = draft.get(path);
        return value === undefined || value === null ? String(initial) : typeof value === 'object' ? JSON.stringify(value) : String(value);
    };
    const change = () => {
        const typed = number ? numberOf(control.value, initial) : control.value;
        draft.set(path, typed === '' || typed === initial ? undefined : typed);
    };
    const control = el('input', {
        type: secret ? 'password' : 'text', autocomplete: 'off', spellcheck: 'false', class: mono ? 'mono' : '', list, placeholder, readonly: readOnly,
        inputmode: number ? 'decimal' : null, on: { input: change },
    });
    return field({ place: path.join('.'), label, help, wide, control, beside: secret ? showButton([control], label) : null, refresh: () => {
        const shown = (text) => (number ? numberOf(text, initial) : text || initial);
        if (shown(control.value) !== shown(read()) || (control.value === '' && document.activeElement !== control)) {
            write(control, read());
        }
    } });
}

/** A field for text of several lines; it grows with them. */
export function areaField(draft, path, { label, help }) {
    const fit = () => {
        control.rows = Math.min(24, Math.max(3, control.value.split('\n').length + 1));
    };
    const control = el('textarea', { class: 'mono', rows: '3', spellcheck: 'false', autocomplete: 'off', on: {
        input: () => {
            fit();
            draft.set(path, control.value === '' ? undefined : control.value);
        },
    } });
    return field({ place: path.join('.'), label, help, wide: true, control, refresh: () => {
        write(control, String(draft.get(path) ?? ''));
        fit();
    } });
}

/** A choice of a few; options: [value, words]. A value that is none of them is offered as it is. */
export function choiceField(draft, path, { label, help, options, initial = '' }) {
    const control = el('select', { on: { change: () => draft.set(path, control.value === initial ? undefined : control.value) } });
    return field({ place: path.join('.'), label, help, control, refresh: () => {
        const value = String(draft.get(path) || initial);
        const all = options.some(([known]) => known === value) ? options : [...options, [value, value]];
        if (control.options.length !== all.length || ![...control.options].some((option) => option.value === value)) {
            control.replaceChildren(...all.map(([known, words]) => el('option', { value: known }, words)));
        }
        write(control, value);
    } });
}

/** A switch; on and off are the values that it writes, off undefined leaves the field out. */
export function switchField(draft, path, { label, help, on = true, off = undefined, wide }) {
    const control = el('input', { type: 'checkbox', on: { change: () => draft.set(path, control.checked ? on : off) } });
    const made = field({ place: path.join('.'), label, help, control, wide, refresh: () => {
        control.checked = String(draft.get(path)) === String(on);
    } });
    made.node.classList.add('switch');
    return made;
}

/** A date with its time, in UTC; says what that is on the viewer's clock. */
export function timeField(draft, path, { label, help }) {
    const local = el('span', { class: 'muted nowrap' });
    const control = el('input', { type: 'datetime-local', step: '1', on: { input: () => draft.set(path, utcTime(control.value) ?? undefined) } });
    return field({ place: path.join('.'), label, help, control, beside: local, refresh: () => {
        const value = draft.get(path);
        if (typeof value !== 'string' || utcTime(control.value) !== value) {
            write(control, utcField(typeof value === 'string' ? value : ''));
        }
        const at = instant(utcTime(control.value));
        setText(local, at === null ? '' : say('editor.yours', stamp(at, Date.now())));
    } });
}

function showButton(inputs, label) {
    const button = el('button', { type: 'button', class: 'icon-button', 'aria-pressed': 'false', 'aria-label': say('editor.show', label), title: say('editor.show', label), on: {
        click: () => {
            const show = button.getAttribute('aria-pressed') === 'false';
            button.setAttribute('aria-pressed', String(show));
            inputs.forEach((input) => { input.type = show ? 'text' : 'password'; });
        },
    } }, icon('show'));
    return button;
}

/**
 * Rows of short texts. Columns: [{label, mono, list, narrow, placeholder}]; read() gives rows, write(rows) takes them;
 * faults(rows) gives [{row, fault}], each told beside the rows. Enter in a row makes the next one.
 */
export function rowsField({ place, label, help, columns, read, write: save, faults, add, secret = false }) {
    let rows = [];
    let told = '';
    let saving = false; // what these rows write comes back to them: drawing then would take the focus away
    const body = el('div', { class: 'rows-body' });
    const more = el('button', { type: 'button', class: 'button small', on: { click: () => insert(rows.length) } }, icon('add'), add);
    const inputs = [];
    const reveal = secret ? showButton(inputs, label) : null;
    const control = el('div', { class: 'pairs' }, body, el('div', { class: 'pairs-foot' }, more, reveal));
    const made = field({ place, label, help, control, wide: true, group: true, refresh: () => {
        const given = read();
        if (!saving && JSON.stringify(given) !== told) {
            rows = given.map((row) => [...row]);
            told = JSON.stringify(given);
            draw();
        }
    } });
    const changed = () => {
        saving = true;
        try {
            save(rows.map((row) => [...row]));
        } finally {
            saving = false;
        }
        told = JSON.stringify(read());
    };
    const insert = (at) => {
        rows.splice(at, 0, columns.map(() => ''));
        draw();
        body.children[at].querySelector('input').focus();
    };
    const remove = (at) => {
        rows.splice(at, 1);
        draw();
        changed();
        (body.children[Math.min(at, rows.length - 1)]?.querySelector('input') ?? more).focus();
    };
    function draw() {
        inputs.length = 0;
        const hidden = secret && reveal.getAttribute('aria-pressed') === 'false';
        setNodes(body, rows.map((row, at) => el('div', { class: `pairs-row of-${columns.length}` },
            columns.map((column, i) => {
                const masked = secret && i === columns.length - 1;
                const input = el('input', {
                    type: masked && hidden ? 'password' : 'text', autocomplete: 'off', spellcheck: 'false', class: `mono ${column.narrow ? 'narrow' : ''}`,
                    'aria-label': say('editor.cell', column.label, at + 1), placeholder: column.placeholder ?? column.label, list: column.list, prop: { value: row[i] },
                    inputmode: column.narrow ? 'numeric' : null,
                    on: {
                        input: () => { row[i] = input.value; changed(); },
                        keydown: (event) => {
                            if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
                                event.preventDefault();
                                insert(at + 1);
                            }
                        },
                    },
                });
                if (masked) {
                    inputs.push(input);
                }
                return input;
            }),
            el('button', { type: 'button', class: 'icon-button', 'aria-label': say('editor.remove', row[0] || String(at + 1)), title: say('editor.removeRow'), on: { click: () => remove(at) } }, icon('close')))));
    }
    /** What is wrong with the rows themselves, as a sentence; empty for nothing. */
    made.own = () => faults(rows).map(({ row, fault }) => say(`editor.row.${fault}`, row + 1, rows[row][0])).join(' ');
    return made;
}
