// Numbers behind the drawings: scales, ticks, quantiles, buckets. Pure; times are milliseconds since 1970.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const TIME_STEPS = [1, 2, 5, 10, 15, 30].map((n) => n * SECOND)
    .concat([1, 2, 5, 10, 15, 30].map((n) => n * MINUTE), [1, 2, 3, 6, 12].map((n) => n * HOUR), [1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY));

/** The value below which that part (0 to 1) of the numbers lies, by nearest rank; null for no numbers. */
export function quantile(values, part) {
    if (values.length === 0) {
        return null;
    }
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

/** How far neighbours usually lie apart, the median of the gaps; Infinity for fewer than two places. */
export function pitch(places) {
    const sorted = [...places].sort((a, b) => a - b);
    return quantile(sorted.slice(1).map((place, i) => place - sorted[i]), 0.5) ?? Infinity;
}

/** The end of an axis for spans: the next round span at or above the longest, at least 10 ms. */
export function niceSpan(longest) {
    const units = [[1, SECOND], [SECOND, MINUTE], [MINUTE, HOUR], [HOUR, DAY], [DAY, Infinity]];
    const [unit] = units.find(([, below]) => longest <= below);
    const steps = unit === MINUTE || unit === SECOND ? [1, 2, 3, 4, 5, 10, 15, 20, 30, 45, 60] : [1, 2, 3, 4, 5, 6, 8, 10, 12, 18, 20, 24, 50, 100, 200, 500, 1000];
    const step = steps.find((n) => n * unit >= longest);
    return Math.max(10, step === undefined ? Math.ceil(longest / unit) * unit : step * unit);
}

/** A function from one range of numbers to another, straight. */
export function linear(from, to, start, end) {
    const span = to - from || 1;
    return (value) => start + ((value - from) / span) * (end - start);
}

/**
 * The instants to mark on an axis of time, at most that many: round in the viewer's clock.
 *
 * @return {step, at: list of instants}
 */
export function timeTicks(from, to, most) {
    const step = TIME_STEPS.find((candidate) => (to - from) / candidate <= most) ?? TIME_STEPS[TIME_STEPS.length - 1];
    const at = [];
    if (step >= DAY) {
        const day = new Date(from);
        day.setHours(0, 0, 0, 0);
        for (let i = 0; day.getTime() <= to && i < 1000; i++) {
            if (day.getTime() >= from && i % (step / DAY) === 0) {
                at.push(day.getTime());
            }
            day.setDate(day.getDate() + 1);
        }
        return { step, at };
    }
    const offset = new Date(from).getTimezoneOffset() * MINUTE;
    for (let tick = Math.ceil((from - offset) / step) * step + offset; tick <= to; tick += step) {
        at.push(tick);
    }
    return { step, at };
}

/** A timeout as it stands in a job, like 1h30m or 90s, in milliseconds; null where it is none that this page can read. */
export function goSpan(text) {
    const units = { h: HOUR, m: MINUTE, s: SECOND, ms: 1, us: 0.001, 'µs': 0.001, ns: 0.000001 };
    if (!/^(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$/.test(text ?? '')) {
        return null;
    }
    return [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit], 0);
}

/**
 * Puts marks {at, status} that would stand on the same pixel into one, with its count and the worst status; marks stay as
 * they are up to the limit.
 */
export function bucketed(marks, toPixel, limit = 500) {
    if (marks.length <= limit) {
        return marks.map((mark) => ({ ...mark, count: 1 }));
    }
    const byPixel = new Map();
    for (const mark of marks) {
        const pixel = Math.round(toPixel(mark.at));
        const known = byPixel.get(pixel);
        if (known) {
            known.count++;
            known.status = worse(known.status, mark.status);
        } else {
            byPixel.set(pixel, { ...mark, count: 1 });
        }
    }
    return [...byPixel.values()];
}

/**
 * Puts places {x} whose marks would touch into one: lists in ascending order, none of them empty.
 *
 * @param one radius of the mark of one place
 * @param many radius of the mark that stands for several, in their middle
 * @param least where such a mark may stand at the left
 * @return {x: where its mark stands, places}
 */
export function clusters(places, one, many, least = -Infinity) {
    const stack = [];
    for (const place of [...places].sort((a, b) => a.x - b.x)) {
        let next = { x: place.x, places: [place] };
        for (let last = stack[stack.length - 1]; last && next.x - last.x < radius(last) + radius(next) + 1; last = stack[stack.length - 1]) {
            stack.pop();
            const both = [...last.places, ...next.places];
            next = { x: Math.max(least, (both[0].x + place.x) / 2), places: both };
        }
        stack.push(next);
    }
    return stack;

    function radius(cluster) {
        return cluster.places.length > 1 ? many : one;
    }
}

const BY_BADNESS = ['success', 'cancelled', 'waiting', 'running', 'missed', 'partially_failed', 'lost', 'failed'];

/** The one of two statuses that needs a look sooner. */
export function worse(a, b) {
    return BY_BADNESS.indexOf(a) >= BY_BADNESS.indexOf(b) ? a : b;
}

const RANGES = { '1h': HOUR, '24h': DAY, '7d': 7 * DAY };

/** The ranges that can be chosen, shortest first. */
export const RANGE_NAMES = Object.keys(RANGES);

/**
 * A range of time from an address: a name such as 24h, or "FROM-TO" in milliseconds.
 *
 * @return {from, to, name}, to and name null where they are open; null for no range or one that makes no sense
 */
export function readRange(text, now) {
    if (Object.hasOwn(RANGES, text ?? '')) {
        return { from: now - RANGES[text], to: null, name: text };
    }
    const match = /^(\d{12,14})-(\d{12,14})$/.exec(text ?? '');
    if (!match || Number(match[1]) >= Number(match[2])) {
        return null;
    }
    return { from: Number(match[1]), to: Number(match[2]), name: null };
}

/** Whether an instant lies in a range; in none every one does. */
export function inRange(range, at) {
    return range === null || (at >= range.from && (range.to === null || at <= range.to));
}
