/**
 * The ways to run jobs that come with a node. A process is made, watched and ended here; what an execution is, and where
 * its result goes, is the business of {@code run}.
 */
package io.dkron.agent.executor;
