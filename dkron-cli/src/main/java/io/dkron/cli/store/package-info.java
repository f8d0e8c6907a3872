/** Stores as a command line names and opens them, without a server. */
package io.dkron.cli.store;
