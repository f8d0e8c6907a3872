// A job's definition as a file.

import { textOf } from './definition.js';
import { el } from './dom.js';

/** Hands the definition to the browser as NAME.json: what a POST to the API takes. */
export function exportJob(job) {
    const address = URL.createObjectURL(new Blob([`${textOf(job)}\n`], { type: 'application/json' }));
    const link = el('a', { href: address, download: `${job.name || 'job'}.json`, hidden: true });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000); // the download has begun by then
}
