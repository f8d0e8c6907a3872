// One execution: how it went, what else belongs to its group, who was told, and all that it printed.

import { actionButton, cancelRuns, runJob } from './actions.js';
import { jobApi, jobPage, readPath, runPage } from './address.js';
import { ApiError, get, request } from './api.js';
import { countIn } from './counting.js';
import { fact } from './definition-view.js';
import { bdi, el, setChildren, timeNode } from './dom.js';
import { bind } from './keys.js';
import { LogView } from './log-view.js';
import { Page } from './page.js';
import { groups, putExecution, unfinished } from './patch.js';
import { chip, setChip } from './status.js';
import { cut } from './text.js';
import { eachSecond } from './ticker.js';
import { instant, span } from './time.js';
import { number, say, sayCount } from './words.js';

const EXECUTIONS = 1000; // enough to find the others of an old group
const MOST_REASONS = 12;
const REASON_BYTES = 400;

class Run extends Page {
    #log = null;
    #reasons = new Map(); // by execution, of those that failed; '' while it is read

    prepare() {
        Object.assign(this, readPath(location.pathname));
        bind('r', 'keys.run', () => this.runButton?.click());
        bind('f', 'keys.follow', () => this.#log?.setFollow(!this.#log.follow));
    }

    async read(signal) {
        const [execution, executions] = await Promise.all([
            get(`${jobApi(this.job, 'executions', this.id)}?output_size_limit=0`, { signal }),
            get(`${jobApi(this.job, 'executions')}?_end=${EXECUTIONS}&output_size_limit=0`, { signal }),
        ]);
        return { execution, executions };
    }

    gone(failure) {
        if (failure.status !== 404) {
            return false;
        }
        this.#gone(failure.kind === 'job-not-found' ? 'job.unknown' : 'run.unknown');
        return true;
    }

    show({ execution, executions }) {
        this.execution = execution;
        this.executions = executions;
        if (!this.chip) {
            this.#build();
            eachSecond((now) => countIn(this, now));
        }
        this.#draw();
    }

    events(list) {
        for (const { type, data } of list) {
            if (type === 'job-deleted' && data?.name === this.job) {
                this.#gone('job.gone');
            } else if (type === 'execution' && data.job_name === this.job) {
                this.#take(data);
            }
        }
    }

    #take(data) {
        putExecution(this.executions, data);
        if (data.id === this.execution.id) {
            this.execution = { ...this.execution, ...data };
        }
        this.#draw();
    }

