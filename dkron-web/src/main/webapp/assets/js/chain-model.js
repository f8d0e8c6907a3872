// Where the jobs of a chain stand in its drawing. Pure.

const MOST = 60;

/**
 * Lays a chain out from left to right: parents, the job, what follows it.
 *
 * @param chain {job, parents: names from the root down, dependents: [{name, dependents}]}
 * @param most how many jobs are placed; those nearest to the job come first
 * @return {nodes: [{name, column, row, self, from}], columns, rows, more}; from is the index of the node that leads here,
 *     -1 for none; rows may be halves; more counts the jobs that are not placed
 */
export function layOut(chain, most = MOST) {
    const parents = chain.parents.slice(-(most - 1));
    const nodes = parents.map((name, i) => ({ name, column: i, row: 0, self: false, from: i - 1 }));
    const self = { name: chain.job, column: parents.length, row: 0, self: true, from: parents.length - 1 };
    nodes.push(self);
    const kept = nearest(chain.dependents, most - nodes.length);
    let rows = 0;
    const place = (entries, column, from) => {
        const placed = entries.filter((entry) => kept.has(entry)).map((entry) => {
            const node = { name: entry.name, column, row: 0, self: false, from };
            const index = nodes.push(node) - 1;
            const below = place(entry.dependents ?? [], column + 1, index);
            node.row = below.length ? (below[0].row + below[below.length - 1].row) / 2 : rows++;
            return node;
        });
        return placed;
    };
    const first = place(chain.dependents, self.column + 1, nodes.length - 1);
    const middle = first.length ? (first[0].row + first[first.length - 1].row) / 2 : 0;
    nodes.slice(0, self.column + 1).forEach((node) => { node.row = middle; });
    const columns = Math.max(...nodes.map((node) => node.column)) + 1;
    const more = chain.parents.length - parents.length + count(chain.dependents) - kept.size;
    return { nodes, columns, rows: Math.max(1, rows), more };
}

function nearest(dependents, room) {
    const kept = new Set();
    let layer = dependents;
    while (layer.length && kept.size < room) {
        layer.slice(0, room - kept.size).forEach((entry) => kept.add(entry));
        layer = layer.filter((entry) => kept.has(entry)).flatMap((entry) => entry.dependents ?? []);
    }
    return kept;
}

function count(dependents) {
    return dependents.reduce((sum, entry) => sum + 1 + count(entry.dependents ?? []), 0);
}

/** The names of all that follows, nearest first, each once. */
export function followers(chain) {
    const names = [];
    for (let layer = chain.dependents; layer.length; layer = layer.flatMap((entry) => entry.dependents ?? [])) {
        names.push(...layer.map((entry) => entry.name));
    }
    return [...new Set(names)];
}

/**
 * The node that an arrow key leads to from one: right to what follows, left to the parent, up and down in the column.
 *
 * @return its index; the same where there is none
 */
export function neighbour(nodes, index, key) {
    const here = nodes[index];
    if (key === 'ArrowLeft') {
        return here.from >= 0 ? here.from : index;
    }
    if (key === 'ArrowRight') {
        const next = nodes.findIndex((node) => node.from === index);
        return next >= 0 ? next : index;
    }
    const column = nodes.map((node, i) => ({ node, i })).filter(({ node }) => node.column === here.column).sort((a, b) => a.node.row - b.node.row);
    const at = column.findIndex(({ i }) => i === index) + (key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0);
    return column[Math.max(0, Math.min(column.length - 1, at))].i;
}
