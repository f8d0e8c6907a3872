// One job: what it is, when it runs next, what it did, and what it prints right now.

import { actionButton, deleteJob, runJob, toggleJob } from './actions.js';
import { editPage, jobApi, jobPage, newPage, readPath, runPage } from './address.js';
import { get } from './api.js';
import { Cells } from './cells.js';
import { bdi, el, longText, setChildren, setText, timeNode } from './dom.js';
import { exportJob } from './export.js';
import { icon } from './icons.js';
import { bind } from './keys.js';
import { LogView } from './log-view.js';
import { Page } from './page.js';
import { applyExecution, applyJob, groups, putExecution, unfinished } from './patch.js';
import { chip, setChip, statusIcon } from './status.js';
import { plain } from './text.js';
import { eachSecond } from './ticker.js';
import { instant, knownZone, span, stamp, until, viewerZone, wholeSpan } from './time.js';
import { number, say, sayCount } from './words.js';

const HISTORY = 100;

class Job extends Page {
    #known = new Map();
    #log = null;
    #picked = null; // the execution whose output is shown
    #pinned = false; // picked by a person; else the newest is followed

    prepare() {
        this.name = readPath(location.pathname).job;
        this.group = new URLSearchParams(location.search).get('group');
        bind('r', 'keys.run', () => this.runButton?.click());
        bind('t', 'keys.toggle', () => this.toggleButton?.click());
        bind('f', 'keys.follow', () => this.#log?.setFollow(!this.#log.follow));
    }

    async read(signal) {
        const [job, executions, schedule] = await Promise.all([
            get(jobApi(this.name), { signal }),
            get(`${jobApi(this.name, 'executions')}?_end=${HISTORY}&output_size_limit=0`, { signal }),
            get(`${jobApi(this.name, 'schedule')}?count=5`, { signal }),
        ]);
        return { job, executions, schedule };
    }

    gone(failure) {
        if (failure.status !== 404 || (failure.kind && failure.kind !== 'job-not-found')) {
            return false;
        }
        this.#gone(this.job ? 'job.gone' : 'job.unknown');
        return true;
    }

    show({ job, executions, schedule }) {
        this.job = job;
        this.executions = executions;
        this.schedule = schedule;
        if (!this.head) {
            this.#build();
            eachSecond((now) => this.#count(now));
        }
        this.#draw();
    }

    events(list) {
        let touched = false;
        for (const { type, data } of list) {
            if (type === 'job-deleted' && data?.name === this.name) {
                this.#gone('job.gone');
                return;
            }
            if (type === 'job' && data.name === this.name) {
                applyJob(this.job, data);
                this.reloadSoon(1000);
                touched = true;
            } else if (type === 'execution' && data.job_name === this.name) {
                putExecution(this.executions, data);
                applyExecution(this.job, data, this.#known);
                touched = true;
            }
        }
        if (touched) {
            this.#draw();
        }
    }

    #gone(words) {
        this.#log?.close();
        this.#log = null;
        this.querySelector('.gone-note')?.remove();
        this.classList.add('is-gone');
        if (!this.head) {
            this.body.replaceChildren();
        }
        this.head?.querySelectorAll('button').forEach((button) => button.remove());
        this.body.before(el('div', { class: 'page-error gone-note', role: 'alert' },
            el('p', { class: 'strong' }, say(words)), el('p', {}, bdi(this.name)), el('a', { class: 'button', href: '/ui/jobs' }, say('job.toList'))));
    }

    #build() {
        this.chip = chip('');
        this.off = el('span', { class: 'chip is-never' }, statusIcon('disabled'), say('status.disabled'));
        this.runButton = actionButton('run', say('action.run'), (button) => runJob(this.name, button));
        this.runButton.classList.add('primary');
        this.toggleButton = actionButton('disabled', say('action.disable'), async (button) => {
            const job = await toggleJob(this.name, button);
            if (job) {
                Object.assign(this.job, job);
                this.reload();
            }
        });
        const remove = actionButton('trash', say('action.delete'), async (button) => {
            if (await deleteJob(this.name, button)) {
                location.assign('/ui/jobs');
            }
        });
        const link = (name, href) => el('a', { class: 'button', href }, icon(name), el('span', {}, say(`action.${name}`)));
        const edit = link('edit', editPage(this.name));
        bind('e', 'keys.edit', () => edit.click());
        const save = el('button', { type: 'button', class: 'button', on: { click: () => exportJob(this.job) } }, icon('download'), el('span', {}, say('action.export')));
        this.head = el('div', { class: 'job-head' }, this.chip, this.off,
            el('div', { class: 'actions' }, this.runButton, edit, this.toggleButton, link('copy', newPage(this.name)), save, remove));
        this.querySelector('.page-head').append(this.head);
        this.cells = new Cells(say('cells.label', plain(this.name)), (group) => this.#pickGroup(group));
        this.cells.node.classList.add('large');
        this.planned = el('section', { class: 'panel planned', 'aria-labelledby': 'h-schedule' });
        this.facts = el('section', { class: 'panel facts', 'aria-labelledby': 'h-facts' });
        this.output = el('section', { class: 'panel output', 'aria-labelledby': 'h-output' });
        this.outputHead = el('div', { class: 'panel-head' });
        this.outputBody = el('div', {});
        this.output.append(this.outputHead, this.outputBody);
        this.tbody = el('tbody', {});
        this.none = el('p', { class: 'muted none' }, say('job.history.none'));
        const head = ['when', 'result', 'took', 'node', 'attempt', 'trigger'].map((name) => el('th', { scope: 'col', class: `h-${name}` }, say(`job.column.${name}`)));
        this.table = el('table', { class: 'history', 'aria-labelledby': 'h-history' }, el('thead', {}, el('tr', {}, head)), this.tbody);
        this.counts = el('span', { class: 'muted count' });
        const history = el('section', { class: 'panel history-panel', 'aria-labelledby': 'h-history' },
            el('div', { class: 'panel-head' }, el('h2', { id: 'h-history' }, say('job.history')), this.cells.node, this.counts),
            el('div', { class: 'scrolls', tabindex: '0', role: 'region', 'aria-labelledby': 'h-history' }, this.table), this.none);
        this.body.classList.add('job-grid');
        this.body.append(history, this.output, el('div', { class: 'side' }, this.planned, this.facts));
    }

    #draw() {
        const { job } = this;
        setChildren(this.querySelector('h1'), job.displayname, () => bdi(job.displayname || this.name));
        setChip(this.chip, job.status);
        this.off.hidden = !job.disabled;
        setChildren(this.toggleButton, String(job.disabled), () => [icon(job.disabled ? 'enable' : 'disabled'),
            el('span', {}, say(job.disabled ? 'action.enable' : 'action.disable'))]);
        this.cells.show(job.recent ?? []);
        setText(this.counts, say('job.counts', number(job.success_count), number(job.error_count)));
        this.#drawSchedule();
        setChildren(this.facts, JSON.stringify({ ...job, recent: 0, next: 0, status: 0 }), () => factsOf(job));
        this.#drawHistory();
        this.#follow();
    }

    #drawSchedule() {
        const { job, schedule } = this;
        setChildren(this.planned, JSON.stringify([job.schedule, job.disabled, schedule]), () => [
            el('div', { class: 'panel-head' }, el('h2', { id: 'h-schedule' }, say('job.schedule'))),
            schedule.description && schedule.description !== job.schedule
                ? el('p', { class: 'schedule-words strong' }, bdi(schedule.description)) : null,
            el('p', {}, job.schedule ? bdi(job.schedule, { class: 'mono' }) : [say('schedule.after'), ' ', el('a', { href: jobPage(job.parent_job) }, bdi(job.parent_job))],
                job.timezone ? el('span', { class: 'muted' }, ' \u00b7 ', bdi(job.timezone)) : null),
            firings(job, schedule),
        ].filter(Boolean));
        this.#count(Date.now());
    }

