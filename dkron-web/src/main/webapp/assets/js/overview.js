// Overview: is it well, what runs, what failed and why, what is next?

import { get } from './api.js';
import { jobPage, listPage, newPage, readList, runPage } from './address.js';
import { cluster } from './cluster.js';
import { bdi, el, setChildren, setNodes, setText, timeNode } from './dom.js';
import { icon } from './icons.js';
import { Page } from './page.js';
import { putExecution, unfinished } from './patch.js';
import { lookOf, statusIcon, statusWord } from './status.js';
import { cut, lastLine, plain } from './text.js';
import { eachSecond } from './ticker.js';
import { ago, instant, until, wholeSpan } from './time.js';
import { number, say, sayCount } from './words.js';

const ROWS = 8;
const SHARES = ['success', 'partially_failed', 'failed', 'running', 'cancelled', 'untriggered'];
const DAY = 24 * 3600 * 1000;

class Overview extends Page {
    async read(signal) {
        const since = new Date(Date.now() - DAY).toISOString();
        const [overview, running, failed, upcoming] = await Promise.all([
            get('/v1/overview', { signal }),
            get(`/v1/executions?state=running&_end=${ROWS * 5}&output_size_limit=0`, { signal }),
            get(`/v1/executions?state=failed&since=${since}&_end=${ROWS}&output_size_limit=600`, { signal }),
            get(`/v1/upcoming?limit=${ROWS + 4}`, { signal }),
        ]);
        return { overview, running, failed, upcoming };
    }

    prepare() {
        document.addEventListener('dk-cluster', () => this.data && this.#cluster());
    }

    show(data) {
        this.data = data;
        if (!this.tiles) {
            this.#build();
            eachSecond(() => this.#count());
        }
        this.#draw();
    }

    events(list) {
        const { running, failed, upcoming } = this.data;
        for (const { type, data } of list) {
            if (type === 'execution') {
                this.#execution(running, failed, data);
            } else if (type === 'job') {
                const next = upcoming.find((firing) => firing.job === data.name);
                if (next && data.next) {
                    next.at = data.next;
                }
            }
        }
        this.#draw();
        this.reloadSoon(2000);
    }

    #execution(running, failed, execution) {
        if (unfinished(execution.state)) {
            putExecution(running, execution);
            return;
        }
        const at = running.findIndex((known) => known.id === execution.id);
        if (at >= 0) {
            running.splice(at, 1);
        }
        if (execution.state === 'failed' || execution.state === 'lost') {
            putExecution(failed, execution);
            failed.splice(ROWS);
        }
    }

    #build() {
        this.line = el('p', { class: 'state-line' });
        this.tiles = el('div', { class: 'tiles' });
        this.shares = el('div', { class: 'shares', 'aria-hidden': 'true' });
        this.legend = el('ul', { class: 'legend' });
        this.total = el('a', { class: 'figure', href: '/ui/jobs' });
        const jobs = el('section', { class: 'panel jobs-panel', 'aria-labelledby': 'h-status' },
            el('div', { class: 'panel-head' }, el('h2', { id: 'h-status' }, say('overview.jobs')), this.total), this.shares, this.legend);
        const list = (id, words) => {
            const rows = el('ul', { class: 'rows' });
            const count = el('span', { class: 'count muted' });
            const section = el('section', { class: 'panel', 'aria-labelledby': id },
                el('div', { class: 'panel-head' }, el('h2', { id }, say(words)), count), rows);
            return { rows, count, section };
        };
        this.runningList = list('h-running', 'overview.running');
        this.failedList = list('h-failed', 'overview.failed');
        this.upcomingList = list('h-next', 'overview.next');
        this.tiles.append(this.runningList.section, this.failedList.section, this.upcomingList.section);
        this.empty = el('div', { class: 'empty' }, el('h2', {}, say('jobs.empty')), el('p', { class: 'muted' }, say('jobs.empty.form')),
            el('a', { class: 'button primary', href: newPage() }, icon('add'), el('span', {}, say('jobs.new'))));
        this.body.append(this.line, this.empty, jobs, this.tiles);
    }

