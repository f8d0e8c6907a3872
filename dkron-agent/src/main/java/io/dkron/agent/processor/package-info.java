/** The destinations of outputs that come with a node. */
package io.dkron.agent.processor;
