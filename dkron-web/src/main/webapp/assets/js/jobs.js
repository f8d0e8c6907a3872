// The list of jobs. Filter, sort and page are the server's work and stand in the address.

import { actionButton, about, deleteJob, runJob, toggleJob } from './actions.js';
import { jobPage, listApi, listPage, newPage, pageNumbers, PAGE_SIZE, readList, STATUSES } from './address.js';
import { request } from './api.js';
import { Cells } from './cells.js';
import { bdi, el, setChildren, setNodes, setText } from './dom.js';
import { icon } from './icons.js';
import { bind } from './keys.js';
import { announce, note } from './news.js';
import { Page } from './page.js';
import { applyExecution, applyJob } from './patch.js';
import { chip, setChip, statusWord } from './status.js';
import { plain } from './text.js';
import { eachSecond } from './ticker.js';
import { everyZone, instant, until } from './time.js';
import { number, say, sayCount } from './words.js';

const COLUMNS = [['name', 'name'], ['status', 'status'], ['schedule', 'schedule'], [null, 'recent'], ['next', 'next'], ['owner', 'owner'], [null, 'actions']];

class Jobs extends Page {
    #rows = new Map();
    #total = 0;
    #typing = null;

    prepare() {
        this.state = readList(location.search);
        this.#buildBar();
        window.addEventListener('popstate', () => {
            this.state = readList(location.search);
            this.#fields();
            this.#readAgain();
        });
        this.#keys();
    }

    async read(signal) {
        const { data, response } = await request(listApi(this.state), { signal });
        const counted = Number(response.headers.get('X-Total-Count') ?? Number.NaN);
        return { jobs: data, total: Number.isNaN(counted) ? data.length : counted };
    }

    show({ jobs, total }) {
        if (jobs.length === 0 && total > 0) {
            this.go({ page: Math.ceil(total / PAGE_SIZE) }); // the page that the address names has gone
            return;
        }
        this.#total = total;
        if (!this.table) {
            this.#buildTable();
            eachSecond((now) => this.#rows.forEach((row) => row.count(now)));
        }
        const kept = new Map();
        for (const job of jobs) {
            const row = this.#rows.get(job.name) ?? new JobRow(job.name, this);
            row.update(job);
            kept.set(job.name, row);
        }
        this.#rows = kept;
        setNodes(this.tbody, [...kept.values()].map((row) => row.node));
        this.#rows.forEach((row) => row.count(Date.now()));
        this.#around(jobs.length);
    }

    events(list) {
        for (const { type, data } of list) {
            const row = this.#rows.get(type === 'execution' ? data.job_name : data?.name);
            if (type === 'job-deleted') {
                row?.gone();
                this.reloadSoon(3000);
            } else if (type === 'job' && row) {
                const edited = String(data.revision) !== String(row.revision ?? data.revision);
                const switched = (instant(data.next) === null) !== (instant(row.job.next) === null);
                row.revision = data.revision;
                applyJob(row.job, data);
                row.touched = true;
                if (edited || switched || this.state.status) {
                    this.reloadSoon(1500);
                }
            } else if (type === 'job' && Number(data.revision) === 1 && !data.status) {
                this.reloadSoon(1500); // somebody made a job
            } else if (type === 'execution' && row && applyExecution(row.job, data, row.known)) {
                row.touched = true;
            }
        }
        this.#rows.forEach((row) => row.touched && row.update(row.job));
    }

    /** Goes to another state of the list: into the address, and on screen. */
    go(change, keep = false) {
        this.state = { ...this.state, page: 1, ...change };
        history[keep ? 'replaceState' : 'pushState'](null, '', listPage(this.state));
        this.#fields();
        this.#readAgain();
    }

    #readAgain() {
        this.busy(true);
        this.reload();
    }

    #buildBar() {
        this.search = el('input', { type: 'search', class: 'main-search', placeholder: say('jobs.search'), 'aria-label': say('jobs.search'), on: {
            input: () => {
                clearTimeout(this.#typing);
                this.#typing = setTimeout(() => this.go({ q: this.search.value }, true), 200);
            },
            keydown: (event) => event.key === 'Escape' && (this.search.value = '', this.go({ q: '' }, true), this.search.blur()),
        } });
        const options = (values) => values.map(([value, words]) => el('option', { value }, words));
        this.status = el('select', { 'aria-label': say('jobs.filter.status'), on: { change: () => this.go({ status: this.status.value }) } },
            options([['', say('jobs.filter.anyStatus')], ...STATUSES.map((status) => [status, statusWord(status)])]));
        this.enabled = el('select', { 'aria-label': say('jobs.filter.enabled'), on: { change: () => this.go({ disabled: this.enabled.value }) } },
            options([['', say('jobs.filter.any')], ['false', say('jobs.filter.on')], ['true', say('jobs.filter.off')]]));
        this.clear = el('button', { type: 'button', class: 'button', on: {
            click: () => this.go({ q: '', status: '', disabled: '', owner: '' }),
        } }, icon('close'), say('jobs.filter.clear'));
        this.count = el('p', { class: 'muted list-count' });
        const bar = el('div', { class: 'bar' }, el('div', { class: 'search-box' }, icon('search'), this.search), this.status, this.enabled, this.clear, this.count);
        const create = el('a', { class: 'button primary new-job', href: newPage() }, icon('add'), el('span', {}, say('jobs.new')));
        this.querySelector('.page-head').append(create);
        bind('n', 'keys.new', () => create.click());
        this.body.before(bar);
        this.#fields();
    }

