// One job: what it is, when it runs next, what it did, and what it prints right now.

import { actionButton, cancelRuns, deleteJob, runJob, toggleJob } from './actions.js';
import { editPage, jobApi, jobPage, newPage, readPath, runPage } from './address.js';
import { get } from './api.js';
import { Cells } from './cells.js';
import { chainGraph, chainList } from './chain-view.js';
import { agoNode, countIn } from './counting.js';
import { code, definitionView, fact, pairs } from './definition-view.js';
import { bdi, el, setChildren, setText, timeNode } from './dom.js';
import { DurationChart, summary } from './duration-chart.js';
import { exportJob } from './export.js';
import { icon } from './icons.js';
import { bind } from './keys.js';
import { LogView } from './log-view.js';
import { Page } from './page.js';
import { applyExecution, applyJob, groups, putExecution } from './patch.js';
import { RANGE_NAMES, inRange, readRange } from './scale.js';
import { chip, setChip, statusIcon, statusWord } from './status.js';
import { plain } from './text.js';
import { eachSecond } from './ticker.js';
import { TimeLine } from './time-line.js';
import { instant, knownZone, span, stamp, viewerZone } from './time.js';
import { number, say, sayCount } from './words.js';

const HISTORY = 200;
const FIRINGS = 10;
const MISSED = 20;
const TABS = ['history', 'definition', 'chain'];
const SHORTEST_LINE = 60 * 1000; // what the time line shows at least

class Job extends Page {
    #known = new Map();
    #log = null;
    #picked = null; // the execution whose output is shown
    #pinned = false; // picked by a person; else the newest is followed

    prepare() {
        this.name = readPath(location.pathname).job;
        this.#readAddress();
        window.addEventListener('popstate', () => {
            this.#readAddress();
            this.reload();
        });
        bind('r', 'keys.run', () => this.runButton?.click());
        bind('t', 'keys.toggle', () => this.toggleButton?.click());
        bind('f', 'keys.follow', () => this.#log?.setFollow(!this.#log.follow));
    }

    #readAddress() {
        const given = new URLSearchParams(location.search);
        this.group = given.get('group');
        this.tab = TABS.includes(given.get('tab')) ? given.get('tab') : TABS[0];
        this.rangeText = given.get('range') ?? '';
    }

