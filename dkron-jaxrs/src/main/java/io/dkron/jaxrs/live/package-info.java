/** Server-sent events: carries what a watcher's bounded buffer holds to its connection, one step at a time. */
package io.dkron.jaxrs.live;