    #draw() {
        this.#cluster();
        this.#jobs(this.data.overview.jobs);
        this.#rows(this.runningList, this.data.running.slice(0, ROWS), (e) => e.id, runningRow, 'overview.running.none');
        this.#rows(this.failedList, this.data.failed.slice(0, ROWS), (e) => `${e.id} ${e.output}`, failedRow, 'overview.failed.none');
        const firings = [...this.data.upcoming].sort((a, b) => instant(a.at) - instant(b.at)).slice(0, ROWS);
        this.#rows(this.upcomingList, firings, (f) => `${f.job} ${f.at}`, firingRow, 'overview.next.none');
        const now = this.data.overview.running ?? this.data.running.length;
        setText(this.runningList.count, this.data.running.length ? number(Math.max(now, this.data.running.length)) : '');
        this.#count();
    }

    #cluster() {
        const { cluster: state = {}, members = {} } = this.data.overview;
        const store = state.store_status ?? 'ok';
        const leader = cluster.leader ?? state.leader ?? '';
        const well = leader !== '' && store === 'ok' && !members.failed;
        const parts = [
            leader ? [say('overview.leader'), ' ', bdi(leader, { class: 'strong' }), state.term ? ` ${say('overview.term', state.term)}` : ''] : say('live.leaderless'),
            state.node ? [say('overview.node'), ' ', bdi(state.node, { class: 'strong' })] : null,
            state.store ? [say('overview.store'), ' ', bdi(state.store, { class: 'strong' }), store === 'ok' ? '' : ` ${say('overview.store.away')}`] : null,
            members.total ? el('a', { href: '/ui/cluster' }, sayCount('overview.members', members.alive ?? members.total, number(members.total))) : null,
            ...['failed', 'leaving', 'left'].filter((status) => members[status] > 0).map((status) => `${number(members[status])} ${statusWord(status)}`),
        ].filter(Boolean);
        setChildren(this.line, JSON.stringify([leader, state, members]), () => [
            el('span', { class: `chip is-${well ? 'success' : 'failed'}` }, statusIcon(well ? 'success' : 'failed'), say(well ? 'overview.well' : 'overview.unwell')),
            parts.map((part) => el('span', { class: 'state-part' }, part)),
        ].flat());
    }

    #jobs(jobs) {
        this.empty.hidden = jobs.total > 0;
        setText(this.total, sayCount('overview.total', jobs.total));
        const shown = SHARES.filter((status) => jobs[status] > 0);
        setChildren(this.shares, shown.map((s) => s + jobs[s]).join(), () => shown.map((status) => {
            const share = el('span', { class: `share is-${lookOf(status)}` });
            share.style.flexGrow = jobs[status];
            return share;
        }));
        const address = (filter) => listPage({ ...readList(''), ...filter });
        const entry = (status, count, filter) => el('li', {}, el('a', { href: address(filter), class: `is-${lookOf(status)}` },
            statusIcon(status), el('span', { class: 'figure' }, number(count)), el('span', { class: 'muted' }, statusWord(status))));
        const legend = SHARES.filter((status) => jobs[status] > 0 || ['success', 'failed', 'running'].includes(status));
        setChildren(this.legend, JSON.stringify(jobs), () => [
            ...legend.map((status) => entry(status, jobs[status] ?? 0, { status })),
            ...(jobs.disabled > 0 ? [entry('disabled', jobs.disabled, { disabled: 'true' })] : []),
        ]);
    }

    #rows(list, items, keyOf, build, none) {
        list.nodes ??= new Map();
        if (items.length === 0) {
            list.nodes.clear();
            setChildren(list.rows, none, () => el('li', { class: 'none muted' }, say(none)));
            return;
        }
        delete list.rows.dataset.key;
        const nodes = items.map((item) => {
            const key = keyOf(item);
            const node = list.nodes.get(key) ?? build(item);
            list.nodes.set(key, node);
            return node;
        });
        const keep = new Set(nodes);
        list.nodes.forEach((node, key) => keep.has(node) || list.nodes.delete(key));
        setNodes(list.rows, nodes);
    }

    #count() {
        const now = Date.now();
        for (const node of this.querySelectorAll('[data-since]')) {
            setText(node, wholeSpan(Math.max(0, now - Number(node.dataset.since))));
        }
        for (const node of this.querySelectorAll('[data-ago]')) {
            setText(node, ago(Number(node.dataset.ago), now));
        }
        for (const node of this.querySelectorAll('[data-until]')) {
            setText(node, until(Number(node.dataset.until), now));
        }
    }
}

function row(look, address, name, right, below) {
    return el('li', { class: `row is-${look}` },
        statusIcon({ partial: 'partially_failed', clock: 'waiting' }[look] ?? look),
        el('a', { href: address, class: 'row-name' }, bdi(name)), right, below ? el('span', { class: 'row-below muted' }, below) : null);
}

function runningRow(execution) {
    const since = instant(execution.started_at);
    return row('running', runPage(execution.job_name, execution.id), execution.job_name,
        el('span', { class: 'row-right', 'data-since': since, title: plain(execution.started_at) }), [say('on'), ' ', bdi(execution.node_name)]);
}

function failedRow(execution) {
    const at = instant(execution.finished_at) ?? instant(execution.started_at);
    const time = timeNode(at, '', { class: 'row-right', 'data-ago': at });
    const why = lastLine(execution.output);
    return row('failed', runPage(execution.job_name, execution.id), execution.job_name, time,
        [bdi(execution.node_name), why ? [' \u00b7 ', bdi(cut(why, 160), { class: 'mono' })] : null]);
}

function firingRow(firing) {
    const at = instant(firing.at);
    return row('waiting', jobPage(firing.job), firing.job,
        el('span', { class: 'row-right', 'data-until': at }), [timeNode(at, firing.timezone)]);
}

customElements.define('dk-overview', Overview);