    #fields() {
        if (document.activeElement !== this.search || this.state.q === '') {
            this.search.value = this.state.q;
        }
        this.status.value = this.state.status;
        this.enabled.value = this.state.disabled;
        this.clear.hidden = !this.#filtered();
    }

    #filtered() {
        return Boolean(this.state.q || this.state.status || this.state.disabled || this.state.owner);
    }

    #buildTable() {
        this.tbody = el('tbody', { role: 'rowgroup' });
        this.heads = COLUMNS.map(([sort, name]) => {
            const words = say(`jobs.column.${name}`);
            const inner = sort
                ? el('button', { type: 'button', class: 'sort', on: { click: () => this.go({ sort, down: this.state.sort === sort && !this.state.down }) } },
                    el('span', {}, words), el('span', { class: 'sort-mark' }))
                : el('span', { class: name === 'actions' ? 'hidden' : '' }, words);
            return el('th', { scope: 'col', role: 'columnheader', class: `c-${name}`, 'data-sort': sort }, inner);
        });
        this.table = el('table', { class: 'jobs', role: 'table', 'aria-label': say('jobs.title') },
            el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, this.heads)), this.tbody);
        this.empty = el('div', { class: 'empty' });
        this.pages = el('nav', { class: 'pages', 'aria-label': say('jobs.pages') });
        this.body.append(this.table, this.empty, this.pages);
    }

    #around(shown) {
        const from = (this.state.page - 1) * PAGE_SIZE;
        const words = this.#total > PAGE_SIZE
            ? say('jobs.range', number(from + 1), number(from + shown), number(this.#total))
            : sayCount('jobs.count', this.#total);
        if (this.count.textContent !== words) {
            setText(this.count, words);
            announce(words);
        }
        this.table.hidden = shown === 0;
        this.empty.hidden = shown > 0;
        setChildren(this.empty, shown > 0 ? '' : String(this.#filtered()), () => (shown > 0 ? [] : emptyList(this.#filtered())));
        for (const head of this.heads) {
            const { sort } = head.dataset;
            const here = sort === this.state.sort;
            if (sort) {
                head.setAttribute('aria-sort', here ? (this.state.down ? 'descending' : 'ascending') : 'none');
                setChildren(head.querySelector('.sort-mark'), here ? String(this.state.down) : '', () => (here ? icon(this.state.down ? 'down' : 'up') : []));
            }
        }
        this.#pageLinks();
    }

    #pageLinks() {
        const last = Math.max(1, Math.ceil(this.#total / PAGE_SIZE));
        const current = this.state.page;
        const link = (page, inner, label) => el('a', {
            href: listPage({ ...this.state, page }), 'aria-label': label, 'aria-current': page === current && !label.startsWith('\u2039') ? 'page' : null,
            on: { click: (event) => {
                if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
                    event.preventDefault();
                    this.go({ page });
                    window.scrollTo(0, 0);
                }
            } },
        }, inner);
        setChildren(this.pages, `${listPage(this.state)} ${last}`, () => (last === 1 ? [] : [
            current > 1 ? link(current - 1, icon('back'), say('jobs.page.before')) : [],
            ...pageNumbers(current, last).map((page) => (page === null ? el('span', { class: 'muted' }, '\u2026') : link(page, number(page), say('jobs.page', number(page))))),
            current < last ? link(current + 1, icon('forward'), say('jobs.page.after')) : [],
        ]));
    }

    #keys() {
        const rows = () => [...this.#rows.values()];
        const here = () => rows().find((row) => row.node.contains(document.activeElement));
        const move = (step) => () => {
            const all = rows();
            const at = all.indexOf(here());
            all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))]?.link.focus();
        };
        bind('j', 'keys.down', move(1));
        bind('k', 'keys.up', move(-1));
        bind('Enter', 'keys.open', () => false); // the link in the row does that by itself
        bind('r', 'keys.run', () => here()?.runButton.click());
        bind('t', 'keys.toggle', () => here()?.toggleButton.click());
    }
}

