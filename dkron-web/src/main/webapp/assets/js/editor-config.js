// The settings of an executor or a processor: a control for each key that it describes, rows for all others.

import { environmentRows, environmentText, headerRows, headerText, mapFrom, mapOf, rowFaults } from './definition.js';
import { bdi, el } from './dom.js';
import { areaField, choiceField, field, rowsField, switchField, textField } from './editor-fields.js';
import { icon } from './icons.js';
import { say } from './words.js';

const TRUTH = [['', 'editor.truth.unset'], ['true', 'editor.truth.true'], ['false', 'editor.truth.false']];
const METHODS = ['', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** What suits keys better than a line of text, by owner and key. Keys named here are shown without being asked for. */
const SUITED = {
    shell: { command: 'area', shell: 'switch', env: 'environment', cwd: 'text' },
    http: { url: 'text', method: 'method', headers: 'headers', body: 'area', expectCode: 'text', tlsNoVerifyPeer: 'truth later' },
    grpc: { url: 'text', body: 'area', headers: 'headers', tlsNoVerifyPeer: 'truth later' },
    fluent: { ack: 'truth' },
};

function controlOf(draft, path, owner, key, value) {
    const suited = (SUITED[owner]?.[key.name] ?? (key.name === 'forward' ? 'switch' : 'text')).split(' ')[0];
    const about = { label: key.name, help: key.required ? [el('span', { class: 'needed' }, say('editor.needed')), ' ', key.text] : key.text };
    const rows = suited === 'environment' ? environmentRows(value) : suited === 'headers' ? headerRows(value) : null;
    if (rows !== null) {
        const environment = suited === 'environment';
        return rowsField({
            place: path.join('.'), ...about, secret: key.secret, add: say('editor.add'),
            columns: [{ label: say('editor.column.name') }, { label: say('editor.column.value') }],
            read: () => (environment ? environmentRows : headerRows)(String(draft.get(path) ?? '')) ?? [],
            write: (changed) => draft.set(path, (environment ? environmentText : headerText)(changed) || undefined),
            faults: (changed) => [...rowFaults(changed).filter(({ fault }) => environment || fault === 'missing'),
                ...(environment ? changed.flatMap(([, text], row) => (text.includes(',') ? [{ row, fault: 'comma' }] : [])) : [])],
        });
    }
    if (suited === 'area') {
        return areaField(draft, path, about);
    }
    if (suited === 'switch' && ['', 'true', 'false'].includes(value)) {
        return switchField(draft, path, { ...about, on: 'true' });
    }
    if (suited === 'truth') {
        return choiceField(draft, path, { ...about, options: TRUTH.map(([known, words]) => [known, say(words)]) });
    }
    if (suited === 'method') {
        return choiceField(draft, path, { ...about, options: METHODS.map((method) => [method, method || say('editor.choose')]) });
    }
    return textField(draft, path, { ...about, mono: true, secret: key.secret, wide: key.name === 'url' });
}

/** Whether the form in place still fits: which keys it has, and which of them hold what rows cannot. */
function shapeOf(owner, keys, config) {
    const foreign = Object.keys(config).filter((name) => !keys.some((key) => key.name === name));
    const odd = keys.filter(({ name }) => (SUITED[owner]?.[name] === 'environment' && environmentRows(String(config[name] ?? '')) === null)
        || (SUITED[owner]?.[name] === 'headers' && headerRows(String(config[name] ?? '')) === null));
    return JSON.stringify([owner, keys.map(({ name }) => name), foreign.length > 0 || keys.length === 0, odd.map(({ name }) => name)]);
}

/** The settings below a path of the draft; it is drawn anew when another owner's keys are wanted. */
export class ConfigForm {
    #draft;
    #path;
    #owner;
    #keys;
    #shape = '';
    #owned = null;
    #fields = [];
    node = el('div', { class: 'config' });

    /** @param owner gives the executor's or processor's name; keys(owner) what it describes, empty for an unknown one */
    constructor(draft, path, owner, keys) {
        this.#draft = draft;
        this.#path = path;
        this.#owner = owner;
        this.#keys = keys;
    }

    get fields() {
        return this.#fields;
    }

    /** Brings all controls in step with the draft. */
    refresh() {
        const owner = this.#owner();
        const keys = this.#keys(owner);
        const config = mapOf(this.#draft.get(this.#path));
        const shape = shapeOf(owner, keys, config);
        if (shape !== this.#shape && !(this.#owned === owner && this.#inUse())) {
            this.#shape = shape;
            this.#owned = owner;
            this.#build(owner, keys, config);
        }
        this.#fields.forEach((each) => each.refresh());
    }

    /** While somebody types in these settings, or left there what is not right yet, the controls stay. */
    #inUse() {
        return this.node.contains(document.activeElement) || this.#fields.some((each) => (each.own?.() ?? '') !== '');
    }

    #build(owner, keys, config) {
        const made = keys.map((key) => ({ key, field: controlOf(this.#draft, [...this.#path, key.name], owner, key, String(config[key.name] ?? '')) }));
        const first = ({ key }) => key.required || keys.length <= 6 || key.name in config
            || (key.name in (SUITED[owner] ?? {}) && !SUITED[owner][key.name].endsWith('later'));
        const later = made.filter((each) => !first(each)).map((each) => each.field.node);
        const known = new Set(keys.map(({ name }) => name));
        const others = this.#others(known);
        const foreign = keys.length === 0 || Object.keys(config).some((name) => !known.has(name));
        this.#fields = [...made.map((each) => each.field), others];
        this.node.replaceChildren(
            el('div', { class: 'fields' }, made.filter(first).map((each) => each.field.node), foreign ? others.node : null),
            later.length > 0 || !foreign
                ? el('details', { class: 'later' }, el('summary', {}, say('editor.later', [...made.filter((each) => !first(each)).map((each) => each.key.name)].join(', ') || say('editor.others.short'))),
                    el('div', { class: 'fields' }, later, foreign ? null : others.node)) : '');
    }

    #others(known) {
        const foreign = () => Object.entries(mapOf(this.#draft.get(this.#path))).filter(([name]) => !known.has(name));
        return rowsField({
            place: this.#path.join('.'), label: say(known.size > 0 ? 'editor.others' : 'editor.settings'), help: say(known.size > 0 ? 'editor.others.help' : 'editor.settings.help'),
            add: say('editor.add'), columns: [{ label: say('editor.column.key') }, { label: say('editor.column.value') }],
            read: () => foreign().map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
            write: (rows) => {
                const kept = Object.entries(mapOf(this.#draft.get(this.#path))).filter(([name]) => known.has(name));
                this.#draft.set(this.#path, mapFrom([...kept, ...rows.filter(([name]) => !known.has(name))]));
            },
            faults: (rows) => [...rowFaults(rows), ...rows.flatMap(([name], row) => (known.has(name) ? [{ row, fault: 'above' }] : []))],
        });
    }
}

/** The processors of a job, one after the other as they will run. */
export class ProcessorsForm {
    #draft;
    #installed;
    #forms = [];
    #names = null;

    constructor(draft, installed) {
        this.#draft = draft;
        this.#installed = installed;
        this.list = el('ol', { class: 'steps' });
        const names = installed.map(({ name }) => name);
        this.choice = el('select', { 'aria-label': say('editor.processor.choose') },
            [...names.map((name) => el('option', { value: name }, name)), el('option', { value: '' }, say('editor.another'))]);
        this.other = el('input', { type: 'text', class: 'mono', autocomplete: 'off', spellcheck: 'false', hidden: names.length > 0, 'aria-label': say('editor.processor.name'), placeholder: say('editor.processor.name') });
        this.choice.addEventListener('change', () => { this.other.hidden = this.choice.value !== ''; });
        const add = el('button', { type: 'button', class: 'button small', on: { click: () => this.#add() } }, icon('add'), say('editor.processor.add'));
        this.field = field({
            place: 'processors', label: say('editor.f.processors'), help: say('editor.h.processors'), wide: true, group: true,
            control: el('div', { class: 'pairs' }, this.list, el('div', { class: 'pairs-foot' }, this.choice, this.other, add)), refresh: () => this.refresh(),
        });
    }

    get fields() {
        return [this.field, ...this.#forms.flatMap((form) => form.fields)];
    }

    refresh() {
        const names = Object.keys(mapOf(this.#draft.get(['processors'])));
        if (JSON.stringify(names) !== this.#names) {
            this.#names = JSON.stringify(names);
            this.#forms = names.map((name) => new ConfigForm(this.#draft, ['processors', name], () => name, (owner) => this.#keys(owner)));
            this.list.replaceChildren(...names.map((name, at) => el('li', { class: 'step' },
                el('div', { class: 'step-head' }, bdi(name, { class: 'mono strong' }), this.#installed.some((each) => each.name === name) ? null : el('span', { class: 'chip is-waiting' }, say('editor.unknown')),
                    el('span', { class: 'grow' }),
                    this.#button('up', 'editor.earlier', name, at > 0, () => this.#move(name, -1)), this.#button('down', 'editor.laterOne', name, at < names.length - 1, () => this.#move(name, 1)),
                    this.#button('close', 'editor.remove', name, true, () => this.#put(this.#entries().filter(([other]) => other !== name), this.choice))),
                this.#forms[at].node)));
        }
        this.#forms.forEach((form) => form.refresh());
    }

    #button(name, words, processor, enabled, click) {
        return el('button', { type: 'button', class: 'icon-button', disabled: !enabled, 'data-move': `${name} ${processor}`, 'aria-label': say(words, processor), title: say(words, processor), on: { click } }, icon(name));
    }

    #keys(name) {
        return this.#installed.find((each) => each.name === name)?.keys ?? [];
    }

    #entries() {
        return Object.entries(mapOf(this.#draft.get(['processors'])));
    }

    #put(entries, focus) {
        this.#draft.set(['processors'], entries.length === 0 ? undefined : Object.fromEntries(entries));
        focus?.focus();
    }

    #move(name, by) {
        const entries = this.#entries();
        const at = entries.findIndex(([other]) => other === name);
        const [entry] = entries.splice(at, 1);
        entries.splice(at + by, 0, entry);
        this.#put(entries);
        const buttons = ['up', 'down'].map((way) => this.list.querySelector(`[data-move="${CSS.escape(`${way} ${name}`)}"]`));
        (by < 0 ? buttons : buttons.reverse()).find((button) => !button.disabled)?.focus();
    }

    #add() {
        const name = this.choice.value || this.other.value.trim();
        if (name === '' || this.#entries().some(([other]) => other === name)) {
            this.field.fault(say(name === '' ? 'editor.processor.nameless' : 'editor.processor.twice', name));
            return;
        }
        this.field.fault('');
        this.#put([...this.#entries(), [name, {}]]);
        (this.list.lastElementChild.querySelector('input, textarea, select') ?? this.list.lastElementChild.querySelector('button:not(:disabled)')).focus();
    }
}
