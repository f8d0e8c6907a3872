// The editor of a job: form and JSON of the same draft, checked while it is typed, saved without overwriting others.

import { editPage, jobApi, jobPage, readPath } from './address.js';
import { about } from './actions.js';
import { ApiError, request } from './api.js';
import { definitionOf, isMap, mapOf, merged, readText, sameJob, textOf, warningsIn, withoutSecrets } from './definition.js';
import { needsLeader } from './cluster.js';
import { bdi, el, setChildren, setText } from './dom.js';
import { Check, faultsOf } from './editor-check.js';
import { askConflict, askLeave } from './editor-conflict.js';
import { Draft } from './editor-draft.js';
import { Form } from './editor-form.js';
import { exportJob } from './export.js';
import { icon } from './icons.js';
import { announce, note } from './news.js';
import { Page } from './page.js';
import { plain } from './text.js';
import { clock } from './time.js';
import { say, sayCount } from './words.js';

const KEEP_PAUSE = 400;
const NEW_JOB = { name: '', schedule: '', executor: 'shell' };

function newKey() {
    return crypto.randomUUID?.() ?? `${performance.now()}-${Math.random()}`;
}

class Editor extends Page {
    #saving = false;
    #leaving = false;
    #attempt = { text: null, key: null }; // a save whose answer was lost is sent again under its key
    #told = { faults: [], warnings: [] };
    #refused = []; // faults of the last save, until the next check
    #insists = false; // a save was refused: all faults are shown
    #message = ''; // what went wrong with the last save, where that is no fault of the job
    #asking = false;
    #keeping = null;

    prepare() {
        this.fault = null;
        this.name = readPath(location.pathname).job ?? null;
        this.copied = this.name === null ? new URLSearchParams(location.search).get('copy') : null;
        document.addEventListener('keydown', (event) => {
            if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 's') {
                event.preventDefault();
                if (!document.querySelector('dialog[open]')) {
                    this.#save(false);
                }
            }
        });
        window.addEventListener('beforeunload', (event) => {
            if (this.#dirty() && !this.#leaving) {
                this.#keep();
                event.preventDefault();
                event.returnValue = true; // older browsers ask only so
            }
        });
        document.addEventListener('click', (event) => this.#linkFollowed(event), true);
    }

    async read(signal) {
        const source = this.name ?? this.copied;
        const [found, executors, processors] = await Promise.all([
            source === null ? null : request(jobApi(source), { signal }),
            this.draft ? [] : installed('/v1/executors', signal), this.draft ? [] : installed('/v1/processors', signal),
        ]);
        return { job: found?.data ?? null, etag: found?.response.headers.get('ETag') ?? null, executors, processors };
    }

    gone(failure) {
        if (failure.status !== 404 || (failure.kind && failure.kind !== 'job-not-found')) {
            return false;
        }
        if (this.draft) {
            this.#goneMeanwhile();
        } else {
            this.body.replaceChildren();
            this.body.before(el('div', { class: 'page-error gone-note', role: 'alert' }, el('p', { class: 'strong' }, say('job.unknown')),
                el('p', {}, bdi(this.name ?? this.copied)), el('a', { class: 'button', href: '/ui/jobs' }, say('job.toList'))));
        }
        return true;
    }

