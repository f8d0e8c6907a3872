// The numbers and places behind the drawings, and what is exported of a job.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadWords } from './support.js';
import { followers, layOut, neighbour } from '../../main/webapp/assets/js/chain-model.js';
import { textOf } from '../../main/webapp/assets/js/definition.js';
import { delayOf, delays } from '../../main/webapp/assets/js/delay-chart.js';
import { summary } from '../../main/webapp/assets/js/duration-chart.js';
import { reasonsOf, rollbackOf } from '../../main/webapp/assets/js/health.js';
import { leaveRefusal, promoteRefusal, removeRefusal } from '../../main/webapp/assets/js/member.js';
import { bucketed, clusters, goSpan, inRange, linear, niceSpan, pitch, quantile, readRange, timeTicks, worse } from '../../main/webapp/assets/js/scale.js';
import { part } from '../../main/webapp/assets/js/words.js';

loadWords();

test('quantiles are values that were seen', () => {
    assert.equal(quantile([], 0.5), null);
    assert.equal(quantile([3, 1, 2], 0.5), 2);
    assert.equal(quantile([1, 2, 3, 4], 0.95), 4);
    assert.deepEqual(summary([{ ms: 5 }, { ms: 1 }, { ms: 9 }]), { median: 5, longest: 9 });
});

test('an axis of spans ends round, at or above the longest', () => {
    assert.deepEqual([0, 7, 41, 1200, 41000, 61000, 5400000].map(niceSpan), [10, 10, 50, 2000, 45000, 120000, 7200000]);
    for (let ms = 1; ms < 4e8; ms = Math.ceil(ms * 1.37)) {
        assert.ok(niceSpan(ms) >= ms, String(ms));
    }
});

test('ticks of time are round on the clock and few enough', () => {
    for (const span of [60e3, 3600e3, 86400e3, 7 * 86400e3, 90 * 86400e3]) {
        const from = Date.UTC(2026, 10, 24, 10, 7, 13);
        const { step, at } = timeTicks(from, from + span, 8);
        assert.ok(at.length >= 1 && at.length <= 9, `${span}: ${at.length}`);
        assert.ok(at.every((tick) => tick >= from && tick <= from + span));
        assert.ok(at.every((tick) => new Date(tick).getMilliseconds() === 0 && new Date(tick).getSeconds() % (Math.min(step, 60e3) / 1e3) === 0));
    }
});

test('a scale is straight, and stands still where there is no range', () => {
    assert.equal(linear(0, 10, 100, 200)(5), 150);
    assert.equal(linear(5, 5, 0, 100)(5), 0);
});

test('timeouts are read as the server reads them', () => {
    assert.deepEqual(['90s', '1h30m', '1.5s', '250ms', '', 'soon', undefined].map(goSpan), [90000, 5400000, 1500, 250, null, null, null]);
});

test('too many marks share pixels, the worst shows', () => {
    const marks = [{ at: 0, status: 'success' }, { at: 1, status: 'failed' }, { at: 900, status: 'success' }];
    assert.equal(bucketed(marks, (at) => at / 100).length, 3);
    const shared = bucketed(marks, (at) => at / 100, 2);
    assert.deepEqual(shared.map(({ status, count }) => [status, count]), [['failed', 2], ['success', 1]]);
    assert.equal(worse('success', 'partially_failed'), 'partially_failed');
});

test('marks that would touch become one, in their middle, and a chain of them one only', () => {
    const xs = (list, least) => clusters(list.map((x) => ({ x })), 4, 8, least).map(({ x, places }) => [x, places.length]);
    assert.deepEqual(xs([]), []);
    assert.deepEqual(xs([30, 10, 20]), [[10, 1], [20, 1], [30, 1]]);
    assert.deepEqual(xs([10, 14, 50]), [[12, 2], [50, 1]]);
    assert.deepEqual(xs([10, 14, 24, 60]), [[17, 3], [60, 1]]); // alone the third would stand free, beside the larger mark not
    assert.deepEqual(xs([0, 5, 10, 15, 20]), [[10, 5]]);
    assert.deepEqual(xs([1, 3], 10), [[10, 2]]);
});

test('neighbours lie apart as most of them do', () => {
    assert.equal(pitch([]), Infinity);
    assert.equal(pitch([7]), Infinity);
    assert.equal(pitch([30, 0, 10, 20, 500]), 10);
});

test('a range is a name or two instants; nonsense is none', () => {
    const now = 1800000000000;
    assert.deepEqual(readRange('24h', now), { from: now - 86400000, to: null, name: '24h' });
    assert.deepEqual(readRange('1799990000000-1799995000000', now), { from: 1799990000000, to: 1799995000000, name: null });
    for (const text of ['', '1y', 'toString', '1799995000000-1799990000000', null]) {
        assert.equal(readRange(text, now), null, String(text));
    }
    assert.equal(inRange(null, 1), true);
    assert.equal(inRange({ from: 5, to: null }, 4), false);
    assert.equal(inRange({ from: 5, to: 7 }, 8), false);
});

const leaf = (name, ...dependents) => ({ name, dependents });

