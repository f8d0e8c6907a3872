// Asks the server, while somebody types, what it thinks of the job: faults, doubts, firings, and who would run it.

import { ApiError, request } from './api.js';
import { chosen, mapOf } from './definition.js';

const PAUSE = 200;
const FIRINGS = 6;
const SCHEDULE_FIELDS = ['schedule', 'timezone', 'starts_at', 'expires_at'];

/** The faults in a refusal, as {field, message}; empty when it is about something else than the job. */
export function faultsOf(failure) {
    return (failure.problem?.errors ?? []).filter(({ field }) => typeof field === 'string');
}

async function post(url, body, signal) {
    return request(url, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' }, signal });
}

/**
 * One question at a time; what is asked again meanwhile drops the answer before. Calls back with {faults, warnings,
 * schedule, targets, failure}: schedule and targets are null where they cannot be told, failure is an ApiError or null.
 */
export class Check {
    #job;
    #done;
    #timer = null;
    #asking = null;

    /** @param job gives the job of the moment */
    constructor(job, done) {
        this.#job = job;
        this.#done = done;
    }

    /** Asks once nothing was typed for a moment. */
    soon() {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#ask(), PAUSE);
    }

    async #ask() {
        this.#asking?.abort();
        const asking = new AbortController();
        this.#asking = asking;
        try {
            const job = this.#job();
            const [answer, targets] = await Promise.all([this.#validate(job, asking.signal), this.#match(job, asking.signal)]);
            if (!asking.signal.aborted) {
                this.#done({ ...answer, targets });
            }
        } catch (failure) {
            if (!asking.signal.aborted) {
                throw failure;
            }
        }
    }

    async #validate(job, signal) {
        const clean = { faults: [], warnings: [], schedule: null, failure: null };
        try {
            const { data } = await post(`/v1/jobs/validate?count=${FIRINGS}`, job, signal);
            return { ...clean, warnings: data.warnings, schedule: job.disabled ? await this.#schedule(job, [], signal) : data.schedule };
        } catch (failure) {
            if (!(failure instanceof ApiError)) {
                throw failure;
            }
            const faults = faultsOf(failure);
            const schedule = faults.length > 0 ? await this.#schedule(job, faults, signal) : null;
            return { ...clean, faults, schedule, failure: faults.length > 0 ? null : failure };
        }
    }

    /** The firings of a job that cannot be saved yet, for a reason other than its schedule. */
    async #schedule(job, faults, signal) {
        const wrong = new Set(faults.map(({ field }) => field));
        if (SCHEDULE_FIELDS.some((field) => wrong.has(field))) {
            return null;
        }
        const only = Object.fromEntries(SCHEDULE_FIELDS.map((field) => [field, job[field] ?? null]));
        try {
            const { data } = await post(`/v1/jobs/validate?count=${FIRINGS}`, { ...only, name: wrong.has('name') ? 'preview' : job.name }, signal);
            return data.schedule;
        } catch (failure) {
            if (!(failure instanceof ApiError)) {
                throw failure;
            }
            return null; // the first answer said what is wrong
        }
    }

    async #match(job, signal) {
        try {
            const { data } = await post('/v1/members/match', mapOf(job.tags), signal);
            return { names: data, run: chosen(job.tags, data.length) };
        } catch (failure) {
            if (!(failure instanceof ApiError)) {
                throw failure;
            }
            return null; // tags that are wrong are told by the job's own check
        }
    }
}
