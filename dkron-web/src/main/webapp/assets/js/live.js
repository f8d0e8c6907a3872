// The one stream of events of a visible tab. Hands events on at most four times a second, and says how it is doing.

import { parseJson } from './json.js';
import { backOff, readEvents } from './sse.js';

const FLUSH_EVERY = 250;
const MOST_WAITING = 5000;

/**
 * Events of its own: "batch" (detail: list of {type, data}), "state" (detail: state), "stale" when the data on the page
 * may have missed something and has to be read again.
 */
export class Live extends EventTarget {
    #url;
    #lastId;
    #tries = 0;
    #stop = null;
    #retry = null;
    #waiting = [];
    #flush = null;

    /** @param since id of an event not newer than any data that the page will read; undefined where none is known */
    constructor(url, since) {
        super();
        this.#url = url;
        this.#lastId = since;
        this.state = { kind: 'connecting', asOf: null, retryAt: null };
    }

    /** Connects, and from now on follows the tab: hidden tabs hold no connection. */
    start() {
        document.addEventListener('visibilitychange', () => this.#follow());
        window.addEventListener('online', () => this.now());
        window.addEventListener('pagehide', () => this.#close());
        window.addEventListener('pageshow', () => this.#follow());
        this.#follow();
    }

    /** Tries again at once, if it is not connected. */
    now() {
        if (this.state.kind !== 'live' && document.visibilityState === 'visible') {
            this.#close();
            this.#connect();
        }
    }

    #follow() {
        if (document.visibilityState === 'hidden') {
            this.#close();
        } else if (!this.#stop) {
            this.#connect();
        }
    }

    #close() {
        clearTimeout(this.#retry);
        this.#stop?.abort();
        this.#stop = null;
    }

    async #connect() {
        clearTimeout(this.#retry);
        const stop = new AbortController();
        this.#stop = stop;
        const resumes = this.#lastId !== undefined;
        try {
            await readEvents(this.#url, { lastId: this.#lastId, signal: stop.signal }, {
                open: () => this.#opened(resumes),
                since: (id) => { this.#lastId ??= id; }, // cut before its first event, it still resumes without a gap
                event: (event) => this.#take(event),
            });
        } catch (cut) {
            if (stop.signal.aborted) {
                return; // closed by us
            }
        }
        if (this.#stop === stop) {
            this.#lost();
        }
    }

    #opened(resumes) {
        this.#tries = 0;
        this.#set({ kind: 'live', asOf: null, retryAt: null });
        if (!resumes) {
            this.dispatchEvent(new Event('stale')); // what happened before the stream stood was not told
        }
    }

    #lost() {
        const pause = backOff(++this.#tries, Math.random());
        const asOf = this.state.kind === 'live' || this.state.asOf === null ? Date.now() : this.state.asOf;
        this.#set({ kind: 'lost', asOf, retryAt: Date.now() + pause });
        this.#retry = setTimeout(() => this.#connect(), pause);
    }

    #set(state) {
        this.state = state;
        this.dispatchEvent(new CustomEvent('state', { detail: state }));
    }

    #take(event) {
        if (event.id) {
            this.#lastId = event.id;
        }
        if (event.type === 'reset' || this.#waiting.length >= MOST_WAITING) {
            this.#waiting = [];
            this.dispatchEvent(new Event('stale'));
            return;
        }
        this.#waiting.push({ type: event.type, data: event.data ? parseJson(event.data) : null });
        this.#flush ??= setTimeout(() => {
            this.#flush = null;
            const detail = this.#waiting;
            this.#waiting = [];
            if (detail.length) {
                this.dispatchEvent(new CustomEvent('batch', { detail }));
            }
        }, FLUSH_EVERY);
    }
}
