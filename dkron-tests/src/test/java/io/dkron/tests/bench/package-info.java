/**
 * Benchmarks that take the address of any Dkron-compatible server, so that the same load runs against ours and a peer in
 * one sitting. Figures are printed as they are; nothing here passes or fails.
 */
package io.dkron.tests.bench;
