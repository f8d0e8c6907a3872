// An output on screen: only the lines in sight are in the page; it grows while the run goes on.

import { ApiError, get } from './api.js';
import { bdi, el, setText } from './dom.js';
import { icon } from './icons.js';
import { parseJson } from './json.js';
import { LogModel } from './log-model.js';
import { announce } from './news.js';
import { backOff, readEvents } from './sse.js';
import { cut, plain } from './text.js';
import { number, say, sayCount } from './words.js';

const LINE = 20; // pixels, as in the style sheet
const SEARCH_AFTER = 300; // milliseconds without a key
const MOST_HITS = 100;
const LONGEST_HIT = 300;
const CHUNK = 100; // lines that come and go together

/** Shows the output behind an address of the API, with follow, find, wrap and download. */
export class LogView {
    #model = new LogModel();
    #url;
    #search;
    #searching = null;
    #searchSoon = null;
    #stop = null;
    #lastId;
    #ended = false;
    #chunks = [];
    #drawing = false;
    #target = -1;
    #observer;
    #onEnd;

    /**
     * @param url the output's address
     * @param file name for the download
     * @param search the address that finds lines in all of the output; null for none
     * @param onEnd called with the execution once it has ended
     * @param line line to show first, from 1; then nothing is followed
     */
    constructor({ url, file, search = null, onEnd = () => {}, line = 0 }) {
        this.#url = url;
        this.#search = search;
        this.#onEnd = onEnd;
        this.#target = line - 1;
        this.follow = line === 0;
        this.#build(file);
        this.#visibility = () => (document.visibilityState === 'hidden' ? this.#pause() : this.#resume());
        document.addEventListener('visibilitychange', this.#visibility);
        this.#resume();
    }
    #visibility;

    /** Ends the stream; the view must not be used afterwards. */
    close() {
        this.#ended = true;
        clearTimeout(this.#searchSoon);
        this.#searching?.abort();
        this.#pause();
        this.#observer.disconnect();
        document.removeEventListener('visibilitychange', this.#visibility);
    }

    /** Turns following of the newest line on or off. */
    setFollow(on) {
        this.follow = on;
        this.followButton.setAttribute('aria-pressed', String(on));
        if (on) {
            this.#toEnd();
        }
    }

    #build(file) {
        const find = el('input', { type: 'search', class: 'find', placeholder: say('log.find'), 'aria-label': say('log.find'), on: {
            keydown: (event) => event.key === 'Enter' && (event.preventDefault(), this.#find(find.value, event.shiftKey ? -1 : 1)),
            input: () => {
                this.#find(find.value, 0);
                this.#hitsSoon();
            },
        } });
        this.findField = find;
        this.followButton = this.#toggle('down', say('log.follow'), this.follow, () => this.setFollow(!this.follow));
        const wrap = this.#toggle(null, say('log.wrap'), false, () => {
            const on = this.scroller.classList.toggle('wraps');
            wrap.setAttribute('aria-pressed', String(on));
            this.#chunks.forEach((chunk) => this.#size(chunk));
        });
        const download = el('a', { class: 'button small', href: this.#url, download: file }, icon('download'), el('span', {}, say('log.download')));
        this.info = el('span', { class: 'muted log-info' });
        this.hits = el('div', { class: 'hits', prop: { hidden: true } });
        this.scroller = el('div', { class: 'log', tabindex: '0', role: 'region', 'aria-label': say('log.label'), on: {
            scroll: () => this.#scrolled(),
            click: (event) => event.target.matches('.line') && event.offsetX < 64 && this.#link(event.target),
        } });
        this.node = el('div', { class: 'log-view' },
            el('div', { class: 'log-bar' }, find, this.followButton, wrap, download, this.info), this.hits, this.scroller);
        this.#observer = new IntersectionObserver((entries) => entries.forEach((entry) => {
            const chunk = this.#chunks[Number(entry.target.dataset.chunk)];
            chunk.inSight = entry.isIntersecting;
            this.#fill(chunk);
        }), { root: this.scroller, rootMargin: '600px 0px' });
        this.#say();
    }

