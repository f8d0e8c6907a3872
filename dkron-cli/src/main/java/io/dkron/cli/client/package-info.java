/** Talks to the REST API as a client: requests, problems, streams of events. Knows nothing of commands. */
package io.dkron.cli.client;
