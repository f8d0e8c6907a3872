/** Connectors whose client libraries must meet nobody else's: packed, unpacked and loaded each apart. */
package io.dkron.connectors.backends;
