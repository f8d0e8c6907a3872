/** Files that are whole after any crash. */
package io.dkron.agent.disk;
