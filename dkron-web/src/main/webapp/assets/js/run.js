// One execution: how it went, and all that it printed.

import { actionButton, runJob } from './actions.js';
import { jobApi, jobPage, readPath, runPage } from './address.js';
import { get } from './api.js';
import { bdi, el, setChildren, setText, timeNode } from './dom.js';
import { bind } from './keys.js';
import { LogView } from './log-view.js';
import { Page } from './page.js';
import { groups, putExecution } from './patch.js';
import { chip, setChip, statusIcon } from './status.js';
import { eachSecond } from './ticker.js';
import { instant, span, wholeSpan } from './time.js';
import { number, say } from './words.js';

class Run extends Page {
    #log = null;

    prepare() {
        Object.assign(this, readPath(location.pathname));
        bind('r', 'keys.run', () => this.runButton?.click());
        bind('f', 'keys.follow', () => this.#log?.setFollow(!this.#log.follow));
    }

    async read(signal) {
        const [execution, executions] = await Promise.all([
            get(`${jobApi(this.job, 'executions', this.runId())}?output_size_limit=0`, { signal }),
            get(`${jobApi(this.job, 'executions')}?_end=100&output_size_limit=0`, { signal }),
        ]);
        return { execution, executions };
    }

    runId() {
        return readPath(location.pathname).id;
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
            eachSecond(() => this.#count());
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
        this.runButton?.remove();
        this.body.before(el('div', { class: 'page-error gone-note', role: 'alert' },
            el('p', { class: 'strong' }, say(words)), el('a', { class: 'button', href: '/ui/jobs' }, say('job.toList'))));
    }

    #build() {
        this.chip = chip('');
        this.runButton = actionButton('run', say('action.runAgain'), (button) => runJob(this.job, button));
        this.querySelector('.page-head').append(el('div', { class: 'job-head' }, this.chip, el('div', { class: 'actions' }, this.runButton)));
        this.facts = el('dl', { class: 'run-facts' });
        this.siblings = el('nav', { class: 'siblings', 'aria-label': say('run.siblings') });
        const line = Number(/^#L(\d{1,7})$/.exec(location.hash)?.[1] ?? 0);
        this.#log = new LogView({
            url: jobApi(this.job, 'executions', this.execution.id, 'output'), file: `${this.job}-${this.execution.id}.log`, line,
            onEnd: (ended) => ended && this.#take({ job_name: this.job, ...ended, output: undefined }),
        });
        this.#log.node.classList.add('tall');
        this.body.append(this.facts, this.siblings, el('section', { class: 'panel output', 'aria-label': say('job.output') }, this.#log.node));
    }

    #draw() {
        const { execution } = this;
        setChip(this.chip, execution.state);
        setChildren(this.facts, JSON.stringify([execution.state, execution.started_at, execution.finished_at]), () => factsOf(execution));
        const group = groups(this.executions).find((candidate) => candidate.group === String(execution.group));
        const members = group && group.members.length > 1 ? group.members : [];
        setChildren(this.siblings, JSON.stringify(members.map((member) => [member.id, member.state])), () => members.map((member) =>
            el('a', { href: runPage(this.job, member.id), 'aria-current': member.id === execution.id ? 'page' : null, class: `chip is-plain` },
                statusIcon(member.state), bdi(member.node_name), ' ', say('run.attempt', number(member.attempt)))));
        this.siblings.hidden = members.length === 0;
        this.#count();
    }

    #count() {
        for (const node of this.querySelectorAll('[data-since]')) {
            setText(node, wholeSpan(Math.max(0, Date.now() - Number(node.dataset.since))));
        }
    }
}

function factsOf(execution) {
    const fact = (name, ...value) => el('div', {}, el('dt', {}, say(`run.${name}`)), el('dd', {}, value));
    const started = instant(execution.started_at);
    const ended = instant(execution.finished_at);
    const due = instant(execution.scheduled_at);
    const trigger = ['schedule', 'manual', 'dependent', 'retry', 'create'].includes(execution.trigger) ? say(`trigger.${execution.trigger}`) : bdi(execution.trigger ?? '');
    return [
        fact('node', bdi(execution.node_name)),
        fact('attemptFact', number(execution.attempt)),
        fact('trigger', trigger),
        due === null ? null : fact('due', timeNode(due), el('span', { class: 'muted' }, ` +${span(started - due)}`)),
        fact('started', timeNode(started)),
        fact('ended', ended === null ? say('run.notYet') : timeNode(ended)),
        fact('took', ended === null ? el('span', { 'data-since': started }) : span(ended - started)),
    ].filter(Boolean);
}

customElements.define('dk-run', Run);
