// Starts a page: words, stream, top bar, keyboard, then the page's own element.

import { setWords } from './words.js';

const lang = document.documentElement.lang;
const { default: words } = await import(`../words/${lang}.js`);
setWords(words, lang);

const [{ startShell }, { readPath }] = await Promise.all([import('./shell.js'), import('./address.js')]);
startShell();

const pages = { overview: './overview.js', jobs: './jobs.js', job: './job.js', run: './run.js', members: './members.js', editor: './editor.js', reference: './reference.js' };
if (document.querySelector('.page')) {
    await import(pages[readPath(location.pathname).page]);
}
