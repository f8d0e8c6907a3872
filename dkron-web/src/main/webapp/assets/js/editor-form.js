// The form: every field of a job, in groups.

import { jobPage } from './address.js';
import { get } from './api.js';
import { joinTag, mapFrom, mapOf, partTag, placeOf, rowFaults } from './definition.js';
import { bdi, el, setChildren, setText, timeNode } from './dom.js';
import { ConfigForm, ProcessorsForm } from './editor-config.js';
import { choiceField, field, rowsField, switchField, textField, timeField } from './editor-fields.js';
import { instant, knownZone, stamp, viewerZone } from './time.js';
import { number, say, sayCount } from './words.js';

const PRESETS = ['0 * * * * *', '@every 10m', '@hourly', '0 0 3 * * *', '0 0 9 * * MON-FRI', '0 0 3 1 * *', '@manually'];
const MOST_NAMES = 12;
const SUGGESTED_JOBS = 20;

/** The groups of fields, and where faults are shown. */
export class Form {
    #draft;
    #context;
    #fields = [];
    #touched = new Set();
    #all = false;
    #faults = [];
    #set = new Map(); // settings by executor

    /** @param context {executors, processors, fixedName, dependents} */
    constructor(draft, context) {
        this.#draft = draft;
        this.#context = context;
        this.node = el('div', { class: 'editor-form' },
            el('div', { class: 'editor-column' }, this.#basics(), this.#schedule(), this.#dependents(), this.#where(), this.#metadata()),
            el('div', { class: 'editor-column' }, this.#what(), this.#trouble(), this.#output(), this.#notifications()));
        this.node.addEventListener('focusout', (event) => this.#touch(event.target));
        this.refresh();
    }

    /** Brings every control in step with the draft. */
    refresh() {
        this.executorField.refresh();
        this.config.refresh();
        this.#everyField().forEach((each) => each.refresh());
    }

    #everyField() {
        return [...this.#fields, ...this.config.fields, ...this.processors.fields];
    }

    /** What is wrong with the form itself, beyond the server's knowledge, as {field, message}. */
    own() {
        return this.#everyField().filter((each) => each.own).map((each) => ({ field: each.place, message: each.own() })).filter(({ message }) => message !== '');
    }

    /** Shows faults beside their fields; only where somebody was, unless all are wanted. */
    faults(list, all = false) {
        this.#all ||= all;
        this.#faults = list;
        this.#drawFaults();
    }

    /** Whether a fault of that field is to be shown yet. */
    wants(name) {
        const place = placeOf(name, this.#places());
        return this.#all || place === null || this.#touched.has(place);
    }

    /** The field that shows faults of that name; null for none. */
    placeOf(name) {
        const places = this.#places();
        const place = placeOf(name, places);
        return place === null ? null : places.get(place);
    }

    #places() {
        return new Map([...this.#everyField()].reverse().map((each) => [each.place, each]));
    }

    #drawFaults() {
        const places = this.#places();
        const texts = new Map();
        for (const { field: name, message } of this.#faults) {
            const place = placeOf(name, places);
            if (place !== null && (this.#all || this.#touched.has(place))) {
                texts.set(place, [...(texts.get(place) ?? []), place === name ? message : `${name.slice(place.length + 1)}: ${message}`]);
            }
        }
        this.#everyField().forEach((each) => each.fault(places.get(each.place) === each ? (texts.get(each.place) ?? []).join(' ') : ''));
    }

    #touch(target) {
        const of = this.#everyField().find((each) => each.control.contains(target));
        if (of && !this.#touched.has(of.place)) {
            this.#touched.add(of.place);
            this.#drawFaults();
        }
    }

    /** Shows what the server said of schedule and targets. */
    told({ schedule, targets, failure }) {
        this.#drawSchedule(schedule, failure);
        this.#drawTargets(targets);
    }

    #section(name, ...content) {
        const id = `g-${name}`;
        return el('section', { class: `panel group-${name}`, 'aria-labelledby': id },
            el('div', { class: 'panel-head' }, el('h2', { id, tabindex: '-1' }, say(`editor.group.${name}`)), el('p', { class: 'muted group-help' }, say(`editor.group.${name}.help`))), content);
    }

    #add(made) {
        this.#fields.push(made);
        return made;
    }

    #about(name) {
        return { label: say(`editor.f.${name}`), help: say(`editor.h.${name}`) };
    }

    #text(name, options = {}) {
        return this.#add(textField(this.#draft, [...name.split('.')], { ...this.#about(name), ...options })).node;
    }

    #choice(name, values, initial) {
        const options = values.map((value) => [value, say(`editor.o.${name}.${value}`)]);
        return this.#add(choiceField(this.#draft, [name], { ...this.#about(name), options, initial })).node;
    }

