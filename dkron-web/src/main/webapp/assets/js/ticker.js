// One clock for everything on a page that counts: a tick each second, none while nobody looks.

const watchers = new Set();
let timer = null;

/** Calls back each second with the time, and once now; returns a function that ends it. */
export function eachSecond(callback) {
    watchers.add(callback);
    callback(Date.now());
    schedule();
    return () => watchers.delete(callback);
}

function schedule() {
    if (timer === null && watchers.size > 0 && document.visibilityState === 'visible') {
        timer = setTimeout(tick, 1000 - (Date.now() % 1000) + 5);
    }
}

function tick() {
    timer = null;
    const now = Date.now();
    watchers.forEach((callback) => callback(now));
    schedule();
}

if (typeof document !== 'undefined') {
    document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible' && timer === null) {
            tick();
        }
    });
}
