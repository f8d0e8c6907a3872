// The page's one stream of events.

import { Live } from './live.js';

// The server wrote the page after this event and before any data that the page will ask for: nothing falls between.
export const live = new Live('/v1/events', document.body.dataset.since || undefined);
