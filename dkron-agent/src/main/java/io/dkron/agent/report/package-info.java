/** Brings results to the leader until they are acknowledged. Where the leader is, its channel knows. */
package io.dkron.agent.report;
