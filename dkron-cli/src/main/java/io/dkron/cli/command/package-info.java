/** One class a command: what it takes, what it prints, how it ends. */
package io.dkron.cli.command;
