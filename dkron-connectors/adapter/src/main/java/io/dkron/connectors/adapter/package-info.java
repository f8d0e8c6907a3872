/**
 * The resource adapter: one connection factory in front of every backend. A connection is only a handle on the client that
 * all share; what a store means lives in its connector.
 */
package io.dkron.connectors.adapter;