    #address(changed) {
        const { tab, rangeText, group } = { tab: this.tab, rangeText: this.rangeText, group: this.group, ...changed };
        const query = new URLSearchParams(Object.entries({ tab: tab === TABS[0] ? '' : tab, range: rangeText, group: group ?? '' }).filter(([, value]) => value));
        return [jobPage(this.name), query.toString()].filter(Boolean).join('?');
    }

    /** Changes what is shown, and the address with it. */
    #go(changed) {
        history.pushState(null, '', this.#address(changed));
        this.#readAddress();
        this.#draw();
        if (changed.tab === 'chain') {
            this.reload();
        }
    }

    async read(signal) {
        const [job, executions, schedule, missed, chain] = await Promise.all([
            get(jobApi(this.name), { signal }),
            get(`${jobApi(this.name, 'executions')}?_end=${HISTORY}&output_size_limit=0`, { signal }),
            get(`${jobApi(this.name, 'schedule')}?count=${FIRINGS}`, { signal }),
            get(`${jobApi(this.name, 'missed')}?_end=${MISSED}`, { signal }),
            this.tab === 'chain' ? get(jobApi(this.name, 'chain'), { signal }) : this.chain ?? null,
        ]);
        return { job, executions, schedule, missed, chain };
    }

    gone(failure) {
        if (failure.status !== 404 || (failure.kind && failure.kind !== 'job-not-found')) {
            return false;
        }
        this.#gone(this.job ? 'job.gone' : 'job.unknown');
        return true;
    }

    show(data) {
        Object.assign(this, data);
        if (!this.head) {
            this.#build();
            eachSecond((now) => {
                countIn(this, now);
                this.timeLine.tick(now);
            });
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
            } else if (type === 'missed' && data.name === this.name) {
                this.reloadSoon(1000);
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
        this.cancelButton = actionButton('stop', say('action.cancelRuns'), (button) => cancelRuns(this.name, null, button));
        const save = el('button', { type: 'button', class: 'button', on: { click: () => exportJob(this.job) } }, icon('download'), el('span', {}, say('action.export')));
        const remove = actionButton('trash', say('action.delete'), async (button) => {
            if (await deleteJob(this.name, button)) {
                location.assign('/ui/jobs');
            }
        });
        const link = (name, href) => el('a', { class: 'button', href }, icon(name), el('span', {}, say(`action.${name}`)));
        const edit = link('edit', editPage(this.name));
        bind('e', 'keys.edit', () => edit.click());
        this.head = el('div', { class: 'job-head' }, this.chip, this.off,
            el('div', { class: 'actions' }, this.runButton, this.cancelButton, edit, this.toggleButton, link('copy', newPage(this.name)), save, remove));
        this.querySelector('.page-head').append(this.head);
        this.tabs = el('nav', { class: 'tabs', 'aria-label': say('job.tabs') });
        this.panes = {
            history: el('div', {}, this.#buildHistory()),
            definition: el('div', { class: 'definition' }),
            chain: el('section', { class: 'panel chain', 'aria-labelledby': 'h-chain' }),
        };
        this.body.append(this.tabs, ...Object.values(this.panes));
    }

    #buildHistory() {
        this.cells = new Cells(say('cells.label', plain(this.name)), (group) => this.#pickGroup(group));
        this.cells.node.classList.add('large');
        this.counts = el('span', { class: 'muted count' });
        this.ranges = el('div', { class: 'ranges', role: 'group', 'aria-label': say('range.label') });
        this.timeLine = new TimeLine({ open: (group) => this.#pickGroup(group), select: (from, to) => this.#go({ rangeText: `${from}-${to}` }) });
        this.chart = new DurationChart((group) => this.#pickGroup(group));
        this.chartWords = el('p', { class: 'muted small-print chart-words' });
        const lines = el('section', { class: 'panel lines', 'aria-labelledby': 'h-lines' },
            el('div', { class: 'panel-head' }, el('h2', { id: 'h-lines' }, say('job.lines')), this.cells.node, this.counts, this.ranges),
            el('div', { class: 'drawings' }, this.timeLine.node, this.chartWords, this.chart.node));
        this.planned = el('section', { class: 'panel planned', 'aria-labelledby': 'h-schedule' });
        this.facts = el('section', { class: 'panel facts', 'aria-labelledby': 'h-facts' });
        this.notRun = el('section', { class: 'panel not-run', 'aria-labelledby': 'h-missed' });
        this.output = el('section', { class: 'panel output', 'aria-labelledby': 'h-output' });
        this.outputHead = el('div', { class: 'panel-head' });
        this.outputBody = el('div', {});
        this.output.append(this.outputHead, this.outputBody);
        this.tbody = el('tbody', {});
        this.none = el('p', { class: 'muted none' });
        const head = ['when', 'result', 'took', 'node', 'attempt', 'trigger'].map((name) => el('th', { scope: 'col', class: `h-${name}` }, say(`job.column.${name}`)));
        this.table = el('table', { class: 'history', 'aria-labelledby': 'h-history' }, el('thead', {}, el('tr', {}, head)), this.tbody);
        this.shown = el('span', { class: 'muted count' });
        const table = el('section', { class: 'panel history-panel', 'aria-labelledby': 'h-history' },
            el('div', { class: 'panel-head' }, el('h2', { id: 'h-history' }, say('job.history')), this.shown),
            el('div', { class: 'scrolls', tabindex: '0', role: 'region', 'aria-labelledby': 'h-history' }, this.table), this.none);
        return [lines, el('div', { class: 'job-grid' }, table, this.output, el('div', { class: 'side' }, this.planned, this.notRun, this.facts))];
    }

    #draw() {
        const { job } = this;
        setChildren(this.querySelector('h1'), job.displayname, () => bdi(job.displayname || this.name));
        setChip(this.chip, job.status);
        this.off.hidden = !job.disabled;
        setChildren(this.toggleButton, String(job.disabled), () => [icon(job.disabled ? 'enable' : 'disabled'),
            el('span', {}, say(job.disabled ? 'action.enable' : 'action.disable'))]);
        this.cancelButton.hidden = job.status !== 'running';
        this.#drawTabs();
        this.cells.show(job.recent ?? []);
        setText(this.counts, say('job.counts', number(job.success_count), number(job.error_count)));
        this.#drawSchedule();
        setChildren(this.facts, JSON.stringify({ ...job, recent: 0, next: 0, status: 0 }), () => this.#summary());
        this.#drawMissed();
        this.#drawHistory();
        this.#follow();
        countIn(this, Date.now());
    }

    #drawTabs() {
        const { job } = this;
        setChildren(this.tabs, this.#address({}), () => TABS.map((tab) => el('a', {
            href: this.#address({ tab }), 'aria-current': tab === this.tab ? 'page' : null,
            on: { click: (event) => {
                if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
                    event.preventDefault();
                    this.#go({ tab });
                    this.tabs.querySelector('[aria-current=page]').focus();
                }
            } },
        }, say(`job.tab.${tab}`))));
        Object.entries(this.panes).forEach(([tab, pane]) => { pane.hidden = tab !== this.tab; });
        if (this.tab === 'definition') {
            setChildren(this.panes.definition, JSON.stringify([{ ...job, recent: 0, next: 0, status: 0 }, this.schedule.description]), () => definitionView(job, this.schedule));
        } else if (this.tab === 'chain' && this.chain) {
            setChildren(this.panes.chain, JSON.stringify(this.chain), () => chainNodes(this.chain));
        }
    }

    #drawMissed() {
        const { job, missed } = this;
        this.notRun.hidden = missed.length === 0;
        setChildren(this.notRun, JSON.stringify(missed), () => [
            el('div', { class: 'panel-head' }, el('h2', { id: 'h-missed' }, say('missed.title')),
                el('span', { class: 'muted count' }, say('missed.counts', number(job.missed_count ?? 0), number(job.skipped_count ?? 0)))),
            el('ul', { class: 'missed' }, missed.map((record) => missedRow(record, job.timezone))),
        ]);
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
    }

    #drawHistory() {
        const now = Date.now();
        const range = readRange(this.rangeText, now);
        const all = groups(this.executions);
        const list = range === null ? all : all.filter((group) => inRange(range, group.startedAt));
        this.#drawLines(list, range, now);
        this.table.hidden = list.length === 0;
        this.none.hidden = list.length > 0;
        setText(this.none, say(all.length ? 'job.history.noneInRange' : 'job.history.none'));
        setText(this.shown, range === null || all.length === 0 ? '' : say('job.history.some', number(list.length), number(all.length)));
        const key = JSON.stringify([this.#picked?.id, this.group, list.map((group) => group.members.map((e) => [e.id, e.state, e.finished_at]))]);
        setChildren(this.tbody, key, () => {
            const focused = this.tbody.contains(document.activeElement) ? document.activeElement.dataset.id : null;
            if (focused) {
                queueMicrotask(() => this.tbody.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus());
            }
            return list.flatMap((group) => this.#groupRows(group));
        });
    }

    #drawLines(list, range, now) {
        const { job, missed } = this;
        setChildren(this.ranges, this.rangeText, () => this.#rangeButtons(range));
        const marks = list.filter((group) => group.startedAt !== null)
            .map((group) => ({ at: group.startedAt, status: group.status, group: group.group, words: `${statusWord(group.status)}, ${stamp(group.startedAt, now)}` }));
        for (const record of missed) {
            const at = instant(record.last);
            if (inRange(range, at)) {
                marks.push({ at, status: 'missed', words: `${missedWords(record)}, ${stamp(at, now)}` });
            }
        }
        const firings = job.disabled ? [] : (this.schedule.next ?? []).map((firing) => ({ at: instant(firing.utc), words: stamp(instant(firing.utc), now) }));
        const oldest = marks.length ? Math.min(...marks.map((mark) => mark.at)) : now - SHORTEST_LINE;
        const from = range === null ? Math.min(oldest - (now - oldest) * 0.02, now - SHORTEST_LINE) : range.from;
        this.timeLine.show({ from, to: range?.to ?? null, marks, firings, label: sayCount('timeLine.label', marks.length, number(firings.length)) });
        const runs = [...list].reverse().filter((group) => group.finishedAt !== null && group.startedAt !== null)
            .map((group) => ({ group: group.group, at: group.startedAt, ms: group.finishedAt - group.startedAt, status: group.status }));
        this.chart.node.hidden = runs.length === 0;
        this.chart.show(runs, job.timeout, String(this.#picked?.group ?? ''));
        const { median, longest } = summary(runs);
        setText(this.chartWords, [runs.length ? say('chart.words', span(median), span(longest)) : say('chart.none'),
            job.timeout ? say('chart.timeout', job.timeout) : ''].filter(Boolean).join(' \u00b7 '));
    }

    #rangeButtons(range) {
        const button = (text, words) => el('button', { type: 'button', class: 'button small', 'aria-pressed': String(this.rangeText === text), on: {
            click: () => { this.#go({ rangeText: text }); this.ranges.querySelector('[aria-pressed=true]')?.focus(); },
        } }, words);
        const own = range !== null && range.name === null;
        return [button('', say('range.all')), ...RANGE_NAMES.map((name) => button(name, say(`range.${name}`))),
            own ? el('span', { class: 'muted own-range' }, `${stamp(range.from, Date.now())} \u2013 ${stamp(range.to, Date.now())}`) : null].filter(Boolean);
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

    /** What one wants to know of the definition while looking at the history. */
    #summary() {
        const { job } = this;
        const config = { ...job.executor_config };
        const { command } = config;
        delete config.command;
        const when = (text) => (instant(text) === null ? say('never') : agoNode(instant(text), job.timezone));
        const rows = [
            command !== undefined ? fact(say('fact.command'), code(command)) : null,
            fact(say('fact.executor'), bdi(job.executor || say('none')), ' ', pairs(config)),
            job.owner ? fact(say('fact.owner'), bdi(job.owner), job.owner_email ? el('span', { class: 'muted' }, ' ', bdi(job.owner_email)) : null) : null,
            pairs(job.tags).length ? fact(say('fact.tags'), pairs(job.tags)) : null,
            pairs(job.metadata).length ? fact(say('fact.metadata'), pairs(job.metadata)) : null,
            job.parent_job && job.schedule ? fact(say('fact.parent'), el('a', { href: jobPage(job.parent_job) }, bdi(job.parent_job))) : null,
            job.dependent_jobs?.length ? fact(say('fact.dependents'), job.dependent_jobs.map((name) => el('a', { class: 'pair', href: jobPage(name) }, bdi(name)))) : null,
            fact(say('fact.lastSuccess'), when(job.last_success)),
            fact(say('fact.lastError'), when(job.last_error)),
        ];
        return [el('div', { class: 'panel-head' }, el('h2', { id: 'h-facts' }, say('job.facts'))), el('dl', {}, rows.filter(Boolean))];
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
            el('span', { class: 'muted grow right', 'data-until': at }), firing.note ? el('span', { class: 'chip is-waiting', title: say(`firing.${firing.note}.why`) }, icon('clock'), say(`firing.${firing.note}`)) : null);
    }));
}

