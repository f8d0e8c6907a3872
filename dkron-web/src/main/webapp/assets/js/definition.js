// What a person says of a job, as the API has it: defaults, what differs, and the texts that hold lists.

/** Every field of a definition with its default, in the order of the API's table. */
export const DEFAULTS = {
    name: '', displayname: '', schedule: '', timezone: '', owner: '', owner_email: '', disabled: false, tags: null, metadata: null,
    retries: 0, retry_delay: '', retry_max_delay: '60s', retry_backoff: 2, retry_jitter: 0.2, parent_job: '', concurrency: 'allow',
    misfire: 'once', misfire_limit: 100, misfire_grace: '', executor: '', executor_config: null, timeout: '', lost_after: '',
    processors: null, ephemeral: false, starts_at: null, expires_at: null, keep_logs: null, notify_on: 'always',
};

const COMPUTED = ['id', 'success_count', 'error_count', 'last_success', 'last_error', 'dependent_jobs', 'status', 'next',
    'missed_count', 'skipped_count', 'recent'];
const ALWAYS = ['name', 'schedule', 'executor'];

/** Whether that is a JSON object. */
export function isMap(value) {
    return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The object, or an empty one in place of anything else. */
export function mapOf(value) {
    return isMap(value) ? value : {};
}

function unset(field, value) {
    const initial = DEFAULTS[field];
    return value === null || value === undefined || value === initial
        || (initial === null && (value === '' || (isMap(value) && Object.keys(value).length === 0)));
}

/** The definition in a job: without what the server computes and what is at its default, in the order of the API. */
export function definitionOf(job) {
    const known = Object.keys(DEFAULTS).filter((field) => ALWAYS.includes(field) ? job[field] !== undefined && job[field] !== null : !unset(field, job[field]));
    const foreign = Object.keys(job).filter((field) => !(field in DEFAULTS) && !COMPUTED.includes(field));
    return Object.fromEntries([...known, ...foreign].map((field) => [field, job[field]]));
}

/** A definition as text; what it says is what would be saved. */
export function textOf(job) {
    return JSON.stringify(definitionOf(job), null, 2);
}

/** One text for all definitions that mean the same: the order of maps' keys counts for processors alone. */
function canonical(field, value) {
    if (!isMap(value) || field === 'processors') {
        return JSON.stringify(isMap(value) ? Object.entries(value).map(([key, inner]) => [key, canonical('', inner)]) : value);
    }
    return JSON.stringify(Object.keys(value).sort().map((key) => [key, canonical('', value[key])]));
}

function same(field, a, b) {
    return (unset(field, a) && unset(field, b)) || canonical(field, a) === canonical(field, b);
}

/** Whether two jobs are defined alike. */
export function sameJob(a, b) {
    return changedFields(a, b).length === 0;
}

/** The fields in which two definitions differ, in the order of the API. */
export function changedFields(a, b) {
    const mine = definitionOf(a);
    const other = definitionOf(b);
    const fields = new Set([...Object.keys(DEFAULTS), ...Object.keys(mine), ...Object.keys(other)]);
    return [...fields].filter((field) => !same(field, mine[field], other[field]));
}

/**
 * What two people made of one job: a row for each field in which they now differ, {field, before, theirs, mine, by}; by
 * is mine, theirs or both, whoever changed it.
 */
export function differences(before, theirs, mine) {
    return changedFields(theirs, mine).map((field) => {
        const [b, t, m] = [before, theirs, mine].map((job) => job[field]);
        const by = same(field, b, t) ? 'mine' : same(field, b, m) ? 'theirs' : 'both';
        return { field, before: b, theirs: t, mine: m, by };
    });
}

/** Mine, with theirs where I changed nothing. */
export function merged(before, theirs, mine) {
    const taken = differences(before, theirs, mine).filter(({ by }) => by === 'theirs');
    return definitionOf({ ...mine, ...Object.fromEntries(taken.map(({ field, theirs: value }) => [field, value])) });
}

/** Reads a definition: {job}, or {fault: {text, line}} with the line it is in; null where the text is JSON, but no object. */
export function readText(text) {
    try {
        const job = JSON.parse(text);
        return isMap(job) ? { job: definitionOf(job) } : { fault: { text: '', line: null } };
    } catch (failure) {
        if (!(failure instanceof SyntaxError)) {
            throw failure;
        }
        return { fault: { text: failure.message, line: lineOf(text) } };
    }
}

const SCALAR = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** The line on which text stops to be JSON, from 1. Browsers do not agree on whether and how they say so. */
function lineOf(text) {
    const open = [];
    let expects = 'value';
    let at = 0;
    for (;;) {
        at += /^[ \t\n\r]*/.exec(text.slice(at, at + 4096))[0].length;
        const char = text[at];
        if (expects === 'value' && (char === '{' || char === '[')) {
            open.push(char);
            expects = char === '{' ? 'key or end' : 'value or end';
        } else if ((char === '}' || char === ']') && /end/.test(expects) && open.at(-1) === (char === '}' ? '{' : '[')) {
            open.pop();
            expects = 'comma or end';
        } else if (char === ',' && expects === 'comma or end' && open.length > 0) {
            expects = open.at(-1) === '{' ? 'key' : 'value';
        } else if (char === ':' && expects === 'colon') {
            expects = 'value';
        } else if (/value/.test(expects) && (char === '{' || char === '[')) {
            expects = 'value';
            continue;
        } else if (/value|key/.test(expects) && char !== undefined) {
            SCALAR.lastIndex = at;
            const scalar = SCALAR.exec(text);
            if (scalar === null || (/key/.test(expects) && char !== '"')) {
                break;
            }
            at += scalar[0].length - 1;
            expects = /key/.test(expects) ? 'colon' : 'comma or end';
        } else if (!/[ \t\n\r]/.test(char ?? '')) {
            break;
        } else {
            continue;
        }
        at += 1;
    }
    return text.slice(0, at).split('\n').length;
}

/** What a field for a number means: nothing typed is the default; what is no number stays, for the server to refuse. */
export function numberOf(text, initial) {
    const typed = text.trim();
    return typed === '' ? initial : /^-?\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed;
}

/** A map from rows [key, value]; rows without both are left out. A key like __proto__ is a key like any other. */
export function mapFrom(rows) {
    return Object.fromEntries(rows.filter(([key, value]) => key !== '' || value !== ''));
}

/** What is wrong with rows [key, value]: {row, fault: missing or twice}. */
export function rowFaults(rows) {
    return rows.flatMap(([key, value], row) => {
        if (key === '') {
            return value === '' ? [] : [{ row, fault: 'missing' }];
        }
        return rows.findIndex(([other]) => other === key) < row ? [{ row, fault: 'twice' }] : [];
    });
}

/** Parts a tag's value into {value, count}; the count is text, empty for all members. */
export function partTag(text) {
    const parts = /^([^:]*):([^:]*)$/.exec(String(text));
    return parts ? { value: parts[1], count: parts[2] } : { value: String(text), count: '' };
}

/** The tag's value that partTag parts. */
export function joinTag(value, count) {
    return count === '' ? value : `${value}:${count}`;
}

/** How many members would run a job with these tags if so many match: the smallest count holds. */
export function chosen(tags, matching) {
    const counts = Object.values(mapOf(tags)).map((tag) => Number.parseInt(partTag(tag).count, 10)).filter((count) => count > 0);
    return Math.min(matching, ...counts);
}

/** Rows of an environment in one text, K=V,K2=V2; null where it is none that rows could hold. */
export function environmentRows(text) {
    if (text === '') {
        return [];
    }
    const rows = text.split(',').map((entry) => [entry.slice(0, Math.max(0, entry.indexOf('='))), entry.slice(entry.indexOf('=') + 1)]);
    return rows.every(([key]) => key !== '') ? rows : null;
}

/** The text of such rows. A comma parts entries, so no value can hold one. */
export function environmentText(rows) {
    return rows.filter(([key, value]) => key !== '' || value !== '').map(([key, value]) => `${key}=${value}`).join(',');
}

/** Rows of headers in one text, a JSON array of "Name: value"; null where it is none. */
export function headerRows(text) {
    if (text === '') {
        return [];
    }
    try {
        const list = JSON.parse(text);
        const fits = Array.isArray(list) && list.every((entry) => typeof entry === 'string' && entry.includes(':'));
        return fits ? list.map((entry) => [entry.slice(0, entry.indexOf(':')).trim(), entry.slice(entry.indexOf(':') + 1).trim()]) : null;
    } catch (failure) {
        if (!(failure instanceof SyntaxError)) {
            throw failure;
        }
        return null; // it is shown as the text it is
    }
}

/** The text of such rows; empty without any. */
export function headerText(rows) {
    const full = rows.filter(([key, value]) => key !== '' || value !== '');
    return full.length === 0 ? '' : JSON.stringify(full.map(([key, value]) => `${key}: ${value}`));
}

const SECRET_BY_NAME = /pass|secret|token|credential|apikey|api_key|authorization/i;

/** A job that may be kept in the browser: without what its executor and processors call secret, or what sounds so. */
export function withoutSecrets(job, secretKeys) {
    const open = (owner, config) => Object.fromEntries(Object.entries(mapOf(config))
        .filter(([key]) => !SECRET_BY_NAME.test(key) && !secretKeys(owner, key)));
    const processors = Object.entries(mapOf(job.processors)).map(([name, config]) => [name, open(name, config)]);
    return definitionOf({ ...job, executor_config: open(job.executor, job.executor_config), processors: Object.fromEntries(processors),
        metadata: Object.fromEntries(Object.entries(mapOf(job.metadata)).filter(([key]) => !SECRET_BY_NAME.test(key))) });
}

/** Of the places where faults can be shown, the one for a server's field: itself, else the nearest around it; else null. */
export function placeOf(field, places) {
    for (let path = field; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
        if (places.has(path)) {
            return path;
        }
    }
    return null;
}

/** The texts in a Warning header. */
export function warningsIn(header) {
    return [...(header ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => decodeURIComponent(text.replace(/\\(.)/g, '$1')));
}

/** A time of the API as a field for date and time in UTC has it; empty for none. */
export function utcField(text) {
    const at = text ? Date.parse(/[Zz]|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`) : NaN;
    return Number.isNaN(at) ? '' : new Date(at).toISOString().slice(0, 19);
}

/** The other way. */
export function utcTime(field) {
    return field === '' ? null : `${field.length === 16 ? `${field}:00` : field}Z`;
}
