/** How things look on a terminal: tables, times, YAML, questions. Knows nothing of jobs. */
package io.dkron.cli.print;
