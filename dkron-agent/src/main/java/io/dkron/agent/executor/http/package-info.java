/** The executor {@code http}: a run is a request, and the redirects that follow from it. */
package io.dkron.agent.executor.http;
