/** The resource adapter: a connection is only a handle; what a store means lives in its connector. */
package io.dkron.connectors.adapter;
