// What every page does alike: read, show, read again when told to, and stay useful when reading fails.

import { ApiError } from './api.js';
import { bdi, el } from './dom.js';
import { live } from './stream.js';
import { say } from './words.js';

const RETRY_EACH = 3000;

/**
 * A page's custom element. Its markup brings the heading and a `.page-body` with the skeleton. Subclasses give
 * read(signal): the data; show(data): draw or redraw it; and may take events(list).
 */
export class Page extends HTMLElement {
    #reading = null;
    #again = null;
    #lastRead = 0;
    #shown = false;

    connectedCallback() {
        this.body = this.querySelector('.page-body');
        live.addEventListener('stale', () => this.reload());
        live.addEventListener('batch', (event) => this.#shown && this.events(event.detail));
        this.prepare();
        this.reload();
    }

    /** Called once before the first reading. */
    prepare() {}

    /** Takes events; only called once something is shown. */
    events() {}

    /** Reads and shows; a reading under way is dropped for the new one. */
    async reload() {
        clearTimeout(this.#again);
        this.#again = null;
        this.#reading?.abort();
        const reading = new AbortController();
        this.#reading = reading;
        this.#lastRead = Date.now();
        try {
            const data = await this.read(reading.signal);
            if (!reading.signal.aborted) {
                this.#first();
                this.show(data);
            }
        } catch (failure) {
            if (!reading.signal.aborted) {
                this.#failed(failure);
            }
        } finally {
            if (this.#reading === reading) {
                this.#reading = null;
            }
        }
    }

    /** Reads again soon, at most once in that many milliseconds however often it is asked. */
    reloadSoon(every = 2000) {
        this.#again ??= setTimeout(() => this.reload(), Math.max(200, this.#lastRead + every - Date.now()));
    }

    /** For filters: old content stays until the new is there. */
    busy(on) {
        this.body.toggleAttribute('aria-busy', on);
        this.body.setAttribute('aria-busy', String(on));
    }

    #first() {
        this.busy(false);
        this.querySelector('.page-error')?.remove();
        if (!this.#shown) {
            this.body.replaceChildren();
            this.#shown = true;
        }
    }

    #failed(failure) {
        if (!(failure instanceof ApiError)) {
            throw failure;
        }
        this.busy(false);
        if (this.gone?.(failure)) {
            return;
        }
        if (failure.status === 0 && this.#shown) {
            return; // the banner says that the connection is lost; what is shown stays
        }
        this.querySelector('.page-error')?.remove();
        if (!this.#shown) {
            this.body.replaceChildren();
        }
        const retry = el('button', { type: 'button', class: 'button', on: { click: () => this.reload() } }, say('error.retry'));
        this.body.before(el('div', { class: 'page-error', role: 'alert' },
            el('p', { class: 'strong' }, say('error.read')), el('p', {}, bdi(failure.message)), retry));
        if (failure.status === 0 && live.state.kind === 'live') {
            this.reloadSoon(RETRY_EACH); // a request was lost, the server is there
        } else if (failure.status === 0) {
            live.addEventListener('state', () => live.state.kind === 'live' && this.reload(), { once: true });
        }
    }
}
