// The addresses of the pages and of the API. Filters of a list are its address, so that a view can be shared.

export const PAGE_SIZE = 50;
export const STATUSES = ['success', 'failed', 'partially_failed', 'running', 'cancelled', 'untriggered'];
export const SORTS = ['name', 'schedule', 'status', 'next', 'owner'];

const part = encodeURIComponent;

/** The page of a job, with one of its groups pointed out if given. Without the slash, a job named new were the form for one. */
export function jobPage(name, group) {
    return `/ui/jobs/${part(name)}${name === 'new' ? '/' : ''}${group ? `?group=${part(group)}` : ''}`;
}

/** The form of a job that exists. */
export function editPage(name) {
    return `/ui/jobs/${part(name)}/edit`;
}

/** The form for a new job; as a copy of another one if named. */
export function newPage(copy) {
    return `/ui/jobs/new${copy ? `?copy=${part(copy)}` : ''}`;
}

/** The page of one execution. */
export function runPage(name, id) {
    return `/ui/jobs/${part(name)}/runs/${part(id)}`;
}

/** The API's address of a job, with further path segments. */
export function jobApi(name, ...rest) {
    return ['/v1/jobs', name, ...rest].map((segment, i) => (i === 0 ? segment : part(segment))).join('/');
}

/** What a page's address says: {page, job, id}; page is overview, jobs, job, run, editor, members or reference; an editor without job is of a new one. */
export function readPath(pathname) {
    const [, , noun, job, runs, id] = pathname.split('/').map(decodeURIComponent);
    if (!noun) {
        return { page: 'overview' };
    }
    if (noun === 'cluster') {
        return { page: 'members' };
    }
    if (noun === 'api') {
        return { page: 'reference' };
    }
    if (!job) {
        return { page: 'jobs' };
    }
    if (runs === 'edit' || (job === 'new' && runs === undefined)) {
        return runs === 'edit' ? { page: 'editor', job } : { page: 'editor' };
    }
    return runs === 'runs' && id ? { page: 'run', job, id } : { page: 'job', job };
}

/** The state of a list from its address; what makes no sense there falls back to its default. */
export function readList(search) {
    const given = new URLSearchParams(search);
    const status = given.get('status') ?? '';
    const disabled = given.get('disabled') ?? '';
    const sort = given.get('sort') ?? '';
    const name = sort.replace(/^-/, '');
    const page = Number.parseInt(given.get('page') ?? '1', 10);
    return {
        q: given.get('q') ?? '',
        status: STATUSES.includes(status) ? status : '',
        disabled: disabled === 'true' || disabled === 'false' ? disabled : '',
        owner: given.get('owner') ?? '',
        sort: SORTS.includes(name) ? name : 'name',
        down: SORTS.includes(name) && sort.startsWith('-'),
        page: page > 0 && page < 1e6 ? page : 1,
    };
}

/** The address of a list in that state; defaults are left out. */
export function listPage(state) {
    const query = new URLSearchParams();
    for (const key of ['q', 'status', 'disabled', 'owner']) {
        if (state[key]) {
            query.set(key, state[key]);
        }
    }
    if (state.sort !== 'name' || state.down) {
        query.set('sort', (state.down ? '-' : '') + state.sort);
    }
    if (state.page > 1) {
        query.set('page', state.page);
    }
    const text = query.toString();
    return `/ui/jobs${text ? `?${text}` : ''}`;
}

/** The API request behind a list. The plain list's is what the page preloads: keep both alike. */
export function listApi(state) {
    const query = new URLSearchParams();
    query.set('_start', (state.page - 1) * PAGE_SIZE);
    query.set('_end', state.page * PAGE_SIZE);
    query.set('_sort', state.sort);
    query.set('_order', state.down ? 'DESC' : 'ASC');
    for (const key of ['q', 'status', 'disabled', 'owner']) {
        if (state[key]) {
            query.set(key, state[key]);
        }
    }
    return `/v1/jobs?${query}`;
}

/** The pages to offer: first, last, current and its neighbours; null for a gap. */
export function pageNumbers(current, last) {
    const wanted = [1, current - 1, current, current + 1, last].filter((n) => n >= 1 && n <= last);
    const sorted = [...new Set(wanted)].sort((a, b) => a - b);
    return sorted.flatMap((n, i) => (i > 0 && n > sorted[i - 1] + 1 ? [null, n] : [n]));
}
