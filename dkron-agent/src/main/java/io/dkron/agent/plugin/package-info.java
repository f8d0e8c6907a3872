/** Finds executors and processors: on the class path, and in the jars of {@code plugins-dir}. */
package io.dkron.agent.plugin;