test('a chain runs from left to right, parents between what follows them', () => {
    const { nodes, columns, rows, more } = layOut({ job: 'c', parents: ['a', 'b'], dependents: [leaf('d', leaf('f'), leaf('g')), leaf('e')] });
    assert.deepEqual(nodes.map(({ name, column, row, from }) => [name, column, row, from]), [
        ['a', 0, 1.25, -1], ['b', 1, 1.25, 0], ['c', 2, 1.25, 1], ['d', 3, 0.5, 2], ['f', 4, 0, 3], ['g', 4, 1, 3], ['e', 3, 2, 2],
    ]);
    assert.deepEqual([columns, rows, more], [5, 3, 0]);
    assert.equal(nodes.find((node) => node.self).name, 'c');
});

test('of a long chain the neighbourhood is shown, and how much is not', () => {
    const wide = Array.from({ length: 100 }, (none, i) => leaf(`d${i}`, leaf(`e${i}`)));
    const { nodes, more } = layOut({ job: 'j', parents: ['p'], dependents: wide });
    assert.equal(nodes.length, 60);
    assert.equal(more, 201 + 1 - 60);
    assert.ok(nodes.every((node) => !node.name.startsWith('e')), 'the nearer ones come first');
    const deep = layOut({ job: 'j', parents: Array.from({ length: 100 }, (none, i) => `p${i}`), dependents: [] });
    assert.equal(deep.nodes[deep.nodes.length - 2].name, 'p99');
    assert.equal(deep.more, 41);
});

test('arrow keys walk along the chain and stay at its ends', () => {
    const { nodes } = layOut({ job: 'b', parents: ['a'], dependents: [leaf('c'), leaf('d')] });
    const walk = (from, key) => nodes[neighbour(nodes, nodes.findIndex((node) => node.name === from), key)].name;
    assert.deepEqual([walk('a', 'ArrowRight'), walk('b', 'ArrowRight'), walk('c', 'ArrowDown'), walk('d', 'ArrowLeft')], ['b', 'c', 'd', 'b']);
    assert.deepEqual([walk('a', 'ArrowLeft'), walk('d', 'ArrowDown'), walk('c', 'ArrowUp'), walk('d', 'ArrowRight')], ['a', 'd', 'c', 'd']);
});

test('all that follows is named once, nearest first', () => {
    assert.deepEqual(followers({ dependents: [leaf('a', leaf('c')), leaf('b')] }), ['a', 'b', 'c']);
    assert.deepEqual(followers({ dependents: [] }), []);
});

test('an export has what makes the job, and nothing that the server computes', () => {
    const text = textOf({ id: 'j', name: 'j', schedule: '@daily', success_count: 3, recent: [], status: 'success', next: 'x', processors: { log: {} } });
    assert.deepEqual(JSON.parse(text), { name: 'j', schedule: '@daily', processors: { log: {} } });
});

test('only runs that a schedule started have a delay', () => {
    const run = { job_name: 'j', id: '1-a', trigger: 'schedule', state: 'success', scheduled_at: '2026-11-24T10:00:00Z', started_at: '2026-11-24T10:00:00.019Z' };
    assert.deepEqual(delayOf(run), { id: 'j 1-a', job: 'j', at: Date.UTC(2026, 10, 24, 10), ms: 19 });
    assert.equal(delayOf({ ...run, trigger: 'manual', scheduled_at: null }), null);
    assert.equal(delayOf({ ...run, state: 'waiting' }), null);
    assert.equal(delayOf({ ...run, started_at: '2026-11-24T09:59:59.999Z' }).ms, 0);
    assert.deepEqual(delays([{ ms: 4 }, { ms: 2 }]), { median: 2, most: 4, count: 2 });
});

test('what the server would refuse is known before, with the reason', () => {
    const member = (statusText, server) => ({ statusText, Tags: server ? { server: 'true' } : {} });
    assert.equal(leaveRefusal([member('alive', true)]), '');
    assert.match(leaveRefusal([member('alive', true), member('alive', false)]), /without a server/);
    assert.equal(leaveRefusal([member('alive', true), member('alive', true), member('alive', false)]), '');
    assert.match(leaveRefusal([member('alive', true), member('failed', true), member('alive', false)]), /without a server/);
    const raft = (...states) => ({ peers: states.map((state) => ({ state, voter: true })) });
    assert.equal(promoteRefusal({ voter: true }, raft('leader', 'follower')), '');
    assert.match(promoteRefusal({ voter: false }, raft('leader', 'follower')), /catching up/);
    assert.match(removeRefusal(raft('follower', 'failed', 'failed')), /majority/);
    assert.equal(removeRefusal(raft('leader', 'follower', 'failed')), '');
});

test('readiness gives its reasons, and the one about the store is found among them', () => {
    const down = { status: 'DOWN', checks: [{ name: 'x', status: 'UP' }, { name: 'dkron-ready', status: 'DOWN', data: { reason: 'no leader; the store went back in time: it shows term 3' } }] };
    assert.deepEqual(reasonsOf(down), ['no leader', 'the store went back in time: it shows term 3']);
    assert.equal(rollbackOf(reasonsOf(down)), 'the store went back in time: it shows term 3');
    assert.deepEqual(reasonsOf({ checks: [{ name: 'plain', status: 'DOWN' }] }), ['plain']);
    assert.deepEqual(reasonsOf({ status: 'UP', checks: [] }), []);
    assert.equal(rollbackOf(null), '');
});

test('almost all is not all', () => {
    assert.equal(part(1), '100%');
    assert.equal(part(0.99999), '99.99%');
    assert.equal(part(0.5), '50%');
});