    show({ job, etag, executors, processors }) {
        if (this.draft) {
            this.#readAgain(job, etag);
            return;
        }
        const start = job === null ? NEW_JOB : this.copied === null ? job : { ...job, name: '' };
        this.before = this.name === null ? NEW_JOB : definitionOf(job);
        this.etag = this.name === null ? null : etag;
        this.secrets = new Map([...executors, ...processors].map(({ name, keys }) => [name, new Set(keys.filter(({ secret }) => secret).map((key) => key.name))]));
        this.draft = new Draft(start);
        this.form = new Form(this.draft, { executors, processors, fixedName: this.name !== null, dependents: job?.dependent_jobs && this.name !== null ? job.dependent_jobs : [] });
        this.check = new Check(() => this.draft.job, (result) => this.#checked(result));
        this.#build();
        this.draft.addEventListener('change', (event) => this.#changed(event.detail));
        this.#offerKept();
        this.#draw();
        this.check.soon();
        if (this.name === null) {
            this.form.placeOf('name').control.focus({ preventScroll: true });
        }
    }

    events(list) {
        const mine = list.filter(({ type, data }) => this.name !== null && (type === 'job' || type === 'job-deleted') && data?.name === this.name);
        if (mine.some(({ type, data }) => type === 'job-deleted' || `"${data.revision}"` !== this.etag) && !this.#saving) {
            this.reload();
        }
        if (list.some(({ type }) => type === 'member')) {
            this.check.soon();
        }
    }

    #dirty() {
        return this.draft !== undefined && (this.fault !== null || !sameJob(this.before, this.draft.job));
    }

    // ------------------------------------------------------------------ what is on screen

    #build() {
        this.tabs = ['form', 'json'].map((name) => el('button', { type: 'button', class: 'button', 'aria-pressed': String(name === 'form'), on: { click: () => this.#view(name) } }, say(`editor.view.${name}`)));
        this.unsaved = el('span', { class: 'chip is-waiting', hidden: true }, icon('edit'), el('span', {}, say('editor.unsaved')));
        this.querySelector('.page-head').append(this.unsaved, el('div', { class: 'views', role: 'group', 'aria-label': say('editor.view') }, this.tabs));
        this.summary = el('div', { class: 'summary', tabindex: '-1', hidden: true });
        this.doubts = el('div', { class: 'doubts', role: 'status' });
        this.news = el('div', { class: 'editor-news' });
        this.text = el('textarea', { id: 'job-json', class: 'mono', spellcheck: 'false', autocomplete: 'off', 'aria-describedby': 'json-fault json-help', on: { input: () => this.#typedJson() } });
        this.textFault = el('p', { class: 'fault', id: 'json-fault', role: 'status' });
        this.json = el('section', { class: 'panel editor-json', hidden: true, 'aria-labelledby': 'g-json' },
            el('div', { class: 'panel-head' }, el('h2', { id: 'g-json' }, el('label', { for: 'job-json' }, say('editor.json'))), el('span', { class: 'grow' }),
                el('button', { type: 'button', class: 'button small', on: { click: () => this.#readable() && exportJob(this.draft.job) } }, icon('download'), say('action.export'))),
            el('p', { class: 'help', id: 'json-help' }, say('editor.json.help')), this.text, this.textFault);
        this.state = el('p', { class: 'editor-state', role: 'status' });
        const save = el('button', { type: 'button', class: 'button primary', title: 'Ctrl+S', 'aria-keyshortcuts': 'Control+S Meta+S', on: { click: () => this.#save(false) } }, icon('save'), el('span', {}, say('editor.save')));
        const run = el('button', { type: 'button', class: 'button', on: { click: () => this.#save(true) } }, icon('run'), el('span', {}, say('editor.saveRun')));
        this.saveButtons = [save, run].map(needsLeader);
        const cancel = el('a', { class: 'button', href: this.name === null ? '/ui/jobs' : jobPage(this.name) }, say('action.cancel'));
        this.body.classList.add('editor');
        this.body.append(this.news, this.summary, this.doubts, this.form.node, this.json, el('div', { class: 'editor-bar' }, this.state, cancel, run, save));
        this.#writeJson();
    }

    #view(name) {
        if (name === 'form' && !this.#readable()) {
            return;
        }
        this.tabs.forEach((tab, i) => tab.setAttribute('aria-pressed', String((i === 0) === (name === 'form'))));
        this.form.node.hidden = name !== 'form';
        this.json.hidden = name !== 'json';
        if (name === 'json') {
            this.#fit();
        } else {
            this.form.refresh();
        }
    }

    get #inJson() {
        return !this.json.hidden;
    }

    #changed({ by }) {
        if (by !== 'json') {
            this.#writeJson();
        }
        this.form.refresh();
        this.#message = '';
        this.#draw();
        this.check.soon();
        clearTimeout(this.#keeping);
        this.#keeping = setTimeout(() => this.#keep(), KEEP_PAUSE);
    }

    #writeJson() {
        this.text.value = textOf(this.draft.job);
        this.#jsonFault(null);
        this.#fit();
    }

    #fit() {
        this.text.rows = Math.max(12, this.text.value.split('\n').length + 1);
    }

    #typedJson() {
        const { job, fault } = readText(this.text.value);
        this.#fit();
        this.#jsonFault(fault ?? null);
        if (job) {
            this.draft.replace(this.name === null ? job : { ...job, name: job.name ?? this.name }, 'json');
        } else {
            this.#draw();
        }
    }

    #jsonFault(fault) {
        this.fault = fault;
        this.text.setAttribute('aria-invalid', String(fault !== null));
        setText(this.textFault, fault === null ? '' : fault.line === null ? say('editor.json.noObject') : say('editor.json.fault', fault.line, plain(fault.text)));
    }

    /** Whether the JSON can be read; if not, says so and leads there. */
    #readable() {
        if (this.fault === null) {
            return true;
        }
        this.text.focus();
        announce(this.textFault.textContent);
        return false;
    }

    #checked(result) {
        this.#told = result;
        this.#refused = [];
        this.form.told(result);
        this.#draw();
    }

    #faults() {
        const own = this.form.own();
        const renamed = this.name !== null && this.draft.job.name !== this.name ? [{ field: 'name', message: say('editor.h.nameFixed') }] : [];
        const known = this.#refused.length > 0 ? this.#refused : this.#told.faults;
        return [...renamed, ...own, ...known];
    }

    #draw() {
        const faults = this.#faults();
        const dirty = this.#dirty();
        this.form.faults(faults);
        this.unsaved.hidden = !dirty;
        const visible = faults.filter(({ field }) => this.#inJson || this.form.wants(field));
        const warnings = visible.length > 0 ? [] : this.#told.warnings;
        const words = this.#saving ? say('editor.state.saving') : this.fault !== null ? say('editor.state.json') : visible.length > 0 ? sayCount('editor.state.faults', visible.length)
            : dirty ? say('editor.state.unsaved') : say(this.name === null ? 'editor.state.new' : 'editor.state.saved');
        setText(this.state, words);
        this.state.classList.toggle('is-wrong', visible.length > 0 || this.fault !== null);
        this.#summarize(this.#insists || this.#inJson ? visible : []);
        setChildren(this.doubts, JSON.stringify([warnings, this.name === null && !dirty]), () =>
            (warnings.length === 0 || (this.name === null && !dirty) ? [] : [el('p', { class: 'strong' }, say('editor.doubts')), el('ul', {}, warnings.map((text) => el('li', {}, bdi(text))))]));
    }

    /** The list of faults at the top, each a link to its field. */
    #summarize(faults) {
        const message = faults.length > 0 ? '' : this.#message;
        this.summary.hidden = faults.length === 0 && message === '';
        setChildren(this.summary, JSON.stringify([faults, message]), () => [
            el('h2', {}, message || sayCount('editor.faults', faults.length)),
            faults.length === 0 ? null : el('ul', {}, faults.map(({ field, message: text }) => {
                const at = this.form.placeOf(field);
                return el('li', {}, at === null ? [bdi(field, { class: 'mono' }), ': '] : [el('a', { href: '#content', on: { click: (event) => {
                    event.preventDefault();
                    this.#lead(at);
                } } }, bdi(at.label)), at.place === field ? ': ' : [' ', bdi(field.slice(at.place.length + 1), { class: 'mono' }), ': ']], bdi(text));
            })),
        ].filter(Boolean));
    }

    #lead(at) {
        if (this.#inJson) {
            this.#view('form');
        }
        at.control.closest('details')?.setAttribute('open', '');
        at.control.scrollIntoView({ block: 'center' });
        at.control.focus();
    }

    // ------------------------------------------------------------------ saving

    async #save(run) {
        if (this.#saving || !this.draft || !this.#readable()) {
            return;
        }
        const own = [...this.form.own(), ...this.#faults().filter(({ field }) => this.name !== null && field === 'name')];
        if (own.length > 0) {
            this.#refuse([]);
            return;
        }
        let refusal = null;
        this.#busy(true);
        try {
            if (this.etag !== null && !this.#dirty()) {
                await this.#stored(run);
            } else {
                await this.#saved(await this.#send(), run);
            }
        } catch (failure) {
            if (!(failure instanceof ApiError)) {
                throw failure;
            }
            refusal = failure;
        } finally {
            this.#busy(false);
        }
        if (refusal !== null) {
            await this.#failed(refusal, run);
        }
    }

    #busy(on) {
        this.#saving = on;
        this.saveButtons.forEach((button) => button.toggleAttribute('aria-busy', on));
        this.saveButtons.forEach((button) => on && button.setAttribute('aria-busy', 'true'));
        this.#draw();
    }

    async #send() {
        const body = JSON.stringify(this.draft.job);
        const url = this.etag === null ? '/v1/jobs' : jobApi(this.name);
        const condition = this.etag === null ? { 'If-None-Match': '*' } : { 'If-Match': this.etag };
        const text = `${url} ${this.etag} ${body}`;
        if (this.#attempt.text !== text) {
            this.#attempt = { text, key: newKey() };
        }
        const answer = await request(url, { method: this.etag === null ? 'POST' : 'PUT', body, headers: { ...condition, 'Content-Type': 'application/json', 'Idempotency-Key': this.#attempt.key } });
        this.#attempt = { text: null, key: null };
        return answer;
    }

    /** What is shown is what is stored: nothing was changed, or a save whose answer was lost had arrived. */
    async #stored(run) {
        if (!run || (await this.#run())) {
            this.#leave(jobPage(this.name));
        }
    }

    async #saved({ data, response }, run) {
        const created = this.name === null;
        this.before = definitionOf(data);
        this.etag = response.headers.get('ETag');
        this.name = data.name;
        this.#insists = false;
        this.draft.replace(data, 'server');
        this.#forget();
        if (created) {
            history.replaceState(null, '', editPage(this.name));
        }
        const warnings = warningsIn(response.headers.get('Warning'));
        if (run && !(await this.#run())) {
            return;
        }
        if (warnings.length > 0 && !run) {
            note('done', el('p', {}, about('editor.saved', this.name)), el('p', { class: 'strong' }, say('editor.doubts')), el('ul', {}, warnings.map((text) => el('li', {}, bdi(text)))),
                el('p', {}, el('a', { href: jobPage(this.name) }, say('editor.toJob'))));
            this.#afterSave();
            return;
        }
        this.#leave(jobPage(this.name));
    }

    /** Stays on the page: what was new is edited from now on. */
    #afterSave() {
        this.querySelector('h1').replaceChildren(say('editor.edit'), ' ', bdi(this.name));
        document.title = `${say('editor.edit')} ${plain(this.name)} \u00b7 Dkron`;
        const name = this.form.placeOf('name').control;
        name.readOnly = true;
        this.querySelector('.editor-bar a').href = jobPage(this.name);
    }

    async #run() {
        try {
            await request(jobApi(this.name, 'run'), { method: 'POST', headers: { Prefer: 'respond-async', 'Idempotency-Key': newKey() } });
            return true;
        } catch (failure) {
            if (!(failure instanceof ApiError)) {
                throw failure;
            }
            this.#afterSave();
            this.#complain(say('editor.notRun', plain(failure.message)));
            return false;
        }
    }

    async #failed(failure, run) {
        const faults = faultsOf(failure);
        if (failure.status === 412) {
            await this.#meanwhile(run);
        } else if (faults.length > 0) {
            this.#refuse(faults);
        } else if (failure.status === 0) {
            this.#complain(say('editor.unreachable'));
        } else {
            this.#complain(say('editor.refused', plain(failure.message)));
        }
    }

    #refuse(faults) {
        this.#refused = faults;
        this.#insists = true;
        this.form.faults(this.#faults(), true);
        this.#draw();
        this.summary.focus();
    }

    #complain(text) {
        this.#message = text;
        this.#draw();
        this.summary.focus();
    }

    /** The condition of the save did not hold: somebody else was faster, or our own save was, whose answer was lost. */
    async #meanwhile(run) {
        const name = this.draft.job.name;
        let answer;
        try {
            answer = await request(jobApi(name));
        } catch (failure) {
            if (failure instanceof ApiError && failure.status === 404) {
                this.#goneMeanwhile();
                return;
            }
            if (!(failure instanceof ApiError)) {
                throw failure;
            }
            this.#complain(failure.status === 0 ? say('editor.unreachable') : say('editor.refused', plain(failure.message)));
            return;
        }
        if (sameJob(answer.data, this.draft.job)) {
            await this.#saved(answer, run);
        } else if (this.etag === null) {
            this.#refuse([{ field: 'name', message: say('editor.taken') }]);
        } else {
            await this.#conflict(definitionOf(answer.data), answer.response.headers.get('ETag'), run);
        }
    }

    // ------------------------------------------------------------------ others

    #readAgain(job, etag) {
        if (this.name === null || etag === this.etag || this.#saving) {
            return;
        }
        const theirs = definitionOf(job);
        if (!this.#dirty() || sameJob(theirs, this.draft.job)) {
            this.#take(theirs, etag);
            if (!sameJob(theirs, this.before)) {
                note('done', say('editor.reloaded'));
            }
            return;
        }
        if (sameJob(theirs, this.before)) {
            this.etag = etag; // saved without a change, or changed there and back
            return;
        }
        this.#warn(say('editor.changedMeanwhile'), say('editor.compare'), () => this.#conflict(theirs, etag, false));
    }

    #take(theirs, etag) {
        this.before = theirs;
        this.etag = etag;
        this.draft.replace(theirs, 'server');
        this.#forget();
    }