/** One job in the list; its nodes stay while its values change. */
class JobRow {
    known = new Map();
    touched = false;

    constructor(name, list) {
        this.name = name;
        this.link = el('a', { href: jobPage(name), class: 'job-name' });
        this.cells = new Cells(say('cells.label', plain(name)), (group) => location.assign(jobPage(name, group)));
        this.chip = chip('');
        this.schedule = el('td', { role: 'cell', class: 'c-schedule' });
        this.next = el('td', { role: 'cell', class: 'c-next' });
        this.owner = el('td', { role: 'cell', class: 'c-owner' });
        this.runButton = actionButton('run', say('action.run.job', plain(name)), (button) => runJob(name, button), true);
        this.toggleButton = actionButton('disabled', say('action.disable.job', plain(name)), async (button) => {
            const job = await toggleJob(name, button);
            if (job) {
                this.update({ ...this.job, ...job });
                announce(say(job.disabled ? 'toggle.off' : 'toggle.on', plain(name)));
            }
        }, true);
        const remove = actionButton('trash', say('action.delete.job', plain(name)), async (button) => {
            if (await deleteJob(name, button)) {
                note('done', about('delete.done', name));
                this.gone();
                list.reload();
            }
        }, true);
        this.node = el('tr', { role: 'row' },
            el('td', { role: 'cell', class: 'c-name' }, this.link),
            el('td', { role: 'cell', class: 'c-status' }, this.chip),
            this.schedule,
            el('td', { role: 'cell', class: 'c-recent' }, this.cells.node),
            this.next, this.owner,
            el('td', { role: 'cell', class: 'c-actions' }, this.runButton, this.toggleButton, remove));
    }

    update(job) {
        this.job = job;
        this.touched = false;
        setChildren(this.link, `${job.displayname}`, () => (job.displayname
            ? [bdi(job.displayname), el('span', { class: 'muted mono below' }, bdi(this.name))] : bdi(this.name)));
        setChip(this.chip, job.status);
        setChildren(this.schedule, JSON.stringify([job.schedule, job.parent_job, job.timezone]), () => scheduleOf(job));
        this.cells.show(job.recent ?? []);
        setChildren(this.owner, String(job.owner), () => bdi(job.owner ?? ''));
        this.node.classList.toggle('off', job.disabled);
        const words = say(job.disabled ? 'action.enable.job' : 'action.disable.job', plain(this.name));
        if (this.toggleButton.getAttribute('aria-label') !== words) {
            this.toggleButton.setAttribute('aria-label', words);
            this.toggleButton.dataset.title = words;
            this.toggleButton.title = words;
            this.toggleButton.replaceChildren(icon(job.disabled ? 'enable' : 'disabled'));
        }
        this.count(Date.now());
    }

    count(now) {
        const at = instant(this.job.next);
        if (this.job.disabled) {
            setText(this.next, say('status.disabled'));
            this.next.title = '';
        } else if (at === null) {
            setText(this.next, '\u2013');
            this.next.title = say('jobs.next.none');
        } else {
            setText(this.next, until(at, now));
            this.next.title = everyZone(at, this.job.timezone);
        }
    }

    gone() {
        this.node.classList.add('gone');
    }
}

function scheduleOf(job) {
    if (job.parent_job && !job.schedule) {
        return [el('span', { class: 'muted' }, say('schedule.after'), ' '), bdi(job.parent_job)];
    }
    return [bdi(job.schedule, { class: 'mono' }), job.timezone ? el('span', { class: 'muted below' }, bdi(job.timezone)) : []];
}

function emptyList(filtered) {
    if (filtered) {
        return [el('h2', {}, say('jobs.noMatch')), el('p', { class: 'muted' }, say('jobs.noMatch.what'))];
    }
    const job = '{"name":"hello","schedule":"@every 10s","executor":"shell","executor_config":{"command":"date"}}';
    const line = `curl ${location.origin}/v1/jobs -d '${job}'`;
    const copy = el('button', { type: 'button', class: 'button small', on: {
        click: async () => {
            await navigator.clipboard.writeText(line);
            note('done', say('copied'));
        },
    } }, icon('copy'), say('action.copy'));
    return [el('h2', {}, say('jobs.empty')), el('p', { class: 'muted' }, say('jobs.empty.form')),
        el('a', { class: 'button primary', href: newPage() }, icon('add'), el('span', {}, say('jobs.new'))), el('p', { class: 'muted' }, say('jobs.empty.what')),
        el('div', { class: 'curl' }, el('code', { tabindex: '0' }, line), navigator.clipboard ? copy : null)];
}

customElements.define('dk-jobs', Jobs);
