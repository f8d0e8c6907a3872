// What a member's record says, and what the Raft group can stand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadWords } from './support.js';
import { addressOf, clockOf, isServer, rpcOf, shownTags, tolerance, toleranceWords, versionOf } from '../../main/webapp/assets/js/member.js';

loadWords();

test('roles and versions are read from the tags of either generation', () => {
    assert.equal(isServer({ Tags: { server: 'true' } }), true);
    assert.equal(isServer({ Tags: { dkron_server: 'true' } }), true);
    assert.equal(isServer({ Tags: { dkron_server: 'false' } }), false);
    assert.equal(isServer({ Tags: null }), false);
    assert.equal(versionOf({ Tags: { dkron_version: '1.2.5' } }), '1.2.5');
    assert.equal(versionOf({}), '');
});

test('tags that have a column of their own are not shown twice', () => {
    assert.deepEqual(shownTags({ Tags: { dc: 'dc1', port: '6868', role: 'web', server: 'true', version: '1' } }), [['dc', 'dc1'], ['role', 'web']]);
});

test('an IPv6 address stands in brackets', () => {
    assert.equal(addressOf({ Addr: 'fd00::1', Port: 8946 }), '[fd00::1]:8946');
    assert.equal(addressOf({ Addr: '10.0.0.1', Port: 8946 }), '10.0.0.1:8946');
});

test('of the address for calls only the port is told where the host is the same', () => {
    assert.equal(rpcOf({ Addr: '10.0.0.1', Port: 8946, Tags: { rpc_addr: '10.0.0.1:6868' } }), ':6868');
    assert.equal(rpcOf({ Addr: '10.0.0.1', Port: 8946, Tags: { dkron_rpc_addr: '10.0.0.12:6868' } }), '10.0.0.12:6868');
    assert.equal(rpcOf({ Addr: 'fd00::1', Port: 8946, Tags: { rpc_addr: '[fd00::1]:6868' } }), ':6868');
    assert.equal(rpcOf({ Addr: '10.0.0.1', Port: 8946, Tags: null }), '');
});

test('a clock is ahead or behind, and off above a second', () => {
    assert.equal(clockOf(undefined), null);
    assert.deepEqual(clockOf(0.012), { text: '+12 ms', off: false });
    assert.deepEqual(clockOf(-1.25), { text: '\u22121.2 s', off: true });
    assert.equal(clockOf(1).off, false);
});

test('the group says how many may fail', () => {
    const group = (...states) => ({ peers: states.map((state) => ({ state, voter: state !== 'learner' })) });
    assert.equal(tolerance(group('leader')).spare, 0);
    assert.equal(tolerance(group('leader', 'follower')).spare, 0);
    assert.deepEqual(tolerance(group('leader', 'follower', 'failed')), { voters: 3, alive: 2, spare: 0 });
    assert.equal(tolerance(group('leader', 'follower', 'follower', 'learner')).spare, 1);
    assert.equal(tolerance(group('follower', 'failed', 'failed')).spare, -1);
    assert.equal(toleranceWords(group('leader', 'follower', 'follower')), '3 of 3 votes alive: one may fail');
    assert.equal(toleranceWords(group('follower', 'failed', 'failed')), '1 of 3 votes alive: the majority is lost, nothing can be stored');
});
