/** What a job is: its definition (the user's), its state (ours), and the one JSON codec. No clock, no I/O. */
package io.dkron.core.job;
