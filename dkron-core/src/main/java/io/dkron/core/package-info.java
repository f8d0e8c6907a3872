/** Dkron's decisions: pure and deterministic. No clock, thread, socket, file or random source but by an argument. */
package io.dkron.core;
