// The job as it stands in the editor. Form and JSON both write here and follow what the other wrote.

import { definitionOf, isMap, mapOf } from './definition.js';

function put(map, [key, ...rest], value) {
    const entries = Object.entries(mapOf(map));
    const at = entries.findIndex(([known]) => known === key);
    const inner = rest.length > 0 ? put(at < 0 ? {} : entries[at][1], rest, value) : value;
    if (inner === undefined) {
        return Object.fromEntries(entries.filter((entry, i) => i !== at));
    }
    entries.splice(at < 0 ? entries.length : at, 1, [key, inner]);
    return Object.fromEntries(entries);
}

/** Sends "change" (detail: {path, by}) for each change; path is empty when the whole job is another. */
export class Draft extends EventTarget {
    #job;

    constructor(job) {
        super();
        this.#job = definitionOf(job);
    }

    /** The definition; never changed in place. */
    get job() {
        return this.#job;
    }

    /** What stands at a path of keys; undefined for nothing. */
    get(path) {
        return path.reduce((value, key) => (isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined), this.#job);
    }

    /** Writes at a path of keys; undefined takes the last key away. */
    set(path, value) {
        this.#job = definitionOf(put(this.#job, path, value));
        this.dispatchEvent(new CustomEvent('change', { detail: { path: path.join('.'), by: 'form' } }));
    }

    /** Takes another job in place of all there is; by tells listeners who wrote it. */
    replace(job, by) {
        this.#job = definitionOf(job);
        this.dispatchEvent(new CustomEvent('change', { detail: { path: '', by } }));
    }
}
