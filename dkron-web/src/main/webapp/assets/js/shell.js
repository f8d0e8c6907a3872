// The frame around each page: rail, top bar, banner for a lost connection, keyboard.

import { cluster, readCluster, showClusterChip } from './cluster.js';
import { el, setText } from './dom.js';
import { bind, showHelp, startKeys } from './keys.js';
import { watchRollback } from './readiness.js';
import { live } from './stream.js';
import { eachSecond } from './ticker.js';
import { clock, viewerZone, wholeSpan } from './time.js';
import { say } from './words.js';

const LEADER_EACH = 15000;
const LEADER_SOON = 3000;

/** Brings the frame to life. */
export function startShell() {
    oldAddress();
    window.addEventListener('hashchange', oldAddress);
    const chip = document.getElementById('cluster');
    const show = () => showClusterChip(chip, live.state);
    document.addEventListener('dk-cluster', show);
    live.addEventListener('state', show);
    live.addEventListener('stale', readCluster);
    live.addEventListener('batch', (event) => event.detail.some(({ type }) => type === 'cluster') && readCluster());
    setText(document.getElementById('zone'), viewerZone());
    startBanner();
    watchRollback();
    watchLeader();
    startBindings();
    show();
    live.start();
    if (cluster.leader === null) {
        readCluster();
    }
}

/** Bookmarks of the original's dashboard keep their page behind a #. */
function oldAddress() {
    if (location.hash.startsWith('#/jobs')) {
        const [, , job] = location.hash.split(/[/?]/);
        location.replace(job ? `/ui/jobs/${job}${job === 'new' ? '/' : ''}` : '/ui/jobs');
    }
}

function startBanner() {
    const banner = document.getElementById('banner');
    const text = el('span', {});
    const now = el('button', { type: 'button', class: 'button small', on: { click: () => live.now() } }, say('live.now'));
    banner.append(text, now);
    const show = () => {
        const { kind, asOf, retryAt } = live.state;
        banner.hidden = kind !== 'lost';
        if (kind === 'lost') {
            const left = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000) * 1000);
            setText(text, say('live.banner', clock(asOf), wholeSpan(left)));
        }
    };
    live.addEventListener('state', show);
    eachSecond(show);
}

/** Nobody tells when a leader is lost or found while no stream brings it: ask now and then, more often while there is none. */
function watchLeader() {
    let asked = Date.now();
    eachSecond((now) => {
        const every = cluster.leader === '' ? LEADER_SOON : LEADER_EACH;
        if (live.state.kind === 'live' && now - asked >= every) {
            asked = now;
            readCluster();
        }
    });
}

function startBindings() {
    const go = (address) => () => location.assign(address);
    bind('/', 'keys.search', () => {
        const field = document.querySelector('.page input[type=search].main-search') ?? document.getElementById('search');
        field.focus();
        field.select();
    });
    bind('g o', 'keys.overview', go('/ui/'));
    bind('g j', 'keys.jobs', go('/ui/jobs'));
    bind('g c', 'keys.cluster', go('/ui/cluster'));
    bind('?', 'keys.help', showHelp);
    document.getElementById('help').addEventListener('click', showHelp);
    startKeys();
}
