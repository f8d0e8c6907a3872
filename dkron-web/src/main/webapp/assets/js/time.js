// Times and spans in words. Everything takes "now" as an argument, so that tests can say what it is.

import { lang, say } from './words.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const formats = new Map();

/** Milliseconds since 1970 of an API time; null for "none", which is null or the zero time. */
export function instant(text) {
    if (!text || text.startsWith('0001-01-01')) {
        return null;
    }
    const ms = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));
    return Number.isNaN(ms) ? null : ms;
}

/** A span: 7 ms, 2.1 s, 41 s, 1 m 05 s, 2 h 03 m, 3 d 4 h. */
export function span(ms) {
    if (ms < SECOND) {
        return `${Math.max(0, Math.round(ms))} ms`;
    }
    if (ms < 10 * SECOND) {
        return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
    }
    return wholeSpan(ms);
}

/** A span in whole seconds and more, for what counts up or down. */
export function wholeSpan(ms) {
    const two = (n) => String(n).padStart(2, '0');
    if (ms < MINUTE) {
        return `${Math.floor(ms / SECOND)} s`;
    }
    if (ms < HOUR) {
        return `${Math.floor(ms / MINUTE)} m ${two(Math.floor((ms % MINUTE) / SECOND))} s`;
    }
    if (ms < DAY) {
        return `${Math.floor(ms / HOUR)} h ${two(Math.floor((ms % HOUR) / MINUTE))} m`;
    }
    return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** A round span, for an axis: 50 ms, 1.5 s, 30 m, 1 h 30 m. */
export function roundSpan(ms) {
    return span(ms).replace(/\.0(?= s)| 00 s$| 00 m$| 0 h$/, '');
}

/** How long until an instant: "in 3 s"; "now" once it is there. The second that has begun counts whole. */
export function until(at, now) {
    const left = Math.ceil((at - now) / SECOND) * SECOND;
    return left <= 0 ? say('time.now') : say('time.in', wholeSpan(left));
}

/** How long since an instant: "12 s ago". */
export function ago(at, now) {
    const gone = Math.max(0, now - at);
    if (gone < SECOND) {
        return say('time.just');
    }
    const text = gone < MINUTE ? `${Math.floor(gone / SECOND)} s`
        : gone < HOUR ? `${Math.floor(gone / MINUTE)} m`
        : gone < DAY ? `${Math.floor(gone / HOUR)} h`
        : `${Math.floor(gone / DAY)} d`;
    return say('time.ago', text);
}

/** Whether a zone's name is one that this browser knows. */
export function knownZone(zone) {
    return format('probe', zone, {}) !== null;
}

/** The viewer's zone. */
export function viewerZone() {
    return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Clock time when it is today, else with the day: "14:03:11", "23 Nov, 14:03:11"; zone: the viewer's unless given. */
export function stamp(at, now, zone) {
    const day = format('day', zone, { year: 'numeric', month: 'numeric', day: 'numeric' });
    const time = clock(at, zone);
    if (day.format(at) === day.format(now)) {
        return time;
    }
    const near = Math.abs(at - now) < 180 * DAY;
    const date = near
        ? format('near', zone, { month: 'short', day: 'numeric' })
        : format('far', zone, { year: 'numeric', month: 'short', day: 'numeric' });
    return `${date.format(at)}, ${time}`;
}

/** What a tick on an axis of time is called, by how far the ticks are apart: seconds, minutes or days. */
export function axisTime(at, step) {
    if (step >= DAY) {
        return format('near', undefined, { month: 'short', day: 'numeric' }).format(at);
    }
    const short = step < MINUTE ? null : format('axis', undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    return short === null ? clock(at) : short.format(at);
}

/** Hours, minutes and seconds. */
export function clock(at, zone) {
    return format('clock', zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(at);
}

/** The whole of it, for hovering: in the viewer's zone, in the job's where that differs, and in UTC. */
export function everyZone(at, jobZone) {
    const full = (zone) => {
        const text = format('full', zone, {
            weekday: 'short', year: 'numeric', month: 'short', day: 'numeric',
            hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
        });
        return text === null ? null : `${text.format(at)} ${zone}`;
    };
    const zones = [viewerZone(), jobZone, 'UTC'].filter((zone) => zone);
    return [...new Set(zones)].map(full).filter((line) => line !== null).join('\n');
}

function format(kind, zone, options) {
    const key = `${kind} ${zone ?? ''} ${lang()}`;
    if (!formats.has(key)) {
        let made = null;
        try {
            made = new Intl.DateTimeFormat(lang(), zone ? { ...options, timeZone: zone } : options);
        } catch (unknownZone) {
            if (!(unknownZone instanceof RangeError)) {
                throw unknownZone;
            }
        }
        formats.set(key, made);
    }
    return formats.get(key);
}
