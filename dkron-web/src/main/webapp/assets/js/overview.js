// Overview: is it well, what runs, what failed and why, what is next?

import { get } from './api.js';
import { jobPage, listPage, newPage, readList, runPage } from './address.js';
import { cluster } from './cluster.js';
import { agoNode, countIn } from './counting.js';
import { DelayChart, delayOf, delays } from './delay-chart.js';
import { bdi, el, setChildren, setNodes, setText, timeNode } from './dom.js';
import { icon } from './icons.js';
import { Page } from './page.js';
import { lastAttempts, putExecution, unfinished } from './patch.js';
import { RANGE_NAMES, readRange } from './scale.js';
import { lookOf, statusIcon, statusWord } from './status.js';
import { cut, lastLine, plain } from './text.js';
import { eachSecond } from './ticker.js';
import { TimeLine } from './time-line.js';
import { everyZone, instant, span, stamp } from './time.js';
import { number, part, say, sayCount } from './words.js';

const ROWS = 8;
const SHARES = ['success', 'partially_failed', 'failed', 'running', 'cancelled', 'untriggered'];
const DAY = 24 * 3600 * 1000;
const FAILURES = 24; // read for the rows: of several attempts only the last is shown
const FIRINGS = 40;
const DELAYS = 40; // read at first, each may cost a reading of the store; those that follow come as events
const MOST_DELAYS = 400;
const USUAL_RANGE = '24h'; // the page's preload asks for it too

class Overview extends Page {
    #delays = new Map();
    #delaysRead = false;

    async read(signal) {
        const since = new Date(Date.now() - DAY).toISOString();
        const [overview, running, failed, upcoming, started] = await Promise.all([
            get(`/v1/overview?range=${this.range}`, { signal }),
            get(`/v1/executions?state=running&_end=${ROWS * 5}&output_size_limit=0`, { signal }),
            get(`/v1/executions?state=failed&since=${since}&_end=${FAILURES}&output_size_limit=600`, { signal }),
            get(`/v1/upcoming?limit=${FIRINGS}`, { signal }),
            this.#delaysRead ? [] : get(`/v1/executions?_end=${DELAYS}&output_size_limit=0`, { signal }),
        ]);
        this.#delaysRead = true;
        started.forEach((execution) => this.#delay(execution));
        return { overview, running, failed, upcoming };
    }

    prepare() {
        this.#readAddress();
        window.addEventListener('popstate', () => {
            this.#readAddress();
            this.reload();
        });
        document.addEventListener('dk-cluster', () => this.data && this.#cluster());
    }

    #readAddress() {
        const given = new URLSearchParams(location.search).get('range');
        this.range = RANGE_NAMES.includes(given) ? given : USUAL_RANGE;
    }

    show(data) {
        this.data = data;
        if (!this.tiles) {
            this.#build();
            eachSecond((now) => {
                countIn(this, now);
                this.timeLine.tick(now);
            });
        }
        this.#draw();
    }

    #delay(execution) {
        const delay = delayOf(execution);
        if (delay) {
            this.#delays.set(delay.id, delay);
            if (this.#delays.size > MOST_DELAYS) {
                this.#delays.delete(this.#delays.keys().next().value);
            }
        }
    }

    events(list) {
        const { running, failed, upcoming } = this.data;
        for (const { type, data } of list) {
            if (type === 'execution') {
                this.#execution(running, failed, data);
                this.#delay(data);
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
            failed.splice(FAILURES);
        }
    }

    #build() {
        this.line = el('p', { class: 'state-line' });
        this.tiles = el('div', { class: 'tiles' });
        this.ranges = el('div', { class: 'ranges', role: 'group', 'aria-label': say('range.label') });
        this.querySelector('.page-head').append(this.ranges);
        this.shares = el('div', { class: 'shares', 'aria-hidden': 'true' });
        this.legend = el('ul', { class: 'legend' });
        this.total = el('a', { class: 'figure', href: '/ui/jobs' });
        const jobs = panel('h-status', 'overview.jobs', this.total, this.shares, this.legend);
        jobs.classList.add('jobs-panel');
        this.timeLine = new TimeLine();
        this.rate = el('span', { class: 'count muted' });
        this.resultsNote = el('p', { class: 'muted small-print' }, say('overview.results.what'));
        const results = panel('h-results', 'overview.results', this.rate, el('div', { class: 'drawings' }, this.timeLine.node), this.resultsNote);
        this.delayChart = new DelayChart();
        this.delayCount = el('span', { class: 'count muted' });
        const late = panel('h-delay', 'overview.delay', this.delayCount, el('div', { class: 'drawings' }, this.delayChart.node));
        const list = (id, words) => {
            const rows = el('ul', { class: 'rows' });
            const count = el('span', { class: 'count muted' });
            return { rows, count, section: panel(id, words, count, rows) };
        };
        this.runningList = list('h-running', 'overview.running');
        this.failedList = list('h-failed', 'overview.failed');
        this.upcomingList = list('h-next', 'overview.next');
        this.tiles.append(this.runningList.section, this.failedList.section, this.upcomingList.section);
        this.empty = el('div', { class: 'panel empty' }, el('h2', {}, say('jobs.empty')), el('p', { class: 'muted' }, say('jobs.empty.what')),
            el('a', { class: 'button primary', href: newPage() }, icon('add'), el('span', {}, say('jobs.new'))),
            el('div', { class: 'curl' }, el('code', { tabindex: '0' }, firstJob())));
        this.body.append(this.line, this.empty, jobs, el('div', { class: 'over-time' }, results, late), this.tiles);
    }

