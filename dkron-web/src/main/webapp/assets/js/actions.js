// What can be done to a job, the same on every page.

import { ApiError, get, request } from './api.js';
import { jobApi } from './address.js';
import { followers } from './chain-model.js';
import { confirmAction, confirmDelete } from './dialog.js';
import { bdi, el } from './dom.js';
import { note } from './news.js';
import { say } from './words.js';
import { icon } from './icons.js';
import { needsLeader } from './cluster.js';

/** A sentence with a job's name in it, the name kept apart. */
export function about(key, name) {
    const [before, after = ''] = say(key).split('{0}');
    return [before, bdi(name, { class: 'strong' }), after];
}

function failed(key, name, failure) {
    note('failed', el('p', {}, about(key, name)), el('p', { class: 'muted' }, bdi(failure.message)));
}

/** Does work with the button marked busy; a failure is told with that sentence, and resolves to null. */
export async function doing(button, key, name, work) {
    button?.setAttribute('aria-busy', 'true');
    try {
        return await work();
    } catch (failure) {
        failed(key, name, failure);
        return null;
    } finally {
        button?.removeAttribute('aria-busy');
    }
}

/** Starts a job now; resolves to whether it was started. The key makes a repeat of the same click harmless. */
export async function runJob(name, button) {
    const headers = { Prefer: 'respond-async', 'Idempotency-Key': crypto.randomUUID?.() ?? String(performance.now() + Math.random()) };
    const done = await doing(button, 'run.failed', name, () => request(jobApi(name, 'run'), { method: 'POST', headers }));
    if (done) {
        note('done', about('run.done', name));
    }
    return done !== null;
}

/** Flips a job between enabled and disabled; resolves to the job as it is then, null when that failed. */
export async function toggleJob(name, button) {
    const done = await doing(button, 'toggle.failed', name, () => request(jobApi(name, 'toggle'), { method: 'POST' }));
    return done?.data ?? null;
}

/**
 * Deletes a job after asking for its name; resolves to whether it is gone. Where other jobs run after it the question
 * says which, and offers to delete them too: without them the server refuses.
 */
export async function deleteJob(name, button) {
    const after = await followersOf(name);
    const answer = await confirmDelete(name, after);
    if (!answer) {
        return false;
    }
    const url = answer.cascade ? `${jobApi(name)}?cascade=true` : jobApi(name);
    const done = await doing(button, 'delete.failed', name, () => request(url, { method: 'DELETE' }));
    return done !== null;
}

/** The jobs that run after a job; none where that cannot be read, then the server's answer tells. */
async function followersOf(name) {
    try {
        return followers(await get(jobApi(name, 'chain')));
    } catch (failure) {
        if (!(failure instanceof ApiError)) {
            throw failure;
        }
        return [];
    }
}

/** Cancels one execution, or all of a job that run or wait, after asking; resolves to whether that was taken. */
export async function cancelRuns(name, id, button) {
    const ask = { title: say(id ? 'cancel.title' : 'cancel.all.title'), effect: [...about(id ? 'cancel.effect' : 'cancel.all.effect', name)], go: say('cancel.go') };
    if (!(await confirmAction(ask))) {
        return false;
    }
    const url = id ? jobApi(name, 'executions', id, 'cancel') : jobApi(name, 'cancel');
    const done = await doing(button, 'cancel.failed', name, () => request(url, { method: 'POST' }));
    if (done) {
        note('done', about('cancel.done', name));
    }
    return done !== null;
}

/** A button with an icon; with words unless compact, then the words are its label. */
export function actionButton(iconName, words, click, compact) {
    const button = el('button', {
        type: 'button', class: compact ? 'icon-button' : 'button', title: compact ? words : '',
        'aria-label': compact ? words : null, on: { click: () => click(button) },
    }, icon(iconName), compact ? null : el('span', {}, words));
    return needsLeader(button);
}
