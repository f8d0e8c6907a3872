/**
 * Several servers and agents as real processes: targets, and faults with the checker of what remains. The checker is pure
 * ({@link io.dkron.tests.cluster.HistoryCheck}); gathering evidence and doing harm are apart from it.
 */
package io.dkron.tests.cluster;
