// The page's one stream of events.

import { Live } from './live.js';

export const live = new Live('/v1/events');
