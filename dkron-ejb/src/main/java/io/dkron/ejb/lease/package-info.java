/** Servers over a store that others operate: the store elects, and the leader tells the others what it commits. */
package io.dkron.ejb.lease;