    #gone(words) {
        this.querySelector('.gone-note')?.remove();
        if (!this.chip) {
            this.body.replaceChildren();
        }
        this.querySelector('.job-head .actions')?.remove();
        this.body.before(el('div', { class: 'page-error gone-note', role: 'alert' },
            el('p', { class: 'strong' }, say(words)), el('a', { class: 'button', href: words === 'run.unknown' ? jobPage(this.job) : '/ui/jobs' },
                say(words === 'run.unknown' ? 'run.toJob' : 'job.toList'))));
    }

    #build() {
        this.chip = chip('');
        this.reason = el('p', { class: 'reason mono', prop: { hidden: true } });
        this.cancelButton = actionButton('stop', say('action.cancelRun'), (button) => cancelRuns(this.job, this.execution.id, button));
        this.runButton = actionButton('run', say('action.runAgain'), (button) => runJob(this.job, button));
        this.querySelector('.page-head').append(
            el('div', { class: 'job-head' }, this.chip, el('div', { class: 'actions' }, this.cancelButton, this.runButton)));
        this.facts = el('dl', { class: 'run-facts' });
        this.group = el('section', { class: 'panel attempts', 'aria-labelledby': 'h-attempts' });
        this.processors = el('section', { class: 'panel troubles', 'aria-labelledby': 'h-processors' });
        this.told = el('section', { class: 'panel told', 'aria-labelledby': 'h-told' });
        const line = Number(/^#L(\d{1,7})$/.exec(location.hash)?.[1] ?? 0);
        const output = jobApi(this.job, 'executions', this.execution.id, 'output');
        this.#log = new LogView({
            url: output, search: `${output}/search`, file: `${this.job}-${this.execution.id}.log`, line,
            onEnd: (ended) => ended && this.#take({ job_name: this.job, ...ended, output: undefined }),
        });
        this.#log.node.classList.add('tall');
        this.body.append(this.reason, this.facts, el('div', { class: 'run-panels' }, this.group, this.told, this.processors),
            el('section', { class: 'panel output', 'aria-label': say('job.output') }, this.#log.node));
    }

    #draw() {
        const { execution } = this;
        setChip(this.chip, execution.state);
        this.cancelButton.hidden = !unfinished(execution.state);
        setChildren(this.facts, JSON.stringify([execution.state, execution.started_at, execution.finished_at]), () => factsOf(execution));
        const group = groups(this.executions).find((candidate) => candidate.group === String(execution.group));
        const members = group?.members ?? [];
        this.#readReasons([execution, ...members]);
        const reason = this.#reasons.get(execution.id) ?? '';
        this.reason.hidden = reason === '';
        setChildren(this.reason, reason, () => bdi(reason));
        this.group.hidden = members.length < 2;
        setChildren(this.group, JSON.stringify([members.map((member) => [member.id, member.state, member.finished_at]), [...this.#reasons]]),
            () => this.#attempts(members));
        const troubles = execution.processor_errors ?? [];
        this.processors.hidden = troubles.length === 0;
        setChildren(this.processors, JSON.stringify(troubles), () => [head('h-processors', say('run.processors')),
            el('ul', { class: 'lines-of-text' }, troubles.map((line) => el('li', {}, bdi(line, { class: 'mono' }))))]);
        const told = execution.notifications ?? [];
        this.told.hidden = told.length === 0;
        setChildren(this.told, JSON.stringify(told), () => [head('h-told', say('run.told')), toldTable(told)]);
        countIn(this, Date.now());
    }

    #attempts(members) {
        const good = members.filter((member) => member.state === 'success').length;
        const rows = members.map((member) => {
            const [started, ended] = [instant(member.started_at), instant(member.finished_at)];
            const here = member.id === this.execution.id;
            const name = el(here ? 'span' : 'a', here ? { 'aria-current': 'true', class: 'strong' } : { href: runPage(this.job, member.id) }, bdi(member.node_name));
            return el('tr', { class: here ? 'picked' : '' },
                el('th', { scope: 'row' }, name), el('td', {}, say('run.attempt', number(member.attempt))), el('td', {}, chip(member.state)),
                el('td', {}, timeNode(started)), el('td', {}, ended === null ? el('span', { 'data-since': started }) : span(ended - started)),
                el('td', { class: 'mono attempt-reason' }, bdi(cut(this.#reasons.get(member.id) ?? '', 160))));
        });
        return [head('h-attempts', say('run.siblings'), sayCount('job.group', members.length, number(good), number(new Set(members.map((m) => m.node_name)).size))),
            el('div', { class: 'scrolls', tabindex: '0', role: 'region', 'aria-labelledby': 'h-attempts' }, el('table', { 'aria-labelledby': 'h-attempts' }, el('tbody', {}, rows)))];
    }

    /** The stored output of a failure begins with its reason in one line. */
    #readReasons(executions) {
        const wanted = executions.filter((execution) => (execution.state === 'failed' || execution.state === 'lost') && !this.#reasons.has(execution.id));
        for (const { id } of wanted.slice(0, MOST_REASONS - this.#reasons.size)) {
            this.#reasons.set(id, '');
            firstLine(jobApi(this.job, 'executions', id, 'output')).then((line) => {
                if (line !== '') {
                    this.#reasons.set(id, line);
                    this.#draw();
                }
            });
        }
    }
}

/** The first line of an output; '' where there is none to be had. */
async function firstLine(url) {
    try {
        const { text } = await request(url, { headers: { Accept: 'text/plain', Range: `bytes=0-${REASON_BYTES - 1}` }, raw: true });
        return text.split('\n')[0].trim();
    } catch (failure) {
        if (!(failure instanceof ApiError)) {
            throw failure;
        }
        return ''; // nothing printed (416), or gone: the state says what is known
    }
}

function head(id, words, count) {
    return el('div', { class: 'panel-head' }, el('h2', { id }, words), count ? el('span', { class: 'muted count' }, count) : null);
}

function toldTable(told) {
    const heads = ['channel', 'event', 'state', 'tries', 'at'].map((name) => el('th', { scope: 'col' }, say(`told.${name}`)));
    const rows = told.map((message) => {
        const known = message.state === 'delivered' || message.state === 'failed';
        const at = instant(message.at);
        return el('tr', {}, el('th', { scope: 'row' }, bdi(message.channel)), el('td', {}, bdi(message.event)),
            el('td', {}, known ? chip(message.state) : bdi(message.state), message.error ? el('span', { class: 'muted below' }, bdi(message.error)) : null),
            el('td', {}, number(message.attempts)), el('td', {}, at === null ? '' : timeNode(at)));
    });
    return el('div', { class: 'scrolls', tabindex: '0', role: 'region', 'aria-labelledby': 'h-told' },
        el('table', { 'aria-labelledby': 'h-told' }, el('thead', {}, el('tr', {}, heads)), el('tbody', {}, rows)));
}

function factsOf(execution) {
    const started = instant(execution.started_at);
    const ended = instant(execution.finished_at);
    const due = instant(execution.scheduled_at);
    const trigger = ['schedule', 'manual', 'dependent', 'retry', 'create'].includes(execution.trigger) ? say(`trigger.${execution.trigger}`) : bdi(execution.trigger ?? '');
    return [
        fact(say('run.node'), bdi(execution.node_name)),
        fact(say('run.attemptFact'), number(execution.attempt)),
        fact(say('run.trigger'), trigger),
        due === null ? null : fact(say('run.due'), timeNode(due)),
        fact(say(execution.state === 'waiting' ? 'run.recorded' : 'run.started'), timeNode(started),
            due === null ? null : el('span', { class: 'muted', title: say('run.delay') }, ` +${span(started - due)}`)),
        fact(say('run.ended'), ended === null ? say('run.notYet') : timeNode(ended)),
        fact(say('run.took'), ended === null ? el('span', { 'data-since': started }) : span(ended - started)),
        execution.output_size > 0 ? fact(say('run.printed'), say('run.bytes', number(execution.output_size))) : null,
    ].filter(Boolean);
}

customElements.define('dk-run', Run);
