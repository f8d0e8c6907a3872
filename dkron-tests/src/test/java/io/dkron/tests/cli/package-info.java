/** The command line: what it accepts, what it refuses, and in which words. */
package io.dkron.tests.cli;
