/** A plug-in for benchmarks alone: an executor that starts no process. Packed into a jar when a benchmark needs it. */
package io.dkron.tests.bench.noop;
