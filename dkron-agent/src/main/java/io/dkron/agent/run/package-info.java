/**
 * The runs of this node: accepted under a fence, written down, started, found again, ended. How a run is done is an
 * executor's business; telling the leader is the reporter's.
 */
package io.dkron.agent.run;
