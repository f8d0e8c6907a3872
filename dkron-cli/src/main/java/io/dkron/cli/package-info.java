/** The command {@code dkron}: where a command line becomes a command. */
package io.dkron.cli;
