// Requests to the API. It is the only source of what the pages show.

import { parseJson } from './json.js';
import { say } from './words.js';

/** A request that was refused or did not come through; `problem` is the server's explanation, if it gave one. */
export class ApiError extends Error {
    constructor(status, problem, cause) {
        super(problem?.detail || problem?.title || (status ? `HTTP ${status}` : say('error.unreachable')), { cause });
        this.status = status;
        this.problem = problem;
        this.kind = String(problem?.type ?? '').replace('urn:dkron:problem:', '');
    }
}

/** Sends a request; returns {data, response}, with raw {text, response}. Long integers in the data are strings. */
export async function request(url, { raw = false, ...options } = {}) {
    let response;
    let text;
    try {
        response = await fetch(url, { ...options, headers: { Accept: 'application/json', ...options.headers } });
        text = await response.text();
    } catch (cause) {
        if (options.signal?.aborted) {
            throw cause;
        }
        throw new ApiError(0, null, cause);
    }
    if (!response.ok) {
        throw new ApiError(response.status, problemOf(text), null);
    }
    if (raw) {
        return { text, response };
    }
    return { data: text === '' ? null : parseJson(text), response };
}

/** The data of a GET. */
export async function get(url, options) {
    return (await request(url, options)).data;
}

function problemOf(text) {
    try {
        const parsed = parseJson(text);
        return parsed && typeof parsed === 'object' ? parsed : null;
    } catch (notJson) {
        return null; // a proxy's page, or nothing: the status says enough
    }
}
