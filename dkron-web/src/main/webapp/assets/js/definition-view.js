// What a job is, to be read by people, and as the JSON that makes it again.

import { jobPage } from './address.js';
import { textOf } from './definition.js';
import { bdi, el, longText, timeNode } from './dom.js';
import { exportJob } from './export.js';
import { icon } from './icons.js';
import { note } from './news.js';
import { instant } from './time.js';
import { number, say } from './words.js';

const LONGEST = 2000;

async function copyJob(job) {
    try {
        await navigator.clipboard.writeText(textOf(job));
        note('done', el('p', {}, say('copied')));
    } catch (refused) { // not allowed, or not offered on an address without TLS
        note('failed', el('p', {}, say('definition.noClipboard')), el('p', { class: 'muted' }, bdi(refused.message ?? '')));
    }
}

/** A row of a list of facts. */
export function fact(words, ...value) {
    return el('div', {}, el('dt', {}, words), el('dd', {}, value));
}

/** Keys and values, long ones cut. */
export function pairs(map) {
    return Object.entries(map ?? {}).map(([key, value]) =>
        el('span', { class: 'pair mono' }, bdi(key), '=', longText(String(value), 300, say('showAll'))));
}

/** A command or another text of several lines. */
export function code(text) {
    return el('pre', { tabindex: '0' }, longText(String(text), LONGEST, say('showAll')));
}

/** The nodes of the whole definition: groups of facts, and the JSON. */
export function definitionView(job, schedule) {
    const groups = [
        group('what', [
            job.displayname ? ['name', bdi(job.name, { class: 'mono' })] : null,
            ['executor', job.executor ? bdi(job.executor, { class: 'mono' }) : muted('definition.noExecutor')],
            ...Object.entries(job.executor_config ?? {}).map(([key, value]) => setting(key, value)),
            ...Object.entries(job.processors ?? {}).map(([name, config]) => [null, [say('fact.processor'), ' ', bdi(name, { class: 'mono' })], pairs(config).length ? pairs(config) : muted('definition.defaults')]),
            job.keep_logs ? ['keepLogs', pairs(job.keep_logs)] : null,
        ]),
        group('when', [
            job.schedule ? ['schedule', [bdi(job.schedule, { class: 'mono' }), schedule?.description && schedule.description !== job.schedule ? el('span', { class: 'muted below' }, bdi(schedule.description)) : null]] : null,
            job.parent_job ? ['parent', [say('definition.after'), ' ', el('a', { href: jobPage(job.parent_job) }, bdi(job.parent_job))]] : null,
            job.schedule ? ['timezone', job.timezone ? bdi(job.timezone) : muted('definition.serverZone')] : null,
            time(job, 'starts_at', 'startsAt'), time(job, 'expires_at', 'expiresAt'),
            ['concurrency', say(job.concurrency === 'forbid' ? 'definition.forbid' : 'definition.allow')],
            job.schedule ? ['misfire', [misfireWords(job), job.misfire_grace ? [', ', say('definition.grace', job.misfire_grace)] : null]] : null,
            job.disabled ? ['disabled', say('job.next.disabled')] : null,
            job.ephemeral ? ['ephemeral', say('definition.ephemeral')] : null,
        ]),
        group('where', [['tags', pairs(job.tags).length ? pairs(job.tags) : muted('definition.anywhere')]]),
        group('failure', [
            ['retries', job.retries > 0 ? retryWords(job) : muted('definition.noRetries')],
            ['timeout', job.timeout ? bdi(job.timeout) : muted('definition.noTimeout')],
            job.lost_after ? ['lostAfter', bdi(job.lost_after)] : null,
            job.notify_on ? ['notifyOn', say(`definition.notify.${job.notify_on}`)] : null,
        ]),
        group('whose', [
            ['owner', job.owner || job.owner_email ? [bdi(job.owner ?? ''), job.owner_email ? el('span', { class: 'muted' }, ' ', bdi(job.owner_email)) : null] : muted('definition.noOwner')],
            ['metadata', pairs(job.metadata).length ? pairs(job.metadata) : muted('none')],
        ]),
    ];
    const small = (iconName, words, click) => el('button', { type: 'button', class: 'button small', on: { click } }, icon(iconName), el('span', {}, words));
    const json = el('section', { class: 'panel definition-json', 'aria-labelledby': 'h-json' },
        el('div', { class: 'panel-head' }, el('h2', { id: 'h-json' }, say('definition.json')), el('span', { class: 'grow' }),
            small('copy', say('action.copy'), () => copyJob(job)), small('download', say('action.export'), () => exportJob(job))),
        el('pre', { class: 'json', tabindex: '0', 'aria-labelledby': 'h-json' }, bdiLines(textOf(job))),
        el('p', { class: 'muted small-print' }, say('definition.json.use')));
    return [el('div', { class: 'definition-groups' }, groups), json];
}

function group(name, rows) {
    const shown = rows.filter(Boolean).map(([key, ...value]) => (key === null ? fact(value[0], value.slice(1)) : fact(say(`fact.${key}`), value)));
    return el('section', { class: 'panel facts', 'aria-labelledby': `h-def-${name}` },
        el('div', { class: 'panel-head' }, el('h2', { id: `h-def-${name}` }, say(`definition.${name}`))), el('dl', {}, shown));
}

function setting(key, value) {
    const text = String(value);
    const node = key === 'command' || text.includes('\n') || text.length > 80 ? code(text) : bdi(text, { class: 'mono' });
    return [null, key === 'command' ? say('fact.command') : bdi(key, { class: 'mono' }), node];
}

function muted(key) {
    return el('span', { class: 'muted' }, say(key));
}

function time(job, field, key) {
    const at = instant(job[field]);
    return at === null ? null : [key, timeNode(at, job.timezone)];
}

function misfireWords(job) {
    const policy = job.misfire || 'once';
    return say(`definition.misfire.${policy}`, number(job.misfire_limit ?? 100));
}

function retryWords(job) {
    return job.retry_delay
        ? say('definition.retries.delay', number(job.retries), job.retry_delay, job.retry_backoff ?? 2, job.retry_max_delay ?? '60s')
        : say('definition.retries', number(job.retries));
}

/** Lines apart in direction, so that none of them reorders the next. */
function bdiLines(text) {
    return text.trimEnd().split('\n').flatMap((line, i) => [i ? '\n' : '', bdi(line)]);
}