    async #conflict(theirs, etag, run) {
        if (this.#asking) {
            return;
        }
        this.#asking = true;
        const choice = await askConflict(this.before, theirs, this.draft.job);
        this.#asking = false;
        if (choice === null) {
            this.#warn(say('editor.changedMeanwhile'), say('editor.compare'), () => this.#conflict(theirs, etag, run));
            return;
        }
        this.#warn(null);
        if (choice === 'theirs') {
            this.#take(theirs, etag);
            note('done', say('editor.reloaded'));
            return;
        }
        const mine = choice === 'both' ? merged(this.before, theirs, this.draft.job) : this.draft.job;
        this.before = theirs;
        this.etag = etag;
        this.draft.replace(mine, 'server');
        if (choice === 'mine') {
            await this.#save(run);
        } else {
            note('done', say('editor.merged'));
        }
    }

    #goneMeanwhile() {
        this.etag = null;
        this.before = NEW_JOB;
        this.#warn(say('editor.deletedMeanwhile'), null);
        this.#draw();
    }

    #warn(text, words, act) {
        this.news.querySelector('.banner')?.remove();
        if (text !== null) {
            this.news.prepend(el('div', { class: 'banner', role: 'alert' }, el('span', {}, text), words === null ? null : el('button', { type: 'button', class: 'button small', on: { click: act } }, words)));
        }
    }

    // ------------------------------------------------------------------ leaving, and coming back

    async #linkFollowed(event) {
        const link = event.target.closest?.('a[href]');
        const plainClick = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
        if (!link || !plainClick || link.hasAttribute('download') || link.target === '_blank' || link.getAttribute('href').startsWith('#') || !this.#dirty()) {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        if (await askLeave()) {
            this.#forget();
            this.#leave(link.href);
        }
    }

    #leave(address) {
        this.#leaving = true;
        location.assign(address);
    }

    get #place() {
        return `dkron.draft.${location.pathname}${location.search}`;
    }

    /** Keeps the draft for a crash or a closed connection, in this tab and without secrets. */
    #keep() {
        if (!this.#dirty() || this.#leaving) {
            this.#forget();
            return;
        }
        const job = withoutSecrets(this.draft.job, (owner, key) => this.secrets.get(owner)?.has(key) ?? false);
        try {
            sessionStorage.setItem(this.#place, JSON.stringify({ job, at: Date.now() }));
        } catch (full) {
            console.warn(String(full)); // the draft is still on screen
        }
    }

    #forget() {
        clearTimeout(this.#keeping);
        sessionStorage.removeItem(this.#place);
    }

    #offerKept() {
        const kept = readText(sessionStorage.getItem(this.#place) ?? 'null').job;
        if (!isMap(kept?.job) || sameJob(kept.job, this.draft.job)) {
            return;
        }
        const { job } = kept;
        if (job.executor === this.draft.job.executor) {
            const secrets = Object.entries(mapOf(this.draft.job.executor_config)).filter(([key]) => !(key in mapOf(job.executor_config)) && this.secrets.get(job.executor)?.has(key));
            job.executor_config = { ...job.executor_config, ...Object.fromEntries(secrets) };
        }
        this.#warn(say('editor.kept', clock(Number(kept.at))), say('editor.kept.take'), () => {
            this.#warn(null);
            this.draft.replace(job, 'kept');
        });
    }
}

/** What is installed; a server of an older version cannot tell, then settings are rows of keys and values. */
async function installed(url, signal) {
    try {
        return (await request(url, { signal })).data;
    } catch (failure) {
        if (failure instanceof ApiError && failure.status === 404) {
            return [];
        }
        throw failure;
    }
}

customElements.define('dk-editor', Editor);