    #drawHistory() {
        const list = groups(this.executions);
        this.table.hidden = list.length === 0;
        this.none.hidden = list.length > 0;
        const key = JSON.stringify([this.#picked?.id, this.group, this.executions.map((e) => [e.id, e.state, e.finished_at])]);
        setChildren(this.tbody, key, () => {
            const focused = this.tbody.contains(document.activeElement) ? document.activeElement.dataset.id : null;
            if (focused) {
                queueMicrotask(() => this.tbody.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus());
            }
            return list.flatMap((group) => this.#groupRows(group));
        });
        this.#count(Date.now());
    }

    #groupRows(group) {
        const pointed = group.group === this.group;
        if (group.members.length === 1) {
            return [this.#executionRow(group.members[0], group, pointed, false)];
        }
        const good = group.members.filter((member) => member.state === 'success').length;
        const nodes = new Set(group.members.map((member) => member.node_name)).size;
        const took = group.finishedAt === null ? el('span', { 'data-since': group.startedAt }) : span(group.finishedAt - group.startedAt);
        const head = el('tr', { class: `group ${pointed ? 'pointed' : ''}` },
            el('th', { scope: 'row' }, timeNode(group.startedAt, this.job.timezone)), el('td', {}, chip(group.status)), el('td', {}, took),
            el('td', { colspan: '3', class: 'muted' }, sayCount('job.group', group.members.length, number(good), number(nodes))));
        return [head, ...group.members.map((member) => this.#executionRow(member, group, false, true))];
    }

    #executionRow(execution, group, pointed, within) {
        const started = instant(execution.started_at);
        const ended = instant(execution.finished_at);
        const took = ended === null ? el('span', { 'data-since': started }) : span(ended - started);
        const picked = execution.id === this.#picked?.id;
        const when = el('a', {
            href: runPage(this.name, execution.id), 'data-id': execution.id, 'aria-current': picked ? 'true' : null,
            on: { click: (event) => {
                if (!event.ctrlKey && !event.metaKey && !event.shiftKey && !picked) {
                    event.preventDefault();
                    this.#pick(execution, true);
                }
            } },
        }, timeNode(started, this.job.timezone));
        return el('tr', { class: `${picked ? 'picked' : ''} ${pointed ? 'pointed' : ''} ${within ? 'within' : ''}` },
            el('td', {}, when), el('td', {}, chip(execution.state)), el('td', {}, took), el('td', {}, bdi(execution.node_name)),
            el('td', { class: execution.attempt > 1 ? '' : 'muted' }, number(execution.attempt)),
            el('td', { class: 'muted' }, triggerWord(execution.trigger)));
    }

    #pickGroup(group) {
        const execution = this.executions.find((known) => String(known.group) === group);
        if (execution) {
            this.group = group;
            this.#pick(execution, true);
        }
    }

    /** Shows the newest execution's output, unless a person picked another. */
    #follow() {
        if (this.group && !this.#picked) {
            const pointed = this.executions.find((execution) => String(execution.group) === this.group);
            if (pointed) {
                this.#pick(pointed, true);
                return;
            }
        }
        if (!this.#pinned && this.executions.length > 0) {
            const [newest] = groups(this.executions)[0].members.slice(-1);
            if (newest.id !== this.#picked?.id && newest.state !== 'waiting') {
                this.#pick(newest, false);
            }
        } else if (this.executions.length === 0 && !this.outputBody.hasChildNodes()) {
            this.outputHead.replaceChildren(el('h2', { id: 'h-output' }, say('job.output')));
            this.outputBody.replaceChildren(el('p', { class: 'muted none' }, say('job.output.none')));
        }
        this.#outputTitle();
    }

    #pick(execution, pinned) {
        this.#picked = execution;
        this.#pinned = pinned;
        this.#log?.close();
        this.#log = new LogView({
            url: jobApi(this.name, 'executions', execution.id, 'output'), file: `${this.name}-${execution.id}.log`,
            onEnd: (ended) => ended && this.events([{ type: 'execution', data: { job_name: this.name, ...ended, output: undefined } }]),
        });
        this.outputBody.replaceChildren(this.#log.node);
        this.#drawHistory();
        this.#outputTitle();
    }

    #outputTitle() {
        const execution = this.executions.find((known) => known.id === this.#picked?.id) ?? this.#picked;
        if (!execution) {
            return;
        }
        setChildren(this.outputHead, JSON.stringify([execution.id, execution.state, this.#pinned]), () => [
            el('h2', { id: 'h-output' }, say('job.output')), chip(execution.state),
            el('span', { class: 'muted' }, bdi(execution.node_name), ' \u00b7 ', stamp(instant(execution.started_at), Date.now())),
            el('span', { class: 'grow' }),
            this.#pinned ? el('button', { type: 'button', class: 'button small', on: { click: () => { this.#pinned = false; this.#follow(); } } }, say('job.output.newest')) : null,
            el('a', { class: 'button small', href: runPage(this.name, execution.id) }, say('job.output.open')),
        ].filter(Boolean));
    }

    #count(now) {
        for (const node of this.querySelectorAll('[data-since]')) {
            setText(node, wholeSpan(Math.max(0, now - Number(node.dataset.since))));
        }
        for (const node of this.querySelectorAll('[data-until]')) {
            setText(node, until(Number(node.dataset.until), now));
        }
    }
}

