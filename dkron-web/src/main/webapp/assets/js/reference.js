// The API, to be read: what can be asked, with what, and what comes back, from the server's own description.

import { get } from './api.js';
import { bdi, el, setText } from './dom.js';
import { icon } from './icons.js';
import { Page } from './page.js';
import { fieldsOf, groupsOf, matches, typeOf } from './reference-model.js';
import { number, say, sayCount } from './words.js';

class Reference extends Page {
    prepare() {
        addEventListener('hashchange', () => this.#openLinked());
    }

    read(signal) {
        return get('/v1/openapi.json', { signal });
    }

    show(description) {
        if (this.entries) {
            return; // it does not change while the server runs
        }
        const groups = groupsOf(description);
        this.entries = [];
        this.filter = el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', placeholder: say('reference.filter'), 'aria-label': say('reference.filter'), on: { input: () => this.#narrow() } });
        this.count = el('span', { class: 'muted', role: 'status' });
        this.none = el('p', { class: 'none muted', hidden: true }, say('reference.none'));
        this.panels = groups.map(({ name, operations }) => this.#panel(`h-api-${name}`, say(`reference.group.${name}`), operations.map((each) => this.#operation(each))));
        const schemas = Object.entries(description.components?.schemas ?? {});
        this.body.append(
            el('p', { class: 'reference-intro' }, say('reference.intro'), ' ',
                el('a', { href: '/v1/openapi.json?pretty' }, say('reference.json')), ' \u00b7 ', el('a', { href: '/openapi' }, say('reference.yaml'))),
            el('div', { class: 'bar reference-bar' }, el('div', { class: 'search-box' }, icon('search'), this.filter), this.count),
            this.none, ...this.panels,
            this.#panel('h-api-schemas', say('reference.schemas'), schemas.map(([name, schema]) => schemaEntry(name, schema))));
        this.#narrow();
        this.#openLinked();
    }

    #panel(id, title, entries) {
        return el('section', { class: 'panel reference-panel', 'aria-labelledby': id },
            el('div', { class: 'panel-head' }, el('h2', { id }, title), el('span', { class: 'count muted' }, number(entries.length))), entries);
    }

    #operation(operation) {
        const node = el('details', { class: 'reference-entry', id: `op-${operation.id}` },
            el('summary', {}, el('span', { class: `method is-${operation.method.toLowerCase()}` }, operation.method), el('code', {}, operation.path), el('span', { class: 'muted' }, operation.summary)),
            el('div', { class: 'reference-body' },
                operation.description ? el('p', {}, operation.description) : null,
                operation.parameters.length ? parameterTable(operation.parameters) : null,
                operation.body ? [el('h3', {}, say('reference.body')), holder(operation.body)] : null,
                el('h3', {}, say('reference.answers')), operation.answers.map((answer) => el('div', { class: 'reference-answer' },
                    el('code', { class: 'strong' }, answer.status === 'default' ? say('reference.otherwise') : answer.status), el('div', {}, holder(answer))))));
        this.entries.push({ node, operation });
        return node;
    }

    #narrow() {
        const query = this.filter.value.trim();
        let shown = 0;
        for (const { node, operation } of this.entries) {
            node.hidden = query !== '' && !matches(operation, query);
            shown += node.hidden ? 0 : 1;
        }
        this.panels.forEach((panel) => panel.toggleAttribute('hidden', !panel.querySelector('details:not([hidden])')));
        this.none.hidden = shown > 0;
        setText(this.count, sayCount('reference.count', shown));
    }

    #openLinked() {
        const linked = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
        if (linked instanceof HTMLDetailsElement && this.contains(linked)) {
            linked.open = true;
            linked.scrollIntoView();
        }
    }
}

function type({ text, ref }) {
    return ref ? el('a', { href: `#schema-${ref}`, class: 'mono' }, text) : el('code', {}, text);
}

/** What a body or an answer holds. */
function holder({ description, kinds, type: held, fields, headers = [] }) {
    return [
        el('p', {}, description, held ? [description ? ': ' : '', type(held)] : null, kinds.length ? el('span', { class: 'muted' }, ` ${kinds.join(', ')}`) : null),
        fields.length ? fieldTable(fields) : null,
        headers.length ? el('p', { class: 'muted' }, say('reference.headers'), ' ', headers.map((name, i) => [i ? ', ' : '', el('code', {}, name)])) : null,
    ];
}

function notes(description, values, more) {
    return [description ? bdi(description) : null, values.length ? el('span', { class: 'below muted' }, say('reference.oneOf'), ' ', values.map((value, i) => [i ? ', ' : '', el('code', {}, String(value))])) : null, more];
}

/** With the roles written out: on a phone its cells stand below each other, which would take them away. */
function table(columns, rows) {
    return el('table', { class: 'reference-table', role: 'table' },
        el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, columns.map((column) => el('th', { scope: 'col', role: 'columnheader' }, column)))),
        el('tbody', { role: 'rowgroup' }, rows.map((cells) => el('tr', { role: 'row' }, cells.map((cell, i) => (i ? el('td', { role: 'cell' }, cell) : el('th', { scope: 'row', role: 'rowheader' }, cell)))))));
}

function parameterTable(parameters) {
    return table([say('reference.parameter'), say('reference.where'), say('reference.type'), say('reference.meaning')], parameters.map((each) => [
        el('code', {}, each.name), say(`reference.in.${each.where}`), type(each.type), notes(each.description, each.values, each.required && each.where !== 'path' ? el('span', { class: 'below muted' }, say('reference.required')) : null)]));
}

function fieldTable(fields) {
    return table([say('reference.field'), say('reference.type'), say('reference.meaning')], fields.map((field) => [
        el('code', {}, field.name), type(field.type), notes(field.description, field.values, field.readOnly ? el('span', { class: 'below muted' }, say('reference.readOnly')) : null)]));
}

function schemaEntry(name, schema) {
    const fields = fieldsOf(schema);
    return el('details', { class: 'reference-entry', id: `schema-${name}` }, el('summary', {}, el('code', { class: 'strong' }, name), el('span', { class: 'muted' }, schema.description ?? '')),
        el('div', { class: 'reference-body' }, fields.length ? fieldTable(fields) : el('p', {}, type(typeOf(schema)))));
}

customElements.define('dk-reference', Reference);
