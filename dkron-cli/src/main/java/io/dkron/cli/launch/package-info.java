/** Starting a node in this process: data directory, logs, signals, Liberty. */
package io.dkron.cli.launch;
