// Long integers, events and what they change.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadWords } from './support.js';
import { compareLong, parseJson } from '../../main/webapp/assets/js/json.js';
import { applyExecution, applyJob, groups, groupStatus, lastAttempts, putExecution } from '../../main/webapp/assets/js/patch.js';
import { SseParser, backOff } from '../../main/webapp/assets/js/sse.js';

loadWords();

test('a group keeps each digit, wherever it stands', () => {
    const parsed = parseJson('{"group":1795509644125470888,"n":12,"f":1.1234567890123456789,"t":"x 1795509644125470888 \\" 17955096441254708881","a":[-1795509644125470888]}');
    assert.equal(parsed.group, '1795509644125470888');
    assert.equal(parsed.n, 12);
    assert.equal(typeof parsed.f, 'number');
    assert.equal(parsed.t, 'x 1795509644125470888 " 17955096441254708881');
    assert.deepEqual(parsed.a, ['-1795509644125470888']);
});

test('of the attempts on a node only the newest is told', () => {
    const list = [['3', 'a', '7', 'n1'], ['2', 'a', '7', 'n2'], ['1', 'a', '7', 'n1'], ['0', 'b', '7', 'n1']]
        .map(([id, job, group, node]) => ({ id, job_name: job, group, node_name: node }));
    assert.deepEqual(lastAttempts(list).map(({ id }) => id), ['3', '2', '0']);
});

test('a string of 2 MB with quotes and backslashes is read', () => {
    const text = '\\"1795509644125470888'.repeat(100000);
    assert.equal(parseJson(JSON.stringify({ text })).text, text);
});

test('long integers are ordered by value, not by text', () => {
    assert.ok(compareLong('999', '1000') < 0);
    assert.ok(compareLong('1795509644125470889', '1795509644125470888') > 0);
});

const execution = (over) => ({
    id: '1-a1', job_name: 'j', group: '1', node_name: 'a1', attempt: 1, state: 'running',
    started_at: '2026-11-24T10:00:00Z', finished_at: '0001-01-01T00:00:00Z', ...over,
});
const ended = (over) => execution({ state: 'success', finished_at: '2026-11-24T10:00:02.5Z', ...over });

test('a group runs while one of it has no result; then the newest attempt on each node counts', () => {
    assert.equal(groupStatus([ended({}), execution({ node_name: 'a2' })]), 'running');
    assert.equal(groupStatus([ended({ state: 'failed' }), execution({ attempt: 2, state: 'waiting' })]), 'running');
    assert.equal(groupStatus([ended({ state: 'failed' }), ended({ attempt: 2 })]), 'success');
    assert.equal(groupStatus([ended({ state: 'failed' }), ended({ node_name: 'a2' })]), 'partially_failed');
    assert.equal(groupStatus([ended({ state: 'lost' })]), 'failed');
    assert.equal(groupStatus([ended({ state: 'cancelled' })]), 'cancelled');
});

test('executions are grouped, newest group first, by node and attempt within', () => {
    const list = groups([
        ended({ id: 'x', group: '999' }),
        ended({ id: 'y2', group: '1000', node_name: 'b', attempt: 2 }),
        ended({ id: 'y1', group: '1000', node_name: 'b' }),
        ended({ id: 'y0', group: '1000', node_name: 'a' }),
    ]);
    assert.deepEqual(list.map((group) => group.group), ['1000', '999']);
    assert.deepEqual(list[0].members.map((member) => member.id), ['y0', 'y1', 'y2']);
});

test('an execution event adds a running cell, its end gives it result and time', () => {
    const job = { name: 'j', status: '', recent: [] };
    const known = new Map();
    applyExecution(job, execution({}), known);
    assert.deepEqual(job.recent, [{ group: '1', at: '2026-11-24T10:00:00Z', status: 'running', ms: 0 }]);
    assert.equal(job.status, 'running');
    applyExecution(job, ended({}), known);
    assert.equal(job.recent[0].status, 'success');
    assert.equal(job.recent[0].ms, 2500);
    assert.equal(job.status, 'success');
    assert.equal(known.size, 0);
});

test('of more than twenty results the oldest goes; older groups do not come back', () => {
    const job = { name: 'j', recent: [] };
    const known = new Map();
    for (let i = 1; i <= 25; i++) {
        applyExecution(job, ended({ id: `${i}`, group: String(i) }), known);
    }
    assert.equal(job.recent.length, 20);
    assert.equal(job.recent[0].group, '6');
    assert.equal(applyExecution(job, ended({ id: '2', group: '2' }), known), false);
    assert.equal(job.recent.length, 20);
});

test('an overlapping older group does not change the job', () => {
    const job = { name: 'j', recent: [] };
    const known = new Map();
    applyExecution(job, execution({ group: '1' }), known);
    applyExecution(job, execution({ id: '2-a1', group: '2' }), known);
    applyExecution(job, ended({ state: 'failed', group: '1' }), known);
    assert.deepEqual(job.recent.map((entry) => entry.status), ['failed', 'running']);
    assert.equal(job.status, 'running');
});

test('a job event sets status, next and the newest cell', () => {
    const job = { status: 'running', next: 'a', recent: [{ group: '1', status: 'running' }] };
    applyJob(job, { name: 'j', revision: 1, status: 'failed', next: 'b' });
    assert.deepEqual([job.status, job.next, job.recent[0].status], ['failed', 'b', 'failed']);
});

test('a job event that tells of a new group leaves the cells of older groups alone', () => {
    const job = { status: 'failed', recent: [{ group: '1', status: 'failed' }] };
    applyJob(job, { name: 'j', status: 'running' });
    assert.deepEqual([job.status, job.recent[0].status], ['running', 'failed']);
    applyJob(job, { name: 'j', status: 'success' });
    assert.equal(job.recent[0].status, 'failed');
});

test('an execution is replaced in place and keeps what the event leaves out', () => {
    const list = [{ id: '1', output: 'x', state: 'running' }];
    putExecution(list, { id: '1', state: 'success' });
    putExecution(list, { id: '2', state: 'running' });
    assert.deepEqual(list, [{ id: '2', state: 'running' }, { id: '1', output: 'x', state: 'success' }]);
});

test('events come out whole, however the stream is cut', () => {
    const stream = ': hello\n\nid: 7.1\nevent: job\ndata: {"a":\ndata: 1}\n\r\nevent: reset\r\ndata:\r\n\r\ndata: x\n\n';
    const wanted = [
        { type: 'job', data: '{"a":\n1}', id: '7.1' }, { type: 'reset', data: '', id: undefined }, { type: 'message', data: 'x', id: undefined },
    ];
    for (let size = 1; size < stream.length; size++) {
        const parser = new SseParser();
        const events = [];
        for (let at = 0; at < stream.length; at += size) {
            events.push(...parser.feed(stream.slice(at, at + size)));
        }
        assert.deepEqual(events, wanted, `pieces of ${size}`);
    }
});

test('the first comment tells where the stream began', () => {
    const parser = new SseParser();
    assert.deepEqual(parser.feed(': since 7.12\n\n: \n\n'), []);
    assert.equal(parser.since, '7.12');
});

test('the pause between tries grows to half a minute', () => {
    assert.deepEqual([1, 2, 3, 4, 5, 6, 60].map((n) => backOff(n, 0)), [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    assert.ok(backOff(6, 1) >= 20000);
    assert.equal(backOff(1, 1), 1000);
});
