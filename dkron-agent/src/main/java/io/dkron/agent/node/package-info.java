/** A node's rooms, started in order and stopped in reverse. What a server adds, it hands in. */
package io.dkron.agent.node;
