// Whether the server that answers takes requests, and why not; and the way on after its store went back in time.

import { doing } from './actions.js';
import { ApiError, get, request } from './api.js';
import { cluster, readCluster } from './cluster.js';
import { confirmAction } from './dialog.js';
import { bdi, el, setChildren } from './dom.js';
import { reasonsOf, rollbackOf } from './health.js';
import { note } from './news.js';
import { live } from './stream.js';
import { say } from './words.js';

/** The reasons why the server is not ready, as it says them; none when it is; null when it does not answer. */
export async function readReasons(signal) {
    try {
        return reasonsOf(await get('/health/ready', { signal, cache: 'no-store' }));
    } catch (failure) {
        if (!(failure instanceof ApiError)) {
            throw failure;
        }
        return failure.problem?.checks ? reasonsOf(failure.problem) : null;
    }
}

/** Keeps a banner below the one for lost connections, on every page: only while nobody leads is there anything to ask. */
export function watchRollback() {
    const banner = el('div', { class: 'banner rollback', role: 'alert', prop: { hidden: true } });
    document.getElementById('banner').after(banner);
    document.addEventListener('dk-cluster', async () => {
        const reason = cluster.leader === '' ? rollbackOf(await readReasons()) : '';
        banner.hidden = reason === '';
        setChildren(banner, reason, () => (reason === '' ? [] : [
            el('div', { class: 'grow' }, el('p', { class: 'strong' }, say('rollback.title')), el('p', {}, say('rollback.what')),
                el('p', { class: 'small-print' }, bdi(reason))),
            el('button', { type: 'button', class: 'button', on: { click: (event) => accept(event.currentTarget) } }, say('rollback.accept')),
        ]));
    });
}

async function accept(button) {
    if (!(await confirmAction({ title: say('rollback.ask'), effect: say('rollback.effect'), go: say('rollback.go') }))) {
        return;
    }
    const done = await doing(button, 'rollback.failed', cluster.node ?? '', () => request('/v1/store/accept-rollback', { method: 'POST' }));
    if (done) {
        note('done', el('p', {}, say('rollback.done', done.data?.term ?? '')));
        await readCluster();
        live.dispatchEvent(new Event('stale'));
    }
}