function missedWords({ reason, count }) {
    const known = ['down', 'no-leader', 'store', 'rollback', 'misfire', 'forbid'];
    return sayCount(`missed.${known.includes(reason) ? reason : 'other'}`, Number(count));
}

function missedRow(record, zone) {
    const [first, last] = [instant(record.first), instant(record.last)];
    return el('li', { class: 'is-missed' }, statusIcon('missed'),
        el('span', {}, missedWords(record), el('span', { class: 'muted below' },
            timeNode(first, zone), first === last ? null : [' \u2013 ', timeNode(last, zone)])));
}

function chainNodes(chain) {
    const head = el('div', { class: 'panel-head' }, el('h2', { id: 'h-chain' }, say('job.tab.chain')));
    if (chain.parents.length === 0 && chain.dependents.length === 0) {
        const line = `curl -X PATCH localhost:8080/v1/jobs/OTHER -d '{"parent_job":"${plain(chain.job)}"}'`;
        return [head, el('div', { class: 'hint' }, el('p', { class: 'muted' }, say('chain.alone')), el('div', { class: 'curl' }, el('code', { tabindex: '0' }, line)))];
    }
    return [head, el('div', { class: 'chain-sides' }, chainGraph(chain), chainList(chain))];
}

customElements.define('dk-job', Job);
