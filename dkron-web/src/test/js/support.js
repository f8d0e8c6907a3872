// What the tests share.
import { readFileSync } from 'node:fs';
import { setWords } from '../../main/webapp/assets/js/words.js';

export const ASSETS = new URL('../../main/webapp/assets/js/', import.meta.url);

/** Loads the English words as the page would. */
export function loadWords() {
    const text = readFileSync(new URL('../../main/resources/io/dkron/web/page/words.properties', import.meta.url), 'utf8');
    const words = Object.fromEntries(text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
    }));
    setWords(words, 'en');
    return words;
}