/** The word for why something ran. */
export function triggerWord(trigger) {
    const known = ['schedule', 'manual', 'dependent', 'retry', 'create'];
    return known.includes(trigger) ? say(`trigger.${trigger}`) : bdi(trigger ?? '');
}

function firings(job, schedule) {
    if (job.disabled) {
        return el('p', { class: 'muted' }, say('job.next.disabled'));
    }
    const next = schedule.next ?? [];
    if (next.length === 0) {
        return el('p', { class: 'muted' }, say('jobs.next.none'));
    }
    const other = job.timezone && knownZone(job.timezone) && job.timezone !== viewerZone();
    return el('ol', { class: 'firings' }, next.map((firing) => {
        const at = instant(firing.utc);
        return el('li', {},
            timeNode(at, job.timezone), other ? el('span', { class: 'muted' }, say('job.theirs', stamp(at, Date.now(), job.timezone))) : null,
            el('span', { class: 'muted grow right', 'data-until': at }), firing.note ? el('span', { class: 'chip is-waiting' }, say(`firing.${firing.note}`)) : null);
    }));
}

function factsOf(job) {
    const fact = (name, ...value) => el('div', {}, el('dt', {}, say(`fact.${name}`)), el('dd', {}, value));
    const pairs = (map) => Object.entries(map ?? {}).map(([key, value]) =>
        el('span', { class: 'pair mono' }, bdi(key), '=', longText(String(value), 300, say('showAll'))));
    const config = { ...job.executor_config };
    const { command } = config;
    delete config.command;
    const when = (text) => (instant(text) === null ? say('never') : timeNode(instant(text), job.timezone));
    const rows = [
        job.displayname ? fact('name', bdi(job.name, { class: 'mono' })) : null,
        command !== undefined ? fact('command', el('pre', { tabindex: '0' }, longText(command, 2000, say('showAll')))) : null,
        fact('executor', bdi(job.executor || say('none')), ' ', pairs(config)),
        job.owner ? fact('owner', bdi(job.owner), job.owner_email ? el('span', { class: 'muted' }, ' ', bdi(job.owner_email)) : null) : null,
        pairs(job.tags).length ? fact('tags', pairs(job.tags)) : null,
        pairs(job.metadata).length ? fact('metadata', pairs(job.metadata)) : null,
        fact('concurrency', bdi(job.concurrency || 'allow')),
        job.retries > 0 ? fact('retries', number(job.retries)) : null,
        job.timeout ? fact('timeout', bdi(job.timeout)) : null,
        job.parent_job && job.schedule ? fact('parent', el('a', { href: jobPage(job.parent_job) }, bdi(job.parent_job))) : null,
        job.dependent_jobs?.length ? fact('dependents', job.dependent_jobs.map((name) => el('a', { class: 'pair', href: jobPage(name) }, bdi(name)))) : null,
        Object.keys(job.processors ?? {}).length ? fact('processors', Object.keys(job.processors).map((name) => el('span', { class: 'pair mono' }, bdi(name)))) : null,
        fact('lastSuccess', when(job.last_success)),
        fact('lastError', when(job.last_error)),
        job.missed_count > 0 ? fact('missed', number(job.missed_count)) : null,
        job.skipped_count > 0 ? fact('skipped', number(job.skipped_count)) : null,
    ];
    return [el('div', { class: 'panel-head' }, el('h2', { id: 'h-facts' }, say('job.facts'))), el('dl', {}, rows.filter(Boolean))];
}

customElements.define('dk-job', Job);
