// What an event changes in the data that a page holds. Pure: takes data, changes it in place, says whether it did.

import { compareLong } from './json.js';
import { instant } from './time.js';

const MOST_RECENT = 20;

/** States of an execution that has no result yet. */
export function unfinished(state) {
    return state === 'running' || state === 'waiting';
}

/** The status of a group from its executions: the newest attempt on each node counts. */
export function groupStatus(executions) {
    if (executions.some((execution) => unfinished(execution.state))) {
        return 'running';
    }
    const newest = new Map();
    for (const execution of executions) {
        const known = newest.get(execution.node_name);
        if (!known || execution.attempt > known.attempt) {
            newest.set(execution.node_name, execution);
        }
    }
    const states = [...newest.values()].map((execution) => execution.state);
    const good = states.filter((state) => state === 'success').length;
    const bad = states.filter((state) => state === 'failed' || state === 'lost').length;
    if (good > 0) {
        return bad > 0 ? 'partially_failed' : 'success';
    }
    return bad > 0 ? 'failed' : 'cancelled';
}

/** Executions by group, newest group first; in a group by node, then attempt. */
export function groups(executions) {
    const byGroup = new Map();
    for (const execution of executions) {
        const key = String(execution.group);
        if (!byGroup.has(key)) {
            byGroup.set(key, []);
        }
        byGroup.get(key).push(execution);
    }
    return [...byGroup]
        .sort(([a], [b]) => compareLong(b, a))
        .map(([group, members]) => {
            members.sort((a, b) => a.node_name.localeCompare(b.node_name) || a.attempt - b.attempt);
            return { group, members, status: groupStatus(members), ...extent(members) };
        });
}

function extent(members) {
    const starts = members.map((member) => instant(member.started_at)).filter((at) => at !== null);
    const ends = members.map((member) => instant(member.finished_at));
    return {
        startedAt: starts.length ? Math.min(...starts) : null,
        finishedAt: ends.every((at) => at !== null) && ends.length ? Math.max(...ends) : null,
    };
}

/** Puts an execution into a list: replaces the one with its id or comes first. Keeps what the event leaves out. */
export function putExecution(executions, execution) {
    const at = executions.findIndex((known) => known.id === execution.id);
    if (at >= 0) {
        executions[at] = { ...executions[at], ...execution };
    } else {
        executions.unshift(execution);
    }
}

/** Of several attempts of one group on one node only the newest; they come newest first. */
export function lastAttempts(executions) {
    const seen = new Set();
    return executions.filter(({ job_name: job, group, node_name: node }) => {
        const key = `${job} ${group} ${node}`;
        return !seen.has(key) && seen.add(key);
    });
}

/** A job event: {name, revision, status, next}. */
export function applyJob(job, event) {
    job.status = event.status ?? job.status;
    job.next = event.next ?? job.next;
    if ('disabled' in event) {
        job.disabled = event.disabled;
    }
    const last = job.recent?.[job.recent.length - 1];
    if (last?.status === 'running' && event.status && event.status !== 'running') {
        last.status = event.status; // a job's status is its newest group's; a group that begins brings its own cell
    }
}

/**
 * An execution event: keeps the job's recent results in step. Known: the executions of unfinished groups seen so far
 * on this page, by group; the function keeps it.
 */
export function applyExecution(job, execution, known) {
    const group = String(execution.group);
    const recent = (job.recent ??= []);
    let cell = recent.find((entry) => entry.group === group);
    if (!cell) {
        const last = recent[recent.length - 1];
        if (last && compareLong(group, last.group) < 0) {
            return false; // older than what is shown
        }
        cell = { group, at: execution.scheduled_at ?? execution.started_at, status: 'running', ms: 0 };
        recent.push(cell);
        recent.splice(0, Math.max(0, recent.length - MOST_RECENT));
    }
    const members = known.get(group) ?? [];
    putExecution(members, execution);
    known.set(group, members);
    cell.status = groupStatus(members);
    const finished = instant(execution.finished_at);
    if (cell.status !== 'running') {
        known.delete(group);
        if (finished !== null) {
            cell.ms = Math.max(0, finished - (instant(cell.at) ?? finished));
        }
    }
    if (cell === recent[recent.length - 1]) {
        job.status = cell.status;
    }
    return true;
}
