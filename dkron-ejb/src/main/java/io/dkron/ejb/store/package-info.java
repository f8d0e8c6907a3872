/**
 * How a server reaches its store: a connection of the resource adapter for each call, watched by a guard that knows
 * whether the store answers. Knows no key and no job.
 */
package io.dkron.ejb.store;