    #toggle(iconName, words, on, click) {
        return el('button', { type: 'button', class: 'button small', 'aria-pressed': String(on), on: { click } },
            iconName ? icon(iconName) : null, el('span', {}, words));
    }

    #pause() {
        this.#stop?.abort();
        this.#stop = null;
    }

    async #resume() {
        for (let tries = 1; !this.#ended && this.#stop === null; tries++) {
            const stop = new AbortController();
            this.#stop = stop;
            try {
                await readEvents(this.#url, { lastId: this.#lastId, signal: stop.signal }, {
                    open: () => { tries = 1; },
                    event: (event) => this.#take(event),
                });
            } catch (cut) {
                if (stop.signal.aborted && this.#stop !== stop) {
                    return; // paused or closed by us
                }
                if (cut.status === 404) {
                    this.#ended = true;
                    this.#say(say('log.gone'));
                }
            }
            if (this.#stop !== stop) {
                return;
            }
            await new Promise((go) => setTimeout(go, this.#ended ? 0 : backOff(tries, Math.random())));
            if (this.#stop === stop) {
                this.#stop = null;
            }
        }
    }

    #take(event) {
        if (event.id) {
            this.#lastId = event.id;
        }
        if (event.type === 'output') {
            const { offset, text, base64 } = parseJson(event.data);
            const before = this.#model.count;
            if (this.#model.append(Number(offset), text ?? decoded(base64))) {
                this.#draw();
                this.#tell(this.#model.count - before);
            }
        } else if (event.type === 'end') {
            this.#ended = true;
            this.#draw();
            this.#onEnd(event.data ? parseJson(event.data) : null);
        }
    }

    #tell(lines) {
        if (lines > 0 && this.#lastId !== undefined && this.follow && document.activeElement === this.scroller) {
            announce(sayCount('log.new', lines));
        }
    }

    #draw() {
        if (!this.#drawing) {
            this.#drawing = true;
            requestAnimationFrame(() => {
                this.#drawing = false;
                this.#grow();
            });
        }
    }

    #grow() {
        const count = this.#model.count;
        while (this.#chunks.length * CHUNK < count) {
            const chunk = { index: this.#chunks.length, node: el('div', { class: 'chunk', 'data-chunk': this.#chunks.length }), drawn: 0, inSight: false };
            this.#chunks.push(chunk);
            this.scroller.append(chunk.node);
            this.#observer.observe(chunk.node);
        }
        for (const chunk of this.#chunks) {
            if (chunk.drawn < CHUNK && this.#lines(chunk) >= chunk.drawn) {
                this.#size(chunk);
                this.#fill(chunk);
            }
        }
        this.#say();
        if (this.#target >= 0 && this.#target < count && !this.follow) {
            this.#show(this.#target, this.#shownTarget !== this.#target);
        } else if (this.follow) {
            this.#toEnd();
        }
    }
    #shownTarget = -1;

    #lines(chunk) {
        return Math.min(CHUNK, this.#model.count - chunk.index * CHUNK);
    }

    #size(chunk) {
        const filled = chunk.inSight && this.scroller.classList.contains('wraps');
        chunk.node.style.height = filled ? 'auto' : `${this.#lines(chunk) * LINE}px`;
    }

    #fill(chunk) {
        if (!chunk.inSight) {
            chunk.node.style.height = `${chunk.node.offsetHeight}px`;
            chunk.node.replaceChildren();
            chunk.drawn = 0;
            return;
        }
        const lines = this.#lines(chunk);
        const from = Math.max(0, chunk.drawn - 1); // the last one drawn may have been unfinished
        while (chunk.node.childNodes.length > from) {
            chunk.node.lastChild.remove();
        }
        for (let i = from; i < lines; i++) {
            chunk.node.append(this.#line(chunk.index * CHUNK + i));
        }
        chunk.drawn = lines;
        this.#size(chunk);
    }

    #line(index) {
        const pieces = this.#model.pieces(index).map((piece) =>
            piece.classes.length ? el('span', { class: piece.classes.join(' ') }, piece.text) : piece.text);
        const over = this.#model.over(index);
        return el('div', { class: index === this.#target ? 'line target' : 'line', 'data-n': index + 1 },
            el('bdi', {}, pieces), over ? el('span', { class: 'ctl' }, ` ${say('log.over', number(over))}`) : null);
    }

    #say(words) {
        const parts = [words ?? sayCount('log.lines', this.#model.count)];
        if (this.#model.missing > 0) {
            parts.push(say('log.missing', number(Math.ceil(this.#model.missing / 1024))));
        }
        setText(this.info, parts.join(' \u00b7 '));
        this.scroller.classList.toggle('empty', this.#model.count === 0);
        this.scroller.dataset.empty = this.#ended ? say('log.none') : say('log.waiting');
    }

    #toEnd() {
        this.scroller.scrollTop = this.scroller.scrollHeight;
    }

    #scrolled() {
        const gap = this.scroller.scrollHeight - this.scroller.clientHeight - this.scroller.scrollTop;
        const up = this.scroller.scrollTop < (this.#lastTop ?? 0) - 2;
        this.#lastTop = this.scroller.scrollTop;
        if (up && gap > LINE && this.follow) {
            this.setFollow(false);
        }
    }
    #lastTop;

    #find(words, step) {
        const from = this.#target < 0 ? 0 : this.#target + step;
        const hit = this.#model.find(words, from, step || 1);
        this.findField.setAttribute('aria-invalid', String(words !== '' && hit < 0));
        if (hit >= 0) {
            this.setFollow(false);
            this.#show(hit, true);
        }
    }

    /** Asks the server for all lines that hold the words, once typing has paused. */
    #hitsSoon() {
        clearTimeout(this.#searchSoon);
        this.#searching?.abort();
        if (this.#search === null) {
            return;
        }
        if (this.findField.value === '') {
            this.hits.hidden = true;
            return;
        }
        this.#searchSoon = setTimeout(() => this.#readHits(this.findField.value), SEARCH_AFTER);
    }

    async #readHits(words) {
        const stop = new AbortController();
        this.#searching = stop;
        try {
            this.#showHits(words, await get(`${this.#search}?${new URLSearchParams({ q: words, limit: MOST_HITS })}`, { signal: stop.signal }));
        } catch (failure) {
            if (stop.signal.aborted) {
                return;
            }
            if (!(failure instanceof ApiError)) {
                throw failure;
            }
            this.hits.hidden = false;
            this.hits.replaceChildren(el('p', { class: 'muted' }, say('log.search.failed'), ' ', bdi(failure.message)));
        }
    }

    #showHits(words, { lines, more }) {
        this.hits.hidden = false;
        const row = ({ line, text }) => el('li', {}, el('a', { href: `#L${line}`, on: { click: (event) => {
            event.preventDefault();
            history.replaceState(null, '', `#L${line}`);
            this.setFollow(false);
            if (line <= this.#model.count) {
                this.#show(line - 1, true);
            }
        } } }, el('span', { class: 'hit-line' }, number(line)), marked(cut(text, LONGEST_HIT), words)));
        this.hits.replaceChildren(
            el('p', { class: 'muted', role: 'status' }, more ? say('log.hits.more', number(lines.length)) : sayCount('log.hits', lines.length)),
            lines.length ? el('ol', { class: 'mono', tabindex: '0', 'aria-label': say('log.hits.label') }, lines.map(row)) : '');
    }

    #link(line) {
        const index = Number(line.dataset.n) - 1;
        history.replaceState(null, '', `#L${index + 1}`);
        this.setFollow(false);
        this.#show(index, false);
    }

    #show(index, scroll) {
        this.#target = index;
        this.#shownTarget = index;
        this.scroller.querySelectorAll('.line.target').forEach((line) => line.classList.remove('target'));
        if (scroll) {
            const chunk = this.#chunks[Math.floor(index / CHUNK)];
            chunk.inSight = true;
            this.#fill(chunk);
            const line = chunk.node.childNodes[index % CHUNK];
            this.scroller.scrollTop = chunk.node.offsetTop + line.offsetTop - this.scroller.clientHeight / 3;
        }
        this.scroller.querySelector(`.line[data-n="${index + 1}"]`)?.classList.add('target');
    }
}

/** A line with what was looked for standing out. */
function marked(text, words) {
    const shown = text.replace(/\u001b\[[0-9;:]*m/g, '');
    const at = shown.indexOf(words);
    return at < 0 ? bdi(shown)
        : el('bdi', {}, plain(shown.slice(0, at)), el('mark', {}, plain(words)), plain(shown.slice(at + words.length)));
}

function decoded(base64) {
    const raw = Uint8Array.from(atob(base64 ?? ''), (char) => char.charCodeAt(0));
    return new TextDecoder().decode(raw);
}