    #switch(name) {
        return this.#add(switchField(this.#draft, [name], this.#about(name))).node;
    }

    #time(name) {
        return this.#add(timeField(this.#draft, [name], this.#about(name))).node;
    }

    #fieldsOf(...nodes) {
        return el('div', { class: 'fields' }, nodes);
    }

    #basics() {
        return this.#section('basics', this.#fieldsOf(
            this.#text('name', { mono: true, readOnly: this.#context.fixedName, ...(this.#context.fixedName ? { help: say('editor.h.nameFixed') } : {}) }),
            this.#text('displayname'), this.#text('owner'), this.#switch('disabled')));
    }

    #schedule() {
        const zones = el('datalist', { id: 'zones' });
        this.presets = el('div', { class: 'presets', role: 'group', 'aria-label': say('editor.presets') }, PRESETS.map((preset) =>
            el('button', { type: 'button', class: 'preset', title: preset, on: { click: () => {
                this.#draft.set(['schedule'], preset);
                this.#touch(this.#everyField().find(({ place }) => place === 'schedule').control);
                this.refresh();
            } } }, say(`editor.preset.${preset.replaceAll(' ', '_')}`))));
        this.preview = el('div', { class: 'preview', role: 'status' });
        const text = this.#text('schedule', { mono: true, wide: true });
        const zone = this.#text('timezone', { list: 'zones', placeholder: say('editor.zone.server') });
        this.#fields.at(-1).control.addEventListener('focus', () => zones.append( // hundreds, wanted by few
            ...(Intl.supportedValuesOf?.('timeZone') ?? []).concat('UTC').map((name) => el('option', { value: name }))), { once: true });
        return this.#section('schedule',
            this.#fieldsOf(text, el('div', { class: 'wide' }, this.presets, this.preview), zone, this.#switch('ephemeral'), this.#time('starts_at'), this.#time('expires_at')), zones);
    }

    #drawSchedule(schedule, failure) {
        const { job } = this.#draft;
        setChildren(this.preview, JSON.stringify([schedule, job.parent_job, job.disabled, job.schedule, failure?.message]), () => {
            if (job.parent_job) {
                return el('p', {}, say('editor.preview.parent'), ' ', bdi(job.parent_job, { class: 'strong' }));
            }
            if (failure) {
                return [el('p', { class: 'strong' }, say('editor.preview.failed')), el('p', { class: 'muted' }, bdi(failure.message))];
            }
            if (schedule === null || !job.schedule) {
                return el('p', { class: 'muted' }, say('editor.preview.none'));
            }
            return [el('p', { class: 'strong preview-words' }, bdi(schedule.description || job.schedule), schedule.timezone ? el('span', { class: 'muted' }, ' \u00b7 ', bdi(schedule.timezone)) : null),
                job.disabled ? el('p', { class: 'muted' }, say('job.next.disabled')) : null, this.#firings(schedule)].filter(Boolean);
        });
    }

    #firings({ next, timezone }) {
        if (next.length === 0) {
            return el('p', { class: 'muted' }, say('jobs.next.none'));
        }
        const other = timezone && knownZone(timezone) && timezone !== viewerZone();
        return el('ol', { class: 'next' }, next.map(({ utc, note }) => {
            const at = instant(utc);
            return el('li', {}, timeNode(at, timezone), other ? el('span', { class: 'muted' }, say('job.theirs', stamp(at, Date.now(), timezone))) : null,
                note ? el('span', { class: 'chip is-waiting' }, say(`firing.${note}`)) : null);
        }));
    }

    #where() {
        this.targets = el('div', { class: 'preview', role: 'status' });
        const tags = this.#add(rowsField({
            place: 'tags', ...this.#about('tags'), add: say('editor.tags.add'),
            columns: [{ label: say('editor.column.tag') }, { label: say('editor.column.value') }, { label: say('editor.column.count'), placeholder: say('editor.column.all'), narrow: true }],
            read: () => Object.entries(mapOf(this.#draft.get(['tags']))).map(([key, tag]) => [key, partTag(tag).value, partTag(tag).count]),
            write: (rows) => {
                const full = mapFrom(rows.map(([key, value, count]) => [key, joinTag(value, count)]));
                this.#draft.set(['tags'], Object.keys(full).length === 0 ? undefined : full);
            },
            faults: (rows) => rowFaults(rows.map(([key, value, count]) => [key, joinTag(value, count)])),
        }));
        return this.#section('where', this.#fieldsOf(tags.node, el('div', { class: 'wide' }, this.targets)));
    }

    #drawTargets(targets) {
        const { job } = this.#draft;
        const offer = this.#context.executors.find(({ name }) => name === job.executor);
        setChildren(this.targets, JSON.stringify([targets, job.executor]), () => {
            if (targets === null) {
                return el('p', { class: 'muted' }, say('editor.targets.unknown'));
            }
            const { names, run } = targets;
            if (names.length === 0) {
                return el('p', { class: 'doubt' }, say('editor.targets.none'));
            }
            const without = offer ? names.filter((name) => !offer.members.includes(name)) : [];
            return [
                el('p', {}, el('span', { class: 'strong' }, sayCount('editor.targets', names.length)), ' ', run < names.length ? sayCount('editor.targets.run', run) : say('editor.targets.all')),
                el('p', { class: 'names' }, names.slice(0, MOST_NAMES).map((name) => el('span', { class: 'chip is-success' }, bdi(name))),
                    names.length > MOST_NAMES ? el('span', { class: 'muted' }, say('editor.targets.more', number(names.length - MOST_NAMES))) : null),
                without.length > 0 ? el('p', { class: 'doubt' }, sayCount('editor.targets.without', without.length), ' ', bdi(job.executor, { class: 'mono' })) : null,
            ].filter(Boolean);
        });
    }

    #what() {
        const installed = this.#context.executors.map(({ name }) => name);
        const choice = el('select', { on: { change: () => {
            this.other.node.hidden = choice.value !== '*';
            if (choice.value === '*') {
                this.other.control.focus();
            }
            this.#executor(choice.value === '*' ? '' : choice.value);
        } } }, el('option', { value: '' }, say('editor.executor.none')), installed.map((name) => el('option', { value: name }, name)), el('option', { value: '*' }, say('editor.another')));
        this.other = textField(this.#draft, ['executor'], { label: say('editor.executor.name'), help: say('editor.executor.name.help'), mono: true });
        this.executorField = field({ place: 'executor', ...this.#about('executor'), control: choice, refresh: () => {
            const name = String(this.#draft.get(['executor']) ?? '');
            const asked = choice.value === '*' && (document.activeElement === this.other.control || document.activeElement === choice);
            if (!asked) {
                choice.value = name === '' || installed.includes(name) ? name : '*';
                this.other.node.hidden = choice.value !== '*';
            }
            this.other.refresh();
        } });
        this.#fields.push(this.executorField);
        this.config = new ConfigForm(this.#draft, ['executor_config'], () => String(this.#draft.get(['executor']) ?? ''),
            (owner) => this.#context.executors.find(({ name }) => name === owner)?.keys ?? []);
        return this.#section('what', this.#fieldsOf(this.executorField.node, this.other.node), this.config.node);
    }

    /** Another executor has other settings; those of the one before come back with it. */
    #executor(name) {
        const { executor, executor_config: config } = this.#draft.job;
        this.#set.set(executor ?? '', config);
        this.#draft.set(['executor'], name || undefined);
        this.#draft.set(['executor_config'], this.#set.get(name));
    }

    #trouble() {
        return this.#section('trouble',
            this.#fieldsOf(this.#text('retries', { number: true, initial: 0 }), this.#text('timeout', { placeholder: '30m' }), this.#choice('concurrency', ['allow', 'forbid'], 'allow'), this.#choice('misfire', ['once', 'skip', 'all'], 'once')),
            el('details', { class: 'later' }, el('summary', {}, say('editor.trouble.later')), this.#fieldsOf(
                this.#text('retry_delay', { placeholder: '1m' }), this.#text('retry_max_delay', { initial: '60s' }), this.#text('retry_backoff', { number: true, initial: 2 }),
                this.#text('retry_jitter', { number: true, initial: 0.2 }), this.#text('misfire_grace', { placeholder: '1h' }), this.#text('misfire_limit', { number: true, initial: 100 }), this.#text('lost_after', { placeholder: '10m' }))));
    }

    #dependents() {
        const suggestions = el('datalist', { id: 'jobs-known' });
        const parent = this.#text('parent_job', { mono: true, list: 'jobs-known' });
        const input = this.#fields.at(-1).control;
        input.addEventListener('input', () => this.#suggest(input.value, suggestions));
        input.addEventListener('focus', () => this.#suggest(input.value, suggestions));
        const followers = this.#context.dependents;
        return this.#section('dependents', this.#fieldsOf(parent, followers.length === 0 ? null
            : el('div', { class: 'f' }, el('span', { class: 'label' }, say('fact.dependents')), el('p', {}, followers.map((name) => el('a', { class: 'pair', href: jobPage(name) }, bdi(name)))))), suggestions);
    }

    async #suggest(typed, into) {
        const jobs = await get(`/v1/jobs?_start=0&_end=${SUGGESTED_JOBS}&_sort=name&q=${encodeURIComponent(typed)}`).catch((failure) => {
            setText(into, ''); // without suggestions the name can still be typed, and the server checks it
            console.warn(failure.message);
            return [];
        });
        into.replaceChildren(...jobs.filter(({ name }) => name !== this.#draft.job.name).map(({ name }) => el('option', { value: name })));
    }

    #output() {
        this.processors = new ProcessorsForm(this.#draft, this.#context.processors);
        return this.#section('output', this.#fieldsOf(this.processors.field.node, this.#text('keep_logs.size', { placeholder: '200MB' }), this.#text('keep_logs.age', { placeholder: '168h' })));
    }

    #notifications() {
        return this.#section('notifications', this.#fieldsOf(this.#text('owner_email', { placeholder: 'team@example.com' }), this.#choice('notify_on', ['always', 'failure', 'change'], 'always')));
    }

    #metadata() {
        const rows = this.#add(rowsField({
            place: 'metadata', ...this.#about('metadata'), add: say('editor.add'), columns: [{ label: say('editor.column.key') }, { label: say('editor.column.value') }],
            read: () => Object.entries(mapOf(this.#draft.get(['metadata']))).map(([key, value]) => [key, String(value)]),
            write: (changed) => {
                const full = mapFrom(changed);
                this.#draft.set(['metadata'], Object.keys(full).length === 0 ? undefined : full);
            },
            faults: rowFaults,
        }));
        return this.#section('metadata', this.#fieldsOf(rows.node));
    }
}
