// Server-sent events over fetch: unlike EventSource it can resume after a page's own pause, and tell a refusal from a cut.

/** Splits a stream of text into events; pure. Feed it pieces as they come. */
export class SseParser {
    /** The newest event's id when the stream began, as the server's first comment tells it. */
    since;
    #rest = '';
    #data = [];
    #type = '';
    #id;

    /** The events completed by this piece: {type, data, id}; id is undefined where none was sent. */
    feed(piece) {
        const events = [];
        // A carriage return at the end may be half of a pair: it waits for the next piece.
        const text = this.#rest + piece;
        const lines = text.split(/\r\n|\n|\r(?!$)/);
        this.#rest = lines.pop();
        for (const line of lines) {
            const event = this.#line(line);
            if (event) {
                events.push(event);
            }
        }
        return events;
    }

    #line(line) {
        if (line === '') {
            return this.#end();
        }
        const colon = line.indexOf(':');
        if (colon === 0) {
            this.since ??= /^: ?since (\S+)$/.exec(line)?.[1];
            return null; // any other comment only keeps the connection alive
        }
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'data') {
            this.#data.push(value);
        } else if (field === 'event') {
            this.#type = value;
        } else if (field === 'id' && !value.includes('\0')) {
            this.#id = value;
        }
        return null;
    }

    #end() {
        const event = { type: this.#type || 'message', data: this.#data.join('\n'), id: this.#id };
        const complete = this.#data.length > 0 || this.#type !== '';
        this.#data = [];
        this.#type = '';
        this.#id = undefined;
        return complete ? event : null;
    }
}

/**
 * Reads one response until it ends.
 *
 * @param options lastId to resume after; signal to stop; silence in ms after which a mute connection counts as dead
 * @param on open(response), event(event), since(id): where the stream began
 * @throws Error when it is refused or breaks; one that is refused has the response's status as `status`
 */
export async function readEvents(url, { lastId, signal, silence = 45000 }, on) {
    const stop = new AbortController();
    const abort = () => stop.abort(signal.reason);
    signal?.addEventListener('abort', abort, { once: true });
    let timer = setTimeout(() => stop.abort(new Error('silent')), silence);
    try {
        const headers = { Accept: 'text/event-stream' };
        if (lastId !== undefined) {
            headers['Last-Event-ID'] = lastId;
        }
        const response = await fetch(url, { headers, cache: 'no-store', signal: stop.signal });
        if (!response.ok || !response.body) {
            throw Object.assign(new Error(`refused with ${response.status}`), { status: response.status });
        }
        on.open?.(response);
        const parser = new SseParser();
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        for (;;) {
            const { done, value } = await reader.read();
            if (done) {
                return;
            }
            clearTimeout(timer);
            timer = setTimeout(() => stop.abort(new Error('silent')), silence);
            const events = parser.feed(value);
            if (parser.since !== undefined && on.since) {
                on.since(parser.since);
                on.since = null;
            }
            events.forEach((event) => on.event(event));
        }
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        stop.abort();
    }
}

/** Pause before try number n (from 1): 1, 2, 4 … 30 s, less up to a third by chance (0 to 1). */
export function backOff(n, chance) {
    const full = Math.min(30000, 1000 * 2 ** Math.min(n - 1, 10));
    return Math.round(Math.max(1000, full * (1 - chance / 3)));
}