    #draw() {
        this.#cluster();
        this.empty.hidden = this.data.overview.jobs.total > 0;
        this.#jobs(this.data.overview.jobs);
        this.#overTime();
        this.#rows(this.runningList, this.data.running.slice(0, ROWS), (e) => e.id, runningRow, 'overview.running.none');
        this.#rows(this.failedList, lastAttempts(this.data.failed).slice(0, ROWS), (e) => `${e.id} ${e.output}`, failedRow, 'overview.failed.none');
        const firings = [...this.data.upcoming].sort((a, b) => instant(a.at) - instant(b.at)).slice(0, ROWS);
        this.#rows(this.upcomingList, firings, (f) => `${f.job} ${f.at}`, firingRow, 'overview.next.none');
        const now = this.data.overview.running ?? this.data.running.length;
        setText(this.runningList.count, this.data.running.length ? number(Math.max(now, this.data.running.length)) : '');
        countIn(this, Date.now());
    }

    #overTime() {
        const now = Date.now();
        const { from } = readRange(this.range, now);
        setChildren(this.ranges, this.range, () => RANGE_NAMES.map((name) => el('button', {
            type: 'button', class: 'button small', 'aria-pressed': String(name === this.range), on: { click: () => this.#go(name) },
        }, say(`range.${name}`))));
        const steps = this.data.overview.results?.steps ?? [];
        const step = (this.data.overview.results?.step ?? 60) * 1000;
        const bars = steps.map(({ at, success, failed }) => ({ at: instant(at), step, success, failed, words: say('overview.step', stamp(instant(at), now), number(success), number(failed)) }));
        const good = bars.reduce((sum, bar) => sum + bar.success, 0);
        const bad = bars.reduce((sum, bar) => sum + bar.failed, 0);
        const firings = this.data.upcoming.map((firing) => ({ at: instant(firing.at), name: cut(plain(firing.job), 16), words: `${plain(firing.job)}, ${stamp(instant(firing.at), now)}` }))
            .sort((a, b) => a.at - b.at);
        const rate = good + bad === 0 ? say('overview.rate.none') : sayCount('overview.rate', good + bad, part(good / (good + bad)));
        setText(this.rate, rate);
        this.timeLine.show({ from, to: null, bars, firings, label: [rate, sayCount('timeLine.firings', firings.length)].join('; ') });
        const points = [...this.#delays.values()].filter((point) => point.at >= from);
        const { median, most, count } = delays(points);
        setText(this.delayCount, count ? say('delay.figures', span(median), span(most)) : '');
        this.delayChart.show(points, from);
    }

    #go(range) {
        history.pushState(null, '', range === USUAL_RANGE ? location.pathname : `?range=${range}`);
        this.#readAddress();
        this.#overTime();
        this.ranges.querySelector('[aria-pressed=true]').focus();
        this.reload();
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
}

function firstJob() {
    const job = '{"name":"hello","schedule":"@every 10s","executor":"shell","executor_config":{"command":"date"}}';
    return `curl ${location.origin}/v1/jobs -d '${job}'`;
}

function panel(id, words, count, ...content) {
    return el('section', { class: 'panel', 'aria-labelledby': id },
        el('div', { class: 'panel-head' }, el('h2', { id }, say(words)), count), content);
}

function row(look, address, name, right, below) {
    return el('li', { class: `row is-${look}` },
        statusIcon({ partial: 'partially_failed', clock: 'waiting' }[look] ?? look),
        el('a', { href: address, class: 'row-name' }, bdi(name)), right, below ? el('span', { class: 'row-below muted' }, below) : null);
}

function runningRow(execution) {
    const since = instant(execution.started_at);
    return row('running', runPage(execution.job_name, execution.id), execution.job_name,
        el('span', { class: 'row-right', 'data-since': since, title: everyZone(since) }), [say('on'), ' ', bdi(execution.node_name)]);
}

function failedRow(execution) {
    const at = instant(execution.finished_at) ?? instant(execution.started_at);
    const time = agoNode(at, '', { class: 'row-right' });
    const why = lastLine(execution.output);
    return row('failed', runPage(execution.job_name, execution.id), execution.job_name, time,
        [bdi(execution.node_name), execution.attempt > 1 ? `, ${say('run.attempt', number(execution.attempt))}` : null, why ? [' \u00b7 ', bdi(cut(why, 160), { class: 'mono' })] : null]);
}

function firingRow(firing) {
    const at = instant(firing.at);
    return row('waiting', jobPage(firing.job), firing.job,
        el('span', { class: 'row-right', 'data-until': at, title: everyZone(at, firing.timezone) }), [timeNode(at, firing.timezone)]);
}

customElements.define('dk-overview', Overview);
