/**
 * The leader's brain: every decision about jobs and executions, as one state machine. An {@link
 * io.dkron.core.engine.Event} goes in, {@link io.dkron.core.engine.Effect}s come out; adapters perform them and feed the
 * results back as events. No clock, thread, socket, file or random source but through an argument, so a simulation can
 * run it through years of crashes.
 */
package io.dkron.core.engine;
