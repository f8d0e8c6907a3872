/** One run of a job on one member: its identity, its states, its output, and what leader and agent say of it. */
package io.dkron.core.execution;
