// What a member's record says, for the page that shows it.

import { span } from './time.js';
import { say } from './words.js';

/** Above this many seconds a clock is wrong enough to be warned of. */
export const CLOCK_LIMIT = 1;

const OWN = ['bootstrap', 'dkron_rpc_addr', 'dkron_server', 'dkron_version', 'expect', 'port', 'rpc_addr', 'server', 'version'];

/** Whether the member may lead. */
export function isServer(member) {
    return member.Tags?.server === 'true' || member.Tags?.dkron_server === 'true';
}

/** The version it runs; empty where it told none. */
export function versionOf(member) {
    return member.Tags?.version ?? member.Tags?.dkron_version ?? '';
}

/** Its tags as pairs, without those that the page shows in columns of their own. */
export function shownTags(member) {
    return Object.entries(member.Tags ?? {}).filter(([key]) => !OWN.includes(key));
}

/** Host and port, an IPv6 address in brackets. */
export function addressOf(member) {
    return `${String(member.Addr).includes(':') ? `[${member.Addr}]` : member.Addr}:${member.Port}`;
}

/** Where it takes calls of other members, only the port where the host is that of its address; '' where it does not say. */
export function rpcOf(member) {
    const rpc = member.Tags?.rpc_addr ?? member.Tags?.dkron_rpc_addr ?? '';
    const host = addressOf(member).replace(/:\d+$/, '');
    return rpc.startsWith(`${host}:`) ? rpc.slice(host.length) : rpc;
}

/** How far a clock is off: {text, off}; null where it is not known. Ahead is +. */
export function clockOf(seconds) {
    if (typeof seconds !== 'number') {
        return null;
    }
    const sign = seconds < 0 ? '\u2212' : '+';
    return { text: `${sign}${span(Math.abs(seconds) * 1000)}`, off: Math.abs(seconds) > CLOCK_LIMIT };
}

/** How many servers the group may lose: {voters, alive, spare}; spare is negative where the majority is gone. */
export function tolerance(raft) {
    const voters = raft.peers.filter((peer) => peer.voter);
    const alive = voters.filter((peer) => peer.state !== 'failed').length;
    return { voters: voters.length, alive, spare: alive - (Math.floor(voters.length / 2) + 1) };
}

/** The sentence about that. */
export function toleranceWords(raft) {
    const { voters, alive, spare } = tolerance(raft);
    if (spare < 0) {
        return say('raft.lost', alive, voters);
    }
    return spare === 0 ? say('raft.none', alive, voters) : say(spare === 1 ? 'raft.one' : 'raft.more', alive, voters, spare);
}

/** Why no server may leave: the last one would leave agents alone; '' where nothing speaks against it. */
export function leaveRefusal(members) {
    const alive = members.filter((member) => member.statusText === 'alive');
    const servers = alive.filter(isServer).length;
    return servers === 1 && alive.length > servers ? say('members.leave.last') : '';
}

/** Why the lead cannot be handed to a server of the group; '' where nothing speaks against it. */
export function promoteRefusal(peer, raft) {
    return !peer.voter ? say('raft.promote.notVoter') : tolerance(raft).spare < 0 ? say('raft.noMajority') : '';
}

/** Why no server can be removed; '' where nothing speaks against it. */
export function removeRefusal(raft) {
    return tolerance(raft).spare < 0 ? say('raft.noMajority') : '';
}
