/** Reads the file in which a Dkron 1.x without an external store keeps its jobs, so that they can be copied from it. */
package io.dkron.connectors.embedded.bolt;
