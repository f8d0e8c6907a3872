/**
 * What a job is: its definition (the user's), its state (ours), and the one JSON codec. The ids of executions live here too,
 * since a job lists those that run. No clock, no I/O.
 */
package io.dkron.core.job;
